package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

// setNamed makes a permission set.
func (h *house) setNamed(name string) *access.PermissionSet {
	h.t.Helper()
	s := &access.PermissionSet{Name: name}
	must(h.t, h.apps.AddPermissionSet(h.t.Context(), s, "command"))
	return s
}

// confirm sends the form of a page that says what changes.
func (b *browser) confirm(t *testing.T, path string, form url.Values) answer {
	t.Helper()
	shown := b.post(path, form)
	shown.check(t, 200, htmlcheck.In("h2", htmlcheck.Text("What changes")), htmlcheck.In("form[action=\""+path+"\"] input[name=confirm]", htmlcheck.Attr("value", "yes")))
	again := url.Values{"confirm": {"yes"}}
	for name, values := range form {
		again[name] = values
		for _, v := range values {
			if !strings.Contains(v, "\n") && v != "" && !strings.Contains(shown.body, `value="`+strings.NewReplacer(`"`, "&#34;", "<", "&lt;", "&", "&amp;", "+", "&#43;").Replace(v)+`"`) {
				t.Errorf("%s: %s=%q does not go along", path, name, v)
			}
		}
	}
	return b.post(path, again)
}

func TestPermissionSetsComeAndGo(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	const path = "/admin/permission-sets"
	b.get(path).check(t, 200, htmlcheck.Count(`form[action="`+path+`/starters"]`, 1))
	b.post(path+"/starters", nil).leadsTo(t, path+"?done=sets_made")
	b.post(path+"/starters", nil).check(t, http.StatusConflict)
	b.get(path).check(t, 200, htmlcheck.Count("tbody tr", 3), htmlcheck.Missing(`form[action="`+path+`/starters"]`))

	form := url.Values{"name": {"Power User"}, "hours": {"13"}, "tags": {"Team"}, "description": {"May do much"}}
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("1 to 12 hours")), htmlcheck.In("#name", htmlcheck.Attr("value", "Power User")))
	form.Set("hours", "1.5")
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("Key=value")))
	form.Set("tags", "Team=Platform\r\nEquation=a=b")
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]")) // the blank in its name
	form.Set("name", "viewonlyaccess")
	b.post(path, form).check(t, http.StatusConflict)
	form.Set("name", "PowerUser")
	b.follow(b.post(path, form)).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("PowerUser")), htmlcheck.In("dl.facts", htmlcheck.Text("1h30m"), htmlcheck.Text("Tag Equation a=b")))
	set := h.apps.PermissionSetNamed("PowerUser")
	here := path + "/" + set.ID
	form.Set("version", "1")
	form.Set("name", "PowerUserAccess2")
	b.post(here, form).leadsTo(t, here+"?done=set_changed")
	b.post(here, form).check(t, http.StatusConflict, htmlcheck.Count("details[open] p[role=alert]", 1))
	form.Del("version")
	b.post(here, form).check(t, http.StatusUnprocessableEntity)
	if got := h.apps.PermissionSet(set.ID); got.Name != "PowerUserAccess2" || got.SessionDuration != 90*time.Minute || len(got.Tags) != 2 {
		t.Errorf("saved %+v", got)
	}
	b.post(here+"/removals", nil).leadsTo(t, path+"?done=set_removed")
	b.get(here).check(t, http.StatusNotFound)
	b.post(here+"/removals", nil).check(t, http.StatusNotFound)
}

func TestAssignmentsFromEachSide(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	people := h.provision("default", "ann@example.com", "ben@example.com")
	staff := h.group("default", "Staff", people[1].ID)
	power, view := h.setNamed("PowerUserAccess"), h.setNamed("ViewOnlyAccess")
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "wiki", URL: "https://wiki.example.com/", Entry: access.Assigned}, "command"))
	const path = "/admin/assignments"

	b.get(path+"/new?app=wiki&person=ann@example.com&set=ViewOnlyAccess").check(t, 200, htmlcheck.In("#applications", htmlcheck.Text("wiki")), htmlcheck.In("#people", htmlcheck.Text("ann@example.com")), htmlcheck.Count(`input[value="`+view.ID+`"][checked]`, 1))
	good := func() url.Values {
		return url.Values{"people": {"ANN@example.com"}, "groups": {"Staff"}, "applications": {"wiki\r\ngrafana"}, "set": {power.ID, view.ID}}
	}
	for name, change := range map[string]func(url.Values){
		"nobody":               func(f url.Values) { f.Del("people"); f.Del("groups") },
		"somebody unknown":     func(f url.Values) { f.Set("people", "zoe") },
		"a group unknown":      func(f url.Values) { f.Set("groups", "Night") },
		"no application":       func(f url.Values) { f.Del("applications") },
		"one unknown":          func(f url.Values) { f.Set("applications", "nowhere") },
		"no permission set":    func(f url.Values) { f.Del("set") },
		"one that is gone":     func(f url.Values) { f.Set("set", "x") },
		"an end in the past":   func(f url.Values) { f.Set("ends", "2020-01-01T10:00") },
		"an end that is none":  func(f url.Values) { f.Set("ends", "soon") },
		"a claim of no idp":    func(f url.Values) { f.Set("claims", "vpn") },
		"too many to be meant": func(f url.Values) { f.Set("people", strings.Repeat("ann@example.com\n", 201)) },
	} {
		form := good()
		change(form)
		for _, sure := range []string{"", "yes"} {
			form.Set("confirm", sure)
			if a := b.post(path, form); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `role="alert"`) {
				t.Errorf("%s: %d", name, a.StatusCode)
			}
		}
	}
	if got := len(h.apps.Assignments(access.AssignmentFilter{})); got != 0 {
		t.Fatalf("%d were made by refused forms", got)
	}
	b.post(path, good()).check(t, 200,
		htmlcheck.In("main", htmlcheck.Text("8 assignments are made"), htmlcheck.Text("2 people get in"), htmlcheck.Text("2 people were looked at")),
		htmlcheck.Count("tbody tr", 4), htmlcheck.In("tbody", htmlcheck.Text("ann@example.com"), htmlcheck.Text("no entry PowerUserAccess, ViewOnlyAccess"), htmlcheck.Text("enters PowerUserAccess, ViewOnlyAccess")))
	if got := len(h.apps.Assignments(access.AssignmentFilter{})); got != 0 {
		t.Fatal("what was only shown was saved")
	}
	b.confirm(t, path, good()).leadsTo(t, path+"?done=assigned")
	if got := len(h.apps.Assignments(access.AssignmentFilter{})); got != 8 {
		t.Fatalf("%d assignments", got)
	}
	// Again with an end: none is new, and they get the end.
	form := good()
	form.Set("applications", "wiki")
	form.Set("set", view.ID)
	form.Set("ends", "2099-12-31T18:00")
	b.confirm(t, path, form).leadsTo(t, path+"?done=assigned")
	if got := len(h.apps.Assignments(access.AssignmentFilter{})); got != 8 {
		t.Errorf("%d assignments", got)
	}

	b.get(path).check(t, 200, htmlcheck.Count("tbody tr", 8), htmlcheck.In("#found", htmlcheck.Text("All: 8")))
	for query, want := range map[string]int{"app=wiki": 4, "app=wiki&set=viewonlyaccess": 2, "person=ann@example.com": 4, "group=Staff": 4, "group=" + staff.ID + "&app=grafana": 2} {
		b.get(path+"?"+query).check(t, 200, htmlcheck.Count("tbody tr", want), htmlcheck.In(".head a.primary", htmlcheck.Attr("href", path+"/new?"+urlEncoded(query))))
	}
	for _, wrong := range []string{"app=x", "set=x", "person=x", "group=x"} {
		b.get(path+"?"+wrong).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("p[role=alert]", 1), htmlcheck.Missing("tbody"))
	}
	b.get("/admin/applications/wiki").check(t, 200, htmlcheck.In("section[aria-labelledby=assigned]", htmlcheck.Text("Staff group PowerUserAccess"), htmlcheck.Text("2099-12-31 18:00")))
	b.get("/admin/people/"+people[1].ID).check(t, 200, htmlcheck.In("section[aria-labelledby=assigned] tbody", htmlcheck.Text("wiki PowerUserAccess through Staff")))
	b.get("/admin/groups/"+staff.ID).check(t, 200, htmlcheck.Count("section[aria-labelledby=assigned] tbody tr", 4))
	b.get("/admin/permission-sets/"+power.ID).check(t, 200, htmlcheck.Count("section[aria-labelledby=assigned] tbody tr", 4), htmlcheck.Missing(`form[action="/admin/permission-sets/`+power.ID+`/removals"]`))
	b.post("/admin/permission-sets/"+power.ID+"/removals", nil).check(t, http.StatusConflict)

	var ids []string
	for _, a := range h.apps.Assignments(access.AssignmentFilter{GroupID: staff.ID}) {
		ids = append(ids, a.ID)
	}
	b.post(path+"/revocations", nil).check(t, http.StatusUnprocessableEntity)
	b.post(path+"/revocations", url.Values{"id": ids}).check(t, 200, htmlcheck.In("main", htmlcheck.Text("4 assignments end"), htmlcheck.Text("1 person is kept out")), htmlcheck.In("tbody", htmlcheck.Text("ben@example.com"), htmlcheck.Text("PowerUserAccess, ViewOnlyAccess no entry")))
	b.confirm(t, path+"/revocations", url.Values{"id": ids}).leadsTo(t, path+"?done=unassigned")
	if got := len(h.apps.Assignments(access.AssignmentFilter{})); got != 4 {
		t.Errorf("%d are left", got)
	}
	if h.count(audit.AssignmentGranted) < 8 || h.count(audit.AssignmentRevoked) != 4 {
		t.Error("not all of it is recorded")
	}
}

func urlEncoded(query string) string {
	values, _ := url.ParseQuery(query)
	return values.Encode()
}

// TestClaimedGroupsAreKnownOfSessionsAlone, and the page says so.
func TestClaimedGroupsAreKnownOfSessionsAlone(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	view := h.setNamed("ViewOnlyAccess")
	h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ann", Groups: []string{"vpn"}}))
	h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ben", Groups: []string{"night"}}))
	form := url.Values{"claims": {"vpn"}, "claim_idp": {"default"}, "applications": {"grafana"}, "set": {view.ID}}
	b.post("/admin/assignments", form).check(t, 200,
		htmlcheck.In("main", htmlcheck.Text("known of people with a live session alone"), htmlcheck.Text("For 1 their live session counted")), htmlcheck.Count("tbody tr", 1), htmlcheck.In("tbody", htmlcheck.Text("enters ViewOnlyAccess")))
	b.confirm(t, "/admin/assignments", form).leadsTo(t, "/admin/assignments?done=assigned")
	b.get("/admin/assignments").check(t, 200, htmlcheck.In("tbody", htmlcheck.Text("vpn group in assertions of default")))
}

// TestADifferenceIsBounded looks at 2,000 people and says that there are more.
func TestADifferenceIsBounded(t *testing.T) {
	h := newHouse(t)
	names := make([]string, 2001)
	for i := range names {
		names[i] = fmt.Sprintf("p%04d@example.com", i)
	}
	h.provision("default", names...)
	form := url.Values{"version": {"1"}, "url": {"https://grafana.example.com/"}, "entry": {"assigned"}}
	h.administrator().post("/admin/applications/grafana", form).check(t, 200,
		htmlcheck.In("main", htmlcheck.Text("Only 2,000 people were looked at; there are more"), htmlcheck.Text("2,000 people are kept out"), htmlcheck.Text("the first 200 of 2,000")), htmlcheck.Count("tbody tr", 200))
}
