package gateway

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func askJWKS(t testing.TB, keys Keys, method string, header ...string) *http.Response {
	t.Helper()
	g := &Gateway{o: Options{Keys: keys}}
	r := httptest.NewRequest(method, jwksPath, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	if err := g.jwks(w, r); err != nil {
		t.Fatal(err)
	}
	return w.Result()
}

func TestJWKS(t *testing.T) {
	first, second := newTokenKey(t, "k-1"), newTokenKey(t, "k-2")
	keys := &keyRing{keys: []Key{first, second.public()}}
	a := askJWKS(t, keys, http.MethodGet)
	want := map[string]string{
		"Content-Type": "application/json", "Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff",
	}
	for name, value := range want {
		if got := a.Header.Get(name); got != value {
			t.Errorf("%s: %s, want %s", name, got, value)
		}
	}
	var set struct{ Keys []map[string]string }
	if err := json.NewDecoder(a.Body).Decode(&set); err != nil || a.StatusCode != http.StatusOK {
		t.Fatal(a.StatusCode, err)
	}
	var expected []map[string]string
	for _, k := range keys.keys {
		point, err := k.Public.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		expected = append(expected, map[string]string{
			"kty": "EC", "crv": "P-256", "kid": k.ID, "use": "sig", "alg": "ES256",
			"x": base64.RawURLEncoding.EncodeToString(point[1:33]), "y": base64.RawURLEncoding.EncodeToString(point[33:]),
		})
	}
	// Nothing beside this, and so no private part.
	if diff := cmp.Diff(expected, set.Keys); diff != "" {
		t.Error(diff)
	}
}

func TestJWKSIsFetchedAgainOnlyWhereItChanged(t *testing.T) {
	first, second := newTokenKey(t, "k-1"), newTokenKey(t, "k-2")
	keys := &keyRing{keys: []Key{first, second.public()}}
	tag := askJWKS(t, keys, http.MethodGet).Header.Get("ETag")
	if !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) || len(tag) < 18 {
		t.Fatalf("ETag: %s", tag)
	}
	if a := askJWKS(t, keys, http.MethodGet, "If-None-Match", tag); a.StatusCode != http.StatusNotModified || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("the same again: %d %v", a.StatusCode, a.Header)
	}
	keys.set(second, first.public())
	if a := askJWKS(t, keys, http.MethodGet, "If-None-Match", tag); a.StatusCode != http.StatusOK || a.Header.Get("ETag") == tag {
		t.Errorf("after a rotation: %d %v", a.StatusCode, a.Header)
	}
}

func TestJWKSForOtherOrigins(t *testing.T) {
	keys := &keyRing{keys: []Key{newTokenKey(t, "k-1")}}
	a := askJWKS(t, keys, http.MethodOptions, "Origin", "https://wiki.example.net", "Access-Control-Request-Method", "GET")
	if a.StatusCode != http.StatusNoContent || a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Methods") != "GET, HEAD" ||
		a.Header.Get("Access-Control-Allow-Credentials") != "" {
		t.Errorf("%d %v", a.StatusCode, a.Header)
	}
	if a := askJWKS(t, keys, http.MethodHead); a.StatusCode != http.StatusOK || a.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %v", a.StatusCode, a.Header)
	}
}
