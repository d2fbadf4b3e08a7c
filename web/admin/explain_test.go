package admin

import (
	"testing"

	"sallyport/saml"
)

func TestEveryReasonSaysWhoFixesIt(t *testing.T) {
	known := map[saml.Reason]bool{}
	for _, reason := range saml.Reasons() {
		known[reason] = true
		if fixers[reason.Fixer()] == "" {
			t.Errorf("%s: nobody fixes it", reason)
		}
	}
	for reason, where := range places {
		if !known[reason] {
			t.Errorf("%s: no such reason", reason)
		}
		if where == (place{}) {
			t.Errorf("%s: no console has a field for it", reason)
		}
	}
}

// elsewhere are reasons that the identity provider's administrator must act
// on, and that no field of its console decides.
var elsewhere = map[saml.Reason]bool{
	saml.NotBase64: true, saml.Malformed: true, saml.NoAssertion: true, saml.WrongVersion: true,
	saml.UnknownCondition: true, saml.NoAuthnStatement: true,
}

func TestWhatTheIdentityProviderFixesHasAPlace(t *testing.T) {
	for _, reason := range saml.Reasons() {
		if reason.Fixer() == saml.FixIDP && !elsewhere[reason] && len(fieldsFor(reason, "")) == 0 {
			t.Errorf("%s: say where in each console it is set", reason)
		}
	}
}

func TestOwnVendorComesFirst(t *testing.T) {
	fields := fieldsFor(saml.WrongAudience, "okta")
	if len(fields) != len(vendors) || fields[0].Vendor != "Okta" || !fields[0].Mine || fields[1].Mine {
		t.Errorf("got %+v", fields)
	}
}
