package idp

import (
	"context"
	"time"

	"sallyport/audit"
)

// Store keeps connections, their trust versions, this service's own keys, and
// what is known of how both are used.
type Store interface {
	ConnectionStore
	KeyStore
	EvidenceStore
	SetupLinkStore
	CalendarStore

	// Revision grows whenever connections, keys or applications change.
	Revision(ctx context.Context) (int64, error)
}

// ConnectionStore keeps connections and their trust versions.
type ConnectionStore interface {
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
	// MarkRefreshed notes how the last fetch from url went: its time where it
	// succeeded, the zero time where it failed, and the sentence of the failure
	// or "". The provider's Version stays, since nothing that anybody edits has
	// changed. It does nothing where the connection's metadata no longer comes
	// from url.
	MarkRefreshed(ctx context.Context, slug, url string, at time.Time, failed string, e audit.Event) error
	// Trusts gives the saved versions of one provider, newest first.
	Trusts(ctx context.Context, slug string) ([]*Trust, error)
}

// KeyStore keeps this service's own keys.
type KeyStore interface {
	// Keys gives all, newest first.
	Keys(ctx context.Context) ([]*Key, error)
	// CreateKeys saves keys unless keys of that use exist: two instances that
	// start at once end up with the same keys. It gives what is stored then.
	CreateKeys(ctx context.Context, keys []*Key, e audit.Event) ([]*Key, error)
	// UpdateKeys makes the stored keys those that change gives, in a
	// transaction that is alone with them: new ones are saved, missing ones
	// deleted, and of the others the State is. change may run more than once.
	UpdateKeys(ctx context.Context, change func([]*Key) ([]*Key, error), e audit.Event) error
}

// EvidenceStore keeps who fetched our metadata, and what was said already.
type EvidenceStore interface {
	// SaveFetch keeps f; one with the same ID counts once. Per connection the
	// newest 200 are kept.
	SaveFetch(ctx context.Context, f Fetch) error
	// Fetches gives those of one connection, newest first.
	Fetches(ctx context.Context, slug string) ([]Fetch, error)
	// Remind saves e unless something was saved under name before, by whatever
	// instance.
	Remind(ctx context.Context, name string, e audit.Event) error
}

// SetupLinkStore keeps setup links. Of their tokens it keeps the hash alone.
type SetupLinkStore interface {
	// CreateSetupLink saves one.
	CreateSetupLink(ctx context.Context, link SetupLinkInfo, tokenHash []byte, e audit.Event) error
	// SetupLink finds the one that is valid at now; fault.NotFound.
	SetupLink(ctx context.Context, tokenHash []byte, now time.Time) (SetupLinkInfo, error)
	// SetupLinks gives those of one connection, newest first.
	SetupLinks(ctx context.Context, slug string) ([]SetupLinkInfo, error)
	// DeleteSetupLink removes one by ID; fault.NotFound.
	DeleteSetupLink(ctx context.Context, id string, e audit.Event) error
}

// KeyUse is what a key of ours is for. One key never serves two uses.
type KeyUse string

const (
	KeySigning    KeyUse = "signing"
	KeyEncryption KeyUse = "encryption"
	KeyToken      KeyUse = "token" // of the tokens that applications get
)

// KeyState is where a key of ours stands in its rollover.
type KeyState string

const (
	KeyNext    KeyState = "next"    // published, not yet used to sign
	KeyCurrent KeyState = "current" //
	KeyRetired KeyState = "retired" // an encryption key still decrypts; a signing key is out; what a token key signed may be about
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
