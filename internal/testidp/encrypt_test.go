package testidp_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sallyport/internal/testidp"
)

// serviceKey is a service provider's decryption key with its certificate.
func serviceKey(t *testing.T) (*rsa.PrivateKey, *x509.Certificate) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "service provider"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, certificate
}

func TestXMLSecDecryptsAssertions(t *testing.T) {
	needXMLSec(t)
	idp := newIDP(t)
	key, certificate := serviceKey(t)
	keyFile := filepath.Join(t.TempDir(), "sp.pem")
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.WriteFile(keyFile, private, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, cipher := range []string{"aes128-gcm", "aes192-gcm", "aes256-gcm", "aes128-cbc", "aes192-cbc", "aes256-cbc"} {
		t.Run(cipher, func(t *testing.T) {
			raw, err := idp.Respond(testidp.Response{ACS: acs, Audience: entityID, Encrypt: cipher, SPCertificate: certificate})
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(raw, []byte("ann@example.com")) {
				t.Fatal("the NameID can be read without decryption")
			}
			document := filepath.Join(t.TempDir(), "response.xml")
			if err := os.WriteFile(document, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command("xmlsec1", "--decrypt", "--privkey-pem", keyFile, document).CombinedOutput()
			if err != nil {
				t.Fatalf("xmlsec1 --decrypt: %v\n%s", err, out)
			}
			if !bytes.Contains(out, []byte(">ann@example.com<")) {
				t.Fatalf("xmlsec1 decrypted to something else:\n%s", out)
			}
		})
	}
}
