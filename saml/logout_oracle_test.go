package saml_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sallyport/saml"
)

// What we send by HTTP-POST, xmlsec1 must call well signed; what we send by
// HTTP-Redirect, openssl, over the octets that travel.
func TestLogoutMessagesBeforeOracles(t *testing.T) {
	for _, key := range []crypto.Signer{rsaKey(), ecKey()} {
		signer := signerOf(t, key)
		for _, state := range []string{"", "a b+c/d&e=f#"} {
			for _, binding := range []string{saml.BindingPOST, saml.BindingRedirect} {
				q, r := leaving(binding), answering(binding)
				q.Signer, r.Signer, q.RelayState, r.RelayState = signer, signer, state, state
				for kind, render := range map[string]func() (*saml.RequestMessage, error){"LogoutRequest": q.Message, "LogoutResponse": r.Message} {
					m, err := render()
					if err != nil {
						t.Fatal(err)
					}
					a := arrived(m)
					if binding == saml.BindingRedirect {
						a.Query = strings.TrimPrefix(a.Query, "tenant=7&") // of the location: not signed
						opensslVerify(t, a.Query, signer.Certificate)
						continue
					}
					raw, err := base64.StdEncoding.DecodeString(a.Field)
					if err != nil {
						t.Fatal(err)
					}
					if !bytes.Contains(raw, []byte("</saml:Issuer><ds:Signature ")) {
						t.Errorf("the signature does not stand behind the issuer: %s", raw)
					}
					xmlsecVerify(t, raw, "urn:oasis:names:tc:SAML:2.0:protocol:"+kind, signer.Certificate)
				}
			}
		}
	}
}

// opensslVerify asks openssl, and refuses a query that holds anything beside
// what is signed.
func opensslVerify(t *testing.T, query string, c *x509.Certificate) {
	t.Helper()
	needProgram(t, "openssl")
	signed, encoded, ok := strings.Cut(query, "&Signature=")
	encoded, err := url.QueryUnescape(encoded)
	if !ok || err != nil {
		t.Fatalf("no signature in %s", query)
	}
	value, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		t.Fatal(err)
	}
	if _, ec := c.PublicKey.(*ecdsa.PublicKey); ec {
		if value, err = asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(value[:len(value)/2]), new(big.Int).SetBytes(value[len(value)/2:])}); err != nil {
			t.Fatal(err)
		}
	}
	der, err := x509.MarshalPKIXPublicKey(c.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "value": value, "octets": []byte(signed)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.Command("openssl", "dgst", "-sha256", "-verify", filepath.Join(dir, "key"), "-signature", filepath.Join(dir, "value"), filepath.Join(dir, "octets")).CombinedOutput()
	if err != nil {
		t.Errorf("openssl: %v\n%s\n%s", err, out, query)
	}
	if public, isRSA := c.PublicKey.(*rsa.PublicKey); isRSA {
		hash := crypto.SHA256.New()
		hash.Write([]byte(signed))
		if err := rsa.VerifyPKCS1v15(public, crypto.SHA256, hash.Sum(nil), value); err != nil {
			t.Error(err)
		}
	}
}

// What we accept by HTTP-POST, xmlsec1 must call well signed as well.
func TestXMLSecAgreesOnLogout(t *testing.T) {
	needProgram(t, "xmlsec1")
	for _, v := range readLogoutVectors(t, "accept") {
		if v.message.Binding != saml.BindingPOST {
			continue
		}
		t.Run(filepath.Base(v.dir), func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "message.xml")
			if err := os.WriteFile(file, v.raw, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, c := range v.options.Trust.Certificates {
				out, err := exec.Command("xmlsec1", "--verify", "--enabled-reference-uris", "same-doc", "--enabled-key-data", "raw-x509-cert",
					"--pubkey-cert-pem", writePEM(t, c), "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:"+v.lines["kind"], file).CombinedOutput()
				if err == nil && strings.Contains(string(out), "OK") {
					return
				}
			}
			t.Error("xmlsec1 does not verify it")
		})
	}
}
