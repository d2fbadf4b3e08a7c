// Package scim is SCIM 2.0 on the wire (RFC 7643, RFC 7644, RFC 9865) over
// the directory, for the robots of identity providers as they really behave.
//
// A request becomes a call, a call an answer: server.go does what HTTP asks
// for, route.go finds the handler, and every error is rendered in one place,
// so that a Bulk and a replay answer as the wire does.
package scim

import (
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"sallyport/directory"
)

// base is where this server is mounted below Options.BaseURL.
const base = "/scim/v2"

// Options of a Server.
type Options struct {
	BaseURL        string // scheme and host of this service, without a slash at the end
	Directory      *directory.Directory
	Logger         *slog.Logger   // nil: nothing is logged
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed

	// Served is told of every request that was answered, by its route; nil:
	// nobody counts.
	Served func(method, route string, status int, took time.Duration)
}

// Server answers provisioning robots.
type Server struct {
	o         Options
	base      string // where this server is, as clients see it
	routes    []route
	documents documents
}

// New makes a Server; it fails where an option is missing.
func New(o Options) (*Server, error) {
	if o.BaseURL == "" || o.Directory == nil {
		return nil, errors.New("a SCIM server needs a base URL and a directory")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{o: o, base: strings.TrimRight(o.BaseURL, "/") + base, routes: routeTable()}
	s.documents = s.describe()
	return s, nil
}

// Handler serves everything below /scim/v2. It must not stand behind an
// http.ServeMux, which redirects the double slashes that some robots send.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serve) }
