package saml_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var signedID = regexp.MustCompile(`Reference URI=["']#([^"']+)["']`)

// What we accept, xmlsec1 must call well signed as well: each signature of
// each accepted vector, by one of the connection's keys.
func TestXMLSecAgrees(t *testing.T) {
	needProgram(t, "xmlsec1")
	for _, v := range readVectors(t, "accept") {
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			ids := signedID.FindAllSubmatch(v.raw, -1)
			if len(ids) == 0 {
				t.Fatal("nothing is signed")
			}
			for _, id := range ids {
				if !xmlsecSays(t, v, string(id[1])) {
					t.Errorf("xmlsec1 does not verify #%s", id[1])
				}
			}
		})
	}
}

// xmlsecSays tries the keys of the connection until one fits.
func xmlsecSays(t *testing.T, v vector, id string) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "response.xml")
	if err := os.WriteFile(file, v.raw, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range v.trust.Certificates {
		out, err := exec.Command("xmlsec1", "--verify", "--enabled-reference-uris", "empty,same-doc", "--enabled-key-data", "raw-x509-cert",
			"--pubkey-cert-pem", writePEM(t, c), "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response",
			"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
			"--node-xpath", "//*[local-name()='Signature'][*[local-name()='SignedInfo']/*[local-name()='Reference'][@URI='#"+id+"']]", file).CombinedOutput()
		if err == nil && strings.Contains(string(out), "OK") {
			return true
		}
	}
	return false
}

func writePEM(t *testing.T, c *x509.Certificate) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "certificate.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
