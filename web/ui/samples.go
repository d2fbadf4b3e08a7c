package ui

import (
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
)

// Sample is a page with canned data.
type Sample struct {
	Name   string
	Viewer string
	Page   Page
}

// Samples are all pages as they may look: the storybook, and what the render
// test goes through.
func Samples() []Sample {
	return slices.Concat(frontSamples(), signOutSamples(), portalSamples(), consoleSamples(), connectionSamples(), provisioningSamples(), groupSamples(), eventSamples(), peopleSamples(), accessSamples(), proxySamples())
}

const sampleUser = "amira.haddad@example.com"

var sampleTime = time.Date(2026, 11, 2, 9, 41, 7, 0, time.UTC)

func frontSamples() []Sample {
	choices := []Choice{{"Example Entra ID", "/saml/login?target=grafana"}, {"Partner OneLogin", "/saml/partner/login?target=grafana"}}
	return []Sample{
		{"signin", "", SignIn{Target: "grafana", Going: "Grafana", Choices: choices}},
		{"signin-email", "", SignIn{ByEmail: true, Choices: choices[1:]}},
		{"signin-email-refused", "", SignIn{ByEmail: true, Email: "amira@exmaple.com", Error: "No identity provider here is set up for that address. Check the spelling, or ask your administrator."}},
		{"signin-none", "", SignIn{NoneActive: true}},
		{"onward", "", Onward{To: "Grafana", URL: "https://grafana.example.com/"}},
		{"post", "", PostRequest{To: "Example AD FS", URL: "https://adfs.example.com/adfs/ls/", Fields: []Field{{"SAMLRequest", "PHNhbWw+"}, {"RelayState", "a3f1"}}}},
		{"refused", "", Refused{Reference: "4F7Q-22KD", What: "Your identity provider's answer was not accepted.", Next: "Please give your administrator this reference. It shows them what went wrong and who can fix it.", TryAgain: "/saml/login", When: sampleTime}},
		{"refused-logout", "", Refused{Reference: "9QWT-5HXZ", What: "Your identity provider's message about signing out was not accepted, so it ended nothing here.", Next: "Please give your administrator this reference. It shows them what went wrong and who can fix it.", When: sampleTime, Out: true}},
		{"switch", "", Switch{Present: sampleUser, Arriving: "jonas.weber@example.com", Action: "/saml/complete?a=abcdefgh"}},
		{"session", sampleUser, Session{Session: sampleSession(), IDPName: "Example Entra ID", Groups: []string{"engineering", "on-call"}}},
		{"error", "", Error{Status: 404, Title: "Page not found", Message: "There is nothing at this address. Check it, or start from your applications.", RequestID: "0192f3a0-7c1e-7a40-b0aa-2f7d4b7c1d10"}},
		{"adminlink", "", AdminLink{Action: "/admin/signin/TOKEN"}},
		{"locked", "", Locked{}},
		{"locked-signin", "", Locked{SignIn: true}},
		{"locked-person", "", Locked{SignIn: true, Viewer: sampleUser}},
	}
}

func consoleSamples() []Sample {
	live, draft := sampleProvider(idp.Active), sampleProvider(idp.Draft)
	draft.Live, draft.Version = nil, 2
	empty := &idp.Provider{Slug: "default", Name: "Default", State: idp.Draft, Version: 1}
	renewed := sampleProvider(idp.Active)
	renewed.Draft = sampleTrust()
	renewed.Draft.Certificates = append(renewed.Draft.Certificates, idp.Certificate{
		Fingerprint: "0C:57:31:9B:22:8E:40:D7:6A:13:F1:50:88:2D:9C:E4:7B:05:AA:61:3E:9F:18:CC:72:B6:04:D9:35:EF:81:5A",
		Subject:     "CN=Microsoft Azure Federated SSO Certificate", KeyType: "RSA 2048", Use: "signing",
		NotBefore: sampleTime.AddDate(0, -1, 0), NotAfter: sampleTime.AddDate(3, 0, 0),
	})
	refusal := sampleRefusal()
	page := IDP{Provider: live, EntityID: "https://sso.example.com/saml/default/metadata", ACSURL: "https://sso.example.com/saml/default/acs", MetadataURL: "https://sso.example.com/saml/default/metadata", LoginURL: "https://sso.example.com/saml/default/login", SLOURL: "https://sso.example.com/saml/default/slo", Now: sampleTime}
	fresh, refused, waiting := page, page, page
	fresh.Provider, waiting.Provider = empty, draft
	refused.Form = ImportForm{Kind: "hand", Error: "The certificate could not be read. Paste it whole, with its BEGIN and END lines.", EntityID: "https://idp.example.com", SSOURL: "https://idp.example.com/sso", Certificate: "MIIC"}
	admin := "Administrator"
	return []Sample{
		{"overview-first", admin, Overview{Connections: []*idp.Provider{empty}, Default: "/admin/idps/default", Version: "0.1.0"}},
		{"overview-tokens", admin, Overview{Connections: []*idp.Provider{live}, Imported: true, Active: true, Apps: true, Default: "/admin/idps/default", Tokens: []TokenNotice{{"default", live.Name, sampleTime.AddDate(0, 0, 12), sampleTime, true}, {"partner", "Partner OneLogin", sampleTime.AddDate(0, 0, -2), sampleTime, false}}}},
		{"overview", admin, Overview{Connections: []*idp.Provider{live, draft}, Refusals: []audit.Event{refusal}, Imported: true, Active: true, Apps: true, Default: "/admin/idps/default"}},
		{"idp-new", admin, NewIDP{Slug: "Partner", Name: "Partner", Error: "The short name takes small letters, digits and hyphens."}},
		{"idp-empty", admin, fresh},
		{"idp", admin, page},
		{"idp-waiting", admin, waiting},
		{"idp-refused", admin, refused},
		{"idp-choose", admin, ChooseEntity{Provider: empty, EntityIDs: []string{"https://a.example.com/idp", "https://b.example.com/idp"}, Raw: "PEVudGl0aWVz", FileName: "federation.xml"}},
		{"review", admin, Review{Provider: draft, Review: &idp.Review{Draft: sampleTrust(), Warnings: []string{"The metadata is not signed, so nothing but the way it reached you says where it is from."}}, Now: sampleTime, Notice: "The metadata was read. Nothing is trusted yet: review it, then activate."}},
		{"review-change", admin, Review{Provider: renewed, Review: &idp.Review{Draft: renewed.Draft, Live: renewed.Live, Changes: []idp.Change{
			{What: "Certificate", To: "0C:57:31:9B:22:8E:40:D7"},
			{What: "Sign-in URL (HTTP-POST)", From: "https://login.example.com/old/saml2", To: "https://login.example.com/saml2"},
		}}, Now: sampleTime}},
		{"settings", admin, Settings{Provider: live, Name: live.Name, Settings: idp.Settings{EmailDomains: []string{"example.com"}, TagMappings: []idp.TagMapping{{Key: "CostCenter", Path: "${path:enterprise.costCenter}"}}}}},
	}
}

func sampleProvider(state idp.State) *idp.Provider {
	p := &idp.Provider{Slug: "default", Name: "Example Entra ID", State: state, Version: 4}
	if state == idp.Active {
		p.Live = sampleTrust()
		return p
	}
	p.Slug, p.Name, p.Draft = "partner", "Partner OneLogin", sampleTrust()
	return p
}

func sampleTrust() *idp.Trust {
	return &idp.Trust{
		Number: 1, EntityID: "https://sts.windows.net/6f2a9a3e-58a7-4f0b-9a55-0c6d4f7f9b11/",
		SSO: []saml.Endpoint{
			{Binding: saml.BindingRedirect, Location: "https://login.microsoftonline.com/6f2a9a3e-58a7-4f0b-9a55-0c6d4f7f9b11/saml2"},
			{Binding: saml.BindingPOST, Location: "https://login.microsoftonline.com/6f2a9a3e-58a7-4f0b-9a55-0c6d4f7f9b11/saml2"},
		},
		SLO: []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://login.microsoftonline.com/6f2a9a3e-58a7-4f0b-9a55-0c6d4f7f9b11/saml2"}},
		Certificates: []idp.Certificate{{
			Fingerprint: "5E:1F:9A:C4:07:B3:66:E8:2D:91:4C:F0:AB:38:75:1E:C9:60:D2:47:8B:FA:13:5C:E6:90:2F:B8:44:D1:7A:03",
			Subject:     "CN=Microsoft Azure Federated SSO Certificate", KeyType: "RSA 2048", Use: "signing",
			NotBefore: sampleTime.AddDate(-3, 0, 12), NotAfter: sampleTime.AddDate(0, 0, 12),
		}},
		NameIDFormats: []string{saml.FormatEmailAddress},
		Source:        idp.FromUpload, SourceName: "Example.xml", Vendor: "entra", ActivatedAt: sampleTime,
	}
}
