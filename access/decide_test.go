package access_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/internal/fault"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func app(name string, entry access.Entry, rules ...string) *access.Application {
	return &access.Application{ID: "app-" + name, Name: name, Title: name, URL: "https://" + name + ".example.com/", Entry: entry, Rules: named(rules)}
}

func set(name string, rules ...string) *access.PermissionSet {
	return &access.PermissionSet{ID: "set-" + name, Name: name, Rules: named(rules)}
}

func named(texts []string) []access.Rule {
	var rules []access.Rule
	for i, text := range texts {
		rules = append(rules, access.Rule{ID: fmt.Sprint("r", i), Name: fmt.Sprint("rule ", i), Text: text})
	}
	return rules
}

func assign(p access.Principal, application, permissionSet string) *access.Assignment {
	return &access.Assignment{
		ID: fmt.Sprintf("%s/%s%s%s/%s/%s", p.Kind, p.ID, p.IDP, p.Name, application, permissionSet), Principal: p,
		ApplicationID: "app-" + application, PermissionSetID: "set-" + permissionSet,
	}
}

func toUser(id string) access.Principal { return access.Principal{Kind: access.ToUser, ID: id} }
func toGroup(id string) access.Principal {
	return access.Principal{Kind: access.ToGroup, ID: id, Name: id}
}

const (
	anyone       = `permit (principal, action, resource);`
	nobody       = `forbid (principal, action, resource);`
	blue         = `permit (principal, action == Action::"enter", resource) when { principal.hasTag("CostCenter") && principal.getTag("CostCenter") == "blue" };`
	inOffice     = `permit (principal, action, resource) when { context has address && context.address.isInRange(ip("10.0.0.0/8")) };`
	freshOnly    = `forbid (principal, action, resource) unless { context.authnAge <= duration("10m") };`
	notAsAdmin   = `forbid (principal, action, resource) when { context has permissionSet && context.permissionSet == "Admin" };`
	engineers    = `permit (principal, action, resource) when { principal.groups.contains("Engineering") };`
	inGroupG1    = `permit (principal in Group::"g1", action, resource);`
	throughEntra = `permit (principal, action, resource) when { principal.connection == "entra" };`
)

func TestDecide(t *testing.T) {
	ann := access.Person{UserID: "ann", UserName: "ann@example.com", IDP: "entra", Groups: []directory.GroupRef{{ID: "g1", DisplayName: "Engineering"}}}
	with := func(change func(*access.Person)) access.Person { p := ann; change(&p); return p }
	tagged := func(key, value string) access.Person {
		return with(func(p *access.Person) { p.Tags = []access.Tag{{Key: key, Value: value}} })
	}
	late := assign(toUser("ann"), "grafana", "Viewer")
	late.EndsAt = noon
	claim := access.Principal{Kind: access.ToClaim, IDP: "entra", Name: "ops"}

	for name, tc := range map[string]struct {
		app    *access.Application
		sets   []*access.PermissionSet
		given  []*access.Assignment
		person access.Person
		as     string
		want   access.Refusal
		enters []string
	}{
		"anybody":                                   {app: app("grafana", access.Everyone), person: ann},
		"nobody is assigned":                        {app: app("grafana", access.Assigned), person: ann, want: access.NotAssigned},
		"assigned":                                  {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer")}, person: ann, enters: []string{"Viewer"}},
		"another is assigned":                       {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toUser("bob"), "grafana", "Viewer")}, person: ann, want: access.NotAssigned},
		"another application is":                    {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toUser("ann"), "wiki", "Viewer")}, person: ann, want: access.NotAssigned},
		"ended this moment":                         {app: app("grafana", access.Assigned), given: []*access.Assignment{late}, person: ann, want: access.AssignmentEnded},
		"through group and person":                  {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer"), assign(toGroup("g1"), "grafana", "Viewer"), assign(toGroup("g1"), "grafana", "Admin")}, person: ann, enters: []string{"Admin", "Viewer"}},
		"a group that she is not in":                {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toGroup("g2"), "grafana", "Viewer")}, person: ann, want: access.NotAssigned},
		"a group of the assertion":                  {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(claim, "grafana", "Viewer")}, person: with(func(p *access.Person) { p.Claimed = []string{"ops"} }), enters: []string{"Viewer"}},
		"the same of another connection":            {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(claim, "grafana", "Viewer")}, person: with(func(p *access.Person) { p.Claimed, p.IDP = []string{"ops"}, "okta" }), want: access.NotAssigned},
		"a set by name, case aside":                 {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer")}, person: ann, as: "viewer", enters: []string{"Viewer"}},
		"a set that is not assigned":                {app: app("grafana", access.Assigned), given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer")}, person: ann, as: "Admin", want: access.NotAssigned},
		"a set on an application for everyone":      {app: app("grafana", access.Everyone), person: ann, as: "Admin", want: access.NotAssigned},
		"a set that does not exist":                 {app: app("grafana", access.Everyone), person: ann, as: "Nothing", want: access.NoSuchSet},
		"forbid wins over permit":                   {app: app("grafana", access.Everyone, anyone, nobody), person: ann, want: access.ForbiddenByRule},
		"no permit matches":                         {app: app("grafana", access.Everyone, blue), person: ann, want: access.NotPermitted},
		"the tag matches":                           {app: app("grafana", access.Everyone, blue), person: tagged("CostCenter", "blue")},
		"its key in another case":                   {app: app("grafana", access.Everyone, blue), person: tagged("costcenter", "blue")},
		"its value in another case":                 {app: app("grafana", access.Everyone, blue), person: tagged("CostCenter", "Blue"), want: access.NotPermitted},
		"a network":                                 {app: app("grafana", access.Everyone, inOffice), person: with(func(p *access.Person) { p.Address = netip.MustParseAddr("10.1.2.3") })},
		"no known network":                          {app: app("grafana", access.Everyone, inOffice), person: ann, want: access.NotPermitted},
		"signed in long ago":                        {app: app("grafana", access.Everyone, freshOnly), person: with(func(p *access.Person) { p.AuthnInstant = noon.Add(-time.Hour) }), want: access.StepUpNeeded},
		"signed in just now":                        {app: app("grafana", access.Everyone, freshOnly), person: with(func(p *access.Person) { p.AuthnInstant = noon.Add(-time.Minute) })},
		"nobody knows when":                         {app: app("grafana", access.Everyone, freshOnly), person: ann, want: access.StepUpNeeded},
		"a group by name":                           {app: app("grafana", access.Everyone, engineers), person: ann},
		"a group by ID":                             {app: app("grafana", access.Everyone, inGroupG1), person: ann},
		"a connection":                              {app: app("grafana", access.Everyone, throughEntra), person: ann},
		"a rule that works the key of a tag out":    {app: app("grafana", access.Everyone, `forbid (principal, action, resource) when { principal.hasTag(principal.userName) };`), person: ann, want: access.RuleFailed},
		"a rule that cannot be read":                {app: app("grafana", access.Everyone, "permit (who, cares);"), person: ann, want: access.RuleFailed},
		"a rule that keeps one set out":             {app: app("grafana", access.Assigned, notAsAdmin), given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer"), assign(toUser("ann"), "grafana", "Admin")}, person: ann, enters: []string{"Viewer"}},
		"a set's own rule":                          {app: app("grafana", access.Assigned), sets: []*access.PermissionSet{set("Viewer"), set("Admin", inOffice)}, given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer"), assign(toUser("ann"), "grafana", "Admin")}, person: ann, enters: []string{"Viewer"}},
		"all sets kept out":                         {app: app("grafana", access.Assigned), sets: []*access.PermissionSet{set("Viewer"), set("Admin", inOffice)}, given: []*access.Assignment{assign(toUser("ann"), "grafana", "Admin")}, person: ann, want: access.NotPermitted},
		"all sets kept out, of one for everyone":    {app: app("grafana", access.Everyone), sets: []*access.PermissionSet{set("Viewer"), set("Admin", inOffice)}, given: []*access.Assignment{assign(toUser("ann"), "grafana", "Admin")}, person: ann},
		"a permit of the set does not open the app": {app: app("grafana", access.Assigned, blue), sets: []*access.PermissionSet{set("Viewer", anyone), set("Admin")}, given: []*access.Assignment{assign(toUser("ann"), "grafana", "Viewer")}, person: ann, want: access.NotPermitted},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.sets == nil {
				tc.sets = []*access.PermissionSet{set("Viewer"), set("Admin")}
			}
			c := access.NewCatalog([]*access.Application{tc.app, app("wiki", access.Assigned)}, tc.sets, tc.given)
			d := c.Decide(access.NewFacts(tc.person), access.Question{Application: "grafana", PermissionSet: tc.as, At: noon})
			if d.Refusal != tc.want || d.Allowed != (tc.want == "") {
				t.Errorf("Decide = allowed %v, %q, want %q\n%s", d.Allowed, d.Refusal, tc.want, sentences(d))
			}
			if diff := cmp.Diff(tc.enters, setNames(d.Sets)); diff != "" {
				t.Error(diff)
			}
			if !d.Allowed && d.Refusal != access.NoSuchSet && !slices.ContainsFunc(d.Steps, func(s access.Step) bool { return s.Counts }) {
				t.Errorf("no step says why:\n%s", sentences(d))
			}
		})
	}
}

func TestDecideKnowsNoSuchApplication(t *testing.T) {
	c := access.NewCatalog(nil, nil, nil)
	if d := c.Decide(access.NewFacts(access.Person{}), access.Question{Application: "x"}); d.Allowed || d.Refusal != access.NoApplication {
		t.Errorf("Decide = %+v", d)
	}
}

func sentences(d *access.Decision) string {
	var b strings.Builder
	for _, s := range d.Steps {
		fmt.Fprintf(&b, "counts %v: %s\n", s.Counts, s.Sentence())
	}
	return b.String()
}

func setNames(sets []*access.PermissionSet) []string {
	var names []string
	for _, s := range sets {
		names = append(names, s.Name)
	}
	return names
}

func TestCheckRuleNamesWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":              "exactly one",
		"permit":        "not Cedar",
		anyone + nobody: "exactly one",
		`permit (principal, action == Action::"delete", resource);`:                                                                          "does not fit",
		`permit (principal, action, resource) when { principal.getTag("A") == "x" };`:                                                        "hasTag",
		`permit (principal, action, resource) when { principal.shoeSize == 43 };`:                                                            "shoeSize",
		`permit (principal, action, resource) when { context.address.isInRange(ip("10.0.0.0/8")) };`:                                         "address",
		`permit (principal, action, resource) when { principal.userName == 4 };`:                                                             "does not fit",
		`permit (principal == Robot::"r2d2", action, resource);`:                                                                             "does not fit",
		`forbid (principal, action, resource) when { principal.hasTag(if true then "Status" else "x") };`:                                    "in quotes",
		`forbid (principal, action, resource) when { principal.hasTag(principal.userName) };`:                                                "in quotes",
		`forbid (principal, action, resource) when { {a: [principal.hasTag({k: "Status"}.k)]}.a.contains(true) };`:                           "in quotes",
		`forbid (principal, action, resource) unless { if context.connection == "x" then !principal.hasTag(context.connection) else true };`: "in quotes",
		strings.Repeat("/", 11<<10): "10240",
	} {
		err := access.CheckRule(text)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckRule(%.80q) = %v, want one with %q", text, err, want)
		}
	}
}

func TestRuleForm(t *testing.T) {
	f := access.RuleForm{
		Groups: []string{"Engineering", `Quo"ted`}, TagKey: "CostCenter", TagValues: []string{"blue", "gr\\een"},
		Connections: []string{"entra"}, Networks: []string{"10.0.0.0/8", "2001:db8::/32"},
		Contexts: []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}, MaxAge: 10 * time.Minute,
	}
	text, err := f.Cedar()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	fits := access.Person{
		UserID: "ann", IDP: "entra", Claimed: []string{`Quo"ted`}, Tags: []access.Tag{{Key: "CostCenter", Value: "gr\\een"}},
		Address: netip.MustParseAddr("2001:db8::1"), AuthnInstant: noon.Add(-10 * time.Minute), AuthnContext: f.Contexts[0],
	}
	c := access.NewCatalog([]*access.Application{app("grafana", access.Everyone, text)}, nil, nil)
	enters := func(p access.Person) bool {
		return c.Decide(access.NewFacts(p), access.Question{Application: "grafana", At: noon}).Allowed
	}
	if !enters(fits) {
		t.Errorf("who fits does not enter:\n%s", text)
	}
	for name, change := range map[string]func(*access.Person){
		"group":      func(p *access.Person) { p.Claimed = nil },
		"tag":        func(p *access.Person) { p.Tags[0].Value = "red" },
		"no tag":     func(p *access.Person) { p.Tags = nil },
		"connection": func(p *access.Person) { p.IDP = "okta" },
		"network":    func(p *access.Person) { p.Address = netip.MustParseAddr("192.0.2.1") },
		"context":    func(p *access.Person) { p.AuthnContext = "" },
		"age":        func(p *access.Person) { p.AuthnInstant = noon.Add(-10*time.Minute - time.Second) },
	} {
		p := fits
		p.Tags = slices.Clone(fits.Tags)
		change(&p)
		if enters(p) {
			t.Errorf("enters with another %s", name)
		}
	}
	for name, bad := range map[string]access.RuleForm{
		"nothing":          {},
		"a key alone":      {TagKey: "CostCenter"},
		"a value alone":    {TagValues: []string{"x"}},
		"no network":       {Networks: []string{"office"}},
		"half a second":    {MaxAge: time.Second / 2},
		"too many groups":  {Groups: make([]string, 101)},
		"a negative age":   {MaxAge: -time.Second},
		"network and junk": {Networks: []string{`10.0.0.0/8")) || true || (ip("::1`}},
	} {
		if text, err := bad.Cedar(); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// world draws a small house: the same few names meet often.
func world(t *rapid.T) (apps []*access.Application, sets []*access.PermissionSet, given []*access.Assignment) {
	rules := rapid.SliceOfN(rapid.SampledFrom([]string{anyone, nobody, blue, inOffice, freshOnly, notAsAdmin, engineers, inGroupG1, throughEntra, withMFA, withMFALately, notByPassword, lately}), 0, 2)
	for _, name := range []string{"a", "b", "c"} {
		a := app(name, rapid.SampledFrom([]access.Entry{access.Everyone, access.Assigned}).Draw(t, "entry"), rules.Draw(t, "rules")...)
		a.StepUp.Contexts = rapid.SampledFrom([][]string{nil, nil, {mfa}, {mfa, smartCard}}).Draw(t, "contexts")
		a.StepUp.MaxAge = rapid.SampledFrom([]time.Duration{0, 0, time.Minute, 30 * time.Minute}).Draw(t, "age")
		apps = append(apps, a)
	}
	for _, name := range []string{"Viewer", "Admin"} {
		sets = append(sets, set(name, rules.Draw(t, "rules")...))
	}
	return apps, sets, rapid.SliceOfNDistinct(rapid.Custom(anAssignment), 0, 6, func(a *access.Assignment) string { return a.ID }).Draw(t, "assignments")
}

func anAssignment(t *rapid.T) *access.Assignment {
	p := rapid.SampledFrom([]access.Principal{toUser("ann"), toUser("bob"), toGroup("g1"), toGroup("g2"), {Kind: access.ToClaim, IDP: "entra", Name: "ops"}}).Draw(t, "principal")
	a := assign(p, rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "application"), rapid.SampledFrom([]string{"Viewer", "Admin"}).Draw(t, "set"))
	if rapid.IntRange(0, 3).Draw(t, "ends") == 0 {
		a.EndsAt = noon.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "when")) * time.Minute)
	}
	return a
}

func aPerson(t *rapid.T) access.Person {
	p := access.Person{UserID: rapid.SampledFrom([]string{"ann", "bob", "eve"}).Draw(t, "user"), IDP: rapid.SampledFrom([]string{"entra", "okta"}).Draw(t, "idp")}
	for _, g := range rapid.SliceOfDistinct(rapid.SampledFrom([]string{"g1", "g2"}), rapid.ID).Draw(t, "groups") {
		p.Groups = append(p.Groups, directory.GroupRef{ID: g, DisplayName: map[string]string{"g1": "Engineering", "g2": "Sales"}[g]})
	}
	if rapid.Bool().Draw(t, "ops") {
		p.Claimed = []string{"ops"}
	}
	if rapid.Bool().Draw(t, "blue") {
		p.Tags = []access.Tag{{Key: "costCENTER", Value: "blue"}}
	}
	if rapid.Bool().Draw(t, "office") {
		p.Address = netip.MustParseAddr("10.0.0.1")
	}
	p.AuthnContext = rapid.SampledFrom([]string{"", mfa, smartCard, password, "other"}).Draw(t, "context")
	if ago := rapid.SampledFrom([]time.Duration{-1, 0, 5 * time.Minute, 20 * time.Minute, 24 * time.Hour, -time.Minute, -time.Hour}).Draw(t, "signed in"); ago != -1 {
		p.AuthnInstant = noon.Add(-ago)
	}
	return p
}

// reach is everything that a person may enter, be it after another sign-in, as
// name or name:set.
func reach(c *access.Catalog, p access.Person) []string {
	all := reachMarked(c, p)
	for i := range all {
		all[i] = strings.TrimSuffix(all[i], "!")
	}
	slices.Sort(all)
	return all
}

// reachMarked marks by an exclamation mark what takes another sign-in.
func reachMarked(c *access.Catalog, p access.Person) []string {
	var all []string
	for _, e := range c.Portal(access.NewFacts(p), noon) {
		name := e.Application.Name
		if all = append(all, name); !e.StepUp.None() {
			all[len(all)-1] += "!"
		}
		for _, s := range e.Sets {
			all = append(all, name+":"+s.Name)
		}
		for _, s := range e.Later {
			all = append(all, name+":"+s.Name+"!")
		}
	}
	slices.Sort(all)
	return all
}

func TestAnAssignmentNeverTakesAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apps, sets, given := world(t)
		p := aPerson(t)
		before := reach(access.NewCatalog(apps, sets, given), p)
		after := reach(access.NewCatalog(apps, sets, append(slices.Clone(given), anAssignment(t))), p)
		for _, one := range before {
			if !slices.Contains(after, one) {
				t.Fatalf("%s was within reach of %+v, and is not with one assignment more", one, p)
			}
		}
	})
}

func TestAForbidThatMatchesAlwaysKeepsOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apps, sets, given := world(t)
		p := aPerson(t)
		apps[0].Rules = append(apps[0].Rules, access.Rule{Name: "closed", Text: nobody})
		for _, one := range reach(access.NewCatalog(apps, sets, given), p) {
			if strings.HasPrefix(one, "a") {
				t.Fatalf("%s is open for %+v", one, p)
			}
		}
	})
}

func TestDecideAgreesWithPortal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apps, sets, given := world(t)
		p := aPerson(t)
		c := access.NewCatalog(apps, sets, given)
		portal := reachMarked(c, p)
		var asked []string
		ask := func(app, set, name string) {
			switch d := c.Decide(access.NewFacts(p), access.Question{Application: app, PermissionSet: set, At: noon}); {
			case d.Allowed:
				asked = append(asked, name)
			case d.Refusal == access.StepUpNeeded:
				asked = append(asked, name+"!")
			}
		}
		for _, a := range apps {
			ask(a.Name, "", a.Name)
			for _, s := range []string{"Admin", "Viewer"} {
				ask(a.Name, s, a.Name+":"+s)
			}
		}
		slices.Sort(asked)
		if diff := cmp.Diff(portal, asked); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestDifferencesAgreeWithAskingEverybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apps, sets, given := world(t)
		c := access.NewCatalog(apps, sets, given)
		var change access.Proposal
		switch rapid.IntRange(0, 3).Draw(t, "change") {
		case 0:
			changed := *apps[0]
			changed.Rules = append(slices.Clone(changed.Rules), named([]string{rapid.SampledFrom([]string{nobody, blue}).Draw(t, "rule")})...)
			change.Application = &changed
		case 1:
			changed := *sets[0]
			changed.Rules = append(slices.Clone(changed.Rules), named([]string{rapid.SampledFrom([]string{nobody, blue}).Draw(t, "rule")})...)
			change.PermissionSet = &changed
		case 2:
			change.Grant = []*access.Assignment{anAssignment(t)}
			if slices.ContainsFunc(given, func(a *access.Assignment) bool { return a.ID == change.Grant[0].ID }) {
				t.Skip("assigned already")
			}
		case 3:
			for _, a := range given {
				change.Revoke = append(change.Revoke, a.ID)
			}
		}
		after, err := c.Preview(change)
		if err != nil {
			t.Fatal(err)
		}
		p := aPerson(t)
		lost, won := reachMarked(c, p), reachMarked(after, p)
		got, err := access.Differences(context.Background(), c, after, []*access.Facts{access.NewFacts(p)}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(lost, won) != (len(got) == 0) {
			t.Fatalf("Differences = %+v\nbefore %v\nafter  %v", got, lost, won)
		}
	})
}

func TestPreviewRefusesABrokenRule(t *testing.T) {
	c := access.NewCatalog([]*access.Application{app("a", access.Everyone)}, nil, nil)
	if _, err := c.Preview(access.Proposal{Application: app("a", access.Everyone, "permit")}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("Preview = %v", err)
	}
}
