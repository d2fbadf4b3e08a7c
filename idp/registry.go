package idp

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"sallyport/saml"
)

// Options of a Registry.
type Options struct {
	BaseURL string // scheme and host of this service, without a slash at the end
	Sealer  Sealer // opens and seals our private keys
	Logger  *slog.Logger
	// Client fetches metadata; nil: one whose dialer refuses every address
	// that is not public.
	Client *http.Client
	// AllowPrivateMetadata lets metadata URLs be http and point into private
	// networks. Only the demo sets it.
	AllowPrivateMetadata bool
	RefreshEvery         time.Duration // of metadata by URL; 0: 1 h
}

// Sealer keeps private keys unreadable at rest.
type Sealer interface {
	Seal(plain []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
}

// Registry answers for all connections from memory and follows the store.
type Registry struct{}

// Open loads all connections, makes the draft connection "default" and this
// service's keys where they are missing, and compiles what is live.
func Open(ctx context.Context, store Store, o Options) (*Registry, error) {
	panic("unwritten")
}

// Run follows the store (every 2 s) and refreshes metadata until ctx ends.
func (r *Registry) Run(ctx context.Context) error { panic("unwritten") }

// Reload reads everything again now.
func (r *Registry) Reload(ctx context.Context) error { panic("unwritten") }

// Connection is a compiled, immutable view of one provider: what the protocol
// paths use. It never blocks and never asks the store.
type Connection struct {
	Provider *Provider   // do not change
	Trust    *saml.Trust // nil unless the provider is active
	SP       *saml.ServiceProvider
	Signer   *saml.Signer // our current signing key
}

// Active reports whether people may sign in through it.
func (c *Connection) Active() bool { return c.Provider.State == Active && c.Trust != nil }

// Connection finds one by slug; nil where there is none.
func (r *Registry) Connection(slug string) *Connection { panic("unwritten") }

// Connections gives all, by name.
func (r *Registry) Connections() []*Connection { panic("unwritten") }

// Candidate is Connection as it would be with its draft activated, or nil.
func (r *Registry) Candidate(slug string) *Connection { panic("unwritten") }

// ServiceMetadata is our metadata for one connection, signed where its
// settings say so. The connection may be in any state.
func (r *Registry) ServiceMetadata(slug string) ([]byte, error) { panic("unwritten") }

// Create adds an empty draft connection; fault.Invalid, fault.Conflict.
func (r *Registry) Create(ctx context.Context, slug, name, actor string) (*Provider, error) {
	panic("unwritten")
}

// Import is one metadata document to be taken as a draft.
type Import struct {
	Slug       string // created where missing
	Raw        []byte
	EntityID   string // which one, where Raw is an aggregate; "" otherwise
	Source     Source
	SourceName string
	Actor      string
}

// ImportMetadata parses a document into the connection's draft. A refusal is
// fault.Invalid around a *saml.MetadataError, and nothing has changed.
func (r *Registry) ImportMetadata(ctx context.Context, in Import) (*Provider, error) {
	panic("unwritten")
}

// ImportURL fetches metadata, imports it, and remembers the URL so that it is kept fresh.
func (r *Registry) ImportURL(ctx context.Context, slug, url, entityID, actor string) (*Provider, error) {
	panic("unwritten")
}

// ByHand is a trust typed in rather than imported.
type ByHand struct {
	Slug           string
	EntityID       string
	SSOURL         string
	SSOBinding     string // "": HTTP-Redirect
	CertificatePEM string // one or several, PEM or bare base64
	Actor          string
}

// ImportByHand takes typed values as the connection's draft; fault.Invalid.
func (r *Registry) ImportByHand(ctx context.Context, in ByHand) (*Provider, error) {
	panic("unwritten")
}

// Review is what an administrator reads before activating.
type Review struct {
	Draft    *Trust
	Live     *Trust // nil where nothing is live
	Changes  []Change
	Warnings []string // of the draft and of the change; whole sentences
}

// Change is one difference between live and draft.
type Change struct {
	What string // "Entity ID", "Sign-in URL (HTTP-Redirect)", "Certificate"
	From string // "" where added
	To   string // "" where removed
}

// Review compares the draft with what is live; fault.NotFound where nothing waits.
func (r *Registry) Review(slug string) (*Review, error) { panic("unwritten") }

// Activate makes the draft live, or a disabled connection active again.
// version is the Provider.Version that was reviewed, 0 for any; fault.Conflict.
func (r *Registry) Activate(ctx context.Context, slug string, version int64, actor string) (*Provider, error) {
	panic("unwritten")
}

// Disable refuses the connection on every path at once and ends its sessions.
func (r *Registry) Disable(ctx context.Context, slug, actor string) (*Provider, error) {
	panic("unwritten")
}

// DiscardDraft throws away what waits for review.
func (r *Registry) DiscardDraft(ctx context.Context, slug, actor string) (*Provider, error) {
	panic("unwritten")
}

// UpdateSettings changes name and settings after checking them; fault.Invalid, fault.Conflict.
func (r *Registry) UpdateSettings(ctx context.Context, slug string, version int64, change func(name *string, s *Settings), actor string) (*Provider, error) {
	panic("unwritten")
}
