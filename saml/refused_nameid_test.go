package saml_test

import (
	"errors"
	"testing"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// A refusal names the person where the identity provider signed the name, and
// nobody where it did not.
func TestRefusalNamesWhomTheSignatureNames(t *testing.T) {
	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	trust := &saml.Trust{IDPEntityID: twin.EntityID(), Certificates: twin.Certificates(), EntityIDs: []string{benchSP}, ACSURLs: []string{benchACS}}
	for misbehaviour, want := range map[string]string{"wrong-audience": "ann@example.com", "bad-signature": "", "unknown-key": "", "unsigned": ""} {
		raw, err := twin.Respond(testidp.Response{ACS: benchACS, Audience: benchSP, Person: "ann", Misbehave: misbehaviour})
		if err != nil {
			t.Fatal(err)
		}
		_, err = saml.Verify(raw, saml.VerifyOptions{Trust: trust, AllowUnsolicited: true})
		var refusal *saml.Error
		if !errors.As(err, &refusal) || refusal.NameID != want {
			t.Errorf("%s: the refusal %v names %q, want %q", misbehaviour, err, refusal.NameID, want)
		}
	}
}
