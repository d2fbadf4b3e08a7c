package gateway

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
)

// place is where a browser wants to go, at the host of an application, as a
// trusted proxy or the browser itself says it.
type place struct {
	origin string // scheme://host
	host   string // small letters, with a port where it is not the usual one
	secure bool   // https
	path   string // with the query, as the browser says them; begins with a slash
	method string // the browser's
	app    *access.Application
}

func (p *place) url() string { return p.origin + p.path }

// maxURL bounds path and query of an address that is asked about.
const maxURL = 32 << 10

// newPlace puts a place together; fault.Invalid where a part is not what
// browsers say, a page of its own where it is more than is taken.
func newPlace(scheme, host, path, method string) (place, error) {
	p := place{path: path, method: method}
	switch scheme {
	case "https", "wss":
		p.secure = true
	case "http", "ws":
	default:
		return place{}, malformed("the scheme")
	}
	var ok bool
	if p.host, ok = foldHost(host, p.secure); !ok {
		return place{}, malformed("the host")
	}
	if len(path) > maxURL {
		return place{}, tooLong()
	}
	if !plainTarget(path) {
		return place{}, malformed("the path")
	}
	if !plainMethod(method) {
		return place{}, malformed("the method")
	}
	if p.secure {
		p.origin = "https://" + p.host
	} else {
		p.origin = "http://" + p.host
	}
	return p, nil
}

func malformed(what string) error {
	return fault.New(fault.Invalid, "The proxy asked in a way that can't be read: "+what+" is not as browsers say it.")
}

func tooLong() error {
	return &shown{http.StatusRequestURITooLong, plainPage("This address is too long",
		"Addresses of more than 32 KiB are not taken here. Please open the application at its beginning, or ask for less at once.")}
}

// foldHost gives the one spelling of a host: small letters, and no port that
// the scheme has anyway. A list, a user name, an escape, a letter outside
// ASCII, a final dot are no host.
func foldHost(host string, secure bool) (string, bool) {
	if len(host) == 0 || len(host) > 259 {
		return "", false
	}
	name, port := host, ""
	if host[0] == '[' {
		end := strings.IndexByte(host, ']')
		if end < 0 {
			return "", false
		}
		name = host[:end+1]
		if rest := host[end+1:]; rest != "" {
			if rest[0] != ':' || rest == ":" {
				return "", false
			}
			port = rest[1:]
		}
		if !only(name[1:end], "0123456789abcdefABCDEF:.") {
			return "", false
		}
	} else {
		if colon := strings.IndexByte(host, ':'); colon >= 0 {
			name, port = host[:colon], host[colon+1:]
			if port == "" {
				return "", false
			}
		}
		if name == "" || !plainName(name) {
			return "", false
		}
	}
	if len(port) > 5 || !only(port, "0123456789") || strings.HasPrefix(port, "0") {
		return "", false
	}
	if (secure && port == "443") || (!secure && port == "80") {
		port = ""
	}
	name = strings.ToLower(name)
	if port == "" {
		return name, true
	}
	return name + ":" + port, true
}

// plainName takes registered names and IPv4 addresses.
func plainName(name string) bool {
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		inside := i > 0 && i < len(name)-1
		if !letter && (!inside || (c != '.' && c != '-' && c != '_') || (c == '.' && name[i-1] == '.')) {
			return false
		}
	}
	return true
}

func only(s, letters string) bool {
	for i := range len(s) {
		if strings.IndexByte(letters, s[i]) < 0 {
			return false
		}
	}
	return true
}

// plainTarget takes a path with its query in origin form (RFC 9112 section
// 3.2.1): no absolute address, nothing that a reader takes for a host, no
// fragment, no control character, no letter outside ASCII.
func plainTarget(path string) bool {
	if len(path) == 0 || len(path) > maxURL || path[0] != '/' || strings.HasPrefix(path, "//") {
		return false
	}
	query := false
	for i := range len(path) {
		c := path[i]
		// Browsers make slashes of backslashes in paths, and leave them in queries.
		if c <= ' ' || c >= 0x7f || c == '#' || (c == '\\' && !query) {
			return false
		}
		query = query || c == '?'
	}
	return true
}

// plainMethod takes a token of RFC 9110 section 9.1 in the letters that
// methods have.
func plainMethod(method string) bool {
	if len(method) == 0 || len(method) > 32 {
		return false
	}
	for i := range len(method) {
		if c := method[i]; (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// signInURL is where somebody signs in to come back to an absolute address.
// browser is the token that binds the way back to this browser; kept is the
// handle of a form that waits, or "". why tells what was missing here, for the
// case that it is not missing where the link leads.
func (g *Gateway) signInURL(address, browser, kept string, why reason) string {
	var b strings.Builder
	b.WriteString(g.o.BaseURL)
	b.WriteString("/enter?to=")
	b.WriteString(url.QueryEscape(address))
	if hash := session.BrowserHash(browser); hash != nil {
		b.WriteString("&b=")
		b.WriteString(base64.RawURLEncoding.EncodeToString(hash))
	}
	if kept != "" {
		b.WriteString("&kept=")
		b.WriteString(url.QueryEscape(kept))
	}
	if why == stepUp || why == choose {
		b.WriteString("&why=")
		b.WriteString(string(why))
	}
	return b.String()
}

// browser is the token that binds a way back to this browser. The browser
// keeps the one that it has, so that many pages that ask at once agree on it.
func (g *Gateway) browser(w http.ResponseWriter, r *http.Request, secure bool) string {
	token := g.cookies.Browser(r, secure)
	if token == "" {
		token = session.NewToken()
	}
	g.cookies.SetBrowser(w, secure, token)
	return token
}
