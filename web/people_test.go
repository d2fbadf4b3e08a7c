package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/web"
)

// person is the record of somebody who has signed in.
func (h *house) person(userName string) *directory.User {
	h.t.Helper()
	u, err := h.db.UserByUserName(h.t.Context(), userName)
	must(h.t, err)
	return u
}

// withAdministrators gives a house in which people can be administrators.
func withAdministrators(t *testing.T) (*house, *access.Administrators) {
	t.Helper()
	var administrators *access.Administrators
	h := newHouse(t, func(o *web.Options) {
		var err error
		administrators, err = access.OpenAdministrators(t.Context(), o.Events.(access.AdminStore))
		must(t, err)
		o.Administrators = administrators
	})
	return h, administrators
}

func TestOnePersonsPage(t *testing.T) {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) {
		s.InvalidTags = idp.InvalidTagsDrop
		s.TagMappings = []idp.TagMapping{{Key: "Login", Path: "${path:userName}"}}
	})
	form := h.respond("default", testidp.Response{Person: "ann", Groups: []string{"red", "green"}, Attributes: []testidp.Attribute{
		{Name: testidp.AccessControlPrefix + "Login", Values: []string{"somebody"}},
		{Name: testidp.AccessControlPrefix + "Project", Values: []string{"one", "two"}},
		{Name: "memberOf", Values: []string{"red", "green"}},
	}})
	laptop, phone := h.browser(), h.browser()
	laptop.arrive("default", form)
	phone.arrive("default", h.respond("default", response("ann")))
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "expired"}))

	admin := h.administrator()
	path := "/admin/people/" + h.person("ann@example.com").ID
	admin.get("/admin/people?search=ann").check(t, 200, htmlcheck.In("tbody a", htmlcheck.Attr("href", path)))
	page := admin.get(path)
	page.check(t, 200,
		htmlcheck.In("h1", htmlcheck.Text("ann@example.com")),
		htmlcheck.In("main", htmlcheck.Text("all 2 sessions"), htmlcheck.Text("instead of “somebody” from AccessControl"), htmlcheck.Text("${path:userName}"),
			htmlcheck.Text("Sent, and no tag made of it"), htmlcheck.Text("Project")),
		htmlcheck.In("ul.chips", htmlcheck.Text("engineering"), htmlcheck.Text("on-call")), htmlcheck.Count("ul.chips", 2),
		htmlcheck.In("main", htmlcheck.Text("red green")),
		htmlcheck.Count(`form[action=`+path+`/revocations]`, 1), htmlcheck.Count(`form[action=`+path+`/deactivations]`, 1))

	// One session, then all.
	_, rest, _ := strings.Cut(page.body, `action="/admin/sessions/`)
	id, _, _ := strings.Cut(rest, "/")
	admin.post("/admin/sessions/"+id+"/revocations", url.Values{"person": {h.person("ann@example.com").ID}}).leadsTo(t, path+"?done=revoked")
	if laptop.who() == "" == (phone.who() == "") {
		t.Error("want one of the two signed in still")
	}
	laptop.arrive("default", h.respond("default", response("ann")))
	admin.post(path+"/revocations", nil).leadsTo(t, path+"?done=signed_out")
	if laptop.who()+phone.who() != "" {
		t.Error("somebody is still signed in")
	}
	admin.get(path).check(t, 200, htmlcheck.Missing(`form[action=`+path+`/revocations]`), htmlcheck.In("main", htmlcheck.Text("Not signed in now"), htmlcheck.Text("revoked")))
	admin.post(path+"/revocations", nil).check(t, http.StatusNotFound)
	admin.get("/admin/people/nobody").check(t, http.StatusNotFound)
	admin.post("/admin/people/nobody/revocations", nil).check(t, http.StatusNotFound)
}

func TestSessionsAreSearched(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.connect("partner", nil)
	h.browser().arrive("default", h.respond("default", response("ann")))
	h.browser().arrive("partner", h.respond("partner", response("ben")))
	admin := h.administrator()
	for query, want := range map[string]int{"": 3, "search=ANN": 1, "search=example": 2, "idp=partner": 1, "idp=partner&search=ann": 0, "search=%25": 0} {
		admin.get("/admin/sessions?"+query).check(t, 200, htmlcheck.Count("section tbody tr", want))
	}
	admin.get("/admin/sessions?search=zoe").check(t, 200, htmlcheck.In("section", htmlcheck.Text("Nobody who matches")))
}

func TestAdministratorsComeAndGo(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	link := h.administrator()
	link.get("/admin/administrators").check(t, 200, htmlcheck.In("section .note", htmlcheck.Text("one-time links are the only way in")))
	link.post("/admin/administrators", url.Values{"set": {"Administrator"}, "principal": {""}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("user name")))
	link.post("/admin/administrators", url.Values{"set": {"King"}, "principal": {"ann@example.com"}}).check(t, http.StatusUnprocessableEntity)
	link.post("/admin/administrators", url.Values{"set": {"Administrator"}, "principal": {"Ann@Example.com"}}).leadsTo(t, "/admin/administrators?done=granted")
	link.post("/admin/administrators", url.Values{"set": {"Administrator"}, "principal": {"ann@example.com"}}).check(t, http.StatusConflict, htmlcheck.In("form p[role=alert]", htmlcheck.Text("already")))
	link.post("/admin/administrators", url.Values{"set": {"Auditor"}, "group": {"yes"}, "principal": {"red"}}).leadsTo(t, "/admin/administrators?done=granted")
	grants := administrators.Grants()
	if len(grants) != 2 || !grants[1].Group || grants[1].Set != access.Auditor {
		t.Fatalf("got %+v", grants)
	}

	ann := h.browser()
	ann.arrive("default", h.respond("default", response("ann")))
	ann.get("/admin/administrators").check(t, 200, htmlcheck.Count("#grants", 1), htmlcheck.In("main", htmlcheck.Text("red"), htmlcheck.Text("group"), htmlcheck.Text("one-time link")))
	ann.post("/admin/administrators/"+grants[0].ID+"/removals", nil).check(t, http.StatusConflict, htmlcheck.In("p[role=alert]", htmlcheck.Text("last Administrator can't be removed")))
	ann.post("/admin/administrators/"+grants[1].ID+"/removals", nil).leadsTo(t, "/admin/administrators?done=ungranted")
	ann.post("/admin/administrators/nobody/removals", nil).check(t, http.StatusNotFound)
	if h.count(audit.AdminGranted) != 2 || h.count(audit.AdminRevoked) != 1 {
		t.Errorf("%d granted, %d revoked", h.count(audit.AdminGranted), h.count(audit.AdminRevoked))
	}
}

// TestAuditorsLookOnly goes through every page as an Auditor: none offers
// anything that an Auditor may not do.
func TestAuditorsLookOnly(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	_, err := administrators.Grant(t.Context(), "default", access.Auditor, false, "ben@example.com", "command")
	must(t, err)
	h.browser().arrive("default", h.respond("default", response("ann")))
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "expired"}))
	reference := h.newestRefusal().Reference
	ben := h.browser()
	ben.arrive("default", h.respond("default", response("ben")))
	for _, path := range []string{
		"/admin/signins", "/admin/signins/" + reference, "/admin/people", "/admin/people/" + h.person("ann@example.com").ID,
		"/admin/sessions", "/admin/activity", "/admin/administrators", "/admin/applications", "/admin/applications/grafana",
		"/admin/applications/grafana/proxy", "/admin/applications/grafana/token",
	} {
		ben.get(path).check(t, 200, htmlcheck.Missing("main form[method=post]"))
	}
	ben.post("/admin/signins/"+reference+"/responses", nil).check(t, http.StatusForbidden)
	if h.count(audit.SignInRawViewed) != 0 {
		t.Error("an Auditor read a response")
	}
	ben.get("/admin/activity.csv").check200(t)
}

// banner is whether a page of the console tells of uses of one-time links.
func (b *browser) banner(path string) bool {
	b.h.t.Helper()
	return strings.Contains(b.get(path).body, "link-uses")
}

func TestOneTimeLinksAreToldUntilDismissed(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	link := h.administrator()
	for _, path := range []string{"/admin", "/admin/signins", "/admin/people", "/admin/sessions", "/admin/applications", "/admin/activity", "/admin/administrators", "/admin/idps/default", "/admin/idps/default/settings"} {
		if !link.banner(path) {
			t.Errorf("%s: does not tell", path)
		}
	}
	if h.browser().banner("/signin") {
		t.Error("a page for everybody tells")
	}
	page := link.get("/admin/administrators")
	_, rest, _ := strings.Cut(page.body, `action="/admin/links/`)
	id, _, _ := strings.Cut(rest, "/")
	dismiss := "/admin/links/" + id + "/dismissals"

	// Once there are administrators, nobody wipes away the trace of their own link.
	_, err := administrators.Grant(t.Context(), "default", access.Administrator, false, "ann@example.com", "command")
	must(t, err)
	link.post(dismiss, nil).check(t, http.StatusForbidden)
	ann := h.browser()
	ann.arrive("default", h.respond("default", response("ann")))
	if !ann.banner("/admin") {
		t.Error("another administrator is not told")
	}
	ann.post("/admin/links/unknown/dismissals", nil).check(t, http.StatusNotFound)
	ann.post(dismiss, nil).leadsTo(t, "/admin/administrators?done=dismissed")
	ann.post(dismiss, nil).check(t, http.StatusNotFound)
	if ann.banner("/admin") || link.banner("/admin/signins") {
		t.Error("told still")
	}
	ann.get("/admin/administrators").check(t, 200, htmlcheck.In("section tbody", htmlcheck.Text("ann@example.com")))
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AdminLinkDismissed}})
	must(t, err)
	if len(events) != 1 || events[0].Object != "session:"+id || events[0].Actor != "user:"+h.person("ann@example.com").ID {
		t.Errorf("recorded %+v", events)
	}
	if h.administrator(); !ann.banner("/admin") {
		t.Error("the next use is not told")
	}
}

// TestFirstAdministratorDismisses has nobody else to ask.
func TestFirstAdministratorDismisses(t *testing.T) {
	h := newHouse(t)
	link := h.administrator()
	page := link.get("/admin")
	_, rest, _ := strings.Cut(page.body, `action="/admin/links/`)
	id, _, _ := strings.Cut(rest, "/")
	link.post("/admin/links/"+id+"/dismissals", nil).leadsTo(t, "/admin/administrators?done=dismissed")
	if link.banner("/admin") {
		t.Error("told still")
	}
}

func TestLinksToAnApplication(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	admin := h.administrator()
	base := "/admin/applications/grafana"
	admin.get(base).check(t, 200, htmlcheck.In("a.primary", htmlcheck.Attr("href", h.url+"/go/grafana")), htmlcheck.In("#vendor option[selected]", htmlcheck.Attr("value", "other")))
	entra := admin.get(base + "?" + url.Values{"vendor": {"entra"}, "path": {"d/abc?orgId=1"}, "access": {"https://myapps.microsoft.com/signin/0a1b?tenantId=6f2a"}}.Encode())
	entra.check(t, 200,
		htmlcheck.In("dl.tall", htmlcheck.Text("Relay State (Optional)"), htmlcheck.Text("grafana/d/abc?orgId=1")),
		htmlcheck.In("a.primary", htmlcheck.Attr("href", "https://myapps.microsoft.com/signin/0a1b?tenantId=6f2a&RelayState=grafana%2Fd%2Fabc%3ForgId%3D1")),
		htmlcheck.In("main", htmlcheck.Text("https://grafana.example.com/d/abc?orgId=1")))
	adfs := admin.get(base + "?" + url.Values{"vendor": {"adfs"}, "path": {"d/abc"}, "access": {"https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=https://sso.example.com/saml/metadata"}}.Encode())
	adfs.check(t, 200, htmlcheck.In("a.primary", htmlcheck.Attr("href", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID%3Dhttps%253A%252F%252Fsso.example.com%252Fsaml%252Fmetadata%26RelayState%3Dgrafana%252Fd%252Fabc")))
	admin.get(base+"?vendor=okta&path="+strings.Repeat("a", 80)).check(t, 200, htmlcheck.In(".warn", htmlcheck.Text("80")))
	for _, wrong := range []string{"../../etc", "https://evil.example.net/", "//evil.example.net"} {
		admin.get(base+"?path="+url.QueryEscape(wrong)).check(t, 200, htmlcheck.In("p[role=alert]", htmlcheck.Text("would not follow")), htmlcheck.Missing("section a.primary"))
	}
	admin.get(base+"?vendor=entra&access="+url.QueryEscape("javascript:alert(1)")).check(t, 200, htmlcheck.In("a.primary", htmlcheck.Attr("href", h.url+"/go/grafana")))
	admin.get("/admin/applications/nowhere").check(t, http.StatusNotFound)

	// What the page calls our own link works.
	b := h.browser()
	b.arrive("default", h.respond("default", response("ann")))
	b.get("/go/grafana/d/abc?orgId=1").leadsTo(t, "https://grafana.example.com/d/abc?orgId=1")
}

func TestAnApplicationIsChanged(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	admin := h.administrator()
	const path = "/admin/applications/grafana"
	version := field(t, admin.get(path).body, "version")
	form := url.Values{"version": {version}, "title": {"Graphs"}, "description": {"All of them"}, "url": {"https://graphs.example.com/"}, "allowed": {"https://old.example.com/g\r\n"}}
	wrong := url.Values{"version": {version}, "url": {"javascript:alert(1)"}, "title": {"Kept in the form"}}
	admin.post(path, wrong).check(t, http.StatusUnprocessableEntity, htmlcheck.In("details form p[role=alert]"), htmlcheck.In("details[open] #title", htmlcheck.Attr("value", "Kept in the form")))
	admin.post(path, url.Values{"version": {"x"}}).check(t, http.StatusUnprocessableEntity)
	admin.post(path, form).leadsTo(t, path+"?done=changed")
	admin.get(path).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Graphs")), htmlcheck.In("main", htmlcheck.Text("https://old.example.com/g")))

	// The second of two who edit is told, and the first one's words stay.
	form.Set("title", "Lost")
	admin.post(path, form).check(t, http.StatusConflict, htmlcheck.In("details[open] p[role=alert]", htmlcheck.Text("Somebody else")), htmlcheck.In("h1", htmlcheck.Text("Graphs")))
	admin.post("/admin/applications/nowhere", form).check(t, http.StatusNotFound)
	if h.count(audit.ApplicationChanged) != 1 {
		t.Errorf("%d changes recorded", h.count(audit.ApplicationChanged))
	}
	b := h.browser()
	b.arrive("default", h.respond("default", response("ann")))
	b.get("/go/grafana/d/abc").leadsTo(t, "https://graphs.example.com/d/abc")
}
