package ui

import (
	"encoding/json"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

func eventSamples() []Sample {
	live := sampleProvider(idp.Active)
	refusal := sampleRefusal()
	began := audit.Event{ID: "2", At: sampleTime.Add(-time.Minute), Action: audit.SessionBegan, IDP: "default", Person: sampleUser, ClientIP: "203.0.113.9"}
	entra := VendorField{ID: "entra", Vendor: "Microsoft Entra ID", Where: "Single sign-on › Basic SAML Configuration › Identifier (Entity ID)"}
	okta := VendorField{ID: "okta", Vendor: "Okta", Where: "General › SAML Settings › Audience URI (SP Entity ID)"}
	report := SignInReport{
		Event: refusal, Detail: sampleDetail(), Sentence: saml.WrongAudience.Sentence(), IDP: live, Vendor: entra, Vendors: []VendorField{entra, okta},
		Remedy: Remedy{
			Fixer: "The identity provider's administrator", Field: entra, Others: []VendorField{okta},
			Here: "The connection's page: compare it with our values", HerePath: "/admin/idps/default",
			Next: "Correct it there and save. Nothing has to change here: ask the person to sign in once more.",
		},
	}
	attack := report
	attack.Event.Reason, attack.Sentence, attack.IDP = string(saml.ForbiddenXML), saml.ForbiddenXML.Sentence(), nil
	attack.Detail = session.RefusalDetail{Dropped: []session.DroppedTag{{Name: "Project", Source: "AccessControl", Value: "Draw<bridge>", Why: "The value has a character that tags do not allow."}}}
	attack.Remedy = Remedy{Fixer: "Nobody sends this by mistake: find out who did", Why: "No field of any identity provider makes a message like this.", Next: "Do not relax any setting. Look at the address it came from and for more of its kind, and keep the reference."}
	attack.NotKept = true
	logout := report
	logout.Logout, logout.Event.Action, logout.Event.Reason, logout.Sentence = true, audit.LogoutRefused, string(saml.Unsigned), saml.Unsigned.Sentence()
	logout.Detail.Flow = session.LogoutAsked
	logout.Remedy = Remedy{Fixer: "The identity provider's administrator", Field: VendorField{ID: "entra", Vendor: "Microsoft Entra ID", Where: "Single sign-on › Basic SAML Configuration › Logout Url (Optional)"}, Next: "Logout messages are taken only where they are signed."}
	activity := Activity{
		Rows: []ActivityRow{
			{Event: refusal, Words: "sign-in refused", Actor: "Sallyport itself"},
			{Event: audit.Event{ID: "4", At: sampleTime, Action: audit.IDPActivated, Actor: "user:1", IDP: "default", Object: "idp:default", ClientIP: "203.0.113.9", Detail: json.RawMessage(`{"trust":3}`)}, Words: "connection activated", Actor: sampleUser, ActorPath: "/admin/people/1", Detail: "{\n  \"trust\": 3\n}"},
		},
		Groups: []ActionGroup{{Name: "Connections", Actions: []ActionChoice{{"idp.activated", "connection activated"}}}},
		IDPs:   []*idp.Provider{live}, Older: "/admin/activity?before=4", CSV: "/admin/activity.csv", JSON: "/admin/activity.json", Most: 50000,
	}
	return []Sample{
		{"signins", sampleAdmin, SignIns{Events: []audit.Event{refusal, began}, IDPs: []*idp.Provider{live}, Reasons: []saml.Reason{saml.WrongAudience, saml.Expired}, Older: "/admin/signins?before=2"}},
		{"signins-none", sampleAdmin, SignIns{Filtering: true, Filter: SignInFilter{Person: "nobody"}}},
		{"signins-wrong", sampleAdmin, SignIns{Filtering: true, Filter: SignInFilter{From: "2026-11-03T00:00", To: "2026-11-02T00:00"}, Error: "The period ends before it begins."}},
		{"signin-report", sampleAdmin, report},
		{"signin-report-attack", sampleAdmin, attack},
		{"signin-report-logout", sampleAdmin, logout},
		{"signin-response", sampleAdmin, SignInResponse{Reference: refusal.Reference, XML: "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_a1\">\n  <saml:Issuer>https://idp.example.com</saml:Issuer>\n</samlp:Response>"}},
		{"activity", sampleAdmin, activity},
		{"activity-none", sampleAdmin, Activity{Filtering: true, Filter: ActivityFilter{Actor: "command"}, CSV: "/admin/activity.csv?actor=command", JSON: "/admin/activity.json?actor=command", Most: 50000}},
	}
}
func sampleRefusal() audit.Event {
	return audit.Event{ID: "3", At: sampleTime, Action: audit.SignInRefused, IDP: "default", Person: sampleUser, Reference: "4F7Q-22KD", Reason: string(saml.WrongAudience), ClientIP: "203.0.113.9"}
}

func sampleDetail() session.RefusalDetail {
	want, got := "https://sso.example.com/saml/default/metadata", "https://sso.example.com/metadata"
	return session.RefusalDetail{Flow: session.Unsolicited, Want: want, Got: got, Checks: []saml.Check{
		{Name: "Size and encoding", Outcome: saml.Passed},
		{Name: "Response signature", Outcome: saml.NotNeeded, Got: "the assertion is signed"},
		{Name: "Assertion signature", Outcome: saml.Passed, Want: "a certificate of the connection", Got: "RSA-SHA256"},
		{Name: "Audience", Outcome: saml.Failed, Reason: saml.WrongAudience, Want: want, Got: got},
		{Name: "AuthnStatement", Outcome: saml.NotReached},
	}}
}
