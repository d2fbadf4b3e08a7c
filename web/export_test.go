package web

import (
	"net/http"
	"net/netip"

	"sallyport/internal/reqctx"
)

// Route is one line of the table, for tests.
type Route struct {
	Pattern       string
	Administrator bool
	Auditor       bool
	SignedIn      bool
	Assertion     bool
}

// Routes is the table.
func (s *Server) Routes() []Route {
	var out []Route
	for _, r := range s.routes().routes {
		out = append(out, Route{r.pattern, r.door == administrator, r.door == auditor, r.door == signedIn, r.door == assertion})
	}
	return out
}

// ClientIP is reqctx.AddressOf.
func ClientIP(r *http.Request, trusted []netip.Prefix) string { return reqctx.AddressOf(r, trusted) }

// Recovered is a handler that panics behind the whole middleware.
func (s *Server) Recovered(h http.Handler) http.Handler {
	return s.observe(s.recover(s.secureHeaders(h)))
}

// Destination reads a text and gives where it leads, and the link that a
// sign-in would carry.
func (s *Server) Destination(text string) (leads, link string) {
	d := s.destination(text)
	return d.local + d.target.URL, d.link()
}
