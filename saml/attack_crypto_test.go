package saml_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

// The names of algorithms are changed, alone and in pairs: to none, to weaker
// ones, to what reads the key as a password, to what rewrites the document.
func TestAlgorithmSwaps(t *testing.T) {
	t.Parallel()
	all := targets(t)
	others := []string{"", "none", dsSpace + "hmac-sha1", dsMore + "hmac-sha256", dsSpace + "rsa-sha1", dsSpace + "dsa-sha1", dsMore + "rsa-md5", dsMore + "ecdsa-sha256", dsMore + "rsa-sha512",
		dsSpace + "sha1", encNS + "sha512", excC14N + "WithComments", excC14N, "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "http://www.w3.org/2006/12/xml-c14n11",
		"http://www.w3.org/TR/1999/REC-xpath-19991116", "http://www.w3.org/TR/1999/REC-xslt-19991116", dsSpace + "base64", dsSpace + "enveloped-signature"}
	for _, g := range all {
		for i, part := range strings.Split(g.signature, `Algorithm="`)[1:] {
			old, _, _ := strings.Cut(part, `"`)
			for _, other := range others {
				if other == old {
					continue
				}
				changed := replaceNth(g.signature, `Algorithm="`+old+`"`, `Algorithm="`+other+`"`, strings.Count(strings.Join(strings.Split(g.signature, `Algorithm="`)[:i+1], `Algorithm="`), `Algorithm="`+old+`"`))
				g.refuse(t, old+" to "+other, strings.Replace(g.raw, g.signature, changed, 1))
				g.refuse(t, old+" to "+other+", forged", strings.ReplaceAll(strings.Replace(g.raw, g.signature, changed, 1), victim, attacker))
			}
		}
	}
	logTried(t, all)
}

func replaceNth(s, old, new string, n int) string {
	parts := strings.Split(s, old)
	n = min(n, len(parts)-2)
	return strings.Join(parts[:n+1], old) + new + strings.Join(parts[n+1:], old)
}

// Values that an attacker can compute: nothing, the digest of nothing, the
// digest of the forged assertion, an HMAC under the public certificate, and a
// signature by a key of their own.
func TestComputedSignatures(t *testing.T) {
	t.Parallel()
	all := targets(t)
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		evilBare := g.evil("same")
		digest := sha256.Sum256([]byte(evilBare))
		nothing := sha256.Sum256(nil)
		info := between(g.signature, "<ds:SignedInfo>", "</ds:SignedInfo>")
		oldDigest := strings.TrimSuffix(strings.TrimPrefix(between(info, "<ds:DigestValue>", "</"), "<ds:DigestValue>"), "</")
		oldValue := strings.TrimSuffix(strings.TrimPrefix(between(g.signature, "<ds:SignatureValue>", "</"), "<ds:SignatureValue>"), "</")
		for _, d := range [][]byte{digest[:], nothing[:], {}, digest[:16]} {
			for _, method := range []string{dsMore + "rsa-sha256", dsMore + "hmac-sha256", "none", ""} {
				forged := strings.Replace(info, oldDigest, base64.StdEncoding.EncodeToString(d), 1)
				forged = strings.Replace(forged, dsMore+"rsa-sha256", method, 1)
				canonical := strings.Replace(forged, "<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="`+dsSpace+`">`, 1)
				for _, value := range [][]byte{{}, {0}, make([]byte, 256), hmacOf(g.options.Trust.Certificates[0].Raw, canonical),
					hmacOf(g.options.Trust.Certificates[0].RawSubjectPublicKeyInfo, canonical), rsaOf(t, own, canonical), rsaOf(t, own, "")} {
					s := strings.Replace(g.signature, info, forged, 1)
					s = strings.Replace(s, oldValue, base64.StdEncoding.EncodeToString(value), 1)
					assertion := strings.Replace(evilBare, "</saml:Issuer>", "</saml:Issuer>"+s, 1)
					g.refuse(t, "forged value, "+method, strings.Replace(g.raw, g.assertion, assertion, 1))
					g.refuse(t, "no value, "+method, strings.Replace(g.raw, g.assertion, strings.Replace(assertion, between(s, "<ds:SignatureValue>", "</ds:SignatureValue>"), "", 1), 1))
				}
			}
		}
		for _, info := range []string{"", "<ds:SignedInfo/>", "<ds:SignedInfo></ds:SignedInfo><ds:SignedInfo></ds:SignedInfo>", info + info} {
			g.refuse(t, "SignedInfo "+info[:min(len(info), 20)], strings.Replace(g.raw, between(g.signature, "<ds:SignedInfo>", "</ds:SignedInfo>"), info, 1))
		}
		for _, uri := range []string{"", "#", "#_evil", "#xpointer(/)", "#xpointer(id('" + "x" + "'))", "https://example.com/a.xml", "file:///etc/passwd", "##"} {
			g.refuse(t, "URI "+uri, strings.Replace(g.raw, between(g.signature, ` URI="`, `">`), ` URI="`+uri+`">`, 1))
		}
		g.refuse(t, "no URI", strings.Replace(g.raw, between(g.signature, ` URI="`, `">`), `>`, 1))
	}
	logTried(t, all)
}

func hmacOf(key []byte, data string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(data))
	return h.Sum(nil)
}

func rsaOf(t *testing.T, key *rsa.PrivateKey, data string) []byte {
	digest := sha256.Sum256([]byte(data))
	value, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	return value
}

// Another provider that calls itself by the same name, with a key of its own
// and the certificate of the real one, or its own, in KeyInfo.
func TestForeignProvider(t *testing.T) {
	t.Parallel()
	impostor, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com", ECDSA: true})
	if err != nil {
		t.Fatal(err)
	}
	all := targets(t)
	for _, g := range all {
		for _, keyInfo := range []string{testidp.KeyInfoOwn, testidp.KeyInfoNone, testidp.KeyInfoForeign} {
			for _, algorithm := range []string{"rsa-sha256", "ecdsa-sha256", "ecdsa-sha384"} {
				raw, err := impostor.Respond(testidp.Response{ACS: benchACS, Audience: benchSP, NameID: attacker, KeyInfo: keyInfo, SignatureAlgorithm: algorithm, SignAssertion: true, SignResponse: true})
				if err != nil {
					t.Fatal(err)
				}
				g.refuse(t, "impostor", string(raw))
				certificate := between(string(raw), "<ds:X509Certificate>", "</ds:X509Certificate>")
				if certificate != "" {
					g.refuse(t, "impostor with our certificate", strings.ReplaceAll(string(raw), certificate, between(g.raw, "<ds:X509Certificate>", "</ds:X509Certificate>")))
				}
			}
		}
	}
	logTried(t, all)
}

// Everybody can encrypt for us, so encryption proves nothing; and ciphertext
// that does not fit opens nothing.
func TestEncryptionGames(t *testing.T) {
	t.Parallel()
	certificate := selfSigned(t, rsaKey(), "service")
	var all []*target
	for _, mode := range []testidp.Response{{SignAssertion: true}, {SignResponse: true}, {SignAssertion: true, SignResponse: true}} {
		for _, algorithm := range []string{"aes128-gcm", "aes256-gcm", "aes128-cbc", "aes256-cbc"} {
			r := mode
			r.Encrypt, r.SPCertificate = algorithm, certificate
			if strings.HasSuffix(algorithm, "cbc") && !mode.SignResponse {
				g := newTarget(t, algorithm, testidp.Response{SignAssertion: true})
				r.ACS, r.Audience = benchACS, benchSP
				raw, err := g.twin.Respond(r)
				if err != nil {
					t.Fatal(err)
				}
				g.refuse(t, "CBC without a signed Response", string(raw))
				all = append(all, g)
				continue
			}
			g := newTarget(t, algorithm, r)
			encryptionGames(t, g, r)
			all = append(all, g)
		}
	}
	logTried(t, all)
}

func encryptionGames(t *testing.T, g *target, r testidp.Response) {
	encrypted := between(g.raw, "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>")
	content := between(encrypted, "</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>", "</xenc:CipherValue>")
	value := strings.TrimSuffix(strings.TrimPrefix(content, "</ds:KeyInfo><xenc:CipherData><xenc:CipherValue>"), "</xenc:CipherValue>")
	cipher, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 1, 11, 12, 15, 16, 17, 27, 28, 29, 31, 32, 33, 48, len(cipher) - 17, len(cipher) - 16, len(cipher) - 1} {
		g.refuse(t, fmt.Sprintf("ciphertext of %d bytes", n), strings.Replace(g.raw, value, base64.StdEncoding.EncodeToString(cipher[:n]), 1))
	}
	for i := 0; i < len(cipher); i += 97 {
		bad := append([]byte(nil), cipher...)
		bad[i] ^= 0x20
		g.refuse(t, "bit flipped", strings.Replace(g.raw, value, base64.StdEncoding.EncodeToString(bad), 1))
	}
	key := between(encrypted, "<xenc:EncryptedKey>", "</xenc:EncryptedKey>")
	for _, n := range []int{2, 4, 5, 300} {
		g.try(t, fmt.Sprintf("%d EncryptedKeys", n), strings.Replace(g.raw, key, strings.Repeat(key, n), 1))
	}
	nested := key
	for range 20 {
		nested = strings.Replace(key, "</xenc:EncryptionMethod>", "</xenc:EncryptionMethod><ds:KeyInfo>"+nested+"</ds:KeyInfo>", 1)
	}
	g.try(t, "EncryptedKeys in one another", strings.Replace(g.raw, key, nested, 1))
	g.refuse(t, "no EncryptedKey", strings.Replace(g.raw, key, "", 1))
	for _, algorithm := range []string{"rsa-1_5", "tripledes-cbc", "kw-aes128", "aes128-cbc", "aes192-cbc", "aes256-cbc", "", "rsa-oaep"} {
		g.refuse(t, "wrapped by "+algorithm, strings.Replace(g.raw, encNS+"rsa-oaep-mgf1p", encNS+algorithm, 1))
		if algorithm != r.Encrypt {
			method := between(encrypted, "<xenc:EncryptionMethod ", ">")
			g.refuse(t, "encrypted by "+algorithm, strings.Replace(g.raw, method, `<xenc:EncryptionMethod Algorithm="`+encNS+algorithm+`">`, 1))
		}
	}
	g.refuse(t, "two EncryptedAssertions", strings.Replace(g.raw, encrypted, encrypted+encrypted, 1))
	g.refuse(t, "an Assertion beside", strings.Replace(g.raw, encrypted, encrypted+evilAssertion, 1))

	// The attacker's own assertion, encrypted for us: unsigned, or wrapped.
	r.ACS, r.Audience, r.NameID, r.Person = benchACS, benchSP, attacker, ""
	for _, misbehaviour := range []string{"unsigned", "comment-in-nameid", "cdata", "unknown-key", "xsw-3", "xsw-6"} {
		r.Misbehave = misbehaviour
		raw, err := g.twin.Respond(r)
		if err != nil {
			t.Fatal(err)
		}
		g.refuse(t, misbehaviour, string(raw))
		if forged := between(string(raw), "<saml:EncryptedAssertion ", "</saml:EncryptedAssertion>"); forged != "" && misbehaviour == "unsigned" {
			g.refuse(t, "forged and encrypted", strings.Replace(g.raw, encrypted, forged, 1))
		}
	}
}
