package testidp_test

import (
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sallyport/internal/testidp"
)

const (
	acs      = "https://sp.example.com/saml/acs"
	entityID = "https://sp.example.com/saml/metadata"
)

func newIDP(t *testing.T) *testidp.IDP {
	t.Helper()
	idp, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com", ECDSA: true, SPs: []testidp.SP{{EntityID: entityID, ACS: acs}}})
	if err != nil {
		t.Fatal(err)
	}
	return idp
}

func needXMLSec(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("xmlsec1"); err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("xmlsec1 is not installed: apt-get install xmlsec1")
	}
	t.Skip("xmlsec1 is not installed: apt-get install xmlsec1")
}

// An implementation that shares nothing with ours has to agree that these
// signatures hold, or tests with the twin would prove nothing.
func TestSignaturesHoldForXMLSec(t *testing.T) {
	needXMLSec(t)
	idp := newIDP(t)
	const assertion, response = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", "urn:oasis:names:tc:SAML:2.0:protocol:Response"
	tests := []struct {
		name     string
		response testidp.Response
		element  string
		key      int // index of the certificate
		broken   bool
	}{
		{"assertion", testidp.Response{}, assertion, 0, false},
		{"response", testidp.Response{SignResponse: true}, response, 0, false},
		{"both: assertion", testidp.Response{SignResponse: true, SignAssertion: true}, assertion, 0, false},
		{"both: response", testidp.Response{SignResponse: true, SignAssertion: true}, response, 0, false},
		{"rsa-sha384", testidp.Response{SignatureAlgorithm: "rsa-sha384", Digest: "sha384"}, assertion, 0, false},
		{"rsa-sha512", testidp.Response{SignatureAlgorithm: "rsa-sha512", Digest: "sha512"}, assertion, 0, false},
		{"ecdsa-sha256", testidp.Response{SignatureAlgorithm: "ecdsa-sha256"}, assertion, 1, false},
		{"ecdsa-sha384", testidp.Response{SignatureAlgorithm: "ecdsa-sha384", Digest: "sha384"}, assertion, 2, false},
		{"ecdsa-sha512", testidp.Response{SignatureAlgorithm: "ecdsa-sha512", SignResponse: true}, response, 2, false},
		{"without KeyInfo", testidp.Response{KeyInfo: testidp.KeyInfoNone}, assertion, 0, false},
		{"first", testidp.Response{SignaturePosition: testidp.SignatureFirst}, assertion, 0, false},
		{"last", testidp.Response{SignaturePosition: testidp.SignatureLast}, assertion, 0, false},
		{"typed values", testidp.Response{Typed: true}, assertion, 0, false},
		{"typed values under a signed response", testidp.Response{Typed: true, SignResponse: true}, response, 0, false},
		{"characters that are escaped", testidp.Response{Attributes: []testidp.Attribute{
			{Name: "quote\"tab\tamp&lt<gt>line\nreturn\r", Values: []string{"quote\"tab\tamp&lt<gt>line\nreturn\rZürich 🏰"}},
		}}, assertion, 0, false},
		{"comment", testidp.Response{Misbehave: "comment-in-nameid"}, assertion, 0, false},
		{"cdata", testidp.Response{Misbehave: "cdata"}, assertion, 0, false},
		{"processing instruction", testidp.Response{Misbehave: "processing-instruction"}, assertion, 0, false},
		{"doctype", testidp.Response{Misbehave: "doctype"}, assertion, 0, false},
		{"bad signature", testidp.Response{Misbehave: "bad-signature"}, assertion, 0, true},
		{"unknown key", testidp.Response{Misbehave: "unknown-key"}, assertion, 0, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.response.ACS, test.response.Audience, test.response.Now = acs, entityID, time.Now()
			raw, err := idp.Respond(test.response)
			if err != nil {
				t.Fatal(err)
			}
			document, key := filepath.Join(t.TempDir(), "response.xml"), filepath.Join(t.TempDir(), "idp.pem")
			certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: idp.Certificates()[test.key].Raw})
			for name, content := range map[string][]byte{document: raw, key: certificate} {
				if err := os.WriteFile(name, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			name := test.element[len("urn:oasis:names:tc:SAML:2.0:"):]
			path := "/*[local-name()='Response']/*[local-name()='Signature']"
			if name == "assertion:Assertion" {
				path = "//*[local-name()='Assertion']/*[local-name()='Signature']"
			}
			out, err := exec.Command("xmlsec1", "--verify", "--enabled-reference-uris", "empty,same-doc",
				"--enabled-key-data", "raw-x509-cert", "--pubkey-cert-pem", key,
				"--id-attr:ID", response, "--id-attr:ID", assertion, "--node-xpath", path, document).CombinedOutput()
			if (err != nil) != test.broken {
				t.Fatalf("xmlsec1 gave %v, want broken: %t\n%s", err, test.broken, out)
			}
		})
	}
}
