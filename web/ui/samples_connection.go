package ui

import (
	"time"

	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

// connectionSamples are the pages on which a connection is set up, reviewed,
// tested and kept in order.
func connectionSamples() []Sample {
	const admin = "Administrator"
	live, empty := sampleProvider(idp.Active), &idp.Provider{Slug: "default", Name: "Default", State: idp.Draft, Version: 1}
	linked := IDP{
		Provider: empty, EntityID: sampleValues.EntityID, ACSURL: sampleValues.ACSURL, MetadataURL: sampleValues.MetadataURL, LoginURL: sampleValues.LoginURL,
		Guides: idp.Guides(), Now: sampleTime, NewLink: "https://sso.example.com/setup/kqX2vZ9mT4uR7sB1cD8eF3gH6jL0nP5wY2aVqXzKtMo",
		SetupLinks: []idp.SetupLinkInfo{{ID: "1", CreatedAt: sampleTime, ExpiresAt: sampleTime.AddDate(0, 0, 7)}},
	}
	out := []Sample{
		{"idp-link", admin, linked},
		{"idp-conflict", admin, IDP{Provider: live, EntityID: sampleValues.EntityID, ACSURL: sampleValues.ACSURL, MetadataURL: sampleValues.MetadataURL, LoginURL: sampleValues.LoginURL, Now: sampleTime, Form: ImportForm{
			Kind: "file", Raw: "PEVudGl0aWVz", FileName: "renewed.xml", Error: "Somebody else changed this connection while you had the page open, so nothing was done yet. The page now shows how it stands; what you entered is still here. Send it once more if you still want it.",
		}}},
		{"idp-new-vendors", admin, NewIDP{Guides: idp.Guides(), Vendor: "okta"}},
		{"settings-conflict", admin, Settings{Provider: live, Name: live.Name, Error: "Somebody else changed this connection while you had the page open, so nothing was saved yet. Compare, then save once more if you still want it.", Others: []SettingChange{
			{"Email domains", "example.com, example.org", "example.com"}, {"Sign requests", "yes", "no"}, {"Clock skew seconds", "", "90"},
		}}},
		{"review-danger", admin, sampleDanger()},
		{"test-result", admin, sampleTestResult(live)},
		{"test-arrived", "", TestArrived{Action: "/admin/idps/default/tests/results", Fields: []Field{{"SAMLResponse", "PHNhbWw+"}}}},
		{"versions", admin, Versions{Provider: live, Versions: sampleVersions(), Now: sampleTime}},
		{"certificates", admin, sampleCertificates()},
		{"setup-refused", admin, Setup{Provider: empty, Guide: idp.GuideFor("onelogin"), Values: sampleValues, Guides: idp.Guides(), Form: ImportForm{Kind: "file", Error: "This is a web page and no metadata. Download the XML file itself and upload that."}}},
		{"setup-link", "", PublicSetup{Name: "Example Ltd", Guide: idp.GuideFor("entra"), Values: sampleValues, Guides: idp.Guides(), Action: "/setup/TOKEN", Until: sampleTime.AddDate(0, 0, 7)}},
		{"setup-link-handed", "", PublicSetup{Name: "Example Ltd", Guide: idp.GuideFor("other"), Values: sampleValues, Guides: idp.Guides(), Action: "/setup/TOKEN", Until: sampleTime.AddDate(0, 0, 7), Handed: &Handed{EntityID: sampleTrust().EntityID, Certificates: sampleTrust().Certificates, Vendor: "entra", Now: sampleTime}}},
	}
	for _, g := range idp.Guides() {
		out = append(out, Sample{"setup-" + g.Vendor, admin, Setup{Provider: empty, Guide: g, Values: sampleValues, Certificate: samplePEM, Guides: idp.Guides()}})
	}
	return out
}

const samplePEM = "-----BEGIN CERTIFICATE-----\nMIIDazCCAlOgAwIBAgIU\n-----END CERTIFICATE-----\n"

var sampleValues = idp.GuideValues{
	EntityID:    "https://sso.example.com/saml/default/metadata",
	ACSURL:      "https://sso.example.com/saml/default/acs",
	LoginURL:    "https://sso.example.com/saml/default/login",
	MetadataURL: "https://sso.example.com/saml/default/metadata",
	SLOURL:      "https://sso.example.com/saml/default/slo",
	SCIMURL:     sampleSCIM,
}

func sampleVersions() []*idp.Trust {
	now := sampleTrust()
	now.CreatedAt, now.CreatedBy = sampleTime, "user:1"
	t := sampleTrust()
	t.Number, t.ActivatedAt, t.CreatedAt = 0, sampleTime.AddDate(-1, 0, 0), sampleTime.AddDate(-1, 0, 0)
	t.CreatedBy, t.SourceName = "setup_link:1", "https://login.microsoftonline.com/6f2a9a3e-58a7-4f0b-9a55-0c6d4f7f9b11/federationmetadata/2007-06/federationmetadata.xml"
	return []*idp.Trust{now, t}
}

func sampleDanger() Review {
	p := sampleProvider(idp.Active)
	p.Draft = sampleTrust()
	return Review{
		Provider: p, CanTest: true, Confirm: true, Word: "accept", Now: sampleTime,
		Error: "Type the word ACCEPT, in capital letters, to activate it all the same.",
		Review: &idp.Review{
			Draft: p.Draft, Live: p.Live,
			Changes: []idp.Change{{What: "Certificate", From: "0C:57:31:9B:22:8E:40:D7"}, {What: "Certificate", To: "5E:1F:9A:C4:07:B3:66:E8"}},
			Danger:  []string{"No certificate stays: every sign-in is refused unless the identity provider signs with a new one already."},
		},
		DryRun: &session.DryRun{Tried: 50, Pass: 48, Gained: 1, Failures: []session.DryRunFailure{
			{At: sampleTime, Person: sampleUser, Reason: saml.UntrustedCertificate, Want: "5E:1F:9A:C4:07:B3:66:E8", Got: "0C:57:31:9B:22:8E:40:D7"},
			{At: sampleTime.Add(-time.Hour), Person: "jonas.weber@example.com", Reason: saml.UntrustedCertificate, Want: "5E:1F:9A:C4:07:B3:66:E8", Got: "0C:57:31:9B:22:8E:40:D7"},
		}},
	}
}

func sampleTestResult(p *idp.Provider) TestResult {
	return TestResult{
		Provider: p, Draft: true, NameID: saml.NameID{Value: sampleUser, Format: saml.FormatEmailAddress}, Issuer: sampleTrust().EntityID,
		AuthnContext: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", AuthnInstant: sampleTime, Expires: sampleTime.Add(8 * time.Hour), Signed: "the assertion", Encrypted: true,
		Attributes: []saml.Attribute{
			{Name: "https://aws.amazon.com/SAML/Attributes/AccessControl:Department", Values: []string{"Engineering"}},
			{Name: "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", FriendlyName: "surname", Values: []string{"Haddad"}},
			{Name: "groups", Values: []string{"staff", "engineering", ""}},
		},
		Tags:    []session.Tag{{Key: "Department", Value: "Engineering", Source: "AccessControl"}, {Key: "CostCenter", Value: "4711", Source: "${path:enterprise.costCenter}", Lost: []session.Loser{{Value: "0815", Source: "PrincipalTag"}}}},
		Dropped: []session.DroppedTag{{Name: "Projects", Source: "AccessControl", Value: "a, b", Why: "the attribute has several values, and a tag takes one"}},
		Checks:  []saml.Check{{Name: "Size and encoding", Outcome: saml.Passed}, {Name: "Response signature", Outcome: saml.NotNeeded, Got: "the assertion is signed"}, {Name: "Audience", Outcome: saml.Passed, Want: sampleValues.EntityID, Got: sampleValues.EntityID}},
	}
}

func sampleCertificates() Certificates {
	const first, second = "5E:1F:9A:C4:07:B3:66:E8:2D:91:4C:F0:AB:38:75:1E:C9:60:D2:47:8B:FA:13:5C:E6:90:2F:B8:44:D1:7A:03", "0C:57:31:9B:22:8E:40:D7:6A:13:F1:50:88:2D:9C:E4:7B:05:AA:61:3E:9F:18:CC:72:B6:04:D9:35:EF:81:5A"
	key := func(id string, use idp.KeyUse, state idp.KeyState, fingerprint string) idp.KeyInfo {
		return idp.KeyInfo{ID: id, Use: use, State: state, Fingerprint: fingerprint, Subject: "CN=sso.example.com " + string(use), NotBefore: sampleTime.AddDate(-1, 0, 0), NotAfter: sampleTime.AddDate(9, 0, 0), CreatedAt: sampleTime}
	}
	next := key("2", idp.KeySigning, idp.KeyNext, second)
	token := func(id string, state idp.KeyState, fingerprint string, changes time.Duration) idp.KeyInfo {
		k := key(id, idp.KeyToken, state, fingerprint)
		k.ChangesAt = sampleTime.Add(changes)
		return k
	}
	nextToken := token("6", idp.KeyNext, second, 20*24*time.Hour)
	return Certificates{
		Now: sampleTime, Calendar: "https://sso.example.com/calendar/kqX2vZ9mT4uR7sB1cD8eF3gH6jL0nP5wY2aVqXzKtMo.ics",
		Expiries: []idp.Expiry{
			{What: "signing certificate of Partner OneLogin", IDP: "partner", Fingerprint: second, Subject: "CN=OneLogin Account", NotAfter: sampleTime.AddDate(0, 0, -3), State: idp.ExpiryExpired},
			{What: "signing certificate of Example Entra ID", IDP: "default", Fingerprint: first, Subject: "CN=Microsoft Azure Federated SSO Certificate", NotAfter: sampleTime.AddDate(0, 0, 12), State: idp.ExpirySoon},
			{What: "our signing certificate", Fingerprint: first, Subject: "CN=sso.example.com signing", NotAfter: sampleTime.AddDate(9, 0, 0), State: idp.ExpiryGood},
		},
		Rollover: []Rollover{
			{Use: idp.KeySigning, Keys: []idp.KeyInfo{next, key("1", idp.KeySigning, idp.KeyCurrent, first)}, Next: &next, Evidence: []Evidence{
				{Slug: "default", Name: "Example Entra ID", Active: true, Fetch: &idp.Fetch{At: sampleTime, ClientIP: "203.0.113.20", UserAgent: "Mozilla/5.0 (compatible; ExampleIDP/1.0)"}},
				{Slug: "partner", Name: "Partner OneLogin"},
			}},
			{Use: idp.KeyEncryption, Keys: []idp.KeyInfo{key("3", idp.KeyEncryption, idp.KeyCurrent, second), key("4", idp.KeyEncryption, idp.KeyRetired, first)}, Retired: []idp.KeyInfo{key("4", idp.KeyEncryption, idp.KeyRetired, first)}},
			{Use: idp.KeyToken, Next: &nextToken, Keys: []idp.KeyInfo{
				nextToken, token("5", idp.KeyCurrent, first, 20*24*time.Hour), token("7", idp.KeyRetired, second, 40*time.Minute),
			}},
		},
	}
}
