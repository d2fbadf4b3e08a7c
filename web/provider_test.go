package web_test

import (
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

const guideHost = "workspaces.euc-sso.eu-west-1.aws.amazon.com"

func (d *desk) provider() string {
	return "arn:" + d.partition + ":iam::123456789012:saml-provider/Example"
}

// through signs ben in through a connection whose assertion says that it is
// the provider of the guide's role.
func (d *desk) through(slug string, more ...testidp.Attribute) (*browser, answer) {
	d.h.t.Helper()
	form := d.h.respond(slug, testidp.Response{Person: "ben", Format: persistent, Attributes: append([]testidp.Attribute{
		{Name: "groups", Values: []string{"engineering"}},
		{Name: awsAttribute + "Role", Values: []string{d.role("WorkSpaces") + "," + d.provider()}},
		{Name: awsAttribute + "RoleSessionName", Values: []string{"ben@example.com"}},
	}, more...)})
	form.Set("RelayState", d.relaying)
	b := d.h.browser()
	return b, b.arrive(slug, form)
}

func (h *house) providerARN(slug, arn string) {
	h.t.Helper()
	_, err := h.registry.UpdateSettings(h.t.Context(), slug, 0, func(_ *string, s *idp.Settings) { s.ProviderARN = arn }, "command")
	must(h.t, err)
}

// A trust policy trusts one identity provider. Which one that is says the
// administrator, and no assertion.
func TestRolesAreOfTheirProvider(t *testing.T) {
	d := newDesk(t, "aws", "eu-west-1", guideHost)
	d.register("WorkSpaces", guideActions, guideCondition)
	everybody := *d.h.apps.Application("desktops")
	everybody.Entry = access.Everyone
	must(t, d.h.apps.Change(t.Context(), &everybody, "command"))
	enters := func(slug string) bool {
		_, a := d.through(slug)
		return a.Header.Get("Location") == d.relaying
	}
	if !enters("default") {
		t.Fatal("the only connection is not taken for the provider")
	}
	d.h.connect("contractors", func(s *idp.Settings) { s.AnyNameID = true })
	for _, c := range []struct {
		corp, contractors string
		first, second     bool
	}{
		{"", "", false, false}, // whose it is, nobody has said
		{d.provider(), "", true, false},
		{d.provider(), "arn:aws:iam::123456789012:saml-provider/Contractors", true, false},
		{d.provider(), strings.Replace(d.provider(), "Example", "example", 1), true, false},
		{"arn:aws:iam::123456789012:saml-provider/Other", d.provider(), false, true},
	} {
		d.h.providerARN("default", c.corp)
		d.h.providerARN("contractors", c.contractors)
		if first, second := enters("default"), enters("contractors"); first != c.first || second != c.second {
			t.Errorf("%+v: let in through the first %v, through the second %v", c, first, second)
		}
	}

	// The console says why, and what is to be done.
	d.h.providerARN("contractors", "")
	d.through("contractors")
	ask := url.Values{"app": {"desktops"}, "person": {"ben@example.com"}, "idp": {"contractors"}}
	page := d.h.administrator().get("/admin/reach?" + ask.Encode())
	page.check(t, 200, htmlcheck.In("#verdict", htmlcheck.Text("No: ben@example.com can't open")), htmlcheck.In("main", htmlcheck.Text("Set the provider ARN of this connection.")))
}

func TestProviderARNIsSetInTheConsole(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	admin := h.administrator()
	const arn = "arn:aws:iam::123456789012:saml-provider/Example"
	save := func(said string) answer {
		p := h.registry.Connection("default").Provider
		return admin.post("/admin/idps/default/settings", url.Values{"name": {p.Name}, "version": {decimal(p.Version)}, "provider_arn": {said}})
	}
	save(" "+arn+" ").leadsTo(t, "/admin/idps/default/settings?done=saved")
	if got := h.registry.Connection("default").Provider.Settings.ProviderARN; got != arn {
		t.Errorf("saved as %q", got)
	}
	admin.get("/admin/idps/default/settings").check(t, 200, htmlcheck.Count("input[name=provider_arn][value="+arn+"]", 1))
	save("arn:aws:iam::123456789012:role/Example").check(t, 422, htmlcheck.In("[role=alert]", htmlcheck.Text("is not one such as")))
}

// The session of a role lasts as long as the assertion asks, and a role that
// allows less is not assumed.
func TestSessionDurationIsKept(t *testing.T) {
	d := newDesk(t, "aws", "eu-west-1", guideHost)
	d.register("WorkSpaces", guideActions, guideCondition) // an hour at most
	for seconds, enters := range map[string]bool{"900": true, "3600": true, "3601": false, "43200": false} {
		b, a := d.through("default", testidp.Attribute{Name: awsAttribute + "SessionDuration", Values: []string{seconds}})
		if got := a.Header.Get("Location") == d.relaying; got != enters {
			t.Errorf("%s s: let in %v", seconds, got)
		}
		if !enters {
			b.get("/go/desktops").check(t, 403)
			if e := d.h.newestDenial(); !strings.Contains(string(e.Detail), "exceeds MaxSessionDuration set for this role") {
				t.Errorf("%s s: the administrator reads %s", seconds, e.Detail)
			}
		}
	}
}

// While an application is entered by a role, one is left.
func TestLastRoleStays(t *testing.T) {
	d := newDesk(t, "aws", "eu-west-1", guideHost)
	d.register("WorkSpaces", guideActions, guideCondition)
	d.register("Second", guideActions, guideCondition)
	roles, admin := d.h.apps.Roles(), d.h.administrator()
	admin.post("/admin/roles/"+roles[0].ID+"/removals", nil).leadsTo(t, "/admin/roles?done=role_removed")
	refused := admin.post("/admin/roles/"+roles[1].ID+"/removals", nil)
	if refused.StatusCode != 409 || !strings.Contains(refused.body, "last role of account 123456789012") {
		t.Errorf("got %d: %s", refused.StatusCode, refused.body)
	}
	if len(d.h.apps.Roles()) != 1 {
		t.Fatal("the last role is gone")
	}
	must(t, d.h.apps.Remove(t.Context(), "desktops", "command"))
	admin.post("/admin/roles/"+roles[1].ID+"/removals", nil).leadsTo(t, "/admin/roles?done=role_removed")
}
