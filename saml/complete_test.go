package saml_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// What honest providers vary must not matter: the same person comes out,
// with the same attributes.
func TestLegitimateVariants(t *testing.T) {
	t.Parallel()
	idp, trust := serviceTrust(t)
	certificate := selfSigned(t, rsaKey(), "service")
	groups := manyGroups(4000)
	variants := map[string]func(*testidp.Response){
		"plain":             func(*testidp.Response) {},
		"4000 groups":       func(r *testidp.Response) { r.Groups = groups },
		"4000 typed groups": func(r *testidp.Response) { r.Groups, r.Typed = groups, true },
		"no KeyInfo":        func(r *testidp.Response) { r.KeyInfo = testidp.KeyInfoNone },
		"foreign KeyInfo":   func(r *testidp.Response) { r.KeyInfo = testidp.KeyInfoForeign },
		"signature last":    func(r *testidp.Response) { r.SignaturePosition = testidp.SignatureLast },
		"signature first":   func(r *testidp.Response) { r.SignaturePosition = testidp.SignatureFirst },
		"markup in values": func(r *testidp.Response) {
			r.Groups = []string{`<a b="c">&amp;</a>`, "]]>", "tab\tline\nreturn\r", "", " spaces "}
		},
		"letters of Unicode": func(r *testidp.Response) { r.Groups = []string{"Zürich", "東京", "👩‍🚀", "e\u0301"} },
	}
	for _, algorithm := range []string{"rsa-sha256", "rsa-sha384", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha384", "ecdsa-sha512"} {
		variants[algorithm] = func(r *testidp.Response) { r.SignatureAlgorithm = algorithm }
		variants[algorithm+" without KeyInfo"] = func(r *testidp.Response) {
			r.SignatureAlgorithm, r.KeyInfo = algorithm, testidp.KeyInfoNone
		}
	}
	for _, digest := range []string{"sha256", "sha384", "sha512"} {
		variants["digest "+digest] = func(r *testidp.Response) { r.Digest = digest }
	}
	for _, encryption := range []string{"aes128-gcm", "aes192-gcm", "aes256-gcm"} {
		for _, oaep := range []string{testidp.OAEPSHA1, testidp.OAEPSHA256} {
			variants[encryption+oaep] = func(r *testidp.Response) { r.Encrypt, r.OAEP, r.SPCertificate = encryption, oaep, certificate }
		}
	}
	for _, encryption := range []string{"aes128-cbc", "aes192-cbc", "aes256-cbc"} {
		variants[encryption] = func(r *testidp.Response) { // only where something else notices changes
			r.Encrypt, r.SPCertificate, r.SignResponse = encryption, certificate, true
		}
	}
	tried := 0
	for _, mode := range []testidp.Response{{SignAssertion: true}, {SignResponse: true}, {SignAssertion: true, SignResponse: true}} {
		for name, vary := range variants {
			for _, request := range []string{"", "_question"} {
				r := mode
				r.ACS, r.Audience, r.Person, r.InResponseTo = benchACS, benchSP, "ann", request
				vary(&r)
				raw, err := idp.Respond(r)
				if err != nil {
					t.Fatal(err)
				}
				a, err := saml.Verify(raw, saml.VerifyOptions{Trust: trust, AllowUnsolicited: request == "", Request: func(id string) (*saml.Request, bool, error) {
					return &saml.Request{ID: id, IssuedAt: time.Now()}, id == request, nil
				}})
				if err != nil {
					t.Errorf("%s (%t %t %q): refused: %v", name, r.SignAssertion, r.SignResponse, request, err)
					continue
				}
				want := r.Groups
				if want == nil {
					want = []string{"engineering", "on-call", "sallyport-admins"}
				}
				if got := a.Attribute("groups"); a.NameID().Value != victim || a.InResponseTo() != request || got == nil || !slices.Equal(got.Values, want) {
					t.Errorf("%s: other content: %s", name, identity(a))
				}
				tried++
			}
		}
	}
	t.Logf("%d documents accepted", tried)
}

// A provider that changes its key shows both certificates for a while; and
// one that renews its certificate keeps the key.
func TestCertificatesInAnyOrder(t *testing.T) {
	g := targets(t)[0]
	signer := g.options.Trust.Certificates[0]
	other := selfSigned(t, rsaKey(), "next")
	expired := resigned(t, g.twin, time.Now().Add(-time.Hour))
	for name, certificates := range map[string][]*x509.Certificate{
		"first":            {signer, other},
		"last":             {other, signer},
		"among eight":      {other, other, other, other, other, other, other, signer},
		"renewed, expired": {expired, signer},
		"expired, renewed": {signer, expired},
	} {
		for _, raw := range []string{g.raw, strings.Replace(g.raw, between(g.raw, "<ds:KeyInfo>", "</ds:KeyInfo>"), "", 1),
			strings.Replace(g.raw, between(g.raw, "<ds:X509Certificate>", "</ds:X509Certificate>"), "<ds:X509Certificate>"+encoded(expired)+"</ds:X509Certificate>", 1)} {
			trust := *g.options.Trust
			trust.Certificates = certificates
			o := g.options
			o.Trust = &trust
			a, err := saml.Verify([]byte(raw), o)
			if err != nil {
				t.Errorf("%s: refused: %v", name, err)
			} else if identity(a) != g.identity {
				t.Errorf("%s: other content", name)
			}
		}
	}
	trust := *g.options.Trust
	trust.Certificates = []*x509.Certificate{expired}
	o := g.options
	o.Trust = &trust
	_, err := saml.Verify([]byte(g.raw), o)
	wantReason(t, err, saml.ExpiredCertificate)
	trust.AllowExpiredCertificates = true
	if _, err := saml.Verify([]byte(g.raw), o); err != nil {
		t.Errorf("allowed and refused: %v", err)
	}
}

// resigned is another certificate for the twin's RSA key.
func resigned(t *testing.T, idp *testidp.IDP, until time.Time) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: until.Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, idp.Signer().Public(), idp.Signer())
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Our own key changes too: what was encrypted for the old one still opens.
func TestDecryptionKeyRollover(t *testing.T) {
	idp, trust := serviceTrust(t)
	next, _ := newServiceKey(t)
	raw, err := idp.Respond(testidp.Response{ACS: benchACS, Audience: benchSP, Person: "ann", Encrypt: "aes256-gcm", SPCertificate: selfSigned(t, rsaKey(), "service")})
	if err != nil {
		t.Fatal(err)
	}
	for name, keys := range map[string][]*rsa.PrivateKey{"old first": {rsaKey(), next}, "new first": {next, rsaKey()}} {
		changed := *trust
		changed.DecryptionKeys = keys
		if _, err := saml.Verify(raw, saml.VerifyOptions{Trust: &changed, AllowUnsolicited: true}); err != nil {
			t.Errorf("%s: refused: %v", name, err)
		}
	}
	changed := *trust
	changed.DecryptionKeys = []*rsa.PrivateKey{next}
	_, err = saml.Verify(raw, saml.VerifyOptions{Trust: &changed, AllowUnsolicited: true})
	wantReason(t, err, saml.DecryptionFailed)
}

func encoded(c *x509.Certificate) string { return base64.StdEncoding.EncodeToString(c.Raw) }
