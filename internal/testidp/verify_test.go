package testidp_test

import (
	"crypto/rsa"
	"errors"
	"slices"
	"testing"
	"time"

	"sallyport/internal/testidp"
	"sallyport/saml"
)

// verify judges a response to an AuthnRequest, or an unsolicited one.
func verify(idp *testidp.IDP, key *rsa.PrivateKey, raw []byte, request string) (*saml.Assertion, error) {
	return saml.Verify(raw, saml.VerifyOptions{
		Trust: &saml.Trust{
			IDPEntityID: idp.EntityID(), Certificates: idp.Certificates(),
			EntityIDs: []string{entityID}, ACSURLs: []string{acs},
			DecryptionKeys: []*rsa.PrivateKey{key},
		},
		Now: time.Now(),
		Request: func(id string) (*saml.Request, bool, error) {
			if request == "" || id != request {
				return nil, false, nil
			}
			return &saml.Request{ID: id, IssuedAt: time.Now().Add(-time.Minute)}, true, nil
		},
		AllowUnsolicited: true,
	})
}

// signingModes are the three ways in which providers sign.
var signingModes = map[string]testidp.Response{
	"assertion signed": {SignAssertion: true},
	"response signed":  {SignResponse: true},
	"both signed":      {SignAssertion: true, SignResponse: true},
}

func TestGoodResponsesAreAccepted(t *testing.T) {
	idp := newIDP(t)
	key, certificate := serviceKey(t)
	variants := map[string]func(*testidp.Response){
		"plain":            func(*testidp.Response) {},
		"rsa-sha384":       func(r *testidp.Response) { r.SignatureAlgorithm, r.Digest = "rsa-sha384", "sha384" },
		"rsa-sha512":       func(r *testidp.Response) { r.SignatureAlgorithm, r.Digest = "rsa-sha512", "sha512" },
		"ecdsa-sha256":     func(r *testidp.Response) { r.SignatureAlgorithm = "ecdsa-sha256" },
		"ecdsa-sha384":     func(r *testidp.Response) { r.SignatureAlgorithm = "ecdsa-sha384" },
		"ecdsa-sha512":     func(r *testidp.Response) { r.SignatureAlgorithm = "ecdsa-sha512" },
		"without KeyInfo":  func(r *testidp.Response) { r.KeyInfo = testidp.KeyInfoNone },
		"signature first":  func(r *testidp.Response) { r.SignaturePosition = testidp.SignatureFirst },
		"signature last":   func(r *testidp.Response) { r.SignaturePosition = testidp.SignatureLast },
		"typed values":     func(r *testidp.Response) { r.Typed = true },
		"aes128-gcm":       func(r *testidp.Response) { r.Encrypt = "aes128-gcm" },
		"aes192-gcm":       func(r *testidp.Response) { r.Encrypt = "aes192-gcm" },
		"aes256-gcm":       func(r *testidp.Response) { r.Encrypt = "aes256-gcm" },
		"OAEP by SHA-256":  func(r *testidp.Response) { r.Encrypt, r.OAEP = "aes256-gcm", testidp.OAEPSHA256 },
		"aes128-cbc":       func(r *testidp.Response) { r.Encrypt = "aes128-cbc" },
		"aes256-cbc":       func(r *testidp.Response) { r.Encrypt = "aes256-cbc" },
		"persistent":       func(r *testidp.Response) { r.Format = saml.FormatPersistent },
		"session with end": func(r *testidp.Response) { r.SessionUntil = time.Now().Add(time.Hour) },
	}
	for mode, base := range signingModes {
		for name, vary := range variants {
			for _, request := range []string{"", "_question"} {
				t.Run(mode+"/"+name+"/"+request, func(t *testing.T) {
					r := base
					r.ACS, r.Audience, r.Person, r.InResponseTo, r.SPCertificate = acs, entityID, "chloe", request, certificate
					vary(&r)
					if r.Encrypt != "" && !r.SignResponse && (r.Encrypt == "aes128-cbc" || r.Encrypt == "aes256-cbc") {
						t.Skip("CBC is for signed responses only")
					}
					raw, err := idp.Respond(r)
					if err != nil {
						t.Fatal(err)
					}
					a, err := verify(idp, key, raw, request)
					if err != nil {
						t.Fatalf("refused: %v", err)
					}
					if a.NameID().Value != "chloe@example.com" || a.InResponseTo() != request {
						t.Errorf("got %q in response to %q", a.NameID().Value, a.InResponseTo())
					}
					tag := a.Attribute(testidp.PrincipalTagPrefix + "Project")
					if tag == nil || !slices.Equal(tag.Values, []string{"Drawbridge"}) {
						t.Errorf("got project %v", tag)
					}
				})
			}
		}
	}
}

// The reasons of the rooms behind saml: this package's responses with them
// pass Verify.
var laterReasons = []saml.Reason{saml.Replayed, saml.InvalidTag}

func TestMisbehavioursGetTheirReason(t *testing.T) {
	idp := newIDP(t)
	key, certificate := serviceKey(t)
	if _, err := idp.Respond(testidp.Response{ACS: acs, Audience: entityID}); err != nil {
		t.Fatal(err) // so that there is something to replay
	}
	for _, m := range testidp.Misbehaviours() {
		t.Run(m.Name, func(t *testing.T) {
			raw, err := idp.Respond(testidp.Response{ACS: acs, Audience: entityID, SPCertificate: certificate, Misbehave: m.Name})
			if err != nil {
				t.Fatal(err)
			}
			a, err := verify(idp, key, raw, "")
			if m.Reason == "" || slices.Contains(laterReasons, m.Reason) {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				if a.NameID().Value != "ann@example.com" {
					t.Errorf("got NameID %q", a.NameID().Value)
				}
				return
			}
			var refusal *saml.Error
			if !errors.As(err, &refusal) || refusal.Reason != m.Reason {
				t.Errorf("got %v, want %s", err, m.Reason)
			}
		})
	}
}

// Whatever is signed and however it was asked for, no misbehaviour that is
// owed a refusal may ever name somebody else.
func TestMisbehavioursInEverySigningMode(t *testing.T) {
	idp := newIDP(t)
	key, certificate := serviceKey(t)
	for mode, base := range signingModes {
		for _, request := range []string{"", "_question"} {
			for _, encryption := range []string{"", "aes256-gcm"} {
				for _, m := range testidp.Misbehaviours() {
					if m.Name == "replay" {
						continue
					}
					t.Run(mode+"/"+request+"/"+encryption+"/"+m.Name, func(t *testing.T) {
						r := base
						r.ACS, r.Audience, r.InResponseTo, r.Misbehave = acs, entityID, request, m.Name
						r.Encrypt, r.SPCertificate = encryption, certificate
						raw, err := idp.Respond(r)
						if err != nil {
							t.Fatal(err)
						}
						a, err := verify(idp, key, raw, request)
						if err == nil && a.NameID().Value != "ann@example.com" {
							t.Errorf("accepted as %q", a.NameID().Value)
						}
						if accept := m.Reason == "" || slices.Contains(laterReasons, m.Reason); accept != (err == nil) {
							t.Errorf("accepted: %t (%v), want %t", err == nil, err, accept)
						}
					})
				}
			}
		}
	}
}

// A certificate in the message proves nothing, neither for nor against.
func TestForeignKeyInfoIsIgnored(t *testing.T) {
	idp := newIDP(t)
	key, _ := serviceKey(t)
	raw, err := idp.Respond(testidp.Response{ACS: acs, Audience: entityID, KeyInfo: testidp.KeyInfoForeign})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify(idp, key, raw, ""); err != nil {
		t.Errorf("refused: %v", err)
	}
}
