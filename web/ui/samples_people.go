package ui

import (
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

const sampleAdmin = "Administrator"

func peopleSamples() []Sample {
	live := sampleProvider(idp.Active)
	amira := &directory.User{ID: "1", UserName: sampleUser, Active: true, Source: directory.FromSignIn, IDP: "default", Profile: directory.Profile{DisplayName: "Amira Haddad", Title: "Engineer", Enterprise: directory.Enterprise{Department: "Engineering", CostCenter: "4711"}}, CreatedAt: sampleTime.AddDate(-1, 0, 0), LastSignInAt: sampleTime}
	jonas := &directory.User{ID: "2", UserName: "jonas.weber@example.com", Source: directory.FromHand, Profile: directory.Profile{DisplayName: "Jonas Weber"}, CreatedAt: sampleTime}
	began := audit.Event{ID: "2", At: sampleTime, Action: audit.SessionBegan, IDP: "default", Person: sampleUser, ClientIP: "203.0.113.9"}
	over := sampleSession()
	over.EndedAt, over.EndedWhy = sampleTime.Add(time.Hour), "revoked"
	person := Person{
		User:   amira,
		Facts:  []Fact{{"Name", "Amira Haddad"}, {"Title", "Engineer"}, {"E-mail", sampleUser + " (work)"}, {"Department", "Engineering"}, {"Cost centre", "4711"}},
		Groups: []directory.GroupRef{{ID: "g1", DisplayName: "Engineering", IDP: "default", Direct: true}, {ID: "g2", DisplayName: "Everybody", Direct: false}},
		Sessions: []PersonSession{{
			Session: sampleSession(), IDPName: live.Name, Groups: []string{"engineering", "grafana-admins", "vpn"},
			Dropped: []session.DroppedTag{{Name: "Project", Source: "AccessControl", Value: "Draw<bridge>", Why: "The value has a character that tags do not allow."}},
			Open:    sampleOpen(),
		}},
		Access: samplePersonal(), Now: sampleTime.Add(2 * time.Hour), Past: []*session.Session{over}, Events: []audit.Event{sampleRefusal(), began},
	}
	grants := []*access.AdminGrant{
		{ID: "1", IDP: "default", Set: access.Administrator, Principal: sampleUser, CreatedAt: sampleTime, CreatedBy: "link:9"},
		{ID: "2", IDP: "default", Set: access.Auditor, Group: true, Principal: "security-audit", CreatedAt: sampleTime, CreatedBy: "user:1"},
	}
	links := []LinkUse{
		{Session: "9", At: sampleTime, ClientIP: "203.0.113.9"},
		{Session: "8", At: sampleTime.AddDate(0, -1, 0), ClientIP: "203.0.113.7", DismissedAt: sampleTime.AddDate(0, -1, 1), DismissedBy: sampleUser},
	}
	grafana := &access.Application{Name: "grafana", Title: "Grafana", Description: "Dashboards and alerts", URL: "https://grafana.example.com/", Allowed: []string{"https://alerts.example.com/"}, Links: []access.DeepLink{{Name: "oncall", Title: "On call", Path: "/d/abc?x=1"}}, Kind: access.KindWeb, Entry: access.Everyone, AskWhom: "#observability", Version: 3}
	application := Application{
		Application: grafana, BaseURL: "https://sso.example.com", IDPs: []*idp.Provider{live}, Form: FormOf(grafana), Proxy: ProxyFormOf(grafana), Assignments: sampleAssignments(),
		Builder: LinkForm{IDP: "default", Path: "d/abc", Vendor: "entra", UserAccessURL: "https://myapps.microsoft.com/signin/0a1b2c?tenantId=6f2a"},
		Vendors: []VendorField{{ID: "entra", Vendor: "Microsoft Entra ID"}, {ID: "okta", Vendor: "Okta"}},
		Links: []access.Link{
			{Vendor: "entra", Label: "Single sign-on › Basic SAML Configuration › Relay State (Optional)", Value: "grafana/d/abc"},
			{Vendor: "entra", Label: "Link to give to people", Value: "https://myapps.microsoft.com/signin/0a1b2c?tenantId=6f2a&RelayState=grafana%2Fd%2Fabc", Note: "Opens the tile at the identity provider, which sends people on to this page."},
		},
		Go: "https://sso.example.com/go/grafana/d/abc", Test: "https://myapps.microsoft.com/signin/0a1b2c?tenantId=6f2a&RelayState=grafana%2Fd%2Fabc", Leads: "https://grafana.example.com/d/abc",
	}
	long := application
	long.Links = []access.Link{{Vendor: "okta", Label: "General › SAML Settings › Default RelayState", Value: "grafana/d/a-very-long-dashboard-name-that-nobody-will-ever-type?orgId=1&from=now-6h&to=now", TooLong: true, Note: "The relay state has 87 bytes; SAML promises to carry 80."}}
	refused := application
	refused.Editing, refused.Form = true, ApplicationForm{URL: "javascript:alert(1)", Title: "Grafana", Error: "The URL must be a plain absolute address that begins with https:// or http://, such as https://grafana.example.com/."}
	wrong := application
	wrong.Builder.Path, wrong.Links, wrong.Leads, wrong.Test = "../admin", nil, "", ""
	return []Sample{
		{"people", sampleAdmin, People{Users: []*directory.User{amira, jonas}, Older: "/admin/people?after=j"}},
		{"people-none", sampleAdmin, People{Search: "zoe", Source: "scim", IDP: "default", State: "inactive", IDPs: []*idp.Provider{live}}},
		{"person", sampleAdmin, person},
		{"person-inactive", sampleAdmin, Person{User: jonas, Keeper: live.Name, Notice: "The person can no longer sign in, and all of their sessions have ended."}},
		{"sessions", sampleAdmin, Sessions{Own: "9", Sessions: []SessionRow{{sampleSession(), sampleOpen()}, {Session: &session.Session{ID: "9", Kind: session.Link, BeganAt: sampleTime, ExpiresAt: sampleTime.Add(8 * time.Hour)}}}, Now: sampleTime.Add(2 * time.Hour), IDPs: []*idp.Provider{live}}},
		{"sessions-none", sampleAdmin, Sessions{Search: "zoe", Filtering: true}},
		{"administrators", sampleAdmin, Administrators{Connections: []GrantConnection{{"default", "Identity provider"}}, Grants: grants, Viewer: sampleUser, Links: links, Makers: []string{"one-time link", sampleUser}}},
		{"administrators-first", sampleAdmin, Administrators{Form: GrantForm{Principal: "amira", Error: "Give the user name of the person, as it stands under People."}}},
		{"applications", sampleAdmin, Applications{Applications: []*access.Application{grafana}, BaseURL: "https://sso.example.com"}},
		{"applications-refused", sampleAdmin, Applications{BaseURL: "https://sso.example.com", Form: ApplicationForm{Name: "Grafana", URL: "https://grafana.example.com", Error: "The name takes 1 to 63 small letters, digits and hyphens, and begins with a letter or digit."}}},
		{"application", sampleAdmin, application},
		{"application-long", sampleAdmin, long},
		{"application-wrong", sampleAdmin, wrong},
		{"application-refused", sampleAdmin, refused},
	}
}

func sampleSession() *session.Session {
	return &session.Session{
		ID: "7", Kind: session.Person, UserID: "1", UserName: sampleUser, IDP: "default",
		NameID:  saml.NameID{Value: sampleUser, Format: saml.FormatPersistent},
		SubType: "persistent", AuthnContext: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport",
		Tags: []session.Tag{
			{Key: "CostCenter", Value: "4711", Source: "${path:enterprise.costCenter}", Transitive: true, Lost: []session.Loser{{Value: "0815", Source: "PrincipalTag"}}},
			{Key: "Department", Value: "Engineering", Source: "AccessControl"},
		},
		BeganAt: sampleTime, ExpiresAt: sampleTime.Add(8 * time.Hour),
	}
}
