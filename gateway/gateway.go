// Package gateway is the house as reverse proxies see it: it answers whether a
// request may pass to an application, as whom, and proves it by a signed token.
package gateway

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
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
	// Connections brings what memory holds of connections, and of keys, up to a
	// revision, so that strangers are told by what stands now, and reads it anew
	// where no revision is as high; nil: it is always fresh.
	Connections    func(ctx context.Context, revision int64) error
	Front          Front
	People         People
	Keys           Keys
	Events         audit.Store
	TrustedProxies []netip.Prefix // who may say for which host and address they ask; none: nobody
	Logger         *slog.Logger   // nil: nothing is logged
	// Served is told of every request that was answered, by its route.
	Served func(method, route string, status int, took time.Duration)
	// Remember is how many doors are kept in memory; 0: a million. A door more
	// costs a few reads of the store, and nothing else.
	Remember int
}

// Gateway answers proxies.
type Gateway struct {
	o       Options
	cookies session.HostCookies
	minter  *minter
	memory  *memory
}

// New makes a Gateway. It fails where an option is missing.
func New(o Options) (*Gateway, error) {
	if o.BaseURL == "" || o.Sessions == nil || o.Changes == nil || o.Applications == nil || o.Front == nil || o.People == nil || o.Keys == nil {
		return nil, errors.New("gateway: an option is missing")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Gateway{o: o, minter: newMinter(o.Keys), memory: newMemory(o)}, nil
}

// Paths of this edge. Whatever else lies below the prefixes is not found.
const (
	gatewayPrefix   = "/gateway/"
	hostPrefix      = "/.sallyport/"
	forwardAuthPath = gatewayPrefix + "forward-auth"
	authRequestPath = gatewayPrefix + "auth-request"
	extAuthzPrefix  = gatewayPrefix + "ext-authz/" // and the path that is asked about
	callbackPath    = hostPrefix + "callback"
	interruptedPath = hostPrefix + "interrupted"
	signOutPath     = hostPrefix + "sign-out"
	helloPath       = hostPrefix + "hello"
	jwksPath        = "/.well-known/jwks.json"
)

// handler answers a request or gives the error that is to be shown.
type handler func(w http.ResponseWriter, r *http.Request) error

// route is one door of this edge.
type route struct {
	methods string // separated by ", "; "": whatever the browser's was, bodies are never read
	handle  handler
}

// routes opens what anybody may ask of this edge, by name. Proxies ask the
// first three, and only those that are trusted get an answer; the rest is for
// browsers and applications.
func (g *Gateway) routes() map[string]route {
	return map[string]route{
		forwardAuthPath: {"", g.forwardAuth},
		authRequestPath: {"", g.authRequest},
		extAuthzPrefix:  {"", g.extAuthz},
		callbackPath:    {"GET, HEAD", g.callback},
		interruptedPath: {"", g.interrupted},
		signOutPath:     {"GET, HEAD", g.hostSignOut},
		helloPath:       {"GET, HEAD", g.hello},
		jwksPath:        {"GET, HEAD, OPTIONS", g.jwks},
	}
}

// Serves reports whether a path belongs to Handler.
func Serves(path string) bool {
	return strings.HasPrefix(path, gatewayPrefix) || strings.HasPrefix(path, hostPrefix) || path == jwksPath
}
