package saml_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"

	"sallyport/saml"
)

// BenchmarkVerifyLogout is the whole of a verification beside the bare cost of
// one RSA-2048 verification and SHA-256 over the same bytes.
func BenchmarkVerifyLogout(b *testing.B) {
	idp, _ := serviceTrust(b)
	key := idp.Signer().(*rsa.PrivateKey)
	for _, g := range logoutTargets(b) {
		b.Run(g.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verifyOnly(g.kind, g.message, g.options); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(g.name+"/refused", func(b *testing.B) {
			o := g.options
			o.Trust = selfTrust(o.Trust, otherSigner(b, rsaKey()))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verifyOnly(g.kind, g.message, o); err == nil {
					b.Fatal("accepted")
				}
			}
		})
		b.Run(g.name+"/bare", func(b *testing.B) {
			octets := []byte(g.whole())
			digest := sha256.Sum256(octets)
			value, err := key.Sign(nil, digest[:], crypto.SHA256)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				digest := sha256.Sum256(octets)
				if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], value); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// verifyOnly writes nothing of what it reads.
func verifyOnly(kind string, m saml.LogoutMessage, o saml.LogoutOptions) (string, error) {
	if kind == "LogoutResponse" {
		r, err := saml.VerifyLogoutResponse(m, o)
		if err != nil {
			return "", err
		}
		return r.ID(), nil
	}
	q, err := saml.VerifyLogoutRequest(m, o)
	if err != nil {
		return "", err
	}
	return q.ID(), nil
}

// BenchmarkLogoutMessage renders a request, beside the bare cost of one
// RSA-2048 signature.
func BenchmarkLogoutMessage(b *testing.B) {
	for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
		b.Run(binding[len("urn:oasis:names:tc:SAML:2.0:bindings:"):], func(b *testing.B) {
			q := leaving(binding)
			q.Signer = signerOf(b, rsaKey())
			b.ReportAllocs()
			for b.Loop() {
				if _, err := q.Message(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("bare", func(b *testing.B) {
		digest := sha256.Sum256(nil)
		for b.Loop() {
			if _, err := rsaKey().Sign(nil, digest[:], crypto.SHA256); err != nil {
				b.Fatal(err)
			}
		}
	})
}
