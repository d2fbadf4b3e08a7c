package testidp

import (
	"time"

	"sallyport/saml"
)

// meaningFaults are signed well and say the wrong thing: not for us, not now,
// not in answer to our question.
var meaningFaults = []Misbehaviour{
	{
		Name: "status-denied", Reason: saml.StatusNotSuccess,
		Description: "The provider reports that it could not authenticate the person.",
		plan: change(func(p *plan) {
			p.status, p.subStatus, p.noAssertion, p.SignResponse = "Responder", "AuthnFailed", true, true
		}),
	},
	{
		Name: "wrong-version", Reason: saml.WrongVersion,
		Description: "The message says that it is SAML 1.1.",
		plan:        change(func(p *plan) { p.version = "1.1" }),
	},
	{
		Name: "wrong-issuer", Reason: saml.WrongIssuer,
		Description: "The issuer is another identity provider, though the key is right.",
		plan: change(func(p *plan) {
			p.responseIssuer, p.assertionIssuer = "https://other-idp.example.org/federation", "https://other-idp.example.org/federation"
		}),
	},
	{
		Name: "wrong-destination", Reason: saml.WrongDestination,
		Description: "The response is addressed to another service.",
		plan:        change(func(p *plan) { p.destination = "https://other.example.org/saml/acs" }),
	},
	{
		Name: "wrong-recipient", Reason: saml.WrongRecipient,
		Description: "The assertion may be delivered to another service only.",
		plan:        change(func(p *plan) { p.recipient = "https://other.example.org/saml/acs" }),
	},
	{
		Name: "wrong-audience", Reason: saml.WrongAudience,
		Description: "The assertion is meant for another service.",
		plan:        change(func(p *plan) { p.audience = "https://other.example.org/saml/metadata" }),
	},
	{
		Name: "no-audience", Reason: saml.WrongAudience,
		Description: "The assertion doesn't say for whom it is meant.",
		plan:        change(func(p *plan) { p.audience = "" }),
	},
	{
		Name: "no-bearer", Reason: saml.NoBearerConfirmation,
		Description: "The subject carries no confirmation.",
		plan:        change(func(p *plan) { p.confirmation = "" }),
	},
	{
		Name: "holder-of-key", Reason: saml.NoBearerConfirmation,
		Description: "Only the holder of a key may use the assertion.",
		plan:        change(func(p *plan) { p.confirmation = confirmedByKeyHolder }),
	},
	{
		Name: "unknown-condition", Reason: saml.UnknownCondition,
		Description: "The assertion is valid under a condition that nobody knows.",
		plan: change(func(p *plan) {
			p.condition = `<saml:Condition xmlns:xsi="` + nsInstance + `" xsi:type="full-moon"></saml:Condition>`
		}),
	},
	{
		Name: "unknown-request", Reason: saml.UnknownRequest,
		Description: "The response answers a request that was never made.",
		plan:        change(func(p *plan) { p.InResponseTo = newID() }),
	},
	{
		Name: "replay", Reason: saml.Replayed,
		Description: "The last good response from a tile is sent a second time.",
	},
	{
		Name: "expired", Reason: saml.Expired,
		Description: "The assertion ended three minutes ago.",
		plan:        change(func(p *plan) { p.shift(-p.Validity - 3*time.Minute) }),
	},
	{
		Name: "not-yet-valid", Reason: saml.NotYetValid,
		Description: "The provider's clock is ten minutes ahead.",
		plan:        change(func(p *plan) { p.shift(10 * time.Minute) }),
	},
	{
		Name: "too-old", Reason: saml.TooOld,
		Description: "The assertion was issued an hour ago and is said to be good for a day.",
		plan: change(func(p *plan) {
			p.shift(-time.Hour)
			p.notOnOrAfter, p.confirmedUntil = p.Now.Add(24*time.Hour), p.Now.Add(24*time.Hour)
		}),
	},
	{
		Name: "no-authn-statement", Reason: saml.NoAuthnStatement,
		Description: "The assertion doesn't say that or how the person signed in.",
		plan:        change(func(p *plan) { p.authnInstant = time.Time{} }),
	},
	{
		Name: "session-expired", Reason: saml.SessionExpired,
		Description: "The person's session at the provider ended an hour ago.",
		plan:        change(func(p *plan) { p.SessionUntil = p.Now.Add(-time.Hour) }),
	},
}
