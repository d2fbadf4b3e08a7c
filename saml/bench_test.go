package saml_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"
	"testing"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

const (
	benchACS = "https://sp.example.com/saml/default/acs"
	benchSP  = "https://sp.example.com/saml/default/metadata"
)

// BenchmarkVerify is the whole of Verify beside the bare cost of what no
// verification can do without: one RSA-2048 verification and SHA-256 over the
// same bytes. Compare within one run.
func BenchmarkVerify(b *testing.B) {
	twin, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		b.Fatal(err)
	}
	key, certificate := newServiceKey(b)
	trust := &saml.Trust{IDPEntityID: twin.EntityID(), Certificates: twin.Certificates(),
		EntityIDs: []string{benchSP}, ACSURLs: []string{benchACS}, DecryptionKeys: []*rsa.PrivateKey{key}}

	for _, shape := range []struct {
		name     string
		response testidp.Response
	}{
		{"10attributes", testidp.Response{Attributes: manyAttributes(10)}},
		{"150attributes", testidp.Response{Attributes: manyAttributes(150)}},
		{"10attributes150groups", testidp.Response{Attributes: manyAttributes(10), Groups: manyGroups(150)}},
		{"4000groups", testidp.Response{Attributes: manyAttributes(10), Groups: manyGroups(4000)}},
		{"encrypted", testidp.Response{Attributes: manyAttributes(10), Encrypt: "aes128-gcm", SPCertificate: certificate}},
		{"responsesigned", testidp.Response{Attributes: manyAttributes(10), SignResponse: true}},
		{"refused/signature", testidp.Response{Attributes: manyAttributes(10), Misbehave: "bad-signature"}},
		{"refused/audience", testidp.Response{Attributes: manyAttributes(10), Misbehave: "wrong-audience"}},
	} {
		r := shape.response
		r.ACS, r.Audience, r.Person = benchACS, benchSP, "ann"
		r.SignAssertion = !r.SignResponse
		raw, err := twin.Respond(r)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(shape.name, func(b *testing.B) {
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				_, err := saml.Verify(raw, saml.VerifyOptions{Trust: trust, AllowUnsolicited: true})
				if (err != nil) != (r.Misbehave != "") {
					b.Fatal(err)
				}
			}
		})
		b.Run(shape.name+"/bare", func(b *testing.B) { bare(b, twin, raw) })
	}
}

// bare is one RSA verification and one SHA-256 over the whole document.
func bare(b *testing.B, twin *testidp.IDP, raw []byte) {
	signer := twin.Signer()
	digest := sha256.Sum256(raw)
	value, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		b.Fatal(err)
	}
	key := signer.Public().(*rsa.PublicKey)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		digest := sha256.Sum256(raw)
		if err := rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], value); err != nil {
			b.Fatal(err)
		}
	}
}

func manyAttributes(n int) []testidp.Attribute {
	out := make([]testidp.Attribute, n)
	for i := range out {
		out[i] = testidp.Attribute{Name: fmt.Sprintf("https://example.com/claims/attribute%03d", i), Values: []string{fmt.Sprintf("value %d of a person & co", i)}}
	}
	return out
}

func manyGroups(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("cn=group-%04d,ou=groups,dc=example,dc=org", i)
	}
	return out
}

func newServiceKey(tb testing.TB) (*rsa.PrivateKey, *x509.Certificate) {
	tb.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		tb.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return key, certificate
}
