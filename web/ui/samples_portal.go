package ui

import "time"

// portalSamples are the people's pages behind the sign-in.
func portalSamples() []Sample {
	grafana := App{Name: "grafana", Title: "Grafana", Description: "Dashboards and alerts", Host: "grafana.example.com", Mark: "Gr",
		Sets:   []Choice{{"AdministratorAccess", "/go/grafana?permission_set=AdministratorAccess"}, {"ViewOnlyAccess", "/go/grafana?permission_set=ViewOnlyAccess"}},
		More:   2,
		Places: []Choice{{"On call tonight", "/go/grafana/~on-call"}, {"Costs", "/go/grafana/~costs"}}}
	wiki := App{Name: "wiki", Title: "Wiki", Host: "wiki.example.com", Mark: "W"}
	billing := App{Name: "billing", Title: "Billing", Description: "Invoices, cost centres and the month's closing", Host: "billing.example.com", Mark: "B", Again: true}
	desktops := App{Name: "desktops", Title: "Desktops in Ireland", Description: "Amazon WorkSpaces", Host: "workspaces.euc-sso.eu-west-1.aws.amazon.com", Mark: "WS"}
	pinned := grafana
	pinned.Pinned = true
	few := []App{pinned, wiki, billing, desktops}
	sets := []SetChoice{
		{"AdministratorAccess", "Everything, and who may do it", "/go/grafana?permission_set=AdministratorAccess", false, true, false},
		{"PowerUserAccess", "", "/go/grafana?permission_set=PowerUserAccess", true, false, false},
		{"ViewOnlyAccess", "To look, not to change", "/go/grafana?permission_set=ViewOnlyAccess", false, false, true},
	}
	return []Sample{
		{"portal", sampleUser, Portal{Name: sampleUser, Searchable: true, Any: true, Pinned: few[:1], Recent: []App{desktops, billing}, Apps: few, Total: 4, Page: 1, Pages: 1}},
		{"portal-few", sampleUser, Portal{Name: sampleUser, Any: true, Apps: few[1:], Total: 3, Page: 1, Pages: 1}},
		{"portal-many", sampleUser, Portal{Name: sampleUser, Searchable: true, Any: true, Query: "example", Apps: few, First: 60, Total: 2999, Page: 2, Pages: 50}},
		{"portal-none", sampleUser, Portal{Name: sampleUser, Searchable: true, Any: true, Query: "payrol", Page: 1, Pages: 1}},
		{"portal-notice", sampleUser, Portal{Name: sampleUser, Any: true, Notice: "The link you followed names no application that we know, so here are all of yours.", Apps: few[1:2], Total: 1, Page: 1, Pages: 1}},
		{"portal-empty", sampleUser, Portal{Name: sampleUser, Page: 1, Pages: 1}},
		{"choose", sampleUser, Choose{Application: "Grafana", Mark: "Gr", Sets: sets}},
		{"choose-role", sampleUser, Choose{Application: "Desktops in Ireland", Mark: "WS", Roles: []RoleChoice{
			{"WorkSpaces", "123456789012", "People in Dublin", "/go/desktops?role_arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2FWorkSpaces", time.Hour},
			{"teams/WorkSpacesOps", "123456789012", "", "/go/desktops?role_arn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fteams%2FWorkSpacesOps", 90 * time.Minute},
		}}},
		{"denied", sampleUser, Denied{Application: "Billing", Mark: "B", Why: "It has not been assigned to you.", AskWhom: "finance-it@example.com", AskMail: "mailto:finance-it@example.com", Reference: "4F7Q-22KD", SignIn: "/saml/login?target=%2Fgo%2Fbilling", When: sampleTime}},
		{"denied-step-up", sampleUser, Denied{Application: "Billing", Mark: "B", Why: "You signed in again, and that was not enough. It asks for a sign-in at most 5 minutes old. Your identity provider said: a sign-in of the kind urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport, at 09:12:31 on 2 November 2026 UTC.", AskWhom: "finance-it@example.com", AskMail: "mailto:finance-it@example.com", Reference: "4F7Q-22KD", SignIn: "/saml/login?target=%2Fgo%2Fbilling", When: sampleTime}},
		{"denied-set", sampleUser, Denied{Application: "Grafana", Mark: "Gr", Why: "It has not been assigned to you with the permission set that the link asks for.", Reference: "8XKR-MNP2", Others: sets[1:], SignIn: "/saml/login?target=%2Fgo%2Fgrafana", When: sampleTime}},
	}
}
