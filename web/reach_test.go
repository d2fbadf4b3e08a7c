package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

const guideTrust = `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/Example"},
 "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
 "Condition": {"StringEquals": {"SAML:sub_type": "persistent"}}}]}`

func TestRolesWithTheirDocuments(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	const path = "/admin/roles"
	form := url.Values{"arn": {"arn:aws:iam::123456789012:role/WorkSpaces"}, "description": {"Desktops"}, "trust": {strings.ReplaceAll(guideTrust, "\n", "\r\n")}, "inline_name": {"Stream", ""}, "inline_document": {"{}", ""}, "hours": {"2"}}
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("inline policy Stream"), htmlcheck.Text("Statement is missing")), htmlcheck.In("#trust", htmlcheck.Text("persistent")), htmlcheck.In("#inline_document_0", htmlcheck.Text("{}")))
	form.Set("trust", strings.Replace(guideTrust, "StringEquals", "NumericEquals", 1))
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("NumericEquals"), htmlcheck.Text("line 4")))
	form.Set("trust", guideTrust)
	form.Set("hours", "13")
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("1 to 12 hours")))
	form.Set("hours", "2")
	form["inline_document"] = []string{`{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "workspaces:Stream", "Resource": "*"}}`, ""}
	form.Set("arn", "arn:aws:iam::123456789012:user/x")
	b.post(path, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("not the ARN of a role")))
	form.Set("arn", "arn:aws:iam::123456789012:role/WorkSpaces")
	b.follow(b.post(path, form)).check(t, 200, htmlcheck.In("p.lead", htmlcheck.Text("role/WorkSpaces")), htmlcheck.In("#hours", htmlcheck.Attr("value", "2")), htmlcheck.Count("fieldset legend", 2))
	b.post(path, form).check(t, http.StatusConflict)
	role := h.apps.Roles()[0]
	if role.Trust != guideTrust || len(role.Inline) != 1 || role.MaxSessionDuration != 2*time.Hour {
		t.Errorf("saved %+v", role)
	}
	here := path + "/" + role.ID
	form.Set("version", "1")
	form.Set("description", "Desktops of all")
	b.post(here, form).leadsTo(t, here+"?done=role_changed")
	b.post(here, form).check(t, http.StatusConflict, htmlcheck.In("form p[role=alert]"))
	form["inline_document"] = []string{"{}", ""}
	form.Set("version", "2")
	b.post(here, form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("form p[role=alert]", htmlcheck.Text("Statement is missing")))
	b.get(path).check(t, 200, htmlcheck.In("tbody", htmlcheck.Text("Desktops of all")))
	b.post(here+"/removals", nil).leadsTo(t, path+"?done=role_removed")
	b.get(here).check(t, http.StatusNotFound)
	b.post(here, form).check(t, http.StatusNotFound)
}

func TestWhyCanOrCantThey(t *testing.T) {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) { s.TagMappings = []idp.TagMapping{{Key: "Floor", Path: "${path:title}"}} })
	b := h.administrator()
	people := h.provision("default", "zoe@example.com")
	_, err := h.people.Update(t.Context(), people[0].ID, func(u *directory.User) error { u.Profile.Title = "seven"; return nil }, robot("default", audit.UserChanged))
	must(t, err)
	staff := h.group("default", "Staff", people[0].ID)
	view := h.setNamed("ViewOnlyAccess")
	h.setNamed("PowerUserAccess")
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "wiki", Title: "The Wiki", URL: "https://wiki.example.com/", Entry: access.Assigned, Rules: []access.Rule{
		{Name: "Blue", Text: `permit (principal, action == Action::"enter", resource) when { principal.hasTag("CostCenter") && principal.getTag("CostCenter") == "blue" };`},
		{Name: "At home", Text: atHome},
	}}, "command"))
	_, err = h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToGroup, ID: staff.ID}, ApplicationID: h.apps.Application("wiki").ID, PermissionSetID: view.ID}}, "command")
	must(t, err)
	ask := func(query url.Values) answer { return b.get("/admin/reach?" + query.Encode()) }

	b.get("/admin/reach").check(t, 200, htmlcheck.Count("#apps option", 2), htmlcheck.Missing("#verdict"))
	for name, query := range map[string]url.Values{
		"an unknown application": {"app": {"nowhere"}},
		"an unknown person":      {"app": {"wiki"}, "person": {"nobody"}},
		"an unknown set":         {"app": {"wiki"}, "set": {"x"}},
		"tags that are none":     {"app": {"wiki"}, "tags": {"blue"}},
		"no address":             {"app": {"wiki"}, "address": {"here"}},
		"no time":                {"app": {"wiki"}, "at": {"noon"}},
	} {
		if a := ask(query); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, `role="alert"`) {
			t.Errorf("%s: %d", name, a.StatusCode)
		}
	}
	ask(url.Values{"app": {"wiki"}}).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("No: somebody made up can't open The Wiki: nothing is assigned")))
	ask(url.Values{"app": {"wiki"}, "person": {"ZOE@example.com"}}).check(t, 200,
		htmlcheck.In("#verdict", htmlcheck.Text("No: zoe@example.com can't open The Wiki: a rule forbids it")),
		htmlcheck.In("ol.walked", htmlcheck.Text("is assigned through group Staff"), htmlcheck.Text(`Rule "At home" of application wiki forbids it as ViewOnlyAccess.`)),
		htmlcheck.In("section[aria-labelledby=facts]", htmlcheck.Text("They are not signed in"), htmlcheck.Text("Floor = seven"), htmlcheck.Text("Staff")))
	home := url.Values{"app": {"wiki"}, "person": {"zoe@example.com"}, "address": {"::ffff:10.1.2.3"}}
	ask(home).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("none of them matches")), htmlcheck.In("li.against", htmlcheck.Text(`"Blue"`)))
	home.Set("tags", "costcenter=blue\r\nFloor=one")
	ask(home).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("Yes: zoe@example.com can open The Wiki.")), htmlcheck.In("main", htmlcheck.Text("With: ViewOnlyAccess"), htmlcheck.Text("costcenter = blue (made up)"), htmlcheck.Text("Floor = one (made up)")), htmlcheck.Count("li.counts", 2))
	home.Set("set", "PowerUserAccess")
	ask(home).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("No: zoe@example.com can't open The Wiki as PowerUserAccess: nothing is assigned")))
	ask(url.Values{"app": {"wiki"}, "groups": {"Staff\r\nNight"}, "tags": {"CostCenter=blue"}, "address": {"10.0.0.1"}, "idp": {"default"}}).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("Yes: somebody made up")), htmlcheck.In("ul.chips", htmlcheck.Text("Staff Night")))

	// Who is signed in is taken as their session says.
	h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ann", Groups: []string{"Sales"}, Attributes: []testidp.Attribute{{Name: testidp.AccessControlPrefix + "CostCenter", Values: []string{"blue"}}}}))
	ask(url.Values{"app": {"wiki"}, "person": {"ann@example.com"}, "groups": {"Staff"}, "address": {"10.0.0.1"}}).check(t, 200,
		htmlcheck.In("#verdict", htmlcheck.Text("Yes: ann@example.com")), htmlcheck.In("section[aria-labelledby=facts]", htmlcheck.Text("They are signed in"), htmlcheck.Text("CostCenter = blue"), htmlcheck.Text("Sales")))
	ask(url.Values{"app": {"grafana"}, "person": {"ann@example.com"}}).check(t, 200, htmlcheck.In("ol.walked", htmlcheck.Text("Any signed-in person may enter")))
}

// TestRolesAreExplainedToo asks for somebody whose role's condition fails.
func TestRolesAreExplainedToo(t *testing.T) {
	d := newDesk(t, "aws", "eu-west-1", "workspaces.euc-sso.eu-west-1.aws.amazon.com")
	d.register("WorkSpaces", `["sts:AssumeRoleWithSAML", "sts:TagSession"]`, `"SAML:sub_type": "persistent"`)
	b := d.h.administrator()
	zoe := d.h.provision("default", "zoe@example.com")[0]
	_, err := d.h.apps.Grant(t.Context(), []*access.Assignment{{Principal: access.Principal{Kind: access.ToUser, ID: zoe.ID}, ApplicationID: d.h.apps.Application("desktops").ID, PermissionSetID: d.h.apps.PermissionSets()[0].ID}}, "command")
	must(t, err)
	b.get("/admin/reach?app=desktops&person=zoe@example.com").check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("known once they sign in")))
	d.arrives("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "WorkSpaces")
	const ask = "/admin/reach?app=desktops&person=ann@example.com"
	b.get(ask).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("No:"), htmlcheck.Text("no role lets them through")), htmlcheck.In("main", htmlcheck.Text("Not authorized to perform sts:AssumeRoleWithSAML"), htmlcheck.Text("SAML:sub_type")))
	d.arrives(persistent, "WorkSpaces")
	b.get(ask).check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("Yes: ann@example.com can open Desktops.")))
	b.get("/admin/applications/desktops").check(t, 200, htmlcheck.In("dl.facts", htmlcheck.Text("Entering takes a role too: "+d.role("WorkSpaces"))))
	b.get("/admin/roles/"+d.h.apps.Roles()[0].ID).check(t, 200, htmlcheck.In("section[aria-labelledby=decides]", htmlcheck.Text("Desktops d-1234567890 in eu-west-1")))
}

func TestADenialIsExplainedAtItsReference(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "wiki", Title: "The Wiki", URL: "https://wiki.example.com/", Entry: access.Assigned}, "command"))
	ann := h.browser()
	ann.arrive("default", h.respond("default", testidp.Response{Person: "ann"}))
	if a := ann.get("/go/wiki"); a.StatusCode != http.StatusForbidden {
		t.Fatalf("ann is let in: %d", a.StatusCode)
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}, Limit: 1})
	must(t, err)
	b.get("/admin/signins/"+strings.ToLower(events[0].Reference)).check(t, 200,
		htmlcheck.In("h1", htmlcheck.Text("Entry denied")), htmlcheck.In("#why", htmlcheck.Text("ann@example.com was not let into The Wiki")),
		htmlcheck.In("main", htmlcheck.Text("Only who is assigned may enter application wiki")))
}

// TestAuditorsSeeAllOfItAndChangeNothing of who may go where.
func TestAuditorsSeeAllOfItAndChangeNothing(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	_, err := administrators.Grant(t.Context(), "default", access.Auditor, false, "ann@example.com", "command")
	must(t, err)
	view := h.setNamed("ViewOnlyAccess")
	must(t, h.apps.AddRole(t.Context(), &access.Role{ARN: "arn:aws:iam::123456789012:role/WorkSpaces", Trust: guideTrust}, "command"))
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "wiki", URL: "https://wiki.example.com/", Entry: access.Assigned, Rules: []access.Rule{{Name: "At home", Text: atHome}}}, "command"))
	b := h.browser()
	b.arrive("default", h.respond("default", response("ann")))
	rule := "/admin/applications/wiki/rules/" + h.apps.Application("wiki").Rules[0].ID
	role := "/admin/roles/" + h.apps.Roles()[0].ID
	for _, path := range []string{"/admin/applications", "/admin/applications/wiki", rule, "/admin/permission-sets", "/admin/permission-sets/" + view.ID, "/admin/assignments", "/admin/roles", role, "/admin/reach?app=wiki&person=ann@example.com"} {
		page := b.get(path)
		page.check(t, 200, htmlcheck.Missing("button.primary[disabled]"))
		if forms := strings.Count(page.body, `method="post"`); strings.Count(page.body, `action="/admin/signout"`) != forms {
			t.Errorf("%s: an Auditor is shown a form that changes something", path)
		}
	}
	b.get("/admin/assignments/new").check(t, http.StatusForbidden)
	for _, path := range []string{
		"/admin/applications/wiki", "/admin/applications/wiki/user-access", rule, rule + "/removals", "/admin/permission-sets", "/admin/permission-sets/starters", "/admin/permission-sets/" + view.ID,
		"/admin/permission-sets/" + view.ID + "/removals", "/admin/permission-sets/" + view.ID + "/rules/new", "/admin/assignments", "/admin/assignments/revocations", "/admin/roles", role, role + "/removals",
	} {
		b.post(path, url.Values{"confirm": {"yes"}, "version": {"1"}}).check(t, http.StatusForbidden)
	}
}

func TestStaleByWhatIsAssigned(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	people := h.provision("default", "ann@example.com", "ben@example.com", "cat@example.com", "dan@example.com")
	staff := h.group("default", "Staff", people[2].ID)
	view, app := h.setNamed("ViewOnlyAccess"), h.apps.Application("grafana")
	to := func(kind access.PrincipalKind, id string) *access.Assignment {
		return &access.Assignment{Principal: access.Principal{Kind: kind, ID: id}, ApplicationID: app.ID, PermissionSetID: view.ID}
	}
	_, err := h.apps.Grant(t.Context(), []*access.Assignment{to(access.ToUser, people[0].ID), to(access.ToUser, people[1].ID), to(access.ToGroup, staff.ID)}, "command")
	must(t, err)
	_, err = h.people.Deactivate(t.Context(), "ben@example.com", "command")
	must(t, err)
	b := h.administrator()
	b.get("/admin/stale?kind=assignment_over").check(t, 200, htmlcheck.Count("tbody tr", 1), htmlcheck.In("tbody", htmlcheck.Text("ben@example.com")), htmlcheck.In("#found", htmlcheck.Text(": 1")))
	b.get("/admin/stale?kind=assignment_over&idp=partner").check(t, 200, htmlcheck.Missing("tbody"))
	b.get("/admin/stale?kind=unassigned&days=0").check(t, 200, htmlcheck.Count("tbody tr", 1), htmlcheck.In("tbody", htmlcheck.Text("dan@example.com")), htmlcheck.Missing("input[name=all]"))
	b.get("/admin/stale?kind=unassigned").check(t, 200, htmlcheck.Missing("tbody")) // known for less than 30 days
	b.post("/admin/stale/previews", url.Values{"kind": {"unassigned"}, "days": {"0"}, "all": {"yes"}, "act": {"deactivate"}}).check(t, http.StatusUnprocessableEntity)
	b.post("/admin/stale/previews", url.Values{"kind": {"assignment_over"}, "all": {"yes"}, "act": {"remove"}}).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Remove this person?")), htmlcheck.In("tbody", htmlcheck.Text("ben@example.com")))
	b.post("/admin/stale/previews", url.Values{"kind": {"unassigned"}, "days": {"0"}, "id": {people[3].ID}, "act": {"deactivate"}}).check(t, 200, htmlcheck.Count("tbody tr", 1))
}
