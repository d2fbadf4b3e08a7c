package saml

import (
	"bytes"
	"compress/flate"
	"crypto"
	"io"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxQuery is more than any browser or proxy carries.
const maxQuery = 64 << 10

const encodingDeflate = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"

// Parameters of HTTP-Redirect (SAML Bindings section 3.4.4), and SAMLart of
// HTTP-Artifact, which is not spoken here.
const (
	inRequest = iota
	inResponse
	inRelayState
	inSigAlg
	inSignature
	inEncoding
	inArtifact
)

var queryNames = [...]string{"SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature", "SAMLEncoding", "SAMLart"}

// redirectQuery is a query taken apart; values stay as they came, escapes and
// all.
type redirectQuery struct {
	value   [len(queryNames)]string
	present [len(queryNames)]bool
	any     bool // one of the messages is there, or a part of their signature
}

// splitQuery finds the parameters of the binding. Whoever else reads the same
// query must find the same: a name twice, escaped, in other letters or
// without a value refuses it. Other parameters are nobody's, and stay unread.
func splitQuery(raw string) (*redirectQuery, *Error) {
	if len(raw) > maxQuery {
		return nil, &Error{Reason: TooLarge, Want: "a query of at most " + strconv.Itoa(maxQuery) + " bytes", Got: strconv.Itoa(len(raw)) + " bytes"}
	}
	q := &redirectQuery{}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, hasValue := strings.Cut(pair, "=")
		plain, err := url.QueryUnescape(name)
		if err != nil {
			return nil, malformed("a query that can be read", "a broken escape in a name")
		}
		for i, known := range queryNames {
			switch {
			case !strings.EqualFold(plain, known):
				continue
			case name != known || !hasValue:
				return nil, malformed("the parameter "+known+", spelled like this, with a value", "another spelling")
			case q.present[i]:
				return nil, malformed("each parameter once", known+" twice")
			}
			q.value[i], q.present[i] = value, true
			q.any = q.any || i != inRelayState
		}
	}
	return q, nil
}

// openRedirect reads the query. The signature comes first: it covers the
// octets as they travelled, so nobody else makes us inflate or read anything.
func (v *logoutVerifier) openRedirect() *Error {
	q, err := splitQuery(v.message.Query)
	if err == nil {
		err = v.checkQuery(q)
	}
	if err != nil {
		return v.refuse(checkSize, err)
	}
	algorithm, err := q.verify(v.queryKind(), v.logout.Trust, v.now)
	if err != nil {
		return v.refuse(checkSignature, err)
	}
	v.pass(checkSignature, "", algorithm)
	v.signed = true
	src, err := inflate(q.value[v.queryKind()])
	if err != nil {
		return v.refuse(checkSize, err)
	}
	t, err := v.scan(src)
	if err != nil {
		return err
	}
	if v.parts.signature >= 0 {
		return v.refuse(checkMessage, badShape("the signature in the query alone, as HTTP-Redirect wants it", "one in the message"))
	}
	v.response = t
	return nil
}

// queryKind is the parameter that must hold the message.
func (v *logoutVerifier) queryKind() int {
	if v.kind == logoutResponse {
		return inResponse
	}
	return inRequest
}

// checkQuery wants one message, the right one, in the one encoding there is.
func (v *logoutVerifier) checkQuery(q *redirectQuery) *Error {
	if v.message.Field != "" {
		return malformed("a message in the URL alone", "another in a form")
	}
	if q.present[inRequest] && q.present[inResponse] || q.present[inArtifact] {
		return malformed("one message", "several in one query")
	}
	if kind := v.queryKind(); !q.present[kind] {
		return malformed("the parameter "+queryNames[kind], "none")
	}
	if q.present[inEncoding] {
		if encoding, err := url.QueryUnescape(q.value[inEncoding]); err != nil || encoding != encodingDeflate {
			return malformed("the encoding DEFLATE", clip(encoding))
		}
	}
	state, err := url.QueryUnescape(q.value[inRelayState])
	if err != nil {
		return malformed("a RelayState that can be read", "a broken escape")
	}
	if len(state) > maxIncomingState {
		return longState(state)
	}
	v.state = state
	return nil
}

// verify checks the signature over the original octets, in the order that the
// binding sets (SAML Bindings section 3.4.4.1).
func (q *redirectQuery) verify(kind int, trust *Trust, now time.Time) (string, *Error) {
	if !q.present[inSignature] {
		return "", &Error{Reason: Unsigned, Want: "a signed query", Got: "one without Signature"}
	}
	if !q.present[inSigAlg] {
		return "", badShape("SigAlg beside Signature", "none")
	}
	algorithm, err := url.QueryUnescape(q.value[inSigAlg])
	method, known := signatureMethods[algorithm]
	if err != nil || !known || method.hash == crypto.SHA1 && !trust.AllowSHA1 {
		return "", &Error{Reason: WeakAlgorithm, Want: "a signature by RSA or ECDSA with SHA-256, SHA-384 or SHA-512", Got: clip(algorithm)}
	}
	value, ok := queryBase64(q.value[inSignature])
	if !ok {
		return "", badShape("a Signature in base64", "another")
	}
	octets := queryNames[kind] + "=" + q.value[kind]
	if q.present[inRelayState] {
		octets += "&RelayState=" + q.value[inRelayState]
	}
	octets += "&SigAlg=" + q.value[inSigAlg]
	s := &signature{signedInfo: octets, hash: method.hash, ecdsa: method.ecdsa, der: true, value: value, algorithm: algorithm}
	return algorithm, s.checkValue(trust, now)
}

// queryBase64 reads base64 out of a query. Some senders break its lines; a
// space is a plus sign that nobody escaped, and refuses it.
func queryBase64(raw string) ([]byte, bool) {
	text, err := url.QueryUnescape(raw)
	if err != nil || strings.Contains(text, " ") {
		return nil, false
	}
	out, ok := decodeBase64(text, true)
	return out, ok && len(out) > 0
}

// inflaters are kept: a new one costs 40 kB.
var inflaters = sync.Pool{New: func() any { return flate.NewReader(nil) }}

// inflate undoes the DEFLATE encoding (SAML Bindings section 3.4.4.1), up to
// the size of a logout message and to its very end.
func inflate(raw string) (string, *Error) {
	packed, ok := queryBase64(raw)
	if !ok {
		return "", &Error{Reason: NotBase64, Want: "a message in base64", Got: "something else"}
	}
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	in := bytes.NewReader(packed)
	r.(flate.Resetter).Reset(in, nil) // fails for dictionaries alone
	var out bytes.Buffer
	out.Grow(4 * len(packed))
	n, err := out.ReadFrom(io.LimitReader(r, int64(logoutLimits.bytes)+1))
	switch {
	case n > int64(logoutLimits.bytes):
		return "", &Error{Reason: TooLarge, Want: "a message of at most " + strconv.Itoa(logoutLimits.bytes) + " bytes", Got: "one that inflates to more"}
	case err != nil:
		return "", malformed("a deflated message", "something else")
	case in.Len() > 0:
		return "", malformed("nothing behind the deflated message", "more")
	}
	return out.String(), nil
}
