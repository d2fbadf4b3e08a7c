package idp

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/internal/fault"
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
	// KnownTagPath reports whether the directory can read an attribute for
	// access control; nil: the path's form alone is checked.
	KnownTagPath func(path string) bool
}

// Sealer keeps private keys unreadable at rest.
type Sealer interface {
	Seal(plain []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
}

// Registry answers for all connections from memory and follows the store.
type Registry struct {
	store    Store
	options  Options
	fetch    *fetcher
	fetched  recentFetches
	reload   sync.Mutex // one reload at a time, so that none overtakes a later one
	snapshot atomic.Pointer[snapshot]

	following sync.Mutex // callers of Follow
}

// snapshot is what the store held at one revision, compiled. It never changes.
type snapshot struct {
	revision    int64
	keys        *ownKeys
	byName      []*Connection
	connections map[string]*Connection
	candidates  map[string]*Connection
}

// Open loads all connections, makes the draft connection "default" and this
// service's keys where they are missing, and compiles what is live.
func Open(ctx context.Context, store Store, o Options) (*Registry, error) {
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	o.RefreshEvery = cmp.Or(o.RefreshEvery, time.Hour)
	if o.KnownTagPath == nil {
		o.KnownTagPath = tagPathForm.MatchString
	}
	r := &Registry{store: store, options: o, fetch: newFetcher(o.Client, o.AllowPrivateMetadata)}
	if err := r.ensureKeys(ctx); err != nil {
		return nil, err
	}
	if err := r.ensureDefault(ctx); err != nil {
		return nil, err
	}
	if err := r.Reload(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// Reload reads everything again now.
func (r *Registry) Reload(ctx context.Context) error {
	r.reload.Lock()
	defer r.reload.Unlock()
	// The revision comes first: a change in between is read again, not missed.
	revision, err := r.store.Revision(ctx)
	if err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	keys, err := r.loadKeys(ctx)
	if err != nil {
		return err
	}
	providers, err := r.store.Providers(ctx)
	if err != nil {
		return fmt.Errorf("load connections: %w", err)
	}
	s := &snapshot{revision: revision, keys: keys, connections: map[string]*Connection{}, candidates: map[string]*Connection{}}
	for _, p := range providers {
		c, err := r.compile(p, keys)
		if err != nil {
			// One broken row must not shut the others out: it has no Trust
			// and is refused.
			r.options.Logger.ErrorContext(ctx, "a connection can't be used", "idp", p.Slug, "error", err)
		}
		s.connections[p.Slug] = c
		s.byName = append(s.byName, c)
		if candidate := r.compileDraft(p, keys); candidate != nil {
			s.candidates[p.Slug] = candidate
		}
	}
	slices.SortFunc(s.byName, func(a, b *Connection) int {
		return cmp.Or(
			strings.Compare(strings.ToLower(a.Provider.Name), strings.ToLower(b.Provider.Name)),
			strings.Compare(a.Provider.Slug, b.Provider.Slug))
	})
	r.snapshot.Store(s)
	return nil
}

// Connection is a compiled, immutable view of one provider: what the protocol
// paths use. It never blocks and never asks the store.
type Connection struct {
	Provider *Provider   // do not change
	Trust    *saml.Trust // nil unless the provider is active
	SP       *saml.ServiceProvider
	SLOURLs  []string     // ours; any of them is a right Destination of logout messages
	Signer   *saml.Signer // our current signing key

	metadata func() ([]byte, error) // rendered at most once
}

// Active reports whether people may sign in through it.
func (c *Connection) Active() bool { return c.Provider.State == Active && c.Trust != nil }

// Connection finds one by slug; nil where there is none.
func (r *Registry) Connection(slug string) *Connection {
	return r.snapshot.Load().connections[slug]
}

// Connections gives all, by name.
func (r *Registry) Connections() []*Connection { return slices.Clone(r.snapshot.Load().byName) }

// Candidate is Connection as it would be with its draft activated, or nil.
func (r *Registry) Candidate(slug string) *Connection {
	return r.snapshot.Load().candidates[slug]
}

// ServiceMetadata is our metadata for one connection, signed where its
// settings say so. The connection may be in any state; fault.NotFound.
func (r *Registry) ServiceMetadata(slug string) ([]byte, error) {
	c := r.Connection(slug)
	if c == nil {
		return nil, errNoConnection
	}
	return c.metadata()
}

var errNoConnection = fault.New(fault.NotFound, "There is no such connection.")
