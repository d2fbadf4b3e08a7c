package saml

import (
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
)

const innerSLO = "https://sp.example.com/slo"

// innerSigner is the identity provider of these tests.
func innerSigner(t *testing.T) *Signer {
	t.Helper()
	key := decryptionKeys()[1]
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &Signer{Key: key, Certificate: c}
}

// sentRequest is a signed LogoutRequest with subject in place of its NameID.
func sentRequest(t *testing.T, binding, subject string, s *Signer) LogoutMessage {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromString(`<samlp:LogoutRequest xmlns:samlp="` + nsProtocol + `" xmlns:saml="` + nsAssertion + `" ID="_l1" Version="2.0" IssueInstant="` +
		time.Now().UTC().Format(time.RFC3339) + `" Destination="` + innerSLO + `"><saml:Issuer>https://idp.example.com</saml:Issuer>` + subject + `<samlp:SessionIndex>_s1</samlp:SessionIndex></samlp:LogoutRequest>`); err != nil {
		t.Fatal(err)
	}
	o := outgoing{root: doc.Root(), parameter: "SAMLRequest", location: innerSLO, signer: s}
	m, err := o.message(binding)
	if err != nil {
		t.Fatal(err)
	}
	_, query, _ := strings.Cut(m.URL, "?")
	return LogoutMessage{Binding: binding, Query: query, Field: m.Form.Get("SAMLRequest")}
}

// encryptID is an EncryptedID as an identity provider makes it for key.
func encryptID(t *testing.T, plain, algorithm string, key *rsa.PublicKey) string {
	t.Helper()
	content := make([]byte, contentCiphers[algorithm].keySize)
	rand.Read(content)
	block, err := aes.NewCipher(content)
	if err != nil {
		t.Fatal(err)
	}
	var sealed []byte
	if contentCiphers[algorithm].gcm {
		gcm, err := cipher.NewGCM(block)
		if err != nil {
			t.Fatal(err)
		}
		nonce := make([]byte, gcmNonce)
		rand.Read(nonce)
		sealed = gcm.Seal(nonce, nonce, []byte(plain), nil)
	} else {
		padding := aes.BlockSize - len(plain)%aes.BlockSize
		padded := append([]byte(plain), make([]byte, padding)...)
		padded[len(padded)-1] = byte(padding)
		sealed = make([]byte, aes.BlockSize+len(padded))
		rand.Read(sealed[:aes.BlockSize])
		cipher.NewCBCEncrypter(block, sealed[:aes.BlockSize]).CryptBlocks(sealed[aes.BlockSize:], padded)
	}
	wrapped, err := rsa.EncryptOAEP(sha1.New(), rand.Reader, key, content, nil)
	if err != nil {
		t.Fatal(err)
	}
	return `<saml:EncryptedID><xenc:EncryptedData xmlns:xenc="` + nsXMLEnc + `"><xenc:EncryptionMethod Algorithm="` + algorithm + `"/><ds:KeyInfo xmlns:ds="` + nsDSig +
		`"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="` + algOAEPMGF1P + `"/><xenc:CipherData><xenc:CipherValue>` + base64.StdEncoding.EncodeToString(wrapped) +
		`</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>` + base64.StdEncoding.EncodeToString(sealed) +
		`</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData></saml:EncryptedID>`
}

// An EncryptedID is opened behind the signature: also AES-CBC, which does not
// notice changes, because the signature does.
func TestLogoutEncryptedID(t *testing.T) {
	signer := innerSigner(t)
	options := LogoutOptions{Trust: &Trust{IDPEntityID: "https://idp.example.com", Certificates: []*x509.Certificate{signer.Certificate}, DecryptionKeys: decryptionKeys()[:1]}, SLOURLs: []string{innerSLO}}
	public := &decryptionKeys()[0].PublicKey
	nameID := `<saml:NameID xmlns:saml="` + nsAssertion + `" Format="` + FormatPersistent + `" NameQualifier="n">person</saml:NameID>`
	for _, binding := range []string{BindingPOST, BindingRedirect} {
		for algorithm := range contentCiphers {
			for name, tc := range map[string]struct {
				plain string
				want  Reason
			}{
				"a NameID":             {nameID, ""},
				"borrowed namespace":   {`<saml:NameID Format="` + FormatPersistent + `" NameQualifier="n">person</saml:NameID>`, ""},
				"an Assertion":         {`<saml:Assertion xmlns:saml="` + nsAssertion + `" ID="_a"/>`, InvalidNameID},
				"another element":      {`<x/>`, DecryptionFailed},
				"two elements":         {nameID + nameID, DecryptionFailed},
				"no XML":               {"person, no XML at all", DecryptionFailed},
				"an empty NameID":      {`<saml:NameID xmlns:saml="` + nsAssertion + `"/>`, InvalidNameID},
				"a NameID with markup": {`<saml:NameID xmlns:saml="` + nsAssertion + `">per<x/>son</saml:NameID>`, InvalidNameID},
			} {
				m := sentRequest(t, binding, encryptID(t, tc.plain, algorithm, public), signer)
				q, err := VerifyLogoutRequest(m, options)
				if tc.want == "" {
					if err != nil {
						t.Errorf("%s, %s, %s: %v", binding, algorithm, name, err)
					} else if got := q.NameID(); !q.NameIDEncrypted() || got != (NameID{Value: "person", Format: FormatPersistent, NameQualifier: "n"}) {
						t.Errorf("%s, %s, %s: got %+v", binding, algorithm, name, got)
					}
					continue
				}
				var refusal *Error
				if !errors.As(err, &refusal) || refusal.Reason != tc.want || refusal.NameID != "" {
					t.Errorf("%s, %s, %s: got %v, want %s", binding, algorithm, name, err, tc.want)
				}
			}
		}
	}
}

// A key is asked to decrypt only for the identity provider: whoever cannot
// sign is refused before, and learns nothing of a plaintext.
func TestLogoutDecryptsNothingUnsigned(t *testing.T) {
	signer := innerSigner(t)
	ours := decryptionKeys()[0]
	trust := &Trust{IDPEntityID: "https://idp.example.com", Certificates: []*x509.Certificate{signer.Certificate}, DecryptionKeys: []*rsa.PrivateKey{ours}}
	for _, binding := range []string{BindingPOST, BindingRedirect} {
		for _, plain := range []string{"no XML", `<saml:NameID xmlns:saml="` + nsAssertion + `">x</saml:NameID>`} {
			foreign := &Signer{Key: ours, Certificate: signer.Certificate}
			m := sentRequest(t, binding, encryptID(t, plain, algAES128CBC, &ours.PublicKey), foreign)
			_, err := VerifyLogoutRequest(m, LogoutOptions{Trust: trust, SLOURLs: []string{innerSLO}})
			var refusal *Error
			if !errors.As(err, &refusal) || refusal.Reason != BadSignature {
				t.Fatalf("got %v, want %s", err, BadSignature)
			}
			for _, c := range refusal.Checks {
				if (c.Name == checkDecrypt || c.Name == checkNameID) && c.Outcome != NotReached {
					t.Errorf("%s: %s is %s", binding, c.Name, c.Outcome)
				}
			}
		}
	}
}

// What is judged is the tree that was read from the very bytes that were
// signed: by HTTP-POST the signed element without its Signature, by
// HTTP-Redirect what the signed parameter inflates to.
func TestOnlySignedLogoutBytesAreRead(t *testing.T) {
	signer := innerSigner(t)
	trust := &Trust{IDPEntityID: "https://idp.example.com", Certificates: []*x509.Certificate{signer.Certificate}}
	for _, binding := range []string{BindingPOST, BindingRedirect} {
		m := sentRequest(t, binding, `<saml:NameID>person</saml:NameID>`, signer)
		v := &logoutVerifier{kind: logoutRequest, message: &m, logout: &LogoutOptions{Trust: trust, SLOURLs: []string{innerSLO}}}
		v.opts, v.now = &VerifyOptions{Trust: trust}, time.Now()
		if err := v.open(); err != nil {
			t.Fatal(err)
		}
		if v.response.child(root, nsDSig, "Signature") != -1 || !v.signed {
			t.Errorf("%s: the message that is read still has its Signature, or is not known as signed", binding)
		}
		if binding == BindingPOST {
			outer := v.trees[0]
			if outer == v.response || !digestIn(t, outer, sum(crypto.SHA256, []byte(v.response.src))) {
				t.Error("the hash of what is read is no DigestValue of the document")
			}
			continue
		}
		parameters, err := url.ParseQuery(m.Query)
		if err != nil {
			t.Fatal(err)
		}
		if src, err := inflate(url.QueryEscape(parameters.Get("SAMLRequest"))); err != nil || src != v.response.src {
			t.Errorf("what is read is not what the query carries: %v", err)
		}
	}
}

// A reader that breaks refuses the message, and nothing escapes.
func TestLogoutReaderBreaks(t *testing.T) {
	signer := innerSigner(t)
	m := sentRequest(t, BindingPOST, `<saml:NameID>person</saml:NameID>`, signer)
	o := LogoutOptions{Trust: &Trust{IDPEntityID: "https://idp.example.com", Certificates: []*x509.Certificate{signer.Certificate}}, SLOURLs: []string{innerSLO}}
	_, err := verifyLogout(logoutRequest, &m, &o, func(*logoutVerifier) { panic("broken") })
	var refusal *Error
	if !errors.As(err, &refusal) || refusal.Reason != Malformed || refusal.Err == nil {
		t.Errorf("got %v", err)
	}
}
