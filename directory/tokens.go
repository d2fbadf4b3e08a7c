package directory

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// TokenOptions of MakeToken. The zero value is right.
type TokenOptions struct {
	Compatibility Compatibility
	Lifetime      time.Duration // 0: TokenLifetime; a day to that
}

const (
	// shortestToken is the least that a token may live.
	shortestToken = 24 * time.Hour
	// touchEvery is how exactly the last use of a token is known.
	touchEvery = time.Minute
	// maxUserAgent is how much of a robot's name is kept, in bytes.
	maxUserAgent = 200
	// secretLength is that of 32 bytes in unpadded base64url.
	secretLength = 43
)

// MakeToken lets a connection's robot in. The secret is given here and never
// again. fault.Conflict where MaxTokens are there, fault.NotFound where the
// connection is not, fault.Invalid for a lifetime out of bounds.
func (d *Directory) MakeToken(ctx context.Context, idp string, o TokenOptions, actor string) (secret string, t *Token, err error) {
	if o.Lifetime == 0 {
		o.Lifetime = TokenLifetime
	}
	if o.Lifetime < shortestToken || o.Lifetime > TokenLifetime {
		return "", nil, fault.New(fault.Invalid, "A provisioning token lives from a day to 365 days.")
	}
	if o.Compatibility != RFC && o.Compatibility != AWS {
		return "", nil, fault.New(fault.Invalid, "A provisioning token's compatibility is aws or none.")
	}
	var random [32]byte
	rand.Read(random[:]) // never fails: crypto/rand ends the process first
	secret = base64.RawURLEncoding.EncodeToString(random[:])
	now := present()
	t = &Token{
		ID: newID(), IDP: idp, Hash: hashSecret(secret), Compatibility: o.Compatibility,
		CreatedAt: now, CreatedBy: actor, ExpiresAt: now.Add(o.Lifetime),
	}
	e := audit.New(audit.SCIMTokenMade, actor)
	e.IDP, e.Object = idp, "scim_token:"+t.ID
	if err := d.store.CreateToken(ctx, t, e); err != nil {
		return "", nil, fmt.Errorf("make a provisioning token: %w", err)
	}
	return secret, t, nil
}

// TokenBySecret finds the live token that a robot shows and notes its use,
// once a minute; fault.Unauthenticated, or fault.Forbidden where the
// connection is disabled.
func (d *Directory) TokenBySecret(ctx context.Context, secret, userAgent string) (*Token, error) {
	if !wellFormed(secret) {
		return nil, unknownToken()
	}
	t, err := d.store.TokenByHash(ctx, hashSecret(secret))
	if fault.KindOf(err) == fault.NotFound {
		return nil, unknownToken()
	}
	if err != nil {
		return nil, fmt.Errorf("find a provisioning token: %w", err)
	}
	now := present()
	if !t.live(now) {
		return nil, fault.New(fault.Unauthenticated, "This provisioning token has expired. Make a new one in the console.")
	}
	if now.Sub(t.LastUsedAt) < touchEvery || !d.touches.begin(t.ID, now) {
		return t, nil
	}
	if err := d.store.TouchToken(ctx, t.ID, now, clip(userAgent, maxUserAgent)); err != nil {
		// The robot has shown what it must; its request may still succeed.
		d.options.Logger.WarnContext(ctx, "could not note the use of a provisioning token", "token", t.ID, "error", err)
	}
	return t, nil
}

// Tokens lists those of one connection, or of all (""), oldest first, expired
// ones for 30 days too.
func (d *Directory) Tokens(ctx context.Context, idp string) ([]*Token, error) {
	return d.store.Tokens(ctx, idp)
}

// RevokeToken ends one token at once; fault.NotFound.
func (d *Directory) RevokeToken(ctx context.Context, idp, id, actor string) error {
	if id == "" {
		return fault.New(fault.NotFound, "There is no such provisioning token.")
	}
	e := audit.New(audit.SCIMTokenRevoked, actor)
	e.IDP, e.Object = idp, "scim_token:"+id
	if _, err := d.store.DeleteTokens(ctx, idp, id, e); err != nil {
		return fmt.Errorf("revoke a provisioning token: %w", err)
	}
	return nil
}

// DisableProvisioning revokes all tokens of a connection. People and groups
// stay as they are, and administrators may change them from then on. word
// must be DISABLE; fault.Invalid. fault.NotFound where the connection is not.
func (d *Directory) DisableProvisioning(ctx context.Context, idp, word, actor string) error {
	if word != "DISABLE" {
		return fault.New(fault.Invalid, "Type DISABLE to turn provisioning off.")
	}
	e := audit.New(audit.ProvisioningDisabled, actor)
	e.IDP, e.Object = idp, "idp:"+idp
	if _, err := d.store.DeleteTokens(ctx, idp, "", e); err != nil {
		return fmt.Errorf("disable provisioning: %w", err)
	}
	return nil
}

func (t *Token) live(now time.Time) bool { return now.Before(t.ExpiresAt) }

func unknownToken() error {
	return fault.New(fault.Unauthenticated, "This is not a provisioning token of ours, or it was revoked.")
}

// wellFormed reports whether secret could be one. What could not is turned
// away before it costs a query.
func wellFormed(secret string) bool {
	if len(secret) != secretLength {
		return false
	}
	var b [32]byte
	n, err := base64.RawURLEncoding.Strict().Decode(b[:], []byte(secret))
	return err == nil && n == len(b)
}

// hashSecret is the form in which a token is stored.
func hashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// clip makes s fit to be stored and shown: valid UTF-8 without control
// characters, at most limit bytes.
func clip(s string, limit int) string {
	s = strings.ToValidUTF8(s[:min(len(s), limit)], "")
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// touches remembers when this process last noted a use of each token, so that
// requests that come at once don't all write it.
type touches struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// begin reports whether it is the caller who notes the use.
func (t *touches) begin(id string, now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if last, ok := t.last[id]; ok && now.Sub(last) < touchEvery {
		return false
	}
	if t.last == nil {
		t.last = map[string]time.Time{}
	}
	t.last[id] = now
	return true
}
