package testidp

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	_ "crypto/sha1"   // broken on purpose, by name
	_ "crypto/sha256" // the hashes that crypto.Hash finds
	_ "crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// signatureMethod is one algorithm of XML Signature.
type signatureMethod struct {
	uri  string
	hash crypto.Hash
}

var signatureMethods = map[string]signatureMethod{
	"rsa-sha1":     {nsSignature + "rsa-sha1", crypto.SHA1},
	"rsa-sha256":   {nsMoreDSig + "rsa-sha256", crypto.SHA256},
	"rsa-sha384":   {nsMoreDSig + "rsa-sha384", crypto.SHA384},
	"rsa-sha512":   {nsMoreDSig + "rsa-sha512", crypto.SHA512},
	"ecdsa-sha256": {nsMoreDSig + "ecdsa-sha256", crypto.SHA256},
	"ecdsa-sha384": {nsMoreDSig + "ecdsa-sha384", crypto.SHA384},
	"ecdsa-sha512": {nsMoreDSig + "ecdsa-sha512", crypto.SHA512},
}

var digestMethods = map[string]signatureMethod{
	"sha1":   {nsSignature + "sha1", crypto.SHA1},
	"sha256": {nsEncrypt + "sha256", crypto.SHA256},
	"sha384": {nsMoreDSig + "sha384", crypto.SHA384},
	"sha512": {nsEncrypt + "sha512", crypto.SHA512},
}

// signing is how one element is signed.
type signing struct {
	key         *keyPair
	method      signatureMethod
	digest      signatureMethod
	certificate []byte // shown in KeyInfo; nil: no KeyInfo
	prefixes    string // InclusiveNamespaces PrefixList; "": none
	object      string // put into the Signature as ds:Object; "": none
}

// element renders a ds:Signature over canonical bytes whose element carries
// id. The caller splices it in: the enveloped-signature transform takes it out
// again.
func (s signing) element(id, canonical string) (string, error) {
	transform := `<ds:Transform Algorithm="` + nsExclusive + `"></ds:Transform>`
	if s.prefixes != "" {
		transform = `<ds:Transform Algorithm="` + nsExclusive + `"><ec:InclusiveNamespaces xmlns:ec="` + nsExclusive + `"` +
			attr("PrefixList", s.prefixes) + `></ec:InclusiveNamespaces></ds:Transform>`
	}
	signedInfo := `<ds:CanonicalizationMethod Algorithm="` + nsExclusive + `"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="` + s.method.uri + `"></ds:SignatureMethod>` +
		`<ds:Reference URI="#` + id + `"><ds:Transforms><ds:Transform Algorithm="` + nsSignature + `enveloped-signature"></ds:Transform>` +
		transform + `</ds:Transforms><ds:DigestMethod Algorithm="` + s.digest.uri + `"></ds:DigestMethod><ds:DigestValue>` +
		base64.StdEncoding.EncodeToString(sum(s.digest.hash, canonical)) + `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	// Canonicalised alone, SignedInfo shows the declaration that it inherits
	// from ds:Signature in the document.
	value, err := s.key.sign(s.method.hash, sum(s.method.hash, `<ds:SignedInfo xmlns:ds="`+nsSignature+`">`+signedInfo))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(`<ds:Signature xmlns:ds="` + nsSignature + `"><ds:SignedInfo>` + signedInfo +
		`<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(value) + `</ds:SignatureValue>`)
	if s.certificate != nil {
		b.WriteString(`<ds:KeyInfo>` + x509Data(s.certificate) + `</ds:KeyInfo>`)
	}
	b.WriteString(s.object + `</ds:Signature>`)
	return b.String(), nil
}

// sign gives PKCS #1 v1.5 for RSA, and r||s for ECDSA (XML Signature 1.1,
// section 6.4.3), which is not what crypto/ecdsa gives by itself.
func (k *keyPair) sign(hash crypto.Hash, digest []byte) ([]byte, error) {
	switch key := k.key.(type) {
	case *rsa.PrivateKey:
		return rsa.SignPKCS1v15(rand.Reader, key, hash, digest)
	case *ecdsa.PrivateKey:
		r, s, err := ecdsa.Sign(rand.Reader, key, digest)
		if err != nil {
			return nil, fmt.Errorf("sign: %w", err)
		}
		size := (key.Curve.Params().BitSize + 7) / 8
		out := make([]byte, 2*size)
		r.FillBytes(out[:size])
		s.FillBytes(out[size:])
		return out, nil
	}
	return nil, errors.New("sign: the key is neither RSA nor ECDSA")
}

func sum(hash crypto.Hash, s string) []byte {
	h := hash.New()
	h.Write([]byte(s))
	return h.Sum(nil)
}

// signing finds key and algorithms by the names that a Response uses.
func (p *IDP) signing(method, digest, keyInfo string) (signing, error) {
	if method == "" {
		method = "rsa-sha256"
	}
	if digest == "" {
		digest = "sha256"
	}
	s := signing{key: p.rsa}
	var ok bool
	if s.method, ok = signatureMethods[method]; !ok {
		return s, fmt.Errorf("unknown signature algorithm %q", method)
	}
	if s.digest, ok = digestMethods[digest]; !ok {
		return s, fmt.Errorf("unknown digest algorithm %q", digest)
	}
	switch method {
	case "ecdsa-sha256":
		s.key = p.p256
	case "ecdsa-sha384", "ecdsa-sha512":
		s.key = p.p384
	}
	if s.key == nil {
		return s, fmt.Errorf("signature algorithm %q needs Options.ECDSA", method)
	}
	switch keyInfo {
	case KeyInfoOwn:
		s.certificate = s.key.certificate.Raw
	case KeyInfoNone:
	case KeyInfoForeign:
		foreign, err := p.foreign()
		if err != nil {
			return s, err
		}
		s.certificate = foreign.certificate.Raw
	default:
		return s, fmt.Errorf("unknown KeyInfo %q", keyInfo)
	}
	return s, nil
}
