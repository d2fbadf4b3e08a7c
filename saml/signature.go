package saml

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha1" // for connections that allow it
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"strconv"
	"strings"
	"time"
)

// signature is a ds:Signature in the one shape that SAML allows (SAML Core
// section 5.4): one Reference to the parent, enveloped, exclusive
// canonicalisation. Algorithms and digest come from the canonical SignedInfo,
// the bytes over which its value is checked.
type signature struct {
	node       int32
	uri        string
	signedInfo string // canonical
	hash       crypto.Hash
	ecdsa      bool
	der        bool // an ECDSA value may be ASN.1 too: senders of queries do both
	value      []byte
	digest     crypto.Hash
	digestWant []byte
	inclusive  []string // PrefixList of the Reference's canonicalisation
	keyInfo    string   // first X509Certificate, base64 as it stands; a hint, never trusted
	algorithm  string
}

// algorithms are the signature and digest methods that are known at all.
var signatureMethods = map[string]struct {
	hash  crypto.Hash
	ecdsa bool
}{
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256":   {crypto.SHA256, false},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha384":   {crypto.SHA384, false},
	"http://www.w3.org/2001/04/xmldsig-more#rsa-sha512":   {crypto.SHA512, false},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": {crypto.SHA256, true},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": {crypto.SHA384, true},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": {crypto.SHA512, true},
	"http://www.w3.org/2000/09/xmldsig#rsa-sha1":          {crypto.SHA1, false},
	"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1":   {crypto.SHA1, true},
}

var digestMethods = map[string]crypto.Hash{
	"http://www.w3.org/2001/04/xmlenc#sha256":       crypto.SHA256,
	"http://www.w3.org/2001/04/xmldsig-more#sha384": crypto.SHA384,
	"http://www.w3.org/2001/04/xmlenc#sha512":       crypto.SHA512,
	"http://www.w3.org/2000/09/xmldsig#sha1":        crypto.SHA1,
}

// verifyElement checks the signature that the element at apex carries as its
// child sig, and gives the signed element read again from exactly the bytes
// that were signed, with the Signature gone from it.
func verifyElement(t *tree, apex, sig int32, trust *Trust, now time.Time) (*tree, *signature, *Error) {
	s, err := readSignature(t, sig, trust.AllowSHA1)
	if err != nil {
		return nil, nil, err
	}
	id, _ := t.attr(apex, "ID")
	if id == "" || s.uri != "#"+id {
		return nil, nil, badShape("a Reference to the element that carries the signature, #"+clip(id), clip(s.uri))
	}
	// The value first: nobody without a signature of the identity provider
	// makes us canonicalise a whole document by prefixes of their choice.
	if err := s.checkValue(trust, now); err != nil {
		return nil, nil, err
	}
	signed, digest, ok := t.canonical(apex, sig, s.inclusive, s.digest)
	if !ok {
		return nil, nil, tooLargeCanonical()
	}
	if !bytes.Equal(digest, s.digestWant) {
		return nil, nil, &Error{Reason: BadSignature, Want: "the content that was signed", Got: "content that was changed after signing (its digest differs)"}
	}
	sealed, err := scan(signed, &responseLimits, nil)
	if err != nil {
		return nil, nil, err
	}
	if got, _ := sealed.attr(root, "ID"); got != id || !sealed.is(root, t.space(apex), t.local(apex)) {
		return nil, nil, &Error{Reason: BadSignature, Want: "the signed element itself", Got: "another element"}
	}
	return sealed, s, nil
}

// maxSignedInfo is how many nodes a SignedInfo may have, white space included.
// The right shape has at most 23; the bound keeps others cheap to refuse.
const maxSignedInfo = 64

func tooLargeCanonical() *Error {
	return &Error{Reason: TooLarge, Want: "a canonical form of at most " + strconv.Itoa(responseLimits.bytes) + " bytes", Got: "a larger one"}
}

func sum(h crypto.Hash, data []byte) []byte {
	w := h.New()
	w.Write(data)
	return w.Sum(make([]byte, 0, 64))
}

// readSignature takes a Signature apart. Anything beside the expected shape
// refuses it.
func readSignature(t *tree, sig int32, allowSHA1 bool) (*signature, *Error) {
	s := &signature{node: sig}
	info, value, keyInfo, ok := signatureParts(t, sig)
	if !ok {
		return nil, badShape("SignedInfo, SignatureValue and at most one KeyInfo", "another shape")
	}
	if t.nodes[info].next-info > maxSignedInfo {
		return nil, badShape("one CanonicalizationMethod, SignatureMethod and Reference", "more")
	}
	inclusive, err := s.canonicalization(t, info)
	if err != nil {
		return nil, err
	}
	if s.signedInfo, _, ok = t.canonical(info, -1, inclusive, 0); !ok {
		return nil, tooLargeCanonical()
	}
	it, err := scan(s.signedInfo, &responseLimits, nil)
	if err != nil {
		return nil, err
	}
	defer it.release()
	if err := s.readSignedInfo(it, allowSHA1); err != nil {
		return nil, err
	}
	text, ok := t.text(value)
	if s.value, ok = decodeBase64(text, ok); !ok || len(s.value) == 0 {
		return nil, badShape("a SignatureValue in base64", "another")
	}
	if keyInfo >= 0 {
		s.keyInfo = firstCertificate(t, keyInfo)
	}
	return s, nil
}

func signatureParts(t *tree, sig int32) (info, value, keyInfo int32, ok bool) {
	info, value, keyInfo = -1, -1, -1
	if !t.blank(sig) {
		return
	}
	n := 0
	for c := t.first(sig); c >= 0; c = t.after(c) {
		if t.nodes[c].kind != elementNode {
			continue
		}
		switch {
		case n == 0 && t.is(c, nsDSig, "SignedInfo"):
			info = c
		case n == 1 && t.is(c, nsDSig, "SignatureValue"):
			value = c
		case n == 2 && t.is(c, nsDSig, "KeyInfo"):
			keyInfo = c
		default:
			return
		}
		n++
	}
	return info, value, keyInfo, value >= 0
}

// canonicalization reads how SignedInfo is to be written.
func (s *signature) canonicalization(t *tree, info int32) ([]string, *Error) {
	for c := t.first(info); c >= 0; c = t.after(c) {
		if t.nodes[c].kind != elementNode {
			continue
		}
		if !t.is(c, nsDSig, "CanonicalizationMethod") {
			break
		}
		return exclusive(t, c)
	}
	return nil, badShape("a SignedInfo that begins with CanonicalizationMethod", "another")
}

// exclusive reads a CanonicalizationMethod or Transform that must be exclusive
// canonicalisation, and its PrefixList.
func exclusive(t *tree, i int32) ([]string, *Error) {
	if alg, _ := t.attr(i, "Algorithm"); alg != nsExcC14N {
		return nil, &Error{Reason: WeakAlgorithm, Want: "exclusive canonicalisation without comments", Got: clip(alg)}
	}
	var inclusive []string
	if !t.blank(i) {
		return nil, badShape("at most InclusiveNamespaces in it", "text")
	}
	for c := t.first(i); c >= 0; c = t.after(c) {
		if t.nodes[c].kind != elementNode {
			continue
		}
		list, ok := t.attr(c, "PrefixList")
		if inclusive != nil || !ok || !t.is(c, nsExcC14N, "InclusiveNamespaces") {
			return nil, badShape("at most one InclusiveNamespaces", "something else")
		}
		inclusive = strings.Fields(list)
		if len(inclusive) > 32 {
			return nil, badShape("a PrefixList of at most 32", "a longer one")
		}
		for k, prefix := range inclusive {
			if prefix == "#default" {
				inclusive[k] = ""
			}
		}
	}
	return inclusive, nil
}

// readSignedInfo reads the canonical SignedInfo: {CanonicalizationMethod,
// SignatureMethod, one Reference with two transforms and a digest}.
func (s *signature) readSignedInfo(t *tree, allowSHA1 bool) *Error {
	parts := children(t, root, 3)
	if len(parts) != 3 || !t.is(root, nsDSig, "SignedInfo") || !t.is(parts[1], nsDSig, "SignatureMethod") || !t.is(parts[2], nsDSig, "Reference") {
		return badShape("one CanonicalizationMethod, SignatureMethod and Reference", "another SignedInfo")
	}
	s.algorithm, _ = t.attr(parts[1], "Algorithm")
	method, known := signatureMethods[s.algorithm]
	if !known || method.hash == crypto.SHA1 && !allowSHA1 || t.first(parts[1]) >= 0 {
		return &Error{Reason: WeakAlgorithm, Want: "a signature by RSA or ECDSA with SHA-256, SHA-384 or SHA-512", Got: clip(s.algorithm)}
	}
	s.hash, s.ecdsa = method.hash, method.ecdsa
	s.uri, _ = t.attr(parts[2], "URI")
	return s.readReference(t, parts[2], allowSHA1)
}

func (s *signature) readReference(t *tree, ref int32, allowSHA1 bool) *Error {
	parts := children(t, ref, 3)
	if len(parts) != 3 || !t.is(parts[0], nsDSig, "Transforms") || !t.is(parts[1], nsDSig, "DigestMethod") || !t.is(parts[2], nsDSig, "DigestValue") {
		return badShape("a Reference of Transforms, DigestMethod and DigestValue", "another")
	}
	transforms := children(t, parts[0], 2)
	if len(transforms) != 2 || !t.is(transforms[0], nsDSig, "Transform") || !t.is(transforms[1], nsDSig, "Transform") {
		return &Error{Reason: WeakAlgorithm, Want: "two transforms: enveloped-signature and exclusive canonicalisation", Got: "others"}
	}
	if alg, _ := t.attr(transforms[0], "Algorithm"); alg != transformEnveloped || t.first(transforms[0]) >= 0 {
		return &Error{Reason: WeakAlgorithm, Want: "enveloped-signature as first transform", Got: clip(alg)}
	}
	var err *Error
	if s.inclusive, err = exclusive(t, transforms[1]); err != nil {
		return err
	}
	alg, _ := t.attr(parts[1], "Algorithm")
	digest, known := digestMethods[alg]
	if !known || digest == crypto.SHA1 && !allowSHA1 {
		return &Error{Reason: WeakAlgorithm, Want: "a digest by SHA-256, SHA-384 or SHA-512", Got: clip(alg)}
	}
	s.digest = digest
	text, ok := t.text(parts[2])
	if s.digestWant, ok = decodeBase64(text, ok); !ok || len(s.digestWant) != digest.Size() {
		return badShape("a DigestValue of the digest's length", "another")
	}
	return nil
}

// children gives the child elements of i when there are at most n of them and
// nothing but white space between; nil otherwise.
func children(t *tree, i int32, n int) []int32 {
	if !t.blank(i) {
		return nil
	}
	out := make([]int32, 0, n)
	for c := t.first(i); c >= 0; c = t.after(c) {
		if t.nodes[c].kind != elementNode {
			continue
		}
		if len(out) == n {
			return nil
		}
		out = append(out, c)
	}
	return out
}

// checkValue looks for the certificate of the connection whose key made the
// signature. KeyInfo only says which one to try first.
func (s *signature) checkValue(trust *Trust, now time.Time) *Error {
	digest := sum(s.hash, []byte(s.signedInfo))
	hint, _ := decodeBase64(s.keyInfo, s.keyInfo != "")
	first := -1
	if len(trust.Certificates) > 1 {
		for i, c := range trust.Certificates {
			if bytes.Equal(c.Raw, hint) {
				first = i
			}
		}
	}
	var outdated *Error
	try := func(c *x509.Certificate) bool {
		if !s.by(c, digest) {
			return false
		}
		err := trust.inDate(c, now)
		if err != nil {
			outdated = err // a renewed certificate may hold the same key
		}
		return err == nil
	}
	if first >= 0 && try(trust.Certificates[first]) {
		return nil
	}
	for i, c := range trust.Certificates {
		if i != first && try(c) {
			return nil
		}
	}
	if outdated != nil {
		return outdated
	}
	want := "a signature by one of the connection's certificates"
	if len(hint) > 0 && !trust.has(hint) {
		return &Error{Reason: UntrustedCertificate, Want: want + ", " + fingerprints(trust.Certificates), Got: "one by another certificate, SHA-256 " + Fingerprint(hint)}
	}
	return &Error{Reason: BadSignature, Want: want, Got: "a value that none of them made"}
}

// by reports whether the key of c made the signature over digest.
func (s *signature) by(c *x509.Certificate, digest []byte) bool {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return !s.ecdsa && rsa.VerifyPKCS1v15(key, s.hash, digest, s.value) == nil
	case *ecdsa.PublicKey:
		if s.ecdsa && s.der && ecdsa.VerifyASN1(key, digest, s.value) {
			return true
		}
		// r and s side by side, each as long as the order (RFC 4050 section 3.3).
		size := (key.Curve.Params().N.BitLen() + 7) / 8
		if !s.ecdsa || len(s.value) != 2*size {
			return false
		}
		r := new(big.Int).SetBytes(s.value[:size])
		v := new(big.Int).SetBytes(s.value[size:])
		return ecdsa.Verify(key, digest, r, v)
	}
	return false
}

func (t *Trust) has(der []byte) bool {
	for _, c := range t.Certificates {
		if bytes.Equal(c.Raw, der) {
			return true
		}
	}
	return false
}

func (t *Trust) inDate(c *x509.Certificate, now time.Time) *Error {
	if t.AllowExpiredCertificates || !now.Before(c.NotBefore) && !now.After(c.NotAfter) {
		return nil
	}
	return &Error{Reason: ExpiredCertificate, Want: "a signing certificate that is valid at " + now.UTC().Format(time.RFC3339),
		Got: "one valid from " + c.NotBefore.UTC().Format(time.RFC3339) + " to " + c.NotAfter.UTC().Format(time.RFC3339)}
}

func firstCertificate(t *tree, keyInfo int32) string {
	for i := keyInfo + 1; i < t.nodes[keyInfo].next; i++ {
		if t.is(i, nsDSig, "X509Certificate") {
			text, _ := t.text(i)
			return text
		}
	}
	return ""
}

// decodeBase64 reads base64 with white space in it.
func decodeBase64(s string, ok bool) ([]byte, bool) {
	if !ok {
		return nil, false
	}
	if strings.ContainsAny(s, " \t\r\n") {
		s = strings.Map(func(r rune) rune {
			if r < 0x80 && isSpace(byte(r)) {
				return -1
			}
			return r
		}, s)
	}
	out, err := base64.StdEncoding.Strict().DecodeString(s)
	return out, err == nil
}

func badShape(want, got string) *Error {
	return &Error{Reason: MalformedSignature, Want: want, Got: got}
}
