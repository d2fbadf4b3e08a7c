package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

func directoryD() *access.WorkSpaces {
	return &access.WorkSpaces{Region: "eu-west-1", RegistrationCode: "SLiad+AB12CD", DirectoryID: "d-1234567890", AccountID: "123456789012"}
}

func TestAddRefusesParts(t *testing.T) {
	h := newHouse(t)
	links := func(all ...access.DeepLink) func(*access.Application) {
		return func(a *access.Application) { a.Links = all }
	}
	ws := func(change func(*access.WorkSpaces)) func(*access.Application) {
		return func(a *access.Application) {
			a.Kind, a.URL, a.WorkSpaces = access.KindWorkSpaces, "", directoryD()
			change(a.WorkSpaces)
		}
	}
	rules := func(all ...access.Rule) func(*access.Application) {
		return func(a *access.Application) { a.Rules = all }
	}
	for name, tc := range map[string]struct {
		change func(*access.Application)
		words  string
	}{
		"kind":                    {func(a *access.Application) { a.Kind = "desktop" }, "Choose what it is"},
		"entry":                   {func(a *access.Application) { a.Entry = "nobody" }, "who may enter"},
		"three letters":           {func(a *access.Application) { a.Icon = "abc" }, "icon"},
		"two emojis":              {func(a *access.Application) { a.Icon = "📈📉" }, "icon"},
		"an invisible icon":       {func(a *access.Application) { a.Icon = "\u202e" }, "icon"},
		"markup as icon":          {func(a *access.Application) { a.Icon = "<b" }, "icon"},
		"half a flag":             {func(a *access.Application) { a.Icon = "\U0001F1E9" }, "icon"},
		"a loose joiner":          {func(a *access.Application) { a.Icon = "📈\u200d" }, "icon"},
		"whom to ask":             {func(a *access.Application) { a.AskWhom = "a\nb" }, "Whom to ask"},
		"WorkSpaces of a web app": {func(a *access.Application) { a.WorkSpaces = directoryD() }, "Only an application of the kind WorkSpaces"},
		"no WorkSpaces":           {func(a *access.Application) { a.Kind = access.KindWorkSpaces }, "Give the Region"},
		"no Region":               {ws(func(w *access.WorkSpaces) { w.Region = "" }), "Choose the Region"},
		"another Region":          {ws(func(w *access.WorkSpaces) { w.Region = "eu-north-1" }), "eu-north-1"},
		"no FIPS there":           {ws(func(w *access.WorkSpaces) { w.FIPS = true }), "no FIPS endpoint"},
		"registration code":       {ws(func(w *access.WorkSpaces) { w.RegistrationCode = "SLiad AB12CD" }), "SLiad+AB12CD"},
		"code with a parameter":   {ws(func(w *access.WorkSpaces) { w.RegistrationCode = "SLiad+AB12CD&client=web" }), "SLiad+AB12CD"},
		"directory":               {ws(func(w *access.WorkSpaces) { w.DirectoryID = "1234567890" }), "d-1234567890"},
		"account":                 {ws(func(w *access.WorkSpaces) { w.AccountID = "1234-5678-9012" }), "twelve digits"},
		"client":                  {ws(func(w *access.WorkSpaces) { w.Client = "phone" }), "native"},
		"places in a desktop": {func(a *access.Application) {
			ws(func(*access.WorkSpaces) {})(a)
			a.Links = []access.DeepLink{{Name: "x", Path: "/x"}}
		}, "no deep links"},
		"a link's name":           {links(access.DeepLink{Name: "My place", Path: "/x"}), "My place"},
		"two links of a name":     {links(access.DeepLink{Name: "x", Path: "/x"}, access.DeepLink{Name: "x", Path: "/y"}), "two deep links"},
		"a link's title":          {links(access.DeepLink{Name: "x", Path: "/x", Title: "a\nb"}), "title"},
		"a link without path":     {links(access.DeepLink{Name: "x"}), "begins with a slash"},
		"a link elsewhere":        {links(access.DeepLink{Name: "x", Path: "https://evil.example.net/"}), "begins with a slash"},
		"a link to another host":  {links(access.DeepLink{Name: "x", Path: "//evil.example.net/"}), "no address"},
		"a link that climbs":      {links(access.DeepLink{Name: "x", Path: "/a/%2e%2e/b"}), "no address"},
		"a link with a backslash": {links(access.DeepLink{Name: "x", Path: "/\\evil"}), "no address"},
		"a long link":             {links(access.DeepLink{Name: "x", Path: "/" + strings.Repeat("a", 2048)}), "no address"},
		"many links":              {links(make([]access.DeepLink, 51)...), "50 deep links"},
		"a vendor without name":   {func(a *access.Application) { a.UserAccess = []access.UserAccess{{URL: "https://x.okta.com/"}} }, "whose user access URL"},
		"an address in the clear": {func(a *access.Application) {
			a.UserAccess = []access.UserAccess{{Vendor: "okta", URL: "http://x.okta.com/"}}
		}, "https://"},
		"two of a vendor": {func(a *access.Application) {
			a.UserAccess = []access.UserAccess{{Vendor: "okta", URL: "https://x.okta.com/"}, {Vendor: "okta", URL: "https://y.okta.com/"}}
		}, "two user access URLs"},
		"a rule without a name":  {rules(access.Rule{Text: anyone}), "name"},
		"two rules of a name":    {rules(access.Rule{Name: "a", Text: anyone}, access.Rule{Name: "A", Text: nobody}), "two rules"},
		"a rule that is none":    {rules(access.Rule{Name: "office", Text: "permit"}), `Rule "office"`},
		"a form of nothing":      {rules(access.Rule{Name: "office", Text: anyone, Form: &access.RuleForm{}}), `Rule "office"`},
		"a rule without a text":  {rules(access.Rule{Name: "office"}), `Rule "office"`},
		"a rule of two policies": {rules(access.Rule{Name: "office", Text: anyone + nobody}), "exactly one"},
		"many rules":             {rules(make([]access.Rule, 51)...), "50 rules"},
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

func TestIcons(t *testing.T) {
	h := newHouse(t)
	for i, icon := range []string{"", "G", "gr", "7", "Ü", "日本", "📈", "🖥️", "👩🏽‍💻", "👨‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "↔️", " ⚙ "} {
		a := &access.Application{Name: "app-" + string(rune('a'+i)), URL: "https://app.example.com/", Icon: icon}
		if err := h.Add(t.Context(), a, "command"); err != nil || a.Icon != strings.TrimSpace(icon) {
			t.Errorf("%q: %q, %v", icon, a.Icon, err)
		}
	}
}

func TestChangeKeepsWhatIsNotSaid(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	a := h.addApplication("grafana")
	h.must(h.Change(ctx, &access.Application{Name: "grafana", URL: a.URL, Version: 1}, "user:1"))
	if got := h.Application("grafana"); got.Entry != access.Assigned || got.Kind != access.KindWeb {
		t.Errorf("a change that does not speak of entry made it %q, %q", got.Entry, got.Kind)
	}

	shared := h.Application("grafana")
	changed := *shared
	changed.Allowed, changed.Links = []string{" https://b.example.com/ "}, []access.DeepLink{{Name: "x", Path: " /x "}}
	changed.Rules = []access.Rule{{Name: " office ", Text: anyone}}
	typed := changed
	h.must(h.Change(ctx, &changed, "user:1"))
	if typed.Allowed[0] != " https://b.example.com/ " || typed.Links[0].Path != " /x " || typed.Rules[0].ID != "" {
		t.Error("the caller's lists were written to: they may be those of the catalog")
	}
	got := h.Application("grafana")
	if got.Allowed[0] != "https://b.example.com/" || got.Links[0].Path != "/x" || got.Rules[0].Name != "office" || got.Rules[0].ID == "" {
		t.Errorf("changed to %+v", got)
	}
	for _, e := range h.events(audit.ApplicationAdded, audit.ApplicationChanged) {
		if strings.Contains(string(e.Detail), "permit") {
			t.Errorf("an event tells a rule's text: %s", e.Detail)
		}
	}
	told := h.events(audit.ApplicationChanged)
	if want := `{"name":"grafana","changed":["allowed","links","rules"]}`; string(told[0].Detail) != want {
		t.Errorf("told %s, want %s", told[0].Detail, want)
	}
}

// TestChangeSeesWhatOthersDid: another instance may have changed it since
// memory was read.
func TestChangeSeesWhatOthersDid(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.addApplication("grafana")
	other, err := access.Open(ctx, h.db)
	h.must(err)
	theirs := *other.Application("grafana")
	theirs.Rules = []access.Rule{{Name: "office", Text: anyone}}
	h.must(other.Change(ctx, &theirs, "user:2"))

	ours := *other.Application("grafana") // as a person has just seen it there
	ours.Title = "Grafana"
	h.must(h.Change(ctx, &ours, "user:1"))
	if got := h.Application("grafana").Rules[0].ID; got != theirs.Rules[0].ID {
		t.Errorf("the rule has ID %s, had %s: it is the same rule", got, theirs.Rules[0].ID)
	}
}

func TestPermissionSetRefuses(t *testing.T) {
	h := newHouse(t)
	tags := func(all ...access.Tag) func(*access.PermissionSet) {
		return func(s *access.PermissionSet) { s.Tags = all }
	}
	relayState := func(text string) func(*access.PermissionSet) {
		return func(s *access.PermissionSet) { s.RelayState = text }
	}
	for name, tc := range map[string]struct {
		change func(*access.PermissionSet)
		words  string
	}{
		"no name":                 {func(s *access.PermissionSet) { s.Name = " " }, "1 to 32"},
		"a long name":             {func(s *access.PermissionSet) { s.Name = strings.Repeat("a", 33) }, "1 to 32"},
		"a blank in the name":     {func(s *access.PermissionSet) { s.Name = "Power User" }, "no blanks"},
		"a foreign letter":        {func(s *access.PermissionSet) { s.Name = "Größe" }, "A to Z"},
		"a line break":            {func(s *access.PermissionSet) { s.Name = "a\nb" }, "A to Z"},
		"a long description":      {func(s *access.PermissionSet) { s.Description = strings.Repeat("a", 701) }, "700"},
		"a letter from elsewhere": {func(s *access.PermissionSet) { s.Description = "日" }, "日"},
		"too short":               {func(s *access.PermissionSet) { s.SessionDuration = time.Hour - time.Second }, "an hour to twelve"},
		"too long":                {func(s *access.PermissionSet) { s.SessionDuration = 12*time.Hour + time.Second }, "an hour to twelve"},
		"negative":                {func(s *access.PermissionSet) { s.SessionDuration = -time.Hour }, "an hour to twelve"},
		"half a second":           {func(s *access.PermissionSet) { s.SessionDuration = time.Hour + time.Second/2 }, "whole number"},
		"a long relay state":      {relayState("/" + strings.Repeat("a", 240)), "240"},
		"a sign of none":          {relayState("/a<b"), "240"},
		"another host":            {relayState("//evil.example.net"), "path in the application"},
		"a climbing path":         {relayState("/../x"), "path in the application"},
		"a backslash":             {relayState(`/\evil`), "path in the application"},
		"a bare word":             {relayState("admin"), "path in the application"},
		"a script":                {relayState("javascript:alert(1)"), "path in the application"},
		"an address with a user":  {relayState("https://a@b.example.com/"), "path in the application"},
		"a tag without key":       {tags(access.Tag{Value: "x"}), "key of a tag"},
		"a long key":              {tags(access.Tag{Key: strings.Repeat("k", 129)}), "key of a tag"},
		"a key with a sign":       {tags(access.Tag{Key: "a*b"}), "a*b"},
		"a long value":            {tags(access.Tag{Key: "k", Value: strings.Repeat("v", 257)}), "value of tag k"},
		"a value with a sign":     {tags(access.Tag{Key: "k", Value: "a;b"}), "value of tag k"},
		"a reserved key":          {tags(access.Tag{Key: "AWS:x"}), "reserved"},
		"a reserved value":        {tags(access.Tag{Key: "k", Value: "aws:x"}), "reserved"},
		"a key twice":             {tags(access.Tag{Key: "Team"}, access.Tag{Key: "TEAM"}), "two tags"},
		"many tags":               {tags(make([]access.Tag, 51)...), "50 tags"},
		"a rule that is none":     {func(s *access.PermissionSet) { s.Rules = []access.Rule{{Name: "office", Text: "permit"}} }, `Rule "office"`},
	} {
		t.Run(name, func(t *testing.T) {
			s := &access.PermissionSet{Name: "Viewer"}
			tc.change(s)
			h.wantKind(h.AddPermissionSet(t.Context(), s, "command"), fault.Invalid, tc.words)
		})
	}
	if len(h.PermissionSets()) != 0 {
		t.Error("something was saved")
	}
	for _, s := range []*access.PermissionSet{
		{Name: "a"},
		{Name: strings.Repeat("a", 32), Description: strings.Repeat("é", 700), SessionDuration: time.Hour},
		{Name: "A_+=,.@-9", Description: "one\ttab\r\nand a line", SessionDuration: 12 * time.Hour, RelayState: "/admin?tab=users#top"},
		{Name: "absolute", RelayState: "https://eu-west-1.console.aws.amazon.com/ec2/home?region=eu-west-1"},
		{Name: "blank", RelayState: "/a b/{c}|d", Tags: []access.Tag{{Key: strings.Repeat("ü", 128), Value: strings.Repeat("é", 256)}, {Key: "Empty"}}},
		{Name: "query", RelayState: "?orgId=2"},
	} {
		if err := h.AddPermissionSet(t.Context(), s, "command"); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}

func TestResolveDeepLinks(t *testing.T) {
	h := newHouse(t)
	h.must(h.Add(t.Context(), &access.Application{
		Name: "grafana", URL: "https://grafana.example.com/base/?orgId=1", Allowed: []string{"https://grafana.example.com/base"},
		Links: []access.DeepLink{{Name: "home", Path: "/d/abc?x=1#y"}, {Name: "start", Path: "?orgId=1"}, {Name: "umlaut", Path: "/über uns"}, {Name: "nested", Path: "/~home"}},
	}, "command"))
	for in, want := range map[string]string{
		"grafana/~home":                       "https://grafana.example.com/base/d/abc?x=1#y",
		"grafana/~umlaut":                     "https://grafana.example.com/base/%C3%BCber%20uns",
		"grafana/~nested":                     "https://grafana.example.com/base/~home",
		"RPID=x&RelayState=grafana%2F%7Ehome": "https://grafana.example.com/base/d/abc?x=1#y",
		"grafana/~ann/x":                      "https://grafana.example.com/base/~ann/x", // paths of its own have tildes too
		"grafana/~Home":                       "https://grafana.example.com/base/~Home",
		"grafana/~home/":                      "",
		"grafana/~home/admin":                 "",
		"grafana/~home/../x":                  "",
		"grafana/~home?x=2":                   "",
		"grafana/~home?":                      "",
		"grafana/~home#z":                     "",
		"grafana~home":                        "",
		"/~home":                              "",
	} {
		got := h.Resolve(in)
		if got.URL != want || got.Unknown != (want == "") {
			t.Errorf("Resolve(%q) = %+v, want %q", in, got, want)
		}
	}
}

// TestStoredLinksAreNotTrusted: the store may hold what another program wrote.
func TestStoredLinksAreNotTrusted(t *testing.T) {
	s := &shelf{apps: []*access.Application{{Name: "a", URL: "https://a.example.com/", Links: []access.DeepLink{
		{Name: "host", Path: "//evil.example.net/"}, {Name: "at", Path: "@evil.example.net/"}, {Name: "dot", Path: ".evil.example.net/"}, {Name: "line", Path: "/\r\nx"}, {Name: "climb", Path: "/../x"},
	}}}}
	c, err := access.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range s.apps[0].Links {
		if got := c.Resolve("a/~" + l.Name); got.URL != "" && !strings.HasPrefix(got.URL, "https://a.example.com/") {
			t.Errorf("Resolve(a/~%s) = %q", l.Name, got.URL)
		}
	}
}

func TestWorkSpacesApplication(t *testing.T) {
	h := newHouse(t)
	desktops := &access.Application{Name: "desktops", Kind: access.KindWorkSpaces, URL: "https://elsewhere.example.net/", WorkSpaces: directoryD()}
	desktops.WorkSpaces.RegistrationCode = " SLiad+AB12CD "
	h.must(h.Add(t.Context(), desktops, "command"))
	const base = "https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp?registrationCode="
	if diff := cmp.Diff(base+"SLiad%2BAB12CD", h.Application("desktops").URL); diff != "" {
		t.Error(diff)
	}
	for in, want := range map[string]string{
		"desktops":                            base + "SLiad%2BAB12CD",
		base + "SLiad%2BAB12CD":               base + "SLiad%2BAB12CD",
		base + "SLiad+AB12CD":                 base + "SLiad+AB12CD", // as the guide writes it
		base + "SLiad+AB12CD&client=web":      base + "SLiad+AB12CD&client=web",
		base + "SLiad%2BAB12CD&client=native": base + "SLiad%2BAB12CD&client=native",
		base + "SLiad+OTHER":                  "",
		base + "SLiad+AB12CD&x=y":             "",
		base + "SLiad+AB12CD&client=x":        "",
		"desktops/x":                          "",
		"https://elsewhere.example.net/":      "",
	} {
		got := h.Resolve(in)
		if got.URL != want {
			t.Errorf("Resolve(%q) = %+v, want %q", in, got, want)
		}
	}
	crossRegion := &access.Application{Name: "global", Kind: access.KindWorkSpaces, WorkSpaces: directoryD()}
	crossRegion.WorkSpaces.RegistrationCode, crossRegion.WorkSpaces.Region, crossRegion.WorkSpaces.FIPS = "desktops.example.com", "us-east-1", true
	h.must(h.Add(t.Context(), crossRegion, "command"))
	if got := crossRegion.URL; got != "https://workspaces.euc-sso-fips.us-east-1.aws.amazon.com/sso-idp?registrationCode=desktops.example.com" {
		t.Errorf("URL %s", got)
	}

	// One who allows all of the endpoint does not open this directory.
	h.must(h.Add(t.Context(), &access.Application{Name: "any", URL: "https://workspaces.euc-sso.eu-west-1.aws.amazon.com/sso-idp"}, "command"))
	for _, in := range []string{base + "SLiad+AB12CD", "any?registrationCode=SLiad+AB12CD"} {
		if got := h.Resolve(in); got.Application == nil || got.Application.Name != "desktops" {
			t.Errorf("Resolve(%q) is a place of %+v, want desktops", in, got.Application)
		}
	}
}
