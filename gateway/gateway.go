// Package gateway is the house as reverse proxies see it: it answers whether a
// request may pass to an application, as whom, and proves it by a signed token.
package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/session"
)

// Front is what the gateway asks of the house's browser side: decisions are
// made from the same facts, and denials stand in the same record.
type Front interface {
	// Facts gathers what decisions about the person of a session ask for, but
	// for their address.
	Facts(ctx context.Context, s *session.Session) (*access.Facts, error)
	// Denied records that somebody was not let in and gives the reference; the
	// same again within minutes gives the same. why is for the person.
	Denied(ctx context.Context, s *session.Session, app *access.Application, clientIP string) (reference, why string, err error)
}

// Person is what an application learns of somebody beside their session.
type Person struct {
	Email string
	Name  string
}

// People tells it.
type People interface {
	Person(ctx context.Context, userID string) (Person, error)
}

// Keys are those that sign app tokens.
type Keys interface {
	// TokenKeys gives the signing key first, and then those whose tokens may
	// still be about or that will sign soon.
	TokenKeys() []Key
}

// Options of a Gateway. The rooms are required; the rest has a good zero value.
type Options struct {
	BaseURL      string // scheme and host of this service, without a slash at the end
	Sessions     *session.Manager
	Changes      session.Changes
	Applications *access.Catalog
	// Connections brings what memory holds of connections up to a revision, so
	// that strangers are told by what stands now; nil: it is always fresh.
	Connections    func(ctx context.Context, revision int64) error
	Front          Front
	People         People
	Keys           Keys
	Events         audit.Store
	TrustedProxies []netip.Prefix // who may say for which host and address they ask; none: nobody
	Logger         *slog.Logger   // nil: nothing is logged
	// Served is told of every request that was answered, by its route.
	Served func(method, route string, status int, took time.Duration)
}

// Gateway answers proxies.
type Gateway struct {
	o Options
}

// New makes a Gateway. It fails where an option is missing.
func New(o Options) (*Gateway, error) { return &Gateway{o: o}, nil }

// Handler serves /gateway/..., /.sallyport/... and /.well-known/jwks.json.
func (g *Gateway) Handler() http.Handler { return http.NotFoundHandler() }

// Serves reports whether a path belongs to Handler.
func Serves(path string) bool { return false }
