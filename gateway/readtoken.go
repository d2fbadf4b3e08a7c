package gateway

import (
	"bytes"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// ReadToken is what one token says, and whether an application may believe it.
type ReadToken struct {
	Header, Claims string // JSON with indentation; "" where it is none
	Checks         []TokenCheck

	// From the claims, whether they can be believed or not; zero: not said.
	IssuedAt, Expires, AuthTime time.Time
	SessionID                   string
}

// TokenCheck is one of the checks that an application makes.
type TokenCheck struct {
	What      string
	Passed    bool
	Want, Got string
}

// Good reports whether every check passed.
func (t *ReadToken) Good() bool {
	return !slices.ContainsFunc(t.Checks, func(c TokenCheck) bool { return !c.Passed })
}

// Checks of a token, in the order in which they are made.
const (
	checkForm      = "It is a signed token"
	checkAlgorithm = "alg, the algorithm"
	checkKey       = "kid, the key"
	checkSignature = "The signature"
	checkIssuer    = "iss, who signed it"
	checkAudience  = "aud, for which application"
	checkNotBefore = "nbf, from when"
	checkExpires   = "exp, until when"
)

// ReadTokenFor makes the checks that an application of that name has to make,
// at one moment, and explains each. It believes nothing else, and fails with
// nothing: a text that is no token fails the first check.
func ReadTokenFor(keys Keys, baseURL, audience, text string, at time.Time) *ReadToken {
	t := &ReadToken{}
	check := func(what string, passed bool, want, got string) bool {
		t.Checks = append(t.Checks, TokenCheck{what, passed, want, got})
		return passed
	}
	header, claims, ok := halves(text)
	if !check(checkForm, ok, "two JSON objects and a signature, in base64url, with dots between", map[bool]string{true: "a signed token", false: "something else"}[ok]) {
		return t
	}
	t.Header, t.Claims = indented(header), indented(claims)
	var head struct {
		Algorithm any `json:"alg"`
		KeyID     any `json:"kid"`
	}
	var said map[string]any
	if json.Unmarshal(header, &head) != nil || json.Unmarshal(claims, &said) != nil {
		t.Checks[0] = TokenCheck{checkForm, false, t.Checks[0].Want, "something else"}
		return t
	}
	t.IssuedAt, t.Expires, t.AuthTime = instant(said["iat"]), instant(said["exp"]), instant(said["auth_time"])
	t.SessionID, _ = said["sid"].(string)

	check(checkAlgorithm, head.Algorithm == string(jose.ES256), string(jose.ES256), shownValue(head.Algorithm))
	public, ids := publicKey(keys, head.KeyID)
	check(checkKey, public != nil, "one of ours: "+strings.Join(ids, ", "), shownValue(head.KeyID))
	signed := public != nil && signedBy(text, public)
	check(checkSignature, signed, "made by that key over just these words", map[bool]string{true: "it was", false: "it was not, or can't be told"}[signed])
	issuer := strings.TrimRight(baseURL, "/")
	check(checkIssuer, said["iss"] == issuer, issuer, shownValue(said["iss"]))
	check(checkAudience, said["aud"] == audience, audience, shownValue(said["aud"]))
	from := instant(said["nbf"])
	check(checkNotBefore, !from.IsZero() && !at.Before(from), "not after "+utc(at), utc(from))
	check(checkExpires, at.Before(t.Expires), "after "+utc(at), utc(t.Expires))
	return t
}

// halves are the header and the claims of a compact token.
func halves(text string) (header, claims []byte, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, nil, false
	}
	for _, part := range parts {
		if _, err := base64.RawURLEncoding.DecodeString(part); err != nil {
			return nil, nil, false
		}
	}
	header, _ = base64.RawURLEncoding.DecodeString(parts[0])
	claims, _ = base64.RawURLEncoding.DecodeString(parts[1])
	return header, claims, json.Valid(header) && json.Valid(claims)
}

// publicKey is ours of that ID; nil where there is none.
func publicKey(keys Keys, id any) (found *ecdsa.PublicKey, ids []string) {
	for _, k := range keys.TokenKeys() {
		ids = append(ids, k.ID)
		if k.ID == id {
			found = k.Public
		}
	}
	return found, ids
}

func signedBy(text string, key *ecdsa.PublicKey) bool {
	signed, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		return false
	}
	_, err = signed.Verify(key)
	return err == nil
}

func indented(raw []byte) string {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return ""
	}
	return out.String()
}

// latestInstant is the last second that is written with four digits of year.
const latestInstant = 253402300799

func instant(v any) time.Time {
	seconds, ok := v.(float64)
	if !ok || seconds <= 0 || seconds > latestInstant {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}

func utc(t time.Time) string {
	if t.IsZero() {
		return "nothing"
	}
	return t.UTC().Format("2006-01-02 15:04:05 MST")
}

// shownValue is a value of JSON as it was written.
func shownValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case string:
		return v
	}
	text, err := json.Marshal(v)
	if err != nil {
		return "something else"
	}
	return string(text)
}
