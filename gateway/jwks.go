package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// jwksPath is where applications fetch the keys of tokens.
const jwksPath = "/.well-known/jwks.json"

// serveJWKS answers with the public keys (RFC 7517): the one that signs, the
// one that will, and those whose tokens may be about. Anybody may read them, a
// page of another origin too.
func (m *minter) serveJWKS(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "The keys are only read, by GET.", http.StatusMethodNotAllowed)
		return
	}
	body, err := m.jwks()
	if err != nil {
		http.Error(w, "The keys can't be shown now. Try again later.", http.StatusServiceUnavailable)
		return
	}
	hash := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("ETag", `"`+hex.EncodeToString(hash[:16])+`"`)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

func (m *minter) jwks() ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range m.keys.TokenKeys() {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Public, KeyID: k.ID, Algorithm: string(jose.ES256), Use: "sig"})
	}
	return json.Marshal(set)
}
