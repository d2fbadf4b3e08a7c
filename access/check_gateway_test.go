package access_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

func TestAddRefusesHowPeopleAreToldAndSignIn(t *testing.T) {
	h := newHouse(t)
	many := make([]string, 21)
	for i := range many {
		many[i] = mfa + strings.Repeat("x", i)
	}
	for name, tc := range map[string]struct {
		change func(*access.Application)
		words  string
	}{
		"preset":             {func(a *access.Application) { a.Gateway.Headers = "x-secret" }, "Choose the headers"},
		"preset in capitals": {func(a *access.Application) { a.Gateway.Headers = "Remote" }, "Choose the headers"},
		"separator":          {func(a *access.Application) { a.Gateway.Separator = "\r\n" }, "Between groups"},
		"two separators":     {func(a *access.Application) { a.Gateway.Separator = ",;" }, "Between groups"},
		"told":               {func(a *access.Application) { a.Gateway.Groups = "some" }, "which groups"},
		"headers of a link":  {func(a *access.Application) { a.Kind, a.Gateway.Headers = access.KindLink, access.PresetRemote }, "Only a web application"},
		"headers of desktops": {func(a *access.Application) {
			a.Kind, a.WorkSpaces, a.Gateway.Groups = access.KindWorkSpaces, directoryD(), access.TellNone
		}, "Only a web application"},
		"an empty context":     {func(a *access.Application) { a.StepUp.Contexts = []string{" "} }, "authentication context"},
		"a long context":       {func(a *access.Application) { a.StepUp.Contexts = []string{strings.Repeat("ü", 513)} }, "authentication context"},
		"a context of 2 lines": {func(a *access.Application) { a.StepUp.Contexts = []string{"a\nb"} }, "authentication context"},
		"an invisible one":     {func(a *access.Application) { a.StepUp.Contexts = []string{"a\u202eb"} }, "authentication context"},
		"broken UTF-8":         {func(a *access.Application) { a.StepUp.Contexts = []string{"a\xff"} }, "authentication context"},
		"many contexts":        {func(a *access.Application) { a.StepUp.Contexts = many }, "20 authentication contexts"},
		"a negative age":       {func(a *access.Application) { a.StepUp.MaxAge = -time.Minute }, "1 minute"},
		"seconds":              {func(a *access.Application) { a.StepUp.MaxAge = 59 * time.Second }, "1 minute"},
		"half a second":        {func(a *access.Application) { a.StepUp.MaxAge = time.Minute + time.Second/2 }, "1 minute"},
		"more than 30 days":    {func(a *access.Application) { a.StepUp.MaxAge = 30*24*time.Hour + time.Second }, "30 days"},
	} {
		t.Run(name, func(t *testing.T) {
			a := &access.Application{Name: "app", URL: "https://app.example.com/"}
			tc.change(a)
			h.wantKind(h.Add(t.Context(), a, "command"), fault.Invalid, tc.words)
		})
	}
	if len(h.Applications()) != 0 || len(h.events(audit.ApplicationAdded)) != 0 {
		t.Error("something was saved")
	}
}

func TestHowPeopleAreToldAndSignInIsKept(t *testing.T) {
	h := newHouse(t)
	a := h.addApplication("grafana")
	changed := *a
	typed := []string{" " + mfa + " ", smartCard, mfa, strings.Repeat("ü", 512)}
	changed.StepUp = access.StepUp{Contexts: typed, MaxAge: 30 * 24 * time.Hour}
	changed.Gateway = access.Gateway{Headers: access.PresetNone, Separator: "|", Groups: access.TellAssigned}
	h.must(h.Change(t.Context(), &changed, "user:1"))
	h.must(h.Reload(t.Context()))
	got := h.Application("grafana")
	want := access.StepUp{Contexts: []string{mfa, smartCard, strings.Repeat("ü", 512)}, MaxAge: 30 * 24 * time.Hour}
	if diff := cmp.Diff(want, got.StepUp); diff != "" || got.Gateway != changed.Gateway || typed[0] != " "+mfa+" " {
		t.Errorf("%s\n%+v", diff, got)
	}
	all := h.events(audit.ApplicationChanged)
	if len(all) != 1 || string(all[0].Detail) != `{"name":"grafana","changed":["step_up","gateway"]}` {
		t.Errorf("told %+v", all)
	}
	// Desktops and links may ask how people signed in: they are entered here too.
	h.must(h.Add(t.Context(), &access.Application{Name: "desktops", Kind: access.KindWorkSpaces, WorkSpaces: directoryD(), StepUp: access.StepUp{MaxAge: time.Minute}}, "user:1"))
}

func TestIdentityHeaders(t *testing.T) {
	all := access.IdentityHeaders()
	if !slices.IsSorted(all) || len(all) != 4*4+3 {
		t.Errorf("%d headers: %v", len(all), all)
	}
	for _, preset := range append(access.Presets(), "") {
		names := preset.Names()
		for _, name := range []string{names.User, names.Groups, names.Email, names.Name} {
			if known := slices.Contains(all, http.CanonicalHeaderKey(name)); known != (preset != access.PresetNone) {
				t.Errorf("%q of %q: %v", name, preset, known)
			}
		}
	}
	if access.Preset("").Names() != access.PresetRemote.Names() || access.Preset("other").Names() != (access.HeaderNames{}) {
		t.Error("the usual preset is another, or an unknown one has names")
	}
}
