package directory

import (
	"context"
	"time"
)

// TokenOptions of MakeToken. The zero value is right.
type TokenOptions struct {
	Compatibility Compatibility
	Lifetime      time.Duration // 0: TokenLifetime; a day to that
}

// MakeToken lets a connection's robot in. The secret is given here and never
// again. fault.Conflict where MaxTokens are there, fault.NotFound where the
// connection is not.
func (d *Directory) MakeToken(ctx context.Context, idp string, o TokenOptions, actor string) (secret string, t *Token, err error) {
	panic("unwritten")
}

// TokenBySecret finds the live token that a robot shows and notes its use,
// once a minute; fault.Unauthenticated.
func (d *Directory) TokenBySecret(ctx context.Context, secret, userAgent string) (*Token, error) {
	panic("unwritten")
}

// Tokens lists those of one connection, or of all (""), oldest first.
func (d *Directory) Tokens(ctx context.Context, idp string) ([]*Token, error) {
	return d.store.Tokens(ctx, idp)
}

// RevokeToken ends one token at once; fault.NotFound.
func (d *Directory) RevokeToken(ctx context.Context, idp, id, actor string) error {
	panic("unwritten")
}

// DisableProvisioning revokes all tokens of a connection. People and groups
// stay as they are, and administrators may change them from then on. word
// must be DISABLE; fault.Invalid.
func (d *Directory) DisableProvisioning(ctx context.Context, idp, word, actor string) error {
	panic("unwritten")
}
