package gateway

import (
	"net/http"
	"strings"

	"sallyport/internal/fault"
)

// extAuthz answers Envoy's ext_authz filter over HTTP, whose path_prefix is
// /gateway/ext-authz. It asks with the browser's own method and host, and with
// the path behind the prefix; X-Forwarded-Proto says the scheme.
func (g *Gateway) extAuthz(w http.ResponseWriter, r *http.Request) error {
	if !g.trusts(r) {
		return untrusted(r)
	}
	// As it was sent: the parsed path has lost how it was escaped.
	path, ok := strings.CutPrefix(r.RequestURI, strings.TrimSuffix(extAuthzPrefix, "/"))
	if !ok {
		return malformed("the path")
	}
	scheme, err := once(r.Header, headerProto)
	if err != nil {
		return err
	}
	// Here the host is that of the question itself.
	if len(r.Header[headerHost]) > 0 {
		if host, err := once(r.Header, headerHost); err != nil || !strings.EqualFold(host, r.Host) {
			return fault.New(fault.Invalid, "The proxy asks for one host and the header "+headerHost+" says another. It must take that header out of what browsers send.")
		}
	}
	p, err := newPlace(scheme, r.Host, path, r.Method)
	if err != nil {
		return err
	}
	return g.answer(w, r, &p)
}
