package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

func TestStaleIdentitiesAreCleanedUp(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	people := h.provision("default", "old@example.com", "older@example.com", "oldest@example.com")
	b := h.administrator()
	const path = "/admin/stale"
	b.get(path).check(t, 200, htmlcheck.In("main", htmlcheck.Text("Nobody")))
	b.get(path+"?kind=never_signed_in&days=0").check(t, 200, htmlcheck.Count("tbody tr", 3), htmlcheck.In("#found", htmlcheck.Text("People who never signed in: 3")))
	b.get(path+"?kind=ungrouped&days=0&idp=partner").check(t, 200, htmlcheck.Missing("tbody"))
	for _, wrong := range []string{"?kind=odd", "?days=x", "?days=-1", "?days=99999"} {
		b.get(path+wrong).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("p[role=alert]", 1))
	}

	// Nothing happens before one has seen what would.
	b.post(path+"/previews", url.Values{"act": {"remove"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("main", htmlcheck.Text("Nobody was chosen")))
	preview := b.post(path+"/previews", url.Values{"kind": {"never_signed_in"}, "days": {"0"}, "all": {"yes"}, "act": {"deactivate"}})
	preview.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Deactivate these 3 people?")), htmlcheck.In("main", htmlcheck.Text("3 of them are kept by a robot")), htmlcheck.Count("input[name=id]", 3), htmlcheck.Count("input[name=version][value='1']", 3))
	if !h.active(people[0]) {
		t.Fatal("a preview deactivates")
	}
	// Somebody changed meanwhile: that one is left alone.
	_, err := h.people.Update(t.Context(), people[2].ID, func(u *directory.User) error { u.Profile.Title = "Boss"; return nil }, robot("default", audit.UserChanged))
	must(t, err)
	clean := url.Values{"act": {"deactivate"}, "kind": {"never_signed_in"}, "days": {"0"}, "seen": {field(t, preview.body, "seen")}, "id": {people[0].ID, people[1].ID, people[2].ID, "nobody"}, "version": {"1", "1", "1", "1"}}
	done := b.post(path+"/cleanups", clean)
	if !strings.HasPrefix(done.Header.Get("Location"), path+"?") {
		t.Fatalf("led to %q: %s", done.Header.Get("Location"), done.body)
	}
	b.follow(done).check(t, 200, htmlcheck.In("p[role=status]", htmlcheck.Text("2 people were deactivated"), htmlcheck.Text("Left alone, because something changed meanwhile: 1")))
	if h.active(people[0]) || h.active(people[1]) || !h.active(people[2]) {
		t.Error("not those two were deactivated")
	}
	for _, wrong := range []url.Values{
		{"id": {people[0].ID}}, {"id": {people[0].ID}, "seen": {"1"}, "act": {"burn"}}, {"seen": {"1"}, "act": {"remove"}},
		{"id": {people[0].ID}, "seen": {"1"}, "act": {"remove"}}, {"id": {people[0].ID}, "version": {"x"}, "seen": {"1"}, "act": {"remove"}},
	} {
		b.post(path+"/cleanups", wrong).check(t, http.StatusUnprocessableEntity)
	}
	// A form of before finds everybody changed.
	b.post(path+"/cleanups", url.Values{"act": {"remove"}, "seen": {field(t, preview.body, "seen")}, "id": {people[0].ID}, "version": {"1"}}).leadsTo(t, "/admin/people?done=remove&left=1&n=0")
}

func TestRemovedPeopleStayOutUntilForgotten(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	ann := h.browser()
	ann.arrive("default", h.respond("default", response("ann")))
	id := h.person("ann@example.com").ID
	b := h.administrator()
	preview := b.post("/admin/stale/previews", url.Values{"id": {id}, "act": {"remove"}})
	preview.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Remove this person?")), htmlcheck.In("form a.button", htmlcheck.Attr("href", "/admin/people")))
	b.follow(b.post("/admin/stale/cleanups", url.Values{"id": {id}, "version": {field(t, preview.body, "version")}, "act": {"remove"}, "seen": {field(t, preview.body, "seen")}})).
		check(t, 200, htmlcheck.In("h1", htmlcheck.Text("People")), htmlcheck.In("p[role=status]", htmlcheck.Text("1 person was removed.")))
	if ann.who() != "" {
		t.Error("a removed person is signed in")
	}
	ann.post("/saml/default/acs", h.respond("default", testidp.Response{Person: "ann"})).check(t, http.StatusForbidden)
	b.get("/admin/removals").check(t, 200, htmlcheck.In("tbody", htmlcheck.Text("ann@example.com"), htmlcheck.Text("one-time link")))
	b.post("/admin/removals/forgotten", url.Values{"user_name": {"ann@example.com"}}).leadsTo(t, "/admin/removals?done=forgotten")
	b.post("/admin/removals/forgotten", url.Values{"user_name": {"ann@example.com"}}).check(t, http.StatusNotFound)
	ann.arrive("default", h.respond("default", response("ann")))
	if ann.who() != "ann@example.com" {
		t.Error("a forgotten removal keeps the person out")
	}
	if h.count(audit.UserRemoved) != 1 || h.count(audit.RemovalForgotten) != 1 {
		t.Error("not all of it is recorded")
	}
}

func TestAttributesForAccessControl(t *testing.T) {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) { s.FirstSignIn = idp.FirstSignInCreate })
	b := h.administrator()
	const path = "/admin/idps/default/attributes"
	save := func(form url.Values) answer {
		form.Set("version", field(t, b.get(path).body, "version"))
		return b.post(path, form)
	}
	for name, wrong := range map[string]url.Values{
		"a key that no tag can have": {"key": {"a<b"}, "path": {"${path:title}"}},
		"no source":                  {"key": {"Title"}, "path": {""}},
		"a source that is unknown":   {"key": {"Title"}, "path": {"${path:shoeSize}"}},
		"a key twice":                {"key": {"Title", "TITLE"}, "path": {"${path:title}", "${path:userType}"}},
		"uneven rows":                {"key": {"Title", "More"}, "path": {"${path:title}"}},
	} {
		a := save(wrong)
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	var many url.Values = map[string][]string{}
	for i := range 51 {
		many.Add("key", "K"+string(rune('A'+i%26))+string(rune('a'+i/26)))
		many.Add("path", "${path:title}")
	}
	save(many).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("50")))
	save(url.Values{"key": {" Login ", "", "Title"}, "path": {"${path:userName}", "${path:title}", "${path:title}"}}).leadsTo(t, path+"?done=attributes")
	if got := len(h.registry.Connection("default").Provider.Settings.TagMappings); got != 2 {
		t.Fatalf("%d are saved", got)
	}
	b.post(path, url.Values{"version": {"1"}, "key": {"Mine"}, "path": {"${path:title}"}}).check(t, http.StatusConflict, htmlcheck.In("form p[role=alert]", htmlcheck.Text("Somebody else")), htmlcheck.In("input[name=key]", htmlcheck.Attr("value", "Mine")))
	b.get("/admin/idps/default/settings").check(t, 200, htmlcheck.In("main", htmlcheck.Text("2 of them are read from the directory")))

	ann := h.browser()
	ann.arrive("default", h.respond("default", testidp.Response{Person: "ann", Attributes: []testidp.Attribute{
		{Name: testidp.AccessControlPrefix + "Login", Values: []string{"somebody"}},
		{Name: testidp.AccessControlPrefix + "Title", Values: []string{"King"}},
		{Name: testidp.AccessControlPrefix + "Floor", Values: []string{"7"}},
	}}))
	b.get(path+"?person=ANN@example.com").check(t, 200,
		htmlcheck.In("section tbody", htmlcheck.Text("Login ${path:userName} ann@example.com ann@example.com won over “somebody” from AccessControl"), htmlcheck.Text("Title ${path:title} no value no tag")),
		htmlcheck.In("main", htmlcheck.Text("Floor 7 AccessControl")))
	b.get(path+"?person=zoe").check(t, 200, htmlcheck.In("main", htmlcheck.Text("nobody of that user name")))
}
