package gateway

import (
	"net/http"
	"strings"

	"sallyport/access"
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
	if climbs(path) {
		return notFound(w, r)
	}
	// A browser's request for an address of ours has it here: it is none of Envoy's.
	if said := r.Header[headerURI]; len(said) > 1 || len(said) == 1 && said[0] != path {
		return contradicted(headerURI)
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

// climbs reports whether some reader of a path behind the prefix takes it for
// one outside: whoever folds /gateway/ext-authz/../../.sallyport/x lets it come
// here as a page of ours, unasked, and the answer, with all that the
// application is told, goes to the browser. A step up that hides behind escapes
// is none that a browser makes.
func climbs(target string) bool {
	raw, _, _ := strings.Cut(target, "?")
	said, out := stepsUp(raw)
	for range 8 {
		plain := access.Unescape(raw)
		if out || plain == raw {
			return out
		}
		raw = plain
		if steps, _ := stepsUp(raw); steps > said {
			return true
		}
	}
	return true // nobody escapes that often
}

// stepsUp counts the segments that go up, and reports whether they lead out.
// Empty segments and parameters lead nowhere, for there are readers who drop
// them.
func stepsUp(path string) (steps int, out bool) {
	depth := 0
	for segment := range strings.FieldsFuncSeq(path, func(c rune) bool { return c == '/' || c == '\\' }) {
		switch segment, _, _ = strings.Cut(segment, ";"); segment {
		case "", ".":
		case "..":
			steps++
			depth--
			out = out || depth < 0
		default:
			depth++
		}
	}
	return steps, out
}
