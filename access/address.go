package access

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// address is a URL in the narrow form that this package gives out: every
// reader takes it apart in the same way.
type address struct {
	origin   string // "https://host" or "https://host:8443": small letters, no default port
	path     string // "" or begins with a slash; percent-encoded as it came
	query    string // without "?"; hasQuery tells "" from none
	hasQuery bool
	fragment string // with "#", or ""
}

// Only what RFC 3986 allows in a registered name, an IPv4 or an IPv6 address.
// A percent sign, an @, or a letter outside ASCII fits nowhere in it.
var addressForm = regexp.MustCompile(`^(?i:(https?))://([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?(/[^?#]*)?(\?[^#]*)?(#.*)?$`)

// split reads an absolute URL; false where it is not in the narrow form.
func split(raw string) (address, bool) {
	m := addressForm.FindStringSubmatch(raw)
	if m == nil || strings.Contains(m[2], "..") {
		return address{}, false
	}
	scheme, host, port := strings.ToLower(m[1]), strings.ToLower(m[2]), strings.TrimLeft(m[3], "0")
	if m[3] != "" && port == "" {
		return address{}, false // port 0
	}
	if (scheme == "https" && port == "443") || (scheme == "http" && port == "80") {
		port = ""
	}
	if port != "" {
		host += ":" + port
	}
	u := address{origin: scheme + "://" + host, path: m[4], hasQuery: m[5] != "", fragment: m[6]}
	u.query = strings.TrimPrefix(m[5], "?")
	return u, u.clean()
}

func (u address) String() string {
	s := u.origin + u.path
	if u.hasQuery {
		s += "?" + u.query
	}
	return s + u.fragment
}

// clean reports whether path, query and fragment are harmless: nothing that
// climbs out of a path, at any depth of percent-encoding, and no character
// that a browser drops or turns into another.
func (u address) clean() bool {
	return cleanPath(u.path) && cleanText(u.query) && cleanText(u.fragment)
}

func cleanText(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '\\' {
			return false
		}
	}
	return true
}

// cleanPath looks through every layer of percent-encoding: proxies and
// applications decode once more than they should.
func cleanPath(path string) bool {
	if !cleanText(path) {
		return false
	}
	for range 4 {
		if !utf8.ValidString(path) || strings.ContainsFunc(path, climbsOrHides) || strings.Contains(path, "//") || hasDotSegment(path) {
			return false
		}
		decoded := Unescape(path)
		if decoded == path {
			return true
		}
		path = decoded
	}
	return false
}

func climbsOrHides(r rune) bool { return r < ' ' || r == 0x7f || r == '\\' }

// Unescape takes one layer of percent-encoding off, as the most forgiving
// reader would: a percent sign without two digits stays.
func Unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		// "..;x" climbs in servlet containers.
		segment, _, _ = strings.Cut(segment, ";")
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// parsesTheSame holds the narrow form against net/url.
func (u address) parsesTheSame() bool {
	p, err := url.Parse(u.String())
	return err == nil && p.User == nil && p.Opaque == "" && p.Host != "" && p.Scheme+"://"+p.Host == u.origin
}

// escape percent-encodes what may stand in a relay state that people wrote but
// not in an address: spaces, quotes, letters outside ASCII. ok is false for
// text that is no honest text: control characters, broken UTF-8.
func escape(s string) (escaped string, ok bool) {
	const hex = "0123456789ABCDEF"
	if !utf8.ValidString(s) {
		return "", false
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == 0x7f, c == '\\':
			return "", false
		case c >= 0x80, strings.IndexByte(" \"<>^`{|}", c) >= 0:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

// allowance is one URL prefix that a target allows.
type allowance struct {
	app     *Application
	address        // of the prefix
	path    string // without slashes at the end
	places  []place
}

// allowances gives the prefixes of a. What does not fit the narrow form (the
// store may hold what another program wrote) allows nothing.
func allowances(a *Application) []allowance {
	var all []allowance
	for _, raw := range a.addresses() {
		u, ok := split(raw)
		if !ok || !u.parsesTheSame() || u.fragment != "" {
			continue
		}
		all = append(all, allowance{app: a, address: u, path: strings.TrimRight(u.path, "/"), places: u.places()})
	}
	return all
}

// closeness orders the prefixes that allow one and the same address: the
// longest path before shorter ones, and of one path that with a query.
func (p allowance) closeness() int {
	if p.hasQuery {
		return 2*len(p.path) + 1
	}
	return 2 * len(p.path)
}

// addresses are the URLs that a lets relay states name. A WorkSpaces directory
// has a few of its own: its guide writes the "+" of a registration code as it
// is and lets a tile choose the client.
func (a *Application) addresses() []string {
	all := []string{a.URL}
	if a.Kind == KindWorkSpaces && a.WorkSpaces != nil {
		for _, client := range []string{"", "native", "web"} {
			w := *a.WorkSpaces
			w.Client = client
			all = append(all, w.RelayState(), strings.Replace(w.RelayState(), "%2B", "+", 1))
		}
	}
	return append(all, a.Allowed...)
}

// allows reports whether u lies under the prefix: the same origin, and the path
// equal or further by whole segments. A prefix with a query allows that very
// path and query alone.
func (p allowance) allows(u address) bool {
	if u.origin != p.origin {
		return false
	}
	if p.hasQuery {
		return u.hasQuery && u.query == p.query && u.path == p.address.path
	}
	return u.path == p.path || strings.HasPrefix(u.path, p.path+"/")
}
