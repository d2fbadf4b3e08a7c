package main_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

const blueRule = `permit (principal, action == Action::"enter", resource)
when { principal.hasTag("CostCenter") && principal.getTag("CostCenter") == "blue" };
`

// TestCostCenterDecides has a Cedar rule decide by session tags as identity
// providers really send them.
func TestCostCenterDecides(t *testing.T) {
	w := newSource(t)
	w.run("app", "add", "--name", "ledger", "--url", "https://ledger.example.com", "--rule", "Blue cost centre="+w.file("blue.cedar", blueRule))
	w.serve()
	const accessControl = awsAttribute + "AccessControl:CostCenter"
	const basic = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	said := func(a ...testidp.Attribute) testidp.Response { return testidp.Response{Person: "ann", Attributes: a} }
	for name, r := range map[string]testidp.Response{
		// As OneLogin's guide prints it: the value ends with a blank and a line.
		"OneLogin": said(testidp.Attribute{Name: accessControl, Values: []string{"blue\n            "}}),
		"a blank":  said(testidp.Attribute{Name: accessControl, Values: []string{"blue "}}),
		// Entra ID joins a claim's namespace, https://aws.amazon.com/SAML/Attributes,
		// and its name, AccessControl:CostCenter, by a slash, beside claims of its own.
		"Entra ID": said(
			testidp.Attribute{Name: "http://schemas.microsoft.com/identity/claims/tenantid", Format: basic, Values: []string{"0f0e0d0c-0000-4000-8000-000000000001"}},
			testidp.Attribute{Name: "http://schemas.microsoft.com/identity/claims/objectidentifier", Format: basic, Values: []string{"0f0e0d0c-0000-4000-8000-000000000002"}},
			testidp.Attribute{Name: strings.Join([]string{"https://aws.amazon.com/SAML/Attributes", "AccessControl:CostCenter"}, "/"), Format: basic, Values: []string{"blue"}}),
		"keys know no case": said(testidp.Attribute{Name: awsAttribute + "PrincipalTag:costcenter", Values: []string{"blue"}}),
	} {
		t.Run(name, func(t *testing.T) { w.in(t).lands(r, "ledger/2026/q4", "https://ledger.example.com/2026/q4") })
	}
	for name, r := range map[string]testidp.Response{
		"another value":     said(testidp.Attribute{Name: accessControl, Values: []string{"blueish"}}),
		"values know case":  said(testidp.Attribute{Name: accessControl, Values: []string{"Blue"}}),
		"no tag":            said(testidp.Attribute{Name: "CostCenter", Values: []string{"blue"}}),
		"another namespace": said(testidp.Attribute{Name: "https://example.com/SAML/Attributes/AccessControl:CostCenter", Values: []string{"blue"}}),
	} {
		t.Run(name, func(t *testing.T) {
			if explained := w.in(t).denied(r, "ledger"); !strings.Contains(explained, `Rule "Blue cost centre" of application ledger would permit it, and does not match.`) {
				t.Errorf("the administrator reads: %s", explained)
			}
		})
	}
}

// TestPermissionSetSurvivesSigningIn follows a link that says where and as
// what, as somebody who has to sign in first.
func TestPermissionSetSurvivesSigningIn(t *testing.T) {
	c := newCycle(t)
	id := c.provision("ann@example.com")
	c.robot.ask(http.MethodPost, "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Bridge builders","members":[{"value":"`+id+`"}]}`, http.StatusCreated)
	c.door.run("app", "add", "--name", "grafana", "--url", c.app+"/grafana", "--entry", "assigned")
	c.door.run("permission-set", "add", "--starters")
	c.door.run("permission-set", "set", "PowerUserAccess", "--relay-state", "/explore")
	c.door.run("assignment", "grant", "--group", "Bridge builders", "--app", "grafana", "--permission-set", "PowerUserAccess", "--permission-set", "ViewOnlyAccess")

	follow := func(link string) *webPage {
		b := newBrowser(t)
		return c.signInAt(b, b.get(c.door.url+link))
	}
	eventually(t, "the permission set leads to its place", func() bool {
		return follow("/go/grafana?permission_set=PowerUserAccess").url.String() == c.app+"/grafana/explore"
	})
	for link, want := range map[string]string{
		"/go/grafana/d/abc?permission_set=PowerUserAccess":         c.app + "/grafana/d/abc",
		"/go/grafana/d/abc?permission_set=viewonlyaccess&panel=2":  c.app + "/grafana/d/abc?panel=2",
		"/go/grafana/d/abc?panel=2&permission_set=PowerUserAccess": c.app + "/grafana/d/abc?panel=2",
		"/go/grafana?permission_set=ViewOnlyAccess":                c.app + "/grafana",
	} {
		if landed := follow(link); landed.url.String() != want {
			t.Errorf("%s: status %d at %s, want %s", link, landed.status, landed.url, want)
		}
	}
	chooser := follow("/go/grafana/d/abc")
	for _, set := range []string{"PowerUserAccess", "ViewOnlyAccess"} {
		if !strings.Contains(chooser.body, `href="/go/grafana/d/abc?permission_set=`+set+`"`) {
			t.Errorf("the chooser has no %s: %s", set, chooser.text())
		}
	}
	if denied := follow("/go/grafana/d/abc?permission_set=AdministratorAccess"); denied.status != http.StatusForbidden || !strings.Contains(denied.text(), "PowerUserAccess") {
		t.Errorf("a permission set that is not assigned: status %d at %s: %s", denied.status, denied.url, denied.text())
	}
}

// signInAt answers the identity provider as its first person.
func (c *cycle) signInAt(b *browser, asked *webPage) *webPage {
	c.t.Helper()
	return b.submit(b.submit(asked, "person", url.Values{"person": {"ann"}}), "SAMLResponse", nil)
}

// TestAssignmentsCountEverywhere grants and revokes on one of two instances
// over one PostgreSQL; on the other it counts within five seconds, for a
// session that is under way.
func TestAssignmentsCountEverywhere(t *testing.T) {
	c := newCycle(t)
	c.provision("ann@example.com")
	c.door.run("app", "add", "--name", "grafana", "--url", c.app+"/grafana", "--entry", "assigned")
	c.door.run("permission-set", "add", "--name", "Viewer")
	var sets, assignments []struct{ ID string }
	c.door.list(&sets, "permission-set", "list")
	b := newBrowser(t)
	c.arrived(c.signIn(b))
	entered := func() bool { return b.get(c.door.url+"/go/grafana").url.String() == c.app+"/grafana" }
	eventually(t, "the application is known", func() bool { return b.get(c.door.url+"/go/grafana").status == http.StatusForbidden })
	if entered() {
		t.Fatal("entered without an assignment")
	}

	other := c.robots.url + "/admin/assignments"
	var granted *webPage
	eventually(t, "the other instance knows the application too", func() bool {
		granted = c.administrator.send(http.MethodPost, other, url.Values{"people": {"ann@example.com"}, "applications": {"grafana"}, "set": {sets[0].ID}, "confirm": {"yes"}}, "127.0.0.1")
		return granted.status == http.StatusOK
	})
	if !strings.HasPrefix(granted.url.String(), other) {
		t.Fatalf("grant: at %s: %s", granted.url, granted.text())
	}
	eventually(t, "what was granted elsewhere counts", entered)
	if portal := b.get(c.door.url + "/"); !strings.Contains(portal.body, `href="/go/grafana"`) {
		t.Errorf("the portal does not show it: %s", portal.text())
	}

	c.door.list(&assignments, "assignment", "list", "--user", "ann@example.com", "--app", "grafana")
	if len(assignments) != 1 {
		t.Fatalf("listed: %v", assignments)
	}
	c.administrator.send(http.MethodPost, other+"/revocations", url.Values{"id": {assignments[0].ID}, "confirm": {"yes"}}, "127.0.0.1")
	eventually(t, "what was revoked elsewhere counts no more", func() bool { return !entered() })
	if portal := b.get(c.door.url + "/"); strings.Contains(portal.body, `href="/go/grafana"`) {
		t.Error("the portal still shows it")
	}
}

// list runs a command for what it lists.
func (s *instance) list(into any, args ...string) {
	s.t.Helper()
	if err := json.Unmarshal(s.run(append(args, "-o", "json")...), into); err != nil {
		s.t.Fatalf("sallyport %v: %v", args, err)
	}
}
