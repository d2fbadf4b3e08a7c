package directory

import (
	"context"
	"time"

	"sallyport/audit"
)

// Bounds of provisioning tokens.
const (
	MaxTokens     = 2 // live ones of one connection: one in use, one to change to
	TokenLifetime = 365 * 24 * time.Hour
)

// Compatibility says in whose ways the SCIM server answers a token.
type Compatibility string

const (
	RFC Compatibility = ""    // RFC 7643, 7644, 9865
	AWS Compatibility = "aws" // as IAM Identity Center's endpoint does, for clients written against it
)

// Token is what a connection's robot shows. Its secret is 32 random bytes, of
// which only the SHA-256 is stored.
type Token struct {
	ID            string // public handle, sortable random
	IDP           string // slug; the robot sees what this connection keeps
	Hash          []byte
	Compatibility Compatibility
	CreatedAt     time.Time
	CreatedBy     string
	ExpiresAt     time.Time
	LastUsedAt    time.Time // to the minute; zero: never
	LastUsedBy    string    // User-Agent of that use, clipped
}

// Tokens keeps provisioning tokens. A connection is provisioned while it has one.
type Tokens interface {
	// CreateToken saves one; fault.Conflict where MaxTokens live ones are there,
	// fault.NotFound where the connection is not.
	CreateToken(ctx context.Context, t *Token, e audit.Event) error
	// TokenByHash finds one, expired ones too; fault.NotFound.
	TokenByHash(ctx context.Context, hash []byte) (*Token, error)
	// Tokens lists those of one connection, or of all ("").
	Tokens(ctx context.Context, idp string) ([]*Token, error)
	// TouchToken notes a use.
	TouchToken(ctx context.Context, id string, at time.Time, by string) error
	// DeleteTokens revokes one, or all of a connection (id ""); it gives their
	// number; fault.NotFound for one that is not there.
	DeleteTokens(ctx context.Context, idp, id string, e audit.Event) (int, error)
	// RemindOnce writes e unless name was said before, by whichever instance.
	RemindOnce(ctx context.Context, name string, e audit.Event) error
}
