package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

// opens adds an application that only assignments open.
func (h *house) opens(a access.Application) *access.Application {
	h.t.Helper()
	a.Entry = access.Assigned
	must(h.t, h.apps.Add(h.t.Context(), &a, "command"))
	return h.apps.Application(a.Name)
}

// set adds a permission set.
func (h *house) set(s access.PermissionSet) *access.PermissionSet {
	h.t.Helper()
	must(h.t, h.apps.AddPermissionSet(h.t.Context(), &s, "command"))
	return h.apps.PermissionSet(s.ID)
}

// lets assigns an application to whoever the twin says is in a group.
func (h *house) lets(group string, app *access.Application, sets ...*access.PermissionSet) {
	h.t.Helper()
	var all []*access.Assignment
	for _, set := range sets {
		all = append(all, &access.Assignment{
			Principal:     access.Principal{Kind: access.ToClaim, IDP: "default", Name: group},
			ApplicationID: app.ID, PermissionSetID: set.ID,
		})
	}
	_, err := h.apps.Grant(h.t.Context(), all, "command")
	must(h.t, err)
}

// signedIn is a browser in which a person has signed in.
func (h *house) signedIn(person string) *browser {
	h.t.Helper()
	b := h.browser()
	b.arrive("default", h.respond("default", testidp.Response{Person: person}))
	return b
}

// company has a few applications: ann (engineering, on-call) and ben (finance)
// may enter different ones, with different permission sets.
func company(t testing.TB) *house {
	h := newHouse(t)
	h.connect("default", nil)
	admin := h.set(access.PermissionSet{Name: "AdministratorAccess", Description: "Everything"})
	view := h.set(access.PermissionSet{Name: "ViewOnlyAccess", Description: "To look"})
	lander := h.set(access.PermissionSet{Name: "OnCall", RelayState: "/tonight"})
	h.lets("engineering", h.opens(access.Application{Name: "deploy", Title: "Deployments", URL: "https://deploy.example.com/"}), admin, view)
	h.lets("finance", h.opens(access.Application{Name: "payroll", Title: "Payroll", URL: "https://payroll.example.com/", AskWhom: "payroll@example.com"}), view)
	h.lets("on-call", h.opens(access.Application{Name: "pager", Title: "Pager", URL: "https://pager.example.com/app"}), lander)
	h.opens(access.Application{Name: "vault", Title: "Vault", URL: "https://vault.example.com/", AskWhom: "#security on chat"})
	return h
}

// A link, and a tile's relay state, are decided in the same way.
func TestEntering(t *testing.T) {
	h := company(t)
	for _, c := range []struct{ person, relayState, want string }{
		{"ann", "grafana/d/abc", "https://grafana.example.com/d/abc"}, // for everyone
		{"ann", "pager", "https://pager.example.com/app/tonight"},     // one choice, which says where one lands
		{"ann", "pager/duty", "https://pager.example.com/app/duty"},   // a link says it better
		{"ann", "pager?permission_set=oncall", "https://pager.example.com/app/tonight"},
		{"ann", "deploy/x?a=b&permission_set=ViewOnlyAccess", "https://deploy.example.com/x?a=b"},
		{"ann", "RPID=urn%3Ax&RelayState=deploy%2Fx%3Fpermission_set%3DViewOnlyAccess", "https://deploy.example.com/x"},
		{"ann", "deploy/x", ""}, // two permission sets
		{"ann", "deploy?permission_set=OnCall", "denied"},
		{"ann", "deploy?permission_set=Nobody", "denied"},
		{"ann", "payroll", "denied"},
		{"ann", "grafana?permission_set=ViewOnlyAccess", "denied"},
		{"ann", "vault", "denied"},
		{"ben", "payroll/runs", "https://payroll.example.com/runs"},
		{"ben", "deploy", "denied"},
		{"ben", "https://deploy.example.com/x", "denied"},
	} {
		link := "/go/" + c.relayState
		if strings.HasPrefix(c.relayState, "https://") || strings.HasPrefix(c.relayState, "RPID") {
			link = "/signin?target=" + url.QueryEscape(c.relayState)
		}
		b := h.browser()
		form := h.respond("default", testidp.Response{Person: c.person})
		form.Set("RelayState", c.relayState)
		arrived := b.arrive("default", form)
		if c.want != "denied" && c.want != "" {
			arrived.leadsTo(t, c.want)
			b.get(link).leadsTo(t, c.want)
			continue
		}
		if to := arrived.Header.Get("Location"); !strings.HasPrefix(to, "/go/") {
			t.Errorf("%s to %s: sent to %q", c.person, c.relayState, to)
			continue
		}
		for _, a := range []answer{b.follow(arrived), b.get(link)} {
			if c.want == "denied" {
				a.check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("You can’t open")))
				continue
			}
			a.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Enter Deployments")), htmlcheck.Count("a.entry", 2),
				htmlcheck.In("a.entry", htmlcheck.Attr("href", "/go/deploy/x?permission_set=AdministratorAccess")))
		}
	}
}

func TestPermissionSetSurvivesSignIn(t *testing.T) {
	h := company(t)
	b := h.browser()
	const link = "/go/deploy/runs/7?tab=log&permission_set=ViewOnlyAccess"
	a := b.get(link)
	a.leadsTo(t, "/signin?target="+url.QueryEscape(link))
	leave := b.follow(b.get(a.Header.Get("Location")))
	form := h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)})
	b.arrive("default", form).leadsTo(t, "https://deploy.example.com/runs/7?tab=log")

	// Nobody to sign in as who may: the same link ends at the door.
	other := h.browser()
	leave = other.follow(other.follow(other.get(link)))
	form = h.respond("default", testidp.Response{Person: "ben", InResponseTo: requestID(t, leave)})
	other.arrive("default", form).leadsTo(t, link)
	other.get(link).check(t, http.StatusForbidden)
}

// The link of a chooser keeps the place, also one that no name reaches.
func TestChooserKeepsThePlace(t *testing.T) {
	h := company(t)
	view, admin := h.apps.PermissionSetNamed("ViewOnlyAccess"), h.apps.PermissionSetNamed("AdministratorAccess")
	h.lets("engineering", h.opens(access.Application{Name: "files", URL: "https://files.example.com/", Allowed: []string{"https://archive.example.com/team"}}), view, admin)
	b := h.signedIn("ann")
	page := b.get("/signin?target=" + url.QueryEscape("https://archive.example.com/team/a b?x=1&y=%2F#part"))
	const link = "/go/https:%2F%2Farchive.example.com%2Fteam%2Fa%2520b%3Fx=1&y=%252F%23part?permission_set=ViewOnlyAccess"
	page.check(t, 200, htmlcheck.Count("a.entry", 2), htmlcheck.Count("a.entry[href="+link+"]", 1))
	b.get(link).leadsTo(t, "https://archive.example.com/team/a%20b?x=1&y=%2F#part")
	b.get("/go/files").check(t, 200, htmlcheck.Count("span.last", 1)) // entered as that last time
}

func TestDeniedPage(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	denied := func() []audit.Event {
		events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}})
		must(t, err)
		return events
	}
	a := b.get("/go/payroll/runs")
	events := denied()
	if len(events) != 1 {
		t.Fatalf("%d events", len(events))
	}
	e := events[0]
	a.check(t, http.StatusForbidden,
		htmlcheck.In("h1", htmlcheck.Text("You can’t open Payroll")), htmlcheck.In("main", htmlcheck.Text("not been assigned to you")),
		htmlcheck.In("main a[href=mailto:payroll@example.com]", htmlcheck.Text("payroll@example.com")),
		htmlcheck.In("dl.reference", htmlcheck.Text(e.Reference)),
		htmlcheck.Count("a[href="+"/saml/login?target=%2Fgo%2Fpayroll%2Fruns]", 1))
	if e.Object != "application:"+h.apps.Application("payroll").ID || e.Reason != string(access.NotAssigned) || e.Person != "ann@example.com" || !strings.HasPrefix(e.Actor, "user:") || e.IDP != "default" || e.ClientIP != "127.0.0.1" {
		t.Errorf("event %+v", e)
	}
	var detail access.DenialDetail
	must(t, json.Unmarshal(e.Detail, &detail))
	if detail.Application != "payroll" || len(detail.Why) == 0 {
		t.Errorf("detail %+v", detail)
	}
	if again := b.get("/go/payroll"); !strings.Contains(again.body, e.Reference) || len(denied()) != 1 {
		t.Error("a reload makes a new reference")
	}
	b.get("/go/vault").check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("ask #security on chat")))
	program := b.get("/go/vault", "Accept", "application/json")
	if program.StatusCode != http.StatusForbidden || !strings.Contains(program.body, `"reference":"`) {
		t.Errorf("a program gets %d %s", program.StatusCode, program.body)
	}
	b.get("/go/deploy?permission_set=OnCall").check(t, http.StatusForbidden, htmlcheck.Count("a.entry", 2)) // what they may
	b.get("/go/deploy?permission_set=%3Cb%3E").check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("not been assigned to you with the permission set that the link asks for")))
	b.get("/go/deploy?permission_set=made-up").check(t, http.StatusForbidden) // and no event more
	b.get("/go/deploy?permission_set=ONCALL").check(t, http.StatusForbidden)
	if len(denied()) != 3 { // payroll, vault, and deploy with whatever was asked for
		t.Errorf("%d events", len(denied()))
	}
}

func TestDeniedByRulesAndByTime(t *testing.T) {
	h := company(t)
	view := h.apps.PermissionSetNamed("ViewOnlyAccess")
	ruled := func(name, text string) *access.Application {
		return h.opens(access.Application{Name: name, URL: "https://" + name + ".example.com/", Rules: []access.Rule{{Name: "the secret rule", Text: text}}})
	}
	h.lets("engineering", ruled("forbids", `forbid (principal, action == Action::"enter", resource) when { principal.groups.contains("on-call") };`), view)
	h.lets("engineering", ruled("permits", `permit (principal, action == Action::"enter", resource) when { principal.hasTag("department") && principal.getTag("department") == "Engineering" };`), view)
	h.lets("engineering", ruled("elsewhere", `permit (principal, action == Action::"enter", resource) when { context has address && context.address.isInRange(ip("10.0.0.0/8")) };`), view)
	h.lets("engineering", ruled("here", `permit (principal, action == Action::"enter", resource) when { context has address && context.address.isInRange(ip("127.0.0.0/8")) && principal.connection == "default" };`), view)
	b := h.signedIn("ann")
	b.get("/go/permits").leadsTo(t, "https://permits.example.com/")
	b.get("/go/here").leadsTo(t, "https://here.example.com/")
	for _, name := range []string{"forbids", "elsewhere"} {
		a := b.get("/go/" + name)
		a.check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("A rule keeps you out")))
		if strings.Contains(a.body, "secret") {
			t.Errorf("%s: the person reads the rule's name", name)
		}
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}, Reason: string(access.ForbiddenByRule)})
	must(t, err)
	if len(events) != 1 || !strings.Contains(string(events[0].Detail), "the secret rule") {
		t.Errorf("the administrator does not read which rule: %+v", events)
	}

	until := func(end time.Time) {
		_, err := h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToClaim, IDP: "default", Name: "engineering"}, ApplicationID: h.apps.Application("vault").ID, PermissionSetID: view.ID, EndsAt: end}}, "command")
		must(t, err)
	}
	until(time.Now().Add(time.Hour))
	b.get("/go/vault").leadsTo(t, "https://vault.example.com/")
	until(time.Now().Add(time.Second))
	for deadline := time.Now().Add(10 * time.Second); b.get("/go/vault").StatusCode != http.StatusForbidden; {
		if time.Now().After(deadline) {
			t.Fatal("an assignment that has ended still lets in")
		}
	}
	b.get("/go/vault").check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("ended on")))
}

// What another connection's assertion says of groups, or its robot keeps, lets
// nobody in who signs in by this one.
func TestAssignmentsAreOfTheirConnection(t *testing.T) {
	h := company(t)
	h.connect("partner", nil)
	view := h.apps.PermissionSetNamed("ViewOnlyAccess")
	ann := h.provision("partner", "ann@example.com")[0]
	to := func(app string, g *directory.Group) {
		_, err := h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToGroup, ID: g.ID}, ApplicationID: h.apps.Application(app).ID, PermissionSetID: view.ID}}, "command")
		must(t, err)
	}
	to("vault", h.group("partner", "guards", ann.ID))
	to("payroll", h.group("", "clerks", ann.ID)) // local, and for her alone whom her own connection calls so

	b := h.browser()
	b.arrive("partner", h.respond("partner", testidp.Response{Person: "ann"}))
	b.get("/go/pager").check(t, http.StatusForbidden) // of what the other one says
	b.get("/go/vault").leadsTo(t, "https://vault.example.com/")
	b.get("/go/payroll").leadsTo(t, "https://payroll.example.com/")
	b.get("/").check(t, 200, htmlcheck.Count("a.tile-go", 3))

	b = h.signedIn("ann")
	b.get("/go/pager").leadsTo(t, "https://pager.example.com/app/tonight")
	b.get("/go/payroll").check(t, http.StatusForbidden)
	b.get("/go/vault").check(t, http.StatusForbidden)
}

// What changes about a person, or about what is assigned, counts with the very
// next request.
func TestChangesCountAtOnce(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	vault, view := h.apps.Application("vault"), h.apps.PermissionSetNamed("ViewOnlyAccess")
	b.get("/go/vault").check(t, http.StatusForbidden)
	group := h.group("", "guards")
	_, err := h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToGroup, ID: group.ID}, ApplicationID: vault.ID, PermissionSetID: view.ID}}, "command")
	must(t, err)
	b.get("/go/vault").check(t, http.StatusForbidden)
	people, err := h.people.Users(t.Context(), directory.Filter{})
	must(t, err)
	member := directory.GroupChange{Add: []string{people[0].ID}}
	_, err = h.people.ChangeGroup(t.Context(), group.ID, member, robot("", audit.GroupChanged))
	must(t, err)
	b.get("/go/vault").leadsTo(t, "https://vault.example.com/")
	member = directory.GroupChange{Remove: member.Add}
	_, err = h.people.ChangeGroup(t.Context(), group.ID, member, robot("", audit.GroupChanged))
	must(t, err)
	b.get("/go/vault").check(t, http.StatusForbidden)

	b.get("/go/pager").leadsTo(t, "https://pager.example.com/app/tonight")
	var all []string
	for _, a := range h.apps.Assignments(access.AssignmentFilter{ApplicationID: h.apps.Application("pager").ID}) {
		all = append(all, a.ID)
	}
	_, err = h.apps.RevokeAssignments(t.Context(), all, "command")
	must(t, err)
	b.get("/go/pager").check(t, http.StatusForbidden)
}
