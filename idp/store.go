package idp

import (
	"context"
	"time"

	"sallyport/audit"
)

// Store keeps connections, their trust versions and this service's own keys.
type Store interface {
	// Providers gives all, by slug, each with its live trust and its draft.
	Providers(ctx context.Context) ([]*Provider, error)
	// CreateProvider saves a new one; fault.Conflict where the slug is taken.
	CreateProvider(ctx context.Context, p *Provider, e audit.Event) error
	// UpdateProvider changes one by slug in a transaction; fault.NotFound;
	// fault.Conflict where version is not 0 and not the stored one. A Draft or
	// Live trust with Number 0 is saved as a new version and numbered. Where
	// change makes an active provider disabled, its sessions end in the same
	// transaction.
	UpdateProvider(ctx context.Context, slug string, version int64, change func(*Provider) error, e audit.Event) (*Provider, error)
	// Trusts gives the saved versions of one provider, newest first.
	Trusts(ctx context.Context, slug string) ([]*Trust, error)

	// Keys gives this service's own keys, newest first.
	Keys(ctx context.Context) ([]*Key, error)
	// CreateKeys saves keys unless keys of that use exist: two instances that
	// start at once end up with the same keys. It gives what is stored then.
	CreateKeys(ctx context.Context, keys []*Key, e audit.Event) ([]*Key, error)

	// Revision grows whenever connections, keys or applications change.
	Revision(ctx context.Context) (int64, error)
}

// KeyUse is what a key of ours is for. One key never serves two uses.
type KeyUse string

const (
	KeySigning    KeyUse = "signing"
	KeyEncryption KeyUse = "encryption"
)

// KeyState is where a key of ours stands in its rollover.
type KeyState string

const (
	KeyNext    KeyState = "next"    // published, not yet used to sign
	KeyCurrent KeyState = "current" //
	KeyRetired KeyState = "retired" // an encryption key still decrypts; a signing key is out
)

// Key is one of this service's own key pairs with its certificate.
type Key struct {
	ID          string
	Use         KeyUse
	State       KeyState
	Certificate []byte // DER
	Sealed      []byte // PKCS #8, sealed by the keyring
	CreatedAt   time.Time
}
