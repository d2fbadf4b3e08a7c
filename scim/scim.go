// Package scim is SCIM 2.0 on the wire (RFC 7643, RFC 7644, RFC 9865) over
// the directory, for the robots of identity providers as they really behave.
package scim

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"sallyport/directory"
)

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
type Server struct{ o Options }

// New makes a Server; it fails where an option is missing.
func New(o Options) (*Server, error) { panic("unwritten") }

// Handler serves everything below /scim/v2.
func (s *Server) Handler() http.Handler { panic("unwritten") }

// Replay answers a recorded request again without keeping anything: what
// would it do now? The record that it gives has Status, Detail and Changes of
// the dry run. fault.Invalid where the record cannot be replayed, such as one
// whose body was too long to keep.
func (s *Server) Replay(ctx context.Context, r *directory.Record) (*directory.Record, error) {
	panic("unwritten")
}
