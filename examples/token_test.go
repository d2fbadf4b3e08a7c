package examples_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// claims are those that these tests look at.
type claims struct {
	Issuer   string   `json:"iss"`
	Audience string   `json:"aud"`
	Expires  int64    `json:"exp"`
	UserName string   `json:"preferred_username"`
	Groups   []string `json:"groups"`
	Omitted  bool     `json:"groups_omitted"`
}

// verified checks a token by the keys that the house publishes, with nothing
// but the standard library (RFC 7515, RFC 7518 3.4).
func (b *browser) verified(t *testing.T, token string) claims {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("a token of %d parts, want 3", len(parts))
	}
	var header struct{ Alg, Kid string }
	var said claims
	for i, into := range []any{&header, &said} {
		if err := json.Unmarshal(unbase64(t, parts[i]), into); err != nil {
			t.Fatal(err)
		}
	}
	if header.Alg != "ES256" {
		t.Fatalf("alg %q, want ES256", header.Alg)
	}
	var published struct {
		Keys []struct{ Kty, Crv, Kid, X, Y string }
	}
	keys := b.do(http.MethodGet, door+"/.well-known/jwks.json", nil, "")
	if err := json.Unmarshal([]byte(keys.body), &published); err != nil {
		t.Fatalf("keys: status %d: %v", keys.status, err)
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature := unbase64(t, parts[2])
	for _, key := range published.Keys {
		if key.Kid != header.Kid || key.Kty != "EC" || key.Crv != "P-256" || len(signature) != 64 {
			continue
		}
		public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), slices.Concat([]byte{4}, unbase64(t, key.X), unbase64(t, key.Y)))
		if err != nil {
			t.Fatal(err)
		}
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		if !ecdsa.Verify(public, sum[:], r, s) {
			t.Fatal("the signature is wrong")
		}
		if said.Issuer != door || time.Until(time.Unix(said.Expires, 0)) <= 0 {
			t.Errorf("a token of %s until %s, want a fresh one of ours", said.Issuer, time.Unix(said.Expires, 0))
		}
		return said
	}
	t.Fatalf("key %q is not published", header.Kid)
	return said
}

func unbase64(t *testing.T, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
