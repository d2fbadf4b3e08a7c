// Package web is the house as a browser sees it: the protocol paths, the
// sign-in page, the portal and, in web/admin, the console.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/session"
	"sallyport/web/admin"
	"sallyport/web/ui"
)

// Options of a Server. The rooms are required; the rest has a good zero value.
type Options struct {
	BaseURL        string // scheme and host of this service, without a slash at the end
	Registry       *idp.Registry
	Sessions       *session.Manager
	Cookies        *session.Cookies
	Applications   *access.Catalog
	Administrators *access.Administrators // who may enter the console by signing in; nil: by one-time links alone
	Directory      *directory.Directory
	Events         audit.Store
	Ready          func(context.Context) error // what /readyz asks; nil: always ready
	Logger         *slog.Logger
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Version        string
	Demo           bool // says on every page that this is a demonstration

	// Replay works out what a recorded provisioning request would do now,
	// keeping nothing; nil: requests can't be tried again.
	Replay func(ctx context.Context, r *directory.Record) (*directory.Record, error)

	// CheckToken says what a token of the gateway for an application of that
	// name is worth now; nil: the console checks none.
	CheckToken func(application, token string) *ui.TokenReport

	// Served is told of every request that was answered, by its route as in
	// the table; nil: nobody counts.
	Served func(method, route string, status int, took time.Duration)

	// Verifications is how many responses are verified at the same time; 0:
	// two for each processor, since half of the work is waiting for the
	// database.
	Verifications int
}

// Server answers browsers.
type Server struct {
	o         Options
	secure    bool // the base URL is https
	ui        *ui.Renderer
	console   *admin.Console
	csrf      *http.CrossOriginProtection
	linkTries *limiter // wrong secret links, by address
	denials   *denials // entries that were denied a moment ago
	entries   *entries // applications that were entered a moment ago
	turns     *turns   // browsers that were let in a moment ago
	known     *knownFacts
	gate      *gate
}

// New makes a Server. It fails where an option is missing or a template is broken.
func New(o Options) (*Server, error) {
	base, err := url.Parse(o.BaseURL)
	if err != nil || base.Host == "" || strings.HasSuffix(o.BaseURL, "/") {
		return nil, fmt.Errorf("base URL %q: want scheme and host, without a slash at the end", o.BaseURL)
	}
	if o.Registry == nil || o.Sessions == nil || o.Cookies == nil || o.Applications == nil || o.Directory == nil || o.Events == nil {
		return nil, errors.New("web server: a room is missing")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	pages, err := ui.New(o.Demo)
	if err != nil {
		return nil, err
	}
	csrf := http.NewCrossOriginProtection()
	// Behind a proxy that changes the Host header, an old browser's Origin is
	// all there is to compare.
	if err := csrf.AddTrustedOrigin(base.Scheme + "://" + base.Host); err != nil {
		return nil, fmt.Errorf("base URL %q: %w", o.BaseURL, err)
	}
	s := &Server{
		o:         o,
		secure:    base.Scheme == "https",
		ui:        pages,
		csrf:      csrf,
		linkTries: newLimiter(20),
		denials:   newDenials(),
		entries:   newEntries(),
		turns:     newTurns(),
		known:     newKnownFacts(),
		gate:      newGate(o.Verifications),
	}
	s.console = &admin.Console{
		BaseURL:        o.BaseURL,
		UI:             pages,
		Registry:       o.Registry,
		Sessions:       o.Sessions,
		Cookies:        o.Cookies,
		Applications:   o.Applications,
		Administrators: o.Administrators,
		Directory:      o.Directory,
		Events:         o.Events,
		Version:        o.Version,
		Send:           s.send,
		Replay:         o.Replay,
		CheckToken:     o.CheckToken,
	}
	return s, nil
}

// Handler is the whole edge, middleware included.
func (s *Server) Handler() http.Handler {
	return s.observe(s.recover(s.secureHeaders(s.routes().mux(s))))
}
