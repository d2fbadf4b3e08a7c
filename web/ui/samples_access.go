package ui

import (
	"encoding/json"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
)

const (
	sampleTrustPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/example"},
      "Action": ["sts:AssumeRoleWithSAML", "sts:TagSession"],
      "Condition": {"StringEquals": {"SAML:sub_type": "persistent"}}
    }
  ]
}`
	sampleStreamPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "workspaces:Stream",
      "Resource": "arn:aws:workspaces:eu-west-1:123456789012:directory/d-1234567890",
      "Condition": {"StringEquals": {"workspaces:userId": "${saml:sub}"}}
    }
  ]
}`
	sampleRuleText = "permit (principal, action == Action::\"enter\", resource)\nwhen {\n\t(principal.groups.containsAny([\"Platform\"])) &&\n\t(principal.hasTag(\"CostCenter\") && [\"blue\"].contains(principal.getTag(\"CostCenter\")))\n};\n"
)

// accessSamples are the pages of who may go where.
func accessSamples() []Sample {
	power := &access.PermissionSet{ID: "ps1", Name: "PowerUserAccess", Description: "May see and change everything but who else may do so.", SessionDuration: 4 * time.Hour, RelayState: "/dashboards", Tags: []access.Tag{{Key: "Team", Value: "Platform"}}, Rules: []access.Rule{sampleRule()}, Version: 2}
	view := &access.PermissionSet{ID: "ps2", Name: "ViewOnlyAccess"}
	role := &access.Role{ID: "r1", ARN: "arn:aws:iam::123456789012:role/WorkSpaces", Description: "Opens desktops", Trust: sampleTrustPolicy, Inline: []access.InlinePolicy{{Name: "Stream", Document: sampleStreamPolicy}}, Version: 1}
	roleForm := RoleForm{ARN: role.ARN, Description: role.Description, Trust: role.Trust, Inline: append(role.Inline, access.InlinePolicy{})}
	wrongRole := roleForm
	wrongRole.Error = `In the trust policy: line 7, Statement[0].Condition: "NumericEquals" is not evaluated here.`
	desktops := sampleDesktops()
	table := sampleAssignments()
	live := sampleProvider(idp.Active)
	rule := Rule{Of: "Grafana", Path: "/admin/applications/grafana", ID: "1", Version: 3, Name: "Blue platform people", Text: sampleRuleText, Form: RuleFormOf(sampleRule().Form), IDPs: []*idp.Provider{live}, Contexts: UsualContexts()}
	fresh, editor, refused := rule, rule, rule
	fresh.ID, fresh.Name, fresh.Text, fresh.Form = "new", "", "", RuleForm{}
	editor.AsText = true
	refused.Error, refused.AsText, refused.Text = "The rule is not Cedar: parser error: line 2:1: unexpected token.", true, "permit (principal\nwhen"
	assign := Assign{Groups: "Platform", Applications: "grafana", Chosen: []string{"ps1"}, Sets: []*access.PermissionSet{power, view}, Connections: []GrantConnection{{"default", live.Name}}}
	assignRefused := assign
	assignRefused.People, assignRefused.Claims, assignRefused.Error = "zoe", "vpn", "Nobody here has the user name zoe. Nothing was assigned."
	denied := audit.Event{ID: "9", At: sampleTime, Action: audit.AccessDenied, Actor: "user:1", Object: "application:1", IDP: "default", Person: sampleUser, ClientIP: "203.0.113.9", Reason: string(access.NotPermitted), Reference: "4F7Q-22KE", Detail: json.RawMessage(`{}`)}
	again := denied
	again.Reason = string(access.StepUpNeeded)
	ticked := table
	ticked.Ticks = true
	return []Sample{
		{"permission-sets-first", sampleAdmin, PermissionSets{Starters: access.Starters()}},
		{"permission-sets", sampleAdmin, PermissionSets{Sets: []PermissionSetRow{{power, 1204}, {view, 0}}, Form: PermissionSetForm{Name: "Power User", Error: "The name takes 1 to 32 letters, digits and _+=,.@-."}}},
		{"permission-set", sampleAdmin, PermissionSet{Set: power, Form: PermissionSetForm{Name: power.Name, Hours: "4", Tags: "Team=Platform\n"}, Assignments: table}},
		{"permission-set-empty", sampleAdmin, PermissionSet{Set: view, Form: PermissionSetForm{Name: view.Name, Hours: "13", Error: "A session lasts 1 to 12 hours, such as 8 or 1.5."}, Editing: true, Assignments: AssignmentTable{Nothing: "Nobody.", Add: "/admin/assignments/new"}}},
		{"assignments", sampleAdmin, Assignments{Table: ticked, Total: 1204, Application: "grafana"}},
		{"assignments-none", sampleAdmin, Assignments{Table: AssignmentTable{Nothing: "Nothing."}, Person: "zoe", Error: "Nobody here has the user name zoe."}},
		{"assign", sampleAdmin, assign},
		{"assign-refused", sampleAdmin, assignRefused},
		{"changes", sampleAdmin, Changes{
			Question: "Save this rule?", What: "The rule “Blue platform people” of Grafana then says:", Text: sampleRuleText, Action: "/admin/applications/grafana/rules/new", Button: "Save the rule", Back: "/admin/applications/grafana",
			Fields: []Field{{"name", "Blue platform people"}}, Differ: 1432, Gain: 1, Lose: 1430, Again: 1, Looked: 2000, More: true, SignedIn: 212, SessionsCut: true, Claims: true, Networks: true,
			Rows: []ChangeRow{{sampleUser, "/admin/people/1", "Grafana", "/admin/applications/grafana", "PowerUserAccess, ViewOnlyAccess", "ViewOnlyAccess"}, {"jonas.weber@example.com", "/admin/people/2", "Grafana", "/admin/applications/grafana", "enters", "no entry"}},
		}},
		{"changes-none", sampleAdmin, Changes{Question: "End these assignments?", What: "2 assignments end.", Action: "/admin/assignments/revocations", Button: "End them", Back: "/admin/assignments", Looked: 1}},
		{"rule", sampleAdmin, rule},
		{"rule-new", sampleAdmin, fresh},
		{"rule-editor", sampleAdmin, editor},
		{"rule-refused", sampleAdmin, refused},
		{"roles", sampleAdmin, Roles{Roles: []*access.Role{role}, Form: wrongRole}},
		{"roles-none", sampleAdmin, Roles{Form: RoleForm{Inline: []access.InlinePolicy{{}}}}},
		{"role", sampleAdmin, Role{Role: role, Form: roleForm, Account: "123456789012", Apps: []*access.Application{desktops}}},
		{"reach-first", sampleAdmin, Reach{Apps: []*access.Application{desktops}, Sets: []*access.PermissionSet{power, view}, IDPs: []*idp.Provider{live}}},
		{"reach-yes", sampleAdmin, sampleReach(true)},
		{"reach-no", sampleAdmin, sampleReach(false)},
		{"denial-step-up", sampleAdmin, DenialReport{Event: again, Sentence: "they have to sign in again", Person: "1", Ask: "/admin/reach?app=grafana", Application: &access.Application{Name: "grafana", Title: "Grafana"}}},
		{"denial", sampleAdmin, DenialReport{Event: denied, Sentence: "there are rules that let some in, and none of them matches", Person: "1", Ask: "/admin/reach?app=grafana",
			Detail: access.DenialDetail{Application: "grafana", PermissionSet: "PowerUserAccess", Why: []string{`Rule "Blue platform people" of application grafana would permit, and does not match.`}}}},
		{"application-workspaces", sampleAdmin, Application{
			Application: desktops, BaseURL: "https://sso.example.com", IDPs: []*idp.Provider{live}, Form: FormOf(desktops), Roles: []*access.Role{role}, Assignments: table,
			Access: []UserAccessRow{
				{Vendor: "okta", Name: "Okta", Parameter: "RelayState", Form: "https://SUBDOMAIN.okta.com/app/APP-NAME/APP-ID/sso/saml", URL: "https://example.okta.com/app/ws/exk1/sso/saml", Link: "https://example.okta.com/app/ws/exk1/sso/saml?RelayState=desktops"},
				{Vendor: "adfs", Name: "AD FS", Parameter: "RelayState", Form: "https://HOST/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=RELYING-PARTY", URL: "https://adfs.example.com/adfs/ls/", Note: "Give the address of AD FS with our entity ID in it."},
			},
			AccessError: "AD FS: Give the address of AD FS with our entity ID in it.", Go: "https://sso.example.com/go/desktops", Test: "https://sso.example.com/go/desktops", Leads: desktops.URL,
		}},
	}
}

func sampleRule() access.Rule {
	return access.Rule{ID: "1", Name: "Blue platform people", Text: sampleRuleText, Form: &access.RuleForm{Groups: []string{"Platform"}, TagKey: "CostCenter", TagValues: []string{"blue"}, MaxAge: time.Hour}}
}

func sampleDesktops() *access.Application {
	w := &access.WorkSpaces{Region: "eu-west-1", RegistrationCode: "SLiad+ABCDEF", DirectoryID: "d-1234567890", AccountID: "123456789012"}
	return &access.Application{
		ID: "2", Name: "desktops", Title: "Desktops", Kind: access.KindWorkSpaces, Entry: access.Assigned, URL: w.RelayState(), WorkSpaces: w, AskWhom: "desktops@example.com",
		Rules: []access.Rule{sampleRule()}, Version: 2,
	}
}

func sampleAssignments() AssignmentTable {
	row := func(p access.Principal, who, path string, ends time.Time, ended bool) AssignmentRow {
		return AssignmentRow{
			Assignment: &access.Assignment{ID: "a" + who, Principal: p, ApplicationID: "1", PermissionSetID: "ps1", EndsAt: ends, CreatedAt: sampleTime},
			Who:        who, WhoPath: path, App: "Grafana", AppPath: "/admin/applications/grafana", Set: "PowerUserAccess", SetPath: "/admin/permission-sets/ps1", By: sampleUser, Ended: ended,
		}
	}
	return AssignmentTable{Name: "Assignments", Add: "/admin/assignments/new?app=grafana", More: "/admin/assignments?app=grafana", Rows: []AssignmentRow{
		row(access.Principal{Kind: access.ToGroup, ID: "g1"}, "Platform", "/admin/groups/g1", time.Time{}, false),
		row(access.Principal{Kind: access.ToUser, ID: "1"}, sampleUser, "/admin/people/1", sampleTime.AddDate(0, 1, 0), false),
		row(access.Principal{Kind: access.ToUser, ID: "2"}, "jonas.weber@example.com", "/admin/people/2", sampleTime.AddDate(0, 0, -3), true),
		row(access.Principal{Kind: access.ToClaim, IDP: "partner", Name: "vpn-users"}, "vpn-users", "", time.Time{}, false),
	}}
}

// samplePersonal is the table as a person's or a group's own page shows it.
func samplePersonal() AssignmentTable {
	t := sampleAssignments()
	t.Rows, t.NoWho = t.Rows[:1], true
	t.Rows[0].Through = "Platform"
	return t
}

func sampleReach(allowed bool) Reach {
	desktops := sampleDesktops()
	page := Reach{
		Form: ReachForm{Person: sampleUser, Application: "desktops", Tags: "CostCenter=blue"}, Apps: []*access.Application{desktops}, IDPs: []*idp.Provider{sampleProvider(idp.Active)},
		Answer: &ReachAnswer{
			Allowed: allowed, Verdict: "Yes: " + sampleUser + " can open Desktops.", Sets: []string{"PowerUserAccess"}, Who: sampleUser, Path: "/admin/people/1",
			Steps: []ReachStep{{"The permission set PowerUserAccess is assigned through group Platform.", true, false}, {`Rule "Not at night" of application desktops would forbid, and does not match.`, false, false}, {`Rule "Blue platform people" of application desktops permits it.`, true, false}},
			From:  "They are signed in: this is what their session, begun 2026-11-02 09:41 UTC, says, with their groups as they are now.",
			IDP:   "default", Groups: []string{"Platform", "On call"}, Tags: []ReachTag{{"Department", "Engineering", false}, {"CostCenter", "blue", true}}, Context: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
			SignedInAt: sampleTime, Address: "203.0.113.9", At: sampleTime.Add(time.Hour), App: desktops,
		},
	}
	if allowed {
		return page
	}
	a := page.Answer
	a.Verdict, a.Sets, a.Address = "No: "+sampleUser+" can't open Desktops: no role lets them through.", nil, ""
	a.Roles = []ReachStep{{`arn:aws:iam::123456789012:role/WorkSpaces: Not authorized to perform sts:AssumeRoleWithSAML (AccessDenied). Statement 1 of the trust policy does not apply: its condition StringEquals SAML:sub_type wants "persistent" and got "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress".`, true, true}}
	return page
}
