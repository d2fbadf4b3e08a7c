package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

const (
	persistent   = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	awsAttribute = "https://aws.amazon.com/SAML/Attributes/"
)

// desk is a WorkSpaces directory as the guide sets it up, in a partition.
type desk struct {
	h                   *house
	partition, relaying string
}

func newDesk(t *testing.T, partition, region, host string) *desk {
	d := &desk{newHouse(t), partition, "https://" + host + "/sso-idp?registrationCode=SLiad%2BAB12CD"}
	d.h.connect("default", func(s *idp.Settings) { s.AnyNameID = true })
	view := d.h.set(access.PermissionSet{Name: "Desktop"})
	app := &access.Application{Name: "desktops", Title: "Desktops", Kind: access.KindWorkSpaces, WorkSpaces: &access.WorkSpaces{
		Region: region, RegistrationCode: "SLiad+AB12CD", DirectoryID: "d-1234567890", AccountID: "123456789012",
	}}
	d.h.lets("engineering", d.h.opens(*app), view)
	return d
}

func (d *desk) role(name string) string {
	return "arn:" + d.partition + ":iam::123456789012:role/" + name
}

// register adds a role with the guide's documents; actions and condition are
// those of the trust policy.
func (d *desk) register(name, actions, condition string) {
	d.h.t.Helper()
	d.registerFor(name, actions, condition, "d-1234567890", "${saml:sub}")
}

// registerFor is register with an inline policy for another directory, or for
// another person.
func (d *desk) registerFor(name, actions, condition, directory, user string) {
	d.h.t.Helper()
	inline := `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "workspaces:Stream",
		"Resource": "arn:` + d.partition + `:workspaces:` + d.region() + `:123456789012:directory/` + directory + `",
		"Condition": {"StringEquals": {"workspaces:userId": "` + user + `"}}}]}`
	must(d.h.t, d.h.apps.AddRole(d.h.t.Context(), &access.Role{
		ARN: d.role(name),
		Trust: `{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
			"Principal": {"Federated": "arn:` + d.partition + `:iam::123456789012:saml-provider/Example"},
			"Action": ` + actions + `, "Condition": {"StringEquals": {` + condition + `}}}]}`,
		Inline: []access.InlinePolicy{{Name: "Stream", Document: inline}},
	}, "command"))
}

func (d *desk) region() string { return d.h.apps.Application("desktops").WorkSpaces.Region }

// arrives signs ann in as the guide's attributes say, at the directory's tile.
func (d *desk) arrives(format string, roles ...string) (*browser, answer) {
	d.h.t.Helper()
	pairs := testidp.Attribute{Name: awsAttribute + "Role"}
	for _, name := range roles {
		pairs.Values = append(pairs.Values, d.role(name)+",arn:"+d.partition+":iam::123456789012:saml-provider/Example")
	}
	form := d.h.respond("default", testidp.Response{
		Person: "ann", Format: format, Groups: []string{"engineering"},
		Attributes: []testidp.Attribute{
			{Name: "groups", Values: []string{"engineering"}},
			pairs,
			{Name: awsAttribute + "RoleSessionName", Values: []string{"ann@example.com"}},
			{Name: awsAttribute + "PrincipalTag:Email", Values: []string{"ann@example.com"}},
		},
	})
	form.Set("RelayState", d.relaying)
	b := d.h.browser()
	return b, b.arrive("default", form)
}

const (
	guideActions   = `["sts:AssumeRoleWithSAML", "sts:TagSession"]`
	guideCondition = `"SAML:sub_type": "persistent"`
)

func TestWorkSpacesAsTheGuideSetsThemUp(t *testing.T) {
	for _, c := range []struct{ partition, region, host string }{
		{"aws", "eu-west-1", "workspaces.euc-sso.eu-west-1.aws.amazon.com"},
		{"aws-us-gov", "us-gov-west-1", "workspaces.euc-sso.us-gov-west-1.amazonaws-us-gov.com"},
	} {
		t.Run(c.partition, func(t *testing.T) {
			d := newDesk(t, c.partition, c.region, c.host)
			d.register("WorkSpaces", guideActions, guideCondition)
			b, landed := d.arrives(persistent, "WorkSpaces")
			landed.leadsTo(t, d.relaying)
			b.get("/go/desktops").leadsTo(t, d.relaying)

			_, refused := d.arrives("", "WorkSpaces") // emailAddress
			if refused.Header.Get("Location") == d.relaying {
				t.Fatal("emailAddress is let in")
			}
		})
	}
}

func TestWorkSpacesRefusals(t *testing.T) {
	const host = "workspaces.euc-sso.eu-west-1.aws.amazon.com"
	for _, c := range []struct {
		name, actions, condition, format string
		roles                            []string
		reason                           access.Refusal
		says                             string
	}{
		{"another format", guideActions, guideCondition, "", []string{"WorkSpaces"}, access.RoleDenied, "sub_type"},
		{"no TagSession", `"sts:AssumeRoleWithSAML"`, guideCondition, persistent, []string{"WorkSpaces"}, access.RoleDenied, "sts:TagSession"},
		{"another audience", guideActions, `"SAML:aud": "https://signin.aws.amazon.com/saml"`, persistent, []string{"WorkSpaces"}, access.RoleDenied, "aud"},
		{"a role that is not here", guideActions, guideCondition, persistent, []string{"Others"}, access.NoRole, "names none"},
		{"no role at all", guideActions, guideCondition, persistent, nil, access.NoRole, "names none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, "aws", "eu-west-1", host)
			d.register("WorkSpaces", c.actions, c.condition)
			b, landed := d.arrives(c.format, c.roles...)
			landed.leadsTo(t, "/go/desktops")
			for _, link := range []string{"/go/desktops", "/go/desktops?role_arn=" + url.QueryEscape(d.role("WorkSpaces")), "/signin?target=" + url.QueryEscape(d.relaying)} {
				b.get(link).check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("Desktops")))
			}
			events, err := d.h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}, Reason: string(c.reason)})
			must(t, err)
			if len(events) == 0 {
				t.Fatal("no event")
			}
			var detail access.DenialDetail
			must(t, json.Unmarshal(events[0].Detail, &detail))
			why := strings.Join(detail.Why, " ")
			if !strings.Contains(why, c.says) || (c.reason == access.RoleDenied && !strings.Contains(why, "Not authorized to perform sts:AssumeRoleWithSAML")) {
				t.Errorf("the administrator reads: %s", why)
			}
		})
	}
}

func TestSeveralRolesAreChosenFrom(t *testing.T) {
	d := newDesk(t, "aws", "eu-west-1", "workspaces.euc-sso.eu-west-1.aws.amazon.com")
	d.register("WorkSpaces", guideActions, guideCondition)
	d.register("Ops", guideActions, guideCondition)
	d.register("Shut", `"sts:AssumeRoleWithSAML"`, guideCondition)
	b, landed := d.arrives(persistent, "WorkSpaces", "Ops", "Shut", "Elsewhere")
	landed.leadsTo(t, "/go/desktops")
	choice := "/go/desktops?role_arn=" + url.QueryEscape(d.role("Ops"))
	b.get("/go/desktops").check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Enter Desktops")), htmlcheck.Count("a.entry", 2),
		htmlcheck.Count("a.entry[href="+choice+"]", 1), htmlcheck.In("a.entry", htmlcheck.Text("account 123456789012, for 1 h")))
	b.get(choice).leadsTo(t, d.relaying)
	for _, name := range []string{"Shut", "Elsewhere"} {
		b.get("/go/desktops?role_arn="+url.QueryEscape(d.role(name))).check(t, http.StatusForbidden)
	}
	_, one := d.arrives(persistent, "Ops", "Shut")
	one.leadsTo(t, d.relaying) // one choice
}

// The role is assumed, and permits neither another directory nor to stream as
// somebody else.
func TestRolesPermitTheDirectoryToThePerson(t *testing.T) {
	for _, c := range []struct{ directory, user string }{{"d-0987654321", "${saml:sub}"}, {"d-1234567890", "ben@example.com"}} {
		d := newDesk(t, "aws", "eu-west-1", "workspaces.euc-sso.eu-west-1.aws.amazon.com")
		d.registerFor("WorkSpaces", guideActions, guideCondition, c.directory, c.user)
		b, landed := d.arrives(persistent, "WorkSpaces")
		landed.leadsTo(t, "/go/desktops")
		b.get("/go/desktops").check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("does not open it")))
		events, err := d.h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}})
		must(t, err)
		if len(events) != 1 || !strings.Contains(string(events[0].Detail), "workspaces:Stream") {
			t.Errorf("events %+v", events)
		}
	}
}

// Without a registered role of the account, assignments decide alone.
func TestWorkSpacesWithoutRoles(t *testing.T) {
	d := newDesk(t, "aws", "eu-west-1", "workspaces.euc-sso.eu-west-1.aws.amazon.com")
	_, landed := d.arrives("")
	landed.leadsTo(t, d.relaying)

	// Both are needed: the role does not replace the assignment.
	d.register("WorkSpaces", guideActions, guideCondition)
	_, err := d.h.apps.RevokeAssignments(t.Context(), []string{d.h.apps.Assignments(access.AssignmentFilter{})[0].ID}, "command")
	must(t, err)
	b, landed := d.arrives(persistent, "WorkSpaces")
	landed.leadsTo(t, "/go/desktops")
	b.get("/go/desktops").check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("not been assigned")))
}
