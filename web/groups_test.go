package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

func TestLocalGroupsComeAndGo(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	ann := h.provision("default", "Ann@example.com")[0]
	staff := h.group("default", "Staff", ann.ID)

	b.post("/admin/groups", url.Values{"name": {""}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]"))
	b.follow(b.post("/admin/groups", url.Values{"name": {" On call "}})).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("On call")), htmlcheck.In(".head .state", htmlcheck.Text("local")))
	b.post("/admin/groups", url.Values{"name": {"ON CALL"}}).check(t, http.StatusConflict, htmlcheck.In("#name", htmlcheck.Attr("value", "ON CALL")))
	found, err := h.people.QueryGroups(t.Context(), "", directory.Query{Limit: 10, SortBy: "displayName"})
	must(t, err)
	group := found.Found[0]
	path := "/admin/groups/" + group.ID
	b.get("/admin/groups").check(t, 200, htmlcheck.Count("tbody tr", 2), htmlcheck.In("tbody", htmlcheck.Text("administrators"), htmlcheck.Text("Identity provider")))
	for query, want := range map[string]int{"search=CALL": 1, "search=zoe": 0, "idp=default": 1, "offset=1": 1, "offset=-1": 2, "search=%25": 0} {
		b.get("/admin/groups?"+query).check(t, 200, htmlcheck.Count("tbody tr", want))
	}

	// All that are named, or nobody.
	b.post(path+"/members", nil).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("Give a user name")))
	b.post(path+"/members", url.Values{"people": {"ann@EXAMPLE.com\r\nzoe"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("zoe")), htmlcheck.In("#people", htmlcheck.Text("ann@EXAMPLE.com zoe")))
	b.post(path+"/members", url.Values{"group": {"Night shift"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("#group", htmlcheck.Attr("value", "Night shift")))
	b.post(path+"/members", url.Values{"group": {"on call"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]")) // itself
	b.get(path).check(t, 200, htmlcheck.In("main", htmlcheck.Text("0 direct members")))
	b.post(path+"/members", url.Values{"people": {"ann@EXAMPLE.com\r\n"}, "group": {"staff"}}).leadsTo(t, path+"?done=members_added")
	b.get(path).check(t, 200, htmlcheck.Count("tbody tr", 2), htmlcheck.In(`tbody a[href="/admin/groups/`+staff.ID+`"]`, htmlcheck.Text("Staff")))
	b.get("/admin/people/"+ann.ID).check(t, 200, htmlcheck.In("section[aria-labelledby=groups]", htmlcheck.Text("Staff default directly"), htmlcheck.Text("On call administrators directly")))
	b.post(path+"/members/removals", url.Values{"member": {ann.ID}}).leadsTo(t, path+"?done=member_removed")
	b.get("/admin/people/"+ann.ID).check(t, 200, htmlcheck.In("section[aria-labelledby=groups]", htmlcheck.Text("On call administrators through another group")))
	b.post(path+"/members/removals", nil).check(t, http.StatusUnprocessableEntity)

	// The second of two who rename is told.
	version := field(t, b.get(path).body, "version")
	b.post(path, url.Values{"name": {"Duty"}, "version": {version}}).leadsTo(t, path+"?done=group_renamed")
	b.post(path, url.Values{"name": {"Lost"}, "version": {version}}).check(t, http.StatusConflict, htmlcheck.In("h1", htmlcheck.Text("Duty")), htmlcheck.In("form p[role=alert]", htmlcheck.Text("Somebody else")), htmlcheck.In("#name", htmlcheck.Attr("value", "Lost")))
	b.post(path, url.Values{"name": {"Lost"}}).check(t, http.StatusUnprocessableEntity)
	b.post(path+"/removals", nil).leadsTo(t, "/admin/groups?done=group_removed")
	b.get(path).check(t, http.StatusNotFound)
	b.post(path+"/removals", nil).check(t, http.StatusNotFound)
}

func TestARobotsGroupIsItsOwn(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	_, _, err := h.people.MakeToken(t.Context(), "default", directory.TokenOptions{}, "command")
	must(t, err)
	b := h.administrator()
	ann := h.provision("default", "ann@example.com")[0]
	staff := h.group("default", "Staff", ann.ID)
	path := "/admin/groups/" + staff.ID
	b.get(path).check(t, 200, htmlcheck.In(".head .state", htmlcheck.Text("provisioned")), htmlcheck.In("main", htmlcheck.Text("Identity provider keeps this group")), htmlcheck.Missing(`form[action="`+path+`/removals"]`), htmlcheck.Missing("tbody form"))
	for _, act := range []string{"", "/members", "/members/removals", "/removals"} {
		b.post(path+act, url.Values{"name": {"Mine"}, "version": {"1"}, "people": {"ann@example.com"}, "member": {ann.ID}}).check(t, http.StatusForbidden)
	}
	must(t, h.people.DisableProvisioning(t.Context(), "default", "DISABLE", "command"))
	page := b.get(path)
	page.check(t, 200, htmlcheck.Count(`form[action="`+path+`/removals"]`, 1), htmlcheck.Count("tbody form", 1), htmlcheck.In("main", htmlcheck.Text("keeps it no more")))
	b.post(path+"/members/removals", url.Values{"member": {ann.ID}}).leadsTo(t, path+"?done=member_removed")
	b.post(path, url.Values{"name": {"Left over"}, "version": {field(t, b.get(path).body, "version")}}).leadsTo(t, path+"?done=group_renamed")
	b.post(path+"/removals", nil).leadsTo(t, "/admin/groups?done=group_removed")
}

func TestMembersArePaged(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	var ids, names []string
	for i := range 51 {
		names = append(names, fmt.Sprintf("p%02d@example.com", i))
	}
	for _, u := range h.provision("default", names...) {
		ids = append(ids, u.ID)
	}
	g := h.group("default", "Staff", ids...)
	b := h.administrator()
	page := b.get("/admin/groups/" + g.ID)
	page.check(t, 200, htmlcheck.Count("tbody tr", 50), htmlcheck.In("main", htmlcheck.Text("51 direct members")))
	b.get("/admin/groups/"+g.ID+"?after="+ids[49]).check(t, 200, htmlcheck.Count("tbody tr", 1))
	for query, want := range map[string]int{"": 50, "?idp=default&source=scim": 50, "?source=manual": 0, "?state=inactive": 0, "?state=active&after=p49@example.com": 1, "?idp=partner": 0} {
		b.get("/admin/people"+query).check(t, 200, htmlcheck.Count("tbody tr", want))
	}
}

// sessionGroups is what /session says of groups.
func (b *browser) sessionGroups() []string {
	b.h.t.Helper()
	var view struct{ Groups []string }
	a := b.get("/session", "Accept", "application/json")
	must(b.h.t, json.Unmarshal([]byte(a.body), &view))
	if view.Groups == nil {
		b.h.t.Errorf("groups are null: %s", a.body)
	}
	return view.Groups
}

// TestGroupsReachASessionAtOnce, the console's door included.
func TestGroupsReachASessionAtOnce(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	h.connect("partner", nil)
	_, err := administrators.Grant(t.Context(), "default", access.Administrator, true, "Console people", "command")
	must(t, err)
	b := h.browser()
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann", Groups: []string{}}))
	if diff := cmp.Diff([]string{}, b.sessionGroups()); diff != "" {
		t.Error(diff)
	}
	b.get("/session").check(t, 200, htmlcheck.In("main", htmlcheck.Text("in no group")))
	b.get("/admin").check(t, http.StatusForbidden)

	ann := h.person("ann@example.com")
	theirs := h.group("partner", "Console people") // of another connection: lets nobody in
	b.get("/admin").check(t, http.StatusForbidden)
	must(t, h.people.RemoveGroup(t.Context(), theirs.ID, directory.Act{Scope: "partner", Event: audit.New(audit.GroupRemoved, "command")}))
	local := h.group("", "Console people", ann.ID)
	if diff := cmp.Diff([]string{"Console people"}, b.sessionGroups()); diff != "" {
		t.Error(diff)
	}
	b.get("/session").check(t, 200, htmlcheck.In("ul.chips", htmlcheck.Text("Console people")))
	b.get("/admin").check(t, 200)
	_, err = h.people.ChangeGroup(t.Context(), local.ID, directory.GroupChange{Remove: []string{ann.ID}}, directory.Act{Event: audit.New(audit.GroupChanged, "command")})
	must(t, err)
	b.get("/admin").check(t, http.StatusForbidden)

	// Who is in a local group is said here: its name in an assertion lets nobody in.
	claiming := h.browser()
	claiming.arrive("default", h.respond("default", testidp.Response{Person: "ann", Groups: []string{"Console people", "Sales"}}))
	if diff := cmp.Diff([]string{"Sales"}, claiming.sessionGroups()); diff != "" {
		t.Error(diff)
	}
	claiming.get("/admin").check(t, http.StatusForbidden)
	must(t, h.people.RemoveGroup(t.Context(), local.ID, directory.Act{Event: audit.New(audit.GroupRemoved, "command")}))
	claiming.get("/admin").check(t, 200)
}
