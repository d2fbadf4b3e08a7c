package saml_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"sallyport/saml"
)

const corpus = "../../shared/corpus"

// needCorpus skips where the collection of real documents is not beside the
// project.
func needCorpus(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of real responses and metadata is not beside the project (../shared/corpus)")
	}
}

// Real responses of identity providers, at their own clock, name the right
// person.
func TestRealResponses(t *testing.T) {
	needCorpus(t)
	for _, test := range []struct {
		idp, nameID string
		switches    func(*saml.Trust)
		reason      saml.Reason
	}{
		{idp: "adfs", nameID: "ulysse.carion_codomaindata.com#EXT#@ulyssecarioncodomaindata.onmicrosoft.com"},
		{idp: "google", nameID: "ulysse.carion@codomaindata.com"},
		{idp: "jumpcloud", nameID: "ulysse.carion@codomaindata.com"},
		{idp: "ping", reason: saml.InvalidNameID}, // no e-mail address
		{idp: "ping", nameID: "9e34fa21-4e8f-4dee-b565-648dbcf25eff", switches: func(t *saml.Trust) { t.AnyNameID = true }},
		{idp: "keycloak", reason: saml.NoAuthnStatement},
		{idp: "keycloak", nameID: "ulysse.carion@ssoready.com", switches: func(t *saml.Trust) {
			t.AllowMissingAuthnStatement = true
			t.MergeDuplicateAttributes = true // it sends one Role attribute a role
		}},
		// The Response signature of this file is broken; xmlsec1 says so too.
		{idp: "okta", reason: saml.BadSignature},
	} {
		t.Run(test.idp, func(t *testing.T) {
			trust, raw, now := realResponse(t, test.idp)
			if test.switches != nil {
				test.switches(trust)
			}
			a, err := saml.Verify(raw, saml.VerifyOptions{Trust: trust, Now: now, AllowUnsolicited: true,
				Request: func(id string) (*saml.Request, bool, error) {
					return &saml.Request{ID: id, IssuedAt: now.Add(-time.Minute)}, true, nil
				}})
			if test.reason != "" {
				wantReason(t, err, test.reason)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if a.NameID().Value != test.nameID {
				t.Errorf("NameID %q, want %q", a.NameID().Value, test.nameID)
			}
		})
	}
}

var recipient = regexp.MustCompile(`Recipient="([^"]+)"`)

// realResponse gives a response of the corpus with the trust it was made for.
func realResponse(t *testing.T, name string) (*saml.Trust, []byte, time.Time) {
	t.Helper()
	dir := filepath.Join(corpus, "responses", name)
	var params struct {
		SP  string    `json:"sp_entity_id"`
		Now time.Time `json:"now"`
	}
	if err := json.Unmarshal(read(t, dir, "params.json"), &params); err != nil {
		t.Fatal(err)
	}
	raw := read(t, dir, "assertion.xml")
	m, err := saml.ParseMetadata(read(t, dir, "metadata.xml"), "", params.Now)
	if err != nil {
		t.Fatal(err)
	}
	acs := recipient.FindSubmatch(raw)
	if acs == nil {
		t.Fatal("the response names no Recipient")
	}
	return &saml.Trust{IDPEntityID: m.EntityID, Certificates: m.Certificates,
		EntityIDs: []string{params.SP}, ACSURLs: []string{string(acs[1])}, NameIDFormats: []string{
			saml.FormatEmailAddress, saml.FormatPersistent, saml.FormatUnspecified}}, raw, params.Now
}

func read(t *testing.T, path ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
