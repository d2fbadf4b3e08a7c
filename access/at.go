package access

import (
	"iter"
	"slices"
	"strings"
)

// At is the application that owns the place of an absolute URL, as browsers
// and proxies say it: the closest one that allows it; nil where there is none,
// or where a server may read the address as another application's place. Where
// one application has all of a host there is no other, whatever the path: At
// says whose a request is, Resolve where a browser may be sent.
func (c *Catalog) At(rawURL string) *Application {
	s := c.snapshot.Load()
	at, rest, ok := s.originOf(rawURL)
	if !ok || at == nil {
		return nil
	}
	if at.whole != nil && plain(rest) {
		return at.whole
	}
	path, _, _ := strings.Cut(rest, "?")
	if !at.queries && plainPath(path) && plain(rest) {
		return at.ownerOf(path)
	}
	if strings.Contains(rest, "#") {
		return nil // no proxy ever saw a fragment
	}
	text, ok := escape(at.name + rest)
	if !ok {
		return nil
	}
	u, ok := split(text)
	if !ok {
		return nil
	}
	t, _ := s.target(u, nil)
	return t.Application
}

// AtHost reports whether any application lives at scheme://host.
func (c *Catalog) AtHost(scheme, host string) bool {
	at, rest, ok := c.snapshot.Load().originOf(scheme + "://" + host)
	return ok && at != nil && rest == ""
}

// originOf finds the origin of an absolute URL, and gives what stands behind
// it. ok is false where the URL has none.
func (s *snapshot) originOf(rawURL string) (at *origin, rest string, ok bool) {
	scheme, behind, ok := strings.Cut(rawURL, "://")
	if !ok {
		return nil, "", false
	}
	end := strings.IndexAny(behind, "/?#")
	if end < 0 {
		end = len(behind)
	}
	rest = behind[end:]
	if at = s.origins[rawURL[:len(rawURL)-len(rest)]]; at != nil {
		return at, rest, true // said as it is known
	}
	switch scheme = strings.ToLower(scheme); scheme {
	case "ws", "wss": // Traefik says so of what becomes a WebSocket
		scheme = "http" + scheme[2:]
	}
	u, ok := split(scheme + "://" + behind[:end])
	return s.origins[u.origin], rest, ok
}

// origin is what applications have of one origin.
type origin struct {
	name    string                  // "https://host:8443"
	whole   *Application            // the one that has all of it and shares it with none, or nil
	queries bool                    // a place hangs on a query
	allowed map[string][]*allowance // by path, of one path the closest first
	reads   map[string][]reading    // by path of the place
}

// reading is how a server may read a prefix of an application.
type reading struct {
	app *Application
	place
}

// indexOrigins files what is allowed, the closest first, by origin.
func (s *snapshot) indexOrigins() {
	s.origins = map[string]*origin{}
	shared := map[*origin]bool{}
	for i := range s.allowed {
		p := &s.allowed[i]
		at := s.origins[p.origin]
		if at == nil {
			at = &origin{name: p.origin, whole: p.app, allowed: map[string][]*allowance{}, reads: map[string][]reading{}}
			s.origins[p.origin] = at
		}
		shared[at] = shared[at] || p.app != at.whole
		at.allowed[p.path] = append(at.allowed[p.path], p)
		at.queries = at.queries || p.hasQuery
		for _, read := range p.places {
			at.queries = at.queries || len(read.params) > 0 // an encoded question mark
			at.reads[read.path] = append(at.reads[read.path], reading{p.app, read})
		}
	}
	for _, at := range s.origins {
		root := slices.ContainsFunc(at.allowed[""], func(p *allowance) bool { return !p.hasQuery })
		if shared[at] || !root {
			at.whole = nil
		}
	}
}

// allowing gives the prefixes that allow an address, the closest first.
func (at *origin) allowing(u address) iter.Seq[*allowance] {
	return func(yield func(*allowance) bool) {
		for prefix, more := u.path, true; more; prefix, more = above(prefix) {
			for _, p := range at.allowed[prefix] {
				if p.allows(u) && !yield(p) {
					return
				}
			}
		}
	}
}

// ownerOf finds the application of a plain path, where no allowance asks for a
// query.
func (at *origin) ownerOf(path string) *Application {
	var owner *Application
	for prefix, more := path, true; more && owner == nil; prefix, more = above(prefix) {
		if all := at.allowed[prefix]; len(all) > 0 {
			owner = all[0].app
		}
	}
	if owner == nil || !at.owns(owner, place{path: foldASCIIQuick(strings.TrimRight(path, "/"))}) {
		return nil
	}
	return owner
}

// owns reports whether no other application is closer to a place than app.
func (at *origin) owns(app *Application, read place) bool {
	for prefix, more := read.path, true; more; prefix, more = above(prefix) {
		all := at.reads[prefix]
		for _, query := range []bool{true, false} { // of one path that with a query is closer
			found := false
			for _, one := range all {
				if query != (len(one.params) > 0) || !one.holds(read) {
					continue
				}
				if one.app == app {
					return true
				}
				found = true
			}
			if found {
				return false
			}
		}
	}
	return false
}

// above cuts the last segment off a path; more is false at the top.
func above(path string) (string, bool) {
	end := strings.LastIndexByte(path, '/')
	if end < 0 {
		return "", false
	}
	return path[:end], true
}

// plain reports whether text holds nothing that ends a line or a URL.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c == 0x7f || c == '#' {
			return false
		}
	}
	return true
}

// plainPath reports whether every server reads a path in the same way but for
// the case of letters: it has no percent sign, no parameters, no empty segments
// and none that begins with a dot.
func plainPath(path string) bool {
	slash := false
	for i := range len(path) {
		c := path[i]
		switch {
		case c == '/' && slash, c == '.' && slash:
			return false
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', strings.IndexByte("/-._~!$&'()*+,=:@", c) >= 0:
		default:
			return false
		}
		slash = c == '/'
	}
	return path == "" || path[0] == '/'
}

// foldASCIIQuick is foldASCII, without a copy where there is nothing to fold.
func foldASCIIQuick(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return foldASCII(s)
		}
	}
	return s
}
