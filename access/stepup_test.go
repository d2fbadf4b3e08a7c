package access_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sallyport/access"
	"sallyport/directory"
)

const (
	mfa       = "http://schemas.microsoft.com/claims/multipleauthn"
	smartCard = "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI"
	password  = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"

	withMFA       = `permit (principal, action, resource) when { principal.authnContext == "` + mfa + `" };`
	withMFALately = `permit (principal, action, resource) when { ["` + mfa + `", "` + smartCard + `"].contains(principal.authnContext) && context.authnAge < duration("15m") };`
	notByPassword = `forbid (principal, action, resource) when { principal.authnContext == "` + password + `" };`
	lately        = `forbid (principal, action, resource) unless { principal.authnInstant >= context.now.offset(duration("-1h")) };`
)

func TestStepUp(t *testing.T) {
	signedIn := func(context string, ago time.Duration) access.Person {
		return access.Person{UserID: "ann", IDP: "entra", AuthnContext: context, AuthnInstant: noon.Add(-ago)}
	}
	grafana := func(demand access.StepUp, rules ...string) *access.Application {
		a := app("grafana", access.Everyone, rules...)
		a.StepUp = demand
		return a
	}
	for name, tc := range map[string]struct {
		app    *access.Application
		person access.Person
		want   access.Refusal
		needed access.StepUp
	}{
		"demands nothing":                   {app: grafana(access.StepUp{}), person: signedIn("", time.Hour)},
		"the context is there":              {app: grafana(access.StepUp{Contexts: []string{smartCard, mfa}}), person: signedIn(mfa, 9*time.Hour)},
		"another context":                   {app: grafana(access.StepUp{Contexts: []string{smartCard, mfa}}), person: signedIn(password, 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{smartCard, mfa}}},
		"no context":                        {app: grafana(access.StepUp{Contexts: []string{mfa}}), person: signedIn("", 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}}},
		"in another case":                   {app: grafana(access.StepUp{Contexts: []string{mfa}}), person: signedIn(strings.ToUpper(mfa), 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}}},
		"fresh to the second":               {app: grafana(access.StepUp{MaxAge: 5 * time.Minute}), person: signedIn("", 5*time.Minute)},
		"too old by a millisecond":          {app: grafana(access.StepUp{MaxAge: 5 * time.Minute}), person: signedIn("", 5*time.Minute+time.Millisecond), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: 5 * time.Minute}},
		"nobody knows when":                 {app: grafana(access.StepUp{MaxAge: 5 * time.Minute}), person: access.Person{UserID: "ann"}, want: access.StepUpNeeded, needed: access.StepUp{MaxAge: 5 * time.Minute}},
		"a clock that is ahead":             {app: grafana(access.StepUp{MaxAge: 5 * time.Minute}), person: signedIn("", -3*time.Minute)},
		"in the future":                     {app: grafana(access.StepUp{MaxAge: 5 * time.Minute}), person: signedIn("", -3*time.Minute-time.Millisecond), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: 5 * time.Minute}},
		"in the future, for a rule's age":   {app: grafana(access.StepUp{}, freshOnly), person: signedIn("", -time.Hour), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: 10 * time.Minute}},
		"in the future, for an instant":     {app: grafana(access.StepUp{}, lately), person: signedIn("", -time.Hour), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: time.Hour}},
		"both are wrong":                    {app: grafana(access.StepUp{Contexts: []string{mfa}, MaxAge: time.Minute}), person: signedIn(password, time.Hour), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}, MaxAge: time.Minute}},
		"the age is wrong":                  {app: grafana(access.StepUp{Contexts: []string{mfa}, MaxAge: time.Minute}), person: signedIn(mfa, time.Hour), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}, MaxAge: time.Minute}},
		"the context is wrong":              {app: grafana(access.StepUp{Contexts: []string{mfa}, MaxAge: time.Minute}), person: signedIn(password, 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}}},
		"a rule about the context":          {app: grafana(access.StepUp{}, withMFA), person: signedIn(password, 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}}},
		"a rule about both":                 {app: grafana(access.StepUp{}, withMFALately), person: signedIn(password, time.Hour), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa, smartCard}, MaxAge: 15*time.Minute - time.Second}},
		"the same, once was enough":         {app: grafana(access.StepUp{}, withMFALately), person: signedIn(smartCard, time.Hour), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{smartCard, mfa}, MaxAge: 15*time.Minute - time.Second}},
		"a rule against a context":          {app: grafana(access.StepUp{}, notByPassword), person: signedIn(password, 0), want: access.ForbiddenByRule},
		"that, and an age":                  {app: grafana(access.StepUp{}, notByPassword, freshOnly), person: signedIn("other", time.Hour), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: 10 * time.Minute}},
		"a rule about age, in seconds":      {app: grafana(access.StepUp{}, `forbid (principal, action, resource) unless { context.authnAge <= duration("30s") };`), person: signedIn("", time.Hour), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: time.Minute}},
		"an age that is worked out":         {app: grafana(access.StepUp{}, `forbid (principal, action, resource) unless { context.authnAge.toMinutes() < 30 };`), person: signedIn("", time.Hour), want: access.StepUpNeeded, needed: access.StepUp{MaxAge: time.Minute}},
		"a pattern without wildcards":       {app: grafana(access.StepUp{}, `permit (principal, action, resource) when { principal.authnContext like "gold" };`), person: signedIn("", 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{"gold"}}},
		"a pattern":                         {app: grafana(access.StepUp{}, `permit (principal, action, resource) when { principal.authnContext like "gold*" };`), person: signedIn("", 0), want: access.NotPermitted},
		"another tag is no context":         {app: grafana(access.StepUp{}, `permit (principal, action, resource) when { principal.connection == "okta" && principal.authnContext == "gold" };`), person: signedIn("", 0), want: access.NotPermitted},
		"a rule that nothing heals":         {app: grafana(access.StepUp{}, withMFA, nobody), person: signedIn(password, 0), want: access.ForbiddenByRule},
		"a rule that looks at neither":      {app: grafana(access.StepUp{MaxAge: time.Minute}, blue), person: signedIn(password, time.Hour), want: access.NotPermitted},
		"a rule that fails":                 {app: grafana(access.StepUp{}, `permit (principal, action, resource) when { principal.authnContext == "gold" || 9223372036854775807 + 1 > 0 };`), person: signedIn("", 0), want: access.RuleFailed},
		"what rules let in of the contexts": {app: grafana(access.StepUp{Contexts: []string{mfa, password}}, notByPassword), person: signedIn("", 0), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}}},
		"rules let in none of them":         {app: grafana(access.StepUp{Contexts: []string{password}}, notByPassword), person: signedIn("", 0), want: access.ForbiddenByRule},
		"what the application adds":         {app: grafana(access.StepUp{MaxAge: 2 * time.Minute}, withMFA), person: signedIn(password, time.Hour), want: access.StepUpNeeded, needed: access.StepUp{Contexts: []string{mfa}, MaxAge: 2 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			c := access.NewCatalog([]*access.Application{tc.app}, nil, nil)
			d := c.Decide(access.NewFacts(tc.person), access.Question{Application: "grafana", At: noon})
			if d.Refusal != tc.want || d.Allowed != (tc.want == "") || len(d.Sets) != 0 {
				t.Errorf("Decide = allowed %v, %q, want %q\n%s", d.Allowed, d.Refusal, tc.want, sentences(d))
			}
			if diff := cmp.Diff(tc.needed, d.StepUp); diff != "" {
				t.Error(diff)
			}
			listed := len(c.Portal(access.NewFacts(tc.person), noon)) == 1
			if want := tc.want == "" || tc.want == access.StepUpNeeded; listed != want {
				t.Errorf("on the portal: %v, want %v", listed, want)
			}
		})
	}
}

func TestStepUpOfOnePermissionSet(t *testing.T) {
	c := access.NewCatalog([]*access.Application{app("bank", access.Assigned)}, []*access.PermissionSet{set("Look"), set("Transfer", withMFALately)},
		[]*access.Assignment{assign(toUser("ann"), "bank", "Look"), assign(toUser("ann"), "bank", "Transfer")})
	f := access.NewFacts(access.Person{UserID: "ann", AuthnContext: password, AuthnInstant: noon})
	ask := func(set string) *access.Decision {
		return c.Decide(f, access.Question{Application: "bank", PermissionSet: set, At: noon})
	}
	if d := ask(""); !d.Allowed || !slices.Equal(setNames(d.Sets), []string{"Look"}) {
		t.Errorf("any: %+v", d)
	}
	if d := ask("Transfer"); d.Refusal != access.StepUpNeeded || !slices.Contains(d.StepUp.Contexts, mfa) {
		t.Errorf("Transfer: %+v", d)
	}
	portal := c.Portal(f, noon)
	if len(portal) != 1 || !slices.Equal(setNames(portal[0].Sets), []string{"Look"}) || !slices.Equal(setNames(portal[0].Later), []string{"Transfer"}) || !portal[0].StepUp.None() {
		t.Errorf("Portal = %+v", portal)
	}
}

func TestStepUpIsExplained(t *testing.T) {
	a := app("grafana", access.Everyone)
	a.StepUp = access.StepUp{Contexts: []string{mfa}, MaxAge: 2 * time.Hour}
	ruled := app("wiki", access.Everyone, withMFA)
	closed := app("crm", access.Everyone, notByPassword)
	c := access.NewCatalog([]*access.Application{a, ruled, closed}, nil, nil)
	explain := func(app, context string) string {
		f := access.NewFacts(access.Person{UserID: "ann", AuthnContext: context, AuthnInstant: noon})
		return sentences(c.Decide(f, access.Question{Application: app, At: noon}))
	}
	for _, tc := range []struct{ app, context, want string }{
		{"grafana", password, "counts true: Application grafana demands a sign-in with the authentication context " + mfa + " and that is at most 2 hours old, and this is none.\n"},
		{"grafana", mfa, "counts true: Application grafana demands a sign-in with the authentication context " + mfa + " and that is at most 2 hours old, and this is one.\n"},
		{"wiki", password, "counts true: This person would be let into application wiki after a sign-in with the authentication context " + mfa + ".\n"},
		{"crm", password, "counts false: To sign in again would not help: no way of signing in that is named would let this person into application crm.\n"},
	} {
		if got := explain(tc.app, tc.context); !strings.HasSuffix(got, tc.want) {
			t.Errorf("%s, %s:\n%s\nwant at the end\n%s", tc.app, tc.context, got, tc.want)
		}
	}
}

// signedInSo is p after a sign-in of which they were asked for s.
func signedInSo(p access.Person, s access.StepUp) []access.Person {
	contexts := s.Contexts
	if len(contexts) == 0 {
		contexts = []string{p.AuthnContext}
	}
	var all []access.Person
	for _, context := range contexts {
		again := p
		again.AuthnContext, again.AuthnInstant = context, noon
		all = append(all, again)
	}
	return all
}

func TestStepUpIsWhatLetsIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apps, sets, given := world(t)
		p := aPerson(t)
		c := access.NewCatalog(apps, sets, given)
		named := func(application string) (contexts []string) {
			a := c.Application(application)
			for _, context := range []string{mfa, smartCard, password} {
				if slices.Contains(a.StepUp.Contexts, context) || slices.ContainsFunc(a.Rules, func(r access.Rule) bool { return strings.Contains(r.Text, context) }) {
					contexts = append(contexts, context)
				}
			}
			return contexts
		}
		for _, q := range questions(apps) {
			d := c.Decide(access.NewFacts(p), q)
			switch {
			case d.Refusal == access.StepUpNeeded:
				if d.Allowed || len(d.Sets) > 0 || d.StepUp.None() {
					t.Fatalf("%+v: %+v", q, d)
				}
				for _, again := range signedInSo(p, d.StepUp) {
					if got := c.Decide(access.NewFacts(again), q); !got.Allowed {
						t.Fatalf("%+v asks %+v for %+v, and then: %s\n%s", q, p, d.StepUp, got.Refusal, sentences(got))
					}
				}
			case !d.StepUp.None():
				t.Fatalf("%+v: %q, and still %+v", q, d.Refusal, d.StepUp)
			case !d.Allowed && d.Refusal != access.RuleFailed:
				for _, again := range signedInSo(p, access.StepUp{Contexts: append(named(q.Application), p.AuthnContext)}) {
					if got := c.Decide(access.NewFacts(again), q); got.Allowed {
						t.Fatalf("%+v: %+v would get in as %+v, and is refused for %s\n%s", q, p, again, d.Refusal, sentences(d))
					}
				}
			}
		}
	})
}

func questions(apps []*access.Application) []access.Question {
	var all []access.Question
	for _, a := range apps {
		for _, set := range []string{"", "Admin", "Viewer"} {
			all = append(all, access.Question{Application: a.Name, PermissionSet: set, At: noon})
		}
	}
	return all
}

func TestPassAgreesWithDecide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apps, sets, given := world(t)
		p := aPerson(t)
		c := access.NewCatalog(apps, sets, given)
		chosen := rapid.SampledFrom([]string{"", "set-Viewer", "set-Admin", "set-Gone"}).Draw(t, "chosen")
		from := p
		from.Address = rapid.SampledFrom([]netip.Addr{{}, netip.MustParseAddr("10.9.9.9"), netip.MustParseAddr("192.0.2.1")}).Draw(t, "address")
		f := access.NewFacts(p)
		for _, a := range apps {
			got := c.Pass(f, a, access.Passing{Chosen: chosen, At: noon, Address: from.Address})
			d := c.Decide(access.NewFacts(from), access.Question{Application: a.Name, At: noon})
			want := access.Passage{Refusal: d.Refusal, StepUp: d.StepUp}
			for _, s := range d.Sets {
				if s.ID == chosen || len(d.Sets) == 1 {
					want.Set = s
				}
			}
			want.Choose = len(d.Sets) > 1 && want.Set == nil
			if name, ok := strings.CutPrefix(chosen, "set-"); ok && d.Allowed && (want.Set == nil || want.Set.ID != chosen) {
				// As what they chose comes before as something else.
				if again := c.Decide(access.NewFacts(from), access.Question{Application: a.Name, PermissionSet: name, At: noon}); again.Refusal == access.StepUpNeeded {
					want = access.Passage{Refusal: again.Refusal, StepUp: again.StepUp}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestPassOfAnApplicationThatIsGone(t *testing.T) {
	c := access.NewCatalog(nil, nil, nil)
	if got := c.Pass(access.NewFacts(access.Person{}), app("grafana", access.Everyone), access.Passing{}); got.Refusal != access.NoApplication {
		t.Errorf("Pass = %+v", got)
	}
}

func TestGroupsThrough(t *testing.T) {
	ended := assign(toGroup("g3"), "grafana", "Viewer")
	ended.EndsAt = time.Now().Add(-time.Minute)
	claim := func(name string) access.Principal {
		return access.Principal{Kind: access.ToClaim, IDP: "entra", Name: name}
	}
	sooner, later := assign(claim("ops"), "wiki", "Viewer"), assign(claim("ops"), "wiki", "Admin")
	sooner.EndsAt, later.EndsAt = time.Now().Add(time.Minute), time.Now().Add(time.Hour)
	c := access.NewCatalog([]*access.Application{app("grafana", access.Assigned), app("wiki", access.Everyone)}, []*access.PermissionSet{set("Viewer"), set("Admin")}, []*access.Assignment{
		assign(toUser("ann"), "grafana", "Viewer"), assign(toGroup("g1"), "grafana", "Viewer"), assign(toGroup("g1"), "grafana", "Admin"), assign(toGroup("g2"), "wiki", "Viewer"), ended,
		assign(claim("ops"), "grafana", "Viewer"), assign(claim("dba"), "grafana", "Viewer"), sooner, later, sooner,
	})
	f := access.NewFacts(access.Person{UserID: "ann", IDP: "entra", Claimed: []string{"ops", "hr"}, Groups: []directory.GroupRef{{ID: "g1", DisplayName: "Engineering"}, {ID: "g2", DisplayName: "Sales"}, {ID: "g3", DisplayName: "Interns"}}})
	for app, want := range map[string][]string{"grafana": {"Engineering", "ops"}, "wiki": {"Sales", "ops"}, "gone": nil} {
		got, until := c.GroupsThrough(f, &access.Application{ID: "app-" + app})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", app, diff)
		}
		ends := time.Time{}
		if app == "wiki" {
			ends = later.EndsAt // of two that say the same, the later one
		}
		if !until.Equal(ends) {
			t.Errorf("%s: told until %v, want %v", app, until, ends)
		}
	}
}
