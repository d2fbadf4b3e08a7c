package web_test

import (
	"crypto/rand"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

// TestAPreviewSaysThatNetworksWereNotLookedAt, of a rule that is saved and of
// those that are there.
func TestAPreviewSaysThatNetworksWereNotLookedAt(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	people := h.provision("default", "ann@example.com", "ben@example.com")
	view := h.setNamed("ViewOnlyAccess")
	const app = "/admin/applications/grafana"
	rule := func(path, name, text string) url.Values {
		return url.Values{"version": {field(t, b.get(path).body, "version")}, "as": {"text"}, "name": {name}, "text": {text}}
	}
	told := htmlcheck.In("ul.happens", htmlcheck.Text("Networks were not looked at"))
	untold := htmlcheck.Missing(`ul.happens a[href="/admin/reach"]`)
	assign := url.Values{"people": {"ann@example.com"}, "applications": {"grafana"}, "set": {view.ID}}

	b.post(app+"/rules/new", rule(app, "All", `forbid (principal, action, resource) when { principal.userName == "context.address" };`)).check(t, 200, untold)
	b.post("/admin/assignments", assign).check(t, 200, untold)
	out := rule(app, "Out", `forbid (principal, action, resource) when { context has "address" && context["address"].isInRange(ip("0.0.0.0/0")) };`)
	b.post(app+"/rules/new", out).check(t, 200, told, htmlcheck.In("ul.happens", htmlcheck.Text("Nothing, for those looked at")))
	b.confirm(t, app+"/rules/new", out).leadsTo(t, app+"?done=rule_saved")
	b.post("/admin/assignments", assign).check(t, 200, told) // a rule that is there already
	gone := url.Values{"version": {field(t, b.get(app).body, "version")}}
	here := app + "/rules/" + h.apps.Application("grafana").Rules[0].ID
	b.post(here+"/removals", gone).check(t, 200, told) // one that goes
	b.confirm(t, here+"/removals", gone).leadsTo(t, app+"?done=rule_removed")
	b.post("/admin/assignments", assign).check(t, 200, untold)

	// Of a permission set, wherever it is assigned.
	_, err := h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToUser, ID: people[0].ID}, ApplicationID: h.apps.Application("grafana").ID, PermissionSetID: view.ID}}, "command")
	must(t, err)
	set := "/admin/permission-sets/" + view.ID
	form := url.Values{"version": {"1"}, "as": {"form"}, "name": {"At home"}, "effect": {"permit"}, "networks": {"10.0.0.0/8"}}
	b.post(set+"/rules/new", form).check(t, 200, told)
	b.confirm(t, set+"/rules/new", form).leadsTo(t, set+"?done=rule_saved")
	b.post("/admin/assignments", url.Values{"people": {"ben@example.com"}, "applications": {"grafana"}, "set": {view.ID}}).check(t, 200, told)
}

// TestAPreviewSaysThatNotAllSessionsWereLookedAt, where people or groups are
// looked for among the live ones.
func TestAPreviewSaysThatNotAllSessionsWereLookedAt(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	view := h.setNamed("ViewOnlyAccess")
	const most = 2000
	begin := func(i int) {
		name := fmt.Sprintf("p%02d@example.com", i%21)
		now := time.Now().UTC().Truncate(time.Millisecond)
		must(t, h.db.RecordSignIn(t.Context(), &session.SignIn{
			Session: &session.Session{
				ID: fmt.Sprintf("session-%d", i), TokenHash: []byte(rand.Text()), Kind: session.Person, IDP: "default",
				NameID: saml.NameID{Value: name, Format: saml.FormatEmailAddress}, SubType: "persistent", Issuer: "https://idp.example.com/metadata",
				Completed: true, BeganAt: now, ExpiresAt: now.Add(time.Hour),
			},
			AssertionID: "_" + rand.Text(), UsedUntil: now.Add(time.Minute),
			CreateUser: &directory.User{ID: "person-" + name, UserName: name, IDP: "default", Active: true, Source: directory.FromSignIn, CreatedAt: now, UpdatedAt: now},
			Event:      audit.Event{ID: fmt.Sprintf("event-%d", i), At: now, Action: audit.SessionBegan},
		}))
	}
	live, err := h.sessions.Sessions(t.Context(), session.Filter{Live: true})
	must(t, err)
	for i := range most - len(live) {
		begin(i)
	}
	entry := url.Values{"version": {"1"}, "url": {"https://grafana.example.com/"}, "entry": {"assigned"}}
	claim := url.Values{"claims": {"vpn"}, "claim_idp": {"default"}, "applications": {"grafana"}, "set": {view.ID}}
	told := htmlcheck.In("ul.happens", htmlcheck.Text("Not all live sessions were looked at"))
	all := b.post("/admin/applications/grafana", entry)
	all.check(t, 200, htmlcheck.In("ul.happens", htmlcheck.Text("For 21 their live session counted")))
	if strings.Contains(all.body, "Not all live sessions") {
		t.Error("all were looked at, and it says that not all were")
	}
	for i := range 1 + len(live) {
		begin(most + i)
	}
	b.post("/admin/applications/grafana", entry).check(t, 200, told)
	b.post("/admin/assignments", claim).check(t, 200, told)
}

// TestAnEndIsNotLost: who assigns again without naming an end leaves the one
// there is, and is told how many get another.
func TestAnEndIsNotLost(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	people := h.provision("default", "ann@example.com", "ben@example.com")
	h.group("default", "Staff", people[1].ID)
	view := h.setNamed("ViewOnlyAccess")
	const path = "/admin/assignments"
	form := url.Values{"people": {"ann@example.com"}, "groups": {"Staff"}, "claims": {"vpn"}, "claim_idp": {"default"}, "applications": {"grafana"}, "set": {view.ID}, "ends": {"2099-12-31T18:00"}}
	b.confirm(t, path, form).leadsTo(t, path+"?done=assigned")
	end := time.Date(2099, 12, 31, 18, 0, 0, 0, time.UTC)
	ends := func(want time.Time, n int) {
		t.Helper()
		all := h.apps.Assignments(access.AssignmentFilter{})
		if len(all) != n {
			t.Errorf("%d assignments, want %d", len(all), n)
		}
		for _, a := range all[:min(3, len(all))] {
			if !a.EndsAt.Equal(want) {
				t.Errorf("%s ends at %s, want %s", a.Principal.Kind, a.EndsAt, want)
			}
		}
	}
	ends(end, 3)

	form.Set("ends", "")
	form.Set("people", "ann@example.com\nben@example.com")
	b.post(path, form).check(t, 200, htmlcheck.In("main", htmlcheck.Text("1 assignment is made. 3 are there already and stay as they are.")))
	b.confirm(t, path, form).leadsTo(t, path+"?done=assigned")
	ends(end, 4)
	form.Set("people", "ann@example.com")
	form.Set("ends", "2098-01-01T00:00")
	b.post(path, form).check(t, 200, htmlcheck.In("main", htmlcheck.Text("No new assignment is made. 3 are there already and get another end.")))
	b.confirm(t, path, form).leadsTo(t, path+"?done=assigned")
	ends(time.Date(2098, 1, 1, 0, 0, 0, 0, time.UTC), 4)
	b.get(path+"/new").check(t, 200, htmlcheck.In("#ends-help", htmlcheck.Text("keeps its own where this is empty")))
}

// TestAPersonsPageShowsWhatAClaimBrings, while a session claims it.
func TestAPersonsPageShowsWhatAClaimBrings(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.connect("other", nil)
	b := h.administrator()
	view := h.setNamed("ViewOnlyAccess")
	h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ann", Groups: []string{"vpn"}}))
	app := h.apps.Application("grafana").ID
	to := func(idp, name string) *access.Assignment {
		return &access.Assignment{Principal: access.Principal{Kind: access.ToClaim, IDP: idp, Name: name}, ApplicationID: app, PermissionSetID: view.ID}
	}
	_, err := h.apps.Grant(t.Context(), []*access.Assignment{to("default", "vpn"), to("default", "VPN"), to("other", "vpn")}, "command")
	must(t, err)
	users, err := h.people.Users(t.Context(), directory.Filter{Limit: 2})
	must(t, err)
	path := "/admin/people/" + users[0].ID
	const rows = "section[aria-labelledby=assigned] tbody tr"
	b.get(path).check(t, 200, htmlcheck.Count(rows, 1), htmlcheck.In(rows, htmlcheck.Text("Grafana ViewOnlyAccess through vpn, as"), htmlcheck.Text("says in a live session")))
	_, err = h.sessions.Revoke(t.Context(), session.Filter{UserID: users[0].ID}, "command")
	must(t, err)
	b.get(path).check(t, 200, htmlcheck.Missing(rows))
}
