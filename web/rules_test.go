package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

const atHome = `forbid (principal, action == Action::"enter", resource)
unless { context has address && context.address.isInRange(ip("10.0.0.0/8")) };`

func TestARuleIsShownBeforeItIsSaved(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ann", Groups: []string{"Platform"}}))
	h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ben", Groups: []string{"Sales"}}))
	const path = "/admin/applications/grafana"
	version := func() string { return field(t, b.get(path).body, "version") }
	b.get(path+"/rules/new").check(t, 200, htmlcheck.Count("#groups", 1), htmlcheck.Missing("#text"))
	b.get(path+"/rules/new?as=text").check(t, 200, htmlcheck.Count("#text", 1), htmlcheck.In("main", htmlcheck.Text("entity User in [Group]")))
	b.get(path+"/rules/nowhere").check(t, http.StatusNotFound)

	good := func() url.Values {
		return url.Values{"version": {version()}, "as": {"form"}, "name": {"Platform only"}, "effect": {"permit"}, "groups": {"Platform\r\nOps"}, "minutes": {"600"}, "connection": {"default"}}
	}
	for name, change := range map[string]func(url.Values){
		"no name":      func(f url.Values) { f.Del("name") },
		"no condition": func(f url.Values) { f.Del("groups"); f.Del("minutes"); f.Del("connection") },
		"a key alone":  func(f url.Values) { f.Set("tag_key", "CostCenter") },
		"no network":   func(f url.Values) { f.Set("networks", "home") },
		"no age":       func(f url.Values) { f.Set("minutes", "soon") },
		"no Cedar":     func(f url.Values) { f.Set("as", "text"); f.Set("text", "permit (principal") },
		"two policies": func(f url.Values) { f.Set("as", "text"); f.Set("text", atHome+atHome) },
		"an unknown name": func(f url.Values) {
			f.Set("as", "text")
			f.Set("text", `permit (principal, action, resource) when { principal.shoeSize == 1 };`)
		},
		"a tag not asked for": func(f url.Values) {
			f.Set("as", "text")
			f.Set("text", `permit (principal, action == Action::"enter", resource) when { principal.getTag("Team") == "x" };`)
		},
	} {
		form := good()
		change(form)
		for _, sure := range []string{"", "yes"} {
			form.Set("confirm", sure)
			a := b.post(path+"/rules/new", form)
			if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `role="alert"`) {
				t.Errorf("%s: %d", name, a.StatusCode)
			}
			for _, err := range htmlcheck.Sound(strings.NewReader(a.body)) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if got := h.apps.Application("grafana"); len(got.Rules) != 0 {
		t.Fatal("a refused rule was saved")
	}

	b.post(path+"/rules/new", good()).check(t, 200, htmlcheck.In("pre", htmlcheck.Text(`principal.groups.containsAny(["Platform", "Ops"])`)),
		htmlcheck.In("main", htmlcheck.Text("1 person is kept out"), htmlcheck.Text("For 2 their live session counted")),
		htmlcheck.Count("tbody tr", 1), htmlcheck.In("tbody", htmlcheck.Text("ben@example.com"), htmlcheck.Text("enters no entry")))
	if got := h.apps.Application("grafana"); len(got.Rules) != 0 {
		t.Fatal("what was only shown was saved")
	}
	b.confirm(t, path+"/rules/new", good()).leadsTo(t, path+"?done=rule_saved")
	rule := h.apps.Application("grafana").Rules[0]
	here := path + "/rules/" + rule.ID
	b.get(path).check(t, 200, htmlcheck.In("section[aria-labelledby=rules] tbody", htmlcheck.Text("Platform only made by the form")))
	b.get(here).check(t, 200, htmlcheck.In("#groups", htmlcheck.Text("Platform Ops")), htmlcheck.In("#minutes", htmlcheck.Attr("value", "600")), htmlcheck.Count("input[name=connection][checked]", 1))
	b.post(path+"/rules/new", good()).check(t, http.StatusConflict, htmlcheck.In("form p[role=alert]"))

	// The editor takes it out of the form, and it stays the same rule.
	text := url.Values{"version": {version()}, "as": {"text"}, "name": {"At home"}, "text": {strings.ReplaceAll(atHome, "\n", "\r\n")}}
	b.confirm(t, here, text).leadsTo(t, path+"?done=rule_saved")
	if got := h.apps.Application("grafana").Rules; len(got) != 1 || got[0].ID != rule.ID || got[0].Form != nil || got[0].Text != atHome {
		t.Errorf("saved %+v", got)
	}
	text.Set("confirm", "yes") // of the version before
	b.post(here, text).check(t, http.StatusConflict, htmlcheck.In("form p[role=alert]"), htmlcheck.In("#text", htmlcheck.Text("10.0.0.0/8")))
	b.get(here).check(t, 200, htmlcheck.In("#text", htmlcheck.Text("10.0.0.0/8")))
	b.confirm(t, here+"/removals", url.Values{"version": {version()}}).leadsTo(t, path+"?done=rule_removed")
	b.get(here).check(t, http.StatusNotFound)
	b.post(here+"/removals", url.Values{"version": {version()}}).check(t, http.StatusNotFound)
}

func TestRulesOfAPermissionSet(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	people := h.provision("default", "ann@example.com", "ben@example.com")
	view := h.setNamed("ViewOnlyAccess")
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "wiki", URL: "https://wiki.example.com/", Entry: access.Assigned}, "command"))
	_, err := h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToUser, ID: people[0].ID}, ApplicationID: h.apps.Application("wiki").ID, PermissionSetID: view.ID}}, "command")
	must(t, err)
	path := "/admin/permission-sets/" + view.ID
	form := url.Values{"version": {"1"}, "as": {"text"}, "name": {"At home"}, "text": {atHome}}
	b.post(path+"/rules/new", form).check(t, 200, htmlcheck.In("main", htmlcheck.Text("1 person was looked at"), htmlcheck.Text("1 person is kept out")), htmlcheck.In("tbody", htmlcheck.Text("ViewOnlyAccess no entry")))
	b.confirm(t, path+"/rules/new", form).leadsTo(t, path+"?done=rule_saved")
	b.get(path).check(t, 200, htmlcheck.In("section[aria-labelledby=rules] tbody", htmlcheck.Text("At home forbid")))
	if len(h.apps.PermissionSet(view.ID).Rules) != 1 {
		t.Error("it was not saved")
	}
	// What hangs on an application is shown before it goes.
	b.post("/admin/applications/wiki/removals", nil).check(t, 200, htmlcheck.In("main", htmlcheck.Text("its assignments (1) and rules (0)")))
	if h.apps.Application("wiki") == nil {
		t.Fatal("it is gone already")
	}
	b.confirm(t, "/admin/applications/wiki/removals", url.Values{}).leadsTo(t, "/admin/applications?done=removed")
}

func TestAnotherEntryIsShownBeforeItIsSaved(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	h.provision("default", "ann@example.com", "ben@example.com")
	form := url.Values{"version": {"1"}, "url": {"https://grafana.example.com/"}, "title": {"Grafana"}, "entry": {"assigned"}, "kind": {"web"}, "ask_whom": {"#observability"}, "icon": {"G"},
		"deep_name": {"oncall", ""}, "deep_path": {"/d/abc?x=1", ""}, "deep_title": {"On call", ""}}
	const path = "/admin/applications/grafana"
	b.post(path, form).check(t, 200, htmlcheck.In("main", htmlcheck.Text("2 people are kept out")), htmlcheck.Count("tbody tr", 2))
	if h.apps.Application("grafana").Entry != access.Everyone {
		t.Fatal("what was only shown was saved")
	}
	b.confirm(t, path, form).leadsTo(t, path+"?done=changed")
	got := h.apps.Application("grafana")
	if got.Entry != access.Assigned || got.AskWhom != "#observability" || len(got.Links) != 1 || got.Links[0].Path != "/d/abc?x=1" {
		t.Errorf("saved %+v", got)
	}
	b.get(path).check(t, 200, htmlcheck.In("dl.facts", htmlcheck.Text("who has an assignment"), htmlcheck.Text("grafana/~oncall"), htmlcheck.Text("#observability")))
	h.setNamed("ViewOnlyAccess")
	b.get(path+"?path=d/abc?x=1%26y=2&set=ViewOnlyAccess").check(t, 200, htmlcheck.In("section[aria-labelledby=links]", htmlcheck.Text(h.url+"/go/grafana/d/abc?x=1&y=2&permission_set=ViewOnlyAccess")))
	form.Set("confirm", "yes") // of the version before
	b.post(path, form).check(t, http.StatusConflict, htmlcheck.Count("details[open] p[role=alert]", 1))
	// A form that does not ask for it changes none of it.
	b.post(path, url.Values{"version": {"2"}, "url": {"https://grafana.example.com/"}, "title": {"Charts"}}).leadsTo(t, path+"?done=changed")
	if got := h.apps.Application("grafana"); got.Title != "Charts" || got.Entry != access.Assigned || len(got.Links) != 1 || got.Icon != "G" {
		t.Errorf("saved %+v", got)
	}
	b.post(path, url.Values{"version": {"3"}, "url": {"https://grafana.example.com/"}, "entry": {"nobody"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("who may enter")))
}

func TestAWorkSpacesDirectoryIsMade(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	form := url.Values{"name": {"desktops"}, "kind": {"workspaces"}, "entry": {"assigned"}, "ws_region": {"us-gov-west-1"}, "ws_code": {"SLiad+AB12CD"}, "ws_directory": {"d-123"}, "ws_account": {"123456789012"}, "ws_client": {"web"}, "ws_fips": {"yes"}}
	b.post("/admin/applications", form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("directory ID")), htmlcheck.In("#ws_code", htmlcheck.Attr("value", "SLiad+AB12CD")), htmlcheck.Count("details[open] #ws_region", 1))
	form.Set("ws_directory", "d-1234567890")
	b.post("/admin/applications", form).leadsTo(t, "/admin/applications?done=added")
	app := h.apps.Application("desktops")
	if want := "https://workspaces.euc-sso-fips.us-gov-west-1.amazonaws-us-gov.com/sso-idp?registrationCode=SLiad%2BAB12CD&client=web"; app.URL != want || app.Entry != access.Assigned {
		t.Errorf("made %s, %s", app.URL, app.Entry)
	}
	b.get("/admin/applications/desktops").check(t, 200, htmlcheck.In("dl.facts", htmlcheck.Text("No role of that account is registered")), htmlcheck.Count("input[name=ws_fips][checked]", 1))
	b.get("/admin/applications?search=DESK").check(t, 200, htmlcheck.Count("tbody tr", 1))
	b.get("/admin/applications?search=zoe").check(t, 200, htmlcheck.Missing("tbody"))
}

// TestUserAccessURLs builds the link of each row of the guide's table.
func TestUserAccessURLs(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	const path = "/admin/applications/grafana"
	form := url.Values{"version": {"1"}}
	want := map[string]string{}
	for vendor, c := range map[string][2]string{
		"adfs":         {"https://adfs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=urn:x", "https://adfs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID%3Durn%253Ax%26RelayState%3Dgrafana"},
		"entra":        {"https://myapps.microsoft.com/signin/app/1?tenantId=2", "https://myapps.microsoft.com/signin/app/1?tenantId=2&RelayState=grafana"},
		"duo":          {"https://x.sso.duosecurity.com/saml2/sp/1/sso", "https://x.sso.duosecurity.com/saml2/sp/1/sso?RelayState=grafana"},
		"okta":         {"https://x.okta.com/app/a/1/sso/saml", "https://x.okta.com/app/a/1/sso/saml?RelayState=grafana"},
		"onelogin":     {"https://x.onelogin.com/trust/saml2/http-post/sso/1", "https://x.onelogin.com/trust/saml2/http-post/sso/1?RelayState=grafana"},
		"jumpcloud":    {"https://sso.jumpcloud.com/saml2/1", "https://sso.jumpcloud.com/saml2/1?RelayState=grafana"},
		"auth0":        {"https://x.us.auth0.com/samlp/1", "https://x.us.auth0.com/samlp/1?RelayState=grafana"},
		"pingfederate": {"https://ping.example.com/idp/startSSO.ping?PartnerSpId=1", "https://ping.example.com/idp/startSSO.ping?PartnerSpId=1&TargetResource=grafana"},
		"pingone":      {"https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=1&idpid=2", "https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=1&idpid=2&TargetResource=https%3A%2F%2Fgrafana.example.com%2F"},
	} {
		form.Set("access_"+vendor, c[0])
		want[vendor] = c[1]
	}
	b.get(path).check(t, 200, htmlcheck.Count("section[aria-labelledby=useraccess] tbody tr", 9))
	b.post(path+"/user-access", form).leadsTo(t, path+"?done=user_access")
	page := b.get(path)
	for vendor, link := range want {
		page.check(t, 200, htmlcheck.Count(`section[aria-labelledby=useraccess] a[href="`+link+`"]`, 1))
		if !strings.Contains(page.body, "access_"+vendor) {
			t.Errorf("no field for %s", vendor)
		}
	}
	form.Set("version", "2")
	form.Set("access_adfs", "https://adfs.example.com/adfs/ls/")
	b.post(path+"/user-access", form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("section[aria-labelledby=useraccess] p[role=alert]", htmlcheck.Text("AD FS")), htmlcheck.In(`input[name=access_adfs]`, htmlcheck.Attr("value", "https://adfs.example.com/adfs/ls/")))
	form.Set("access_adfs", "javascript:alert(1)")
	b.post(path+"/user-access", form).check(t, http.StatusUnprocessableEntity)
	form.Del("access_adfs")
	form.Set("version", "1")
	b.post(path+"/user-access", form).check(t, http.StatusConflict, htmlcheck.In("section[aria-labelledby=useraccess] p[role=alert]"))
	form.Set("version", "2")
	b.post(path+"/user-access", form).leadsTo(t, path+"?done=user_access")
	if got := len(h.apps.Application("grafana").UserAccess); got != 8 {
		t.Errorf("%d are saved", got)
	}
	if h.count(audit.ApplicationChanged) != 2 {
		t.Error("not all of it is recorded")
	}
}
