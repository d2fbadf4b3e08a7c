package gateway

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// jwks answers with the public keys of tokens (RFC 7517): the one that signs,
// the one that will, and those whose tokens may be about. Anybody may read them,
// a page of another origin too.
func (g *Gateway) jwks(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD")
		h.Set("Access-Control-Allow-Headers", "*")
		h.Set("Access-Control-Max-Age", "86400")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	g.freshKeys(r.Context())
	body, err := publicKeys(g.o.Keys)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(body)
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("ETag", `"`+hex.EncodeToString(hash[:16])+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
	return nil
}

// freshKeys brings the keys up to what stands in the database, so that a stolen
// one is gone from every instance at once. While the database is silent those
// that are known are told: applications must not lose the good ones with it.
func (g *Gateway) freshKeys(ctx context.Context) {
	if g.o.Connections == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, changesRead)
	defer cancel()
	now, err := g.o.Changes.Revisions(ctx)
	if err == nil {
		err = g.memory.followConnections(ctx, now.House)
	}
	if err != nil {
		g.o.Logger.LogAttrs(ctx, slog.LevelWarn, "can't read the keys of tokens; those that were known last are told", slog.Any("error", err))
	}
}

func publicKeys(keys Keys) ([]byte, error) {
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{}}
	for _, k := range keys.TokenKeys() {
		set.Keys = append(set.Keys, jose.JSONWebKey{Key: k.Public, KeyID: k.ID, Algorithm: string(jose.ES256), Use: "sig"})
	}
	body, err := json.Marshal(set)
	if err != nil {
		return nil, fmt.Errorf("write the keys of tokens: %w", err)
	}
	return body, nil
}
