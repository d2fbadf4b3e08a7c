package access

import (
	"slices"
	"strings"
)

// place is one way in which a server may read an address: percent-encoding and
// path parameters are gone, and capital letters are small ones. Two addresses
// of one place may lead to one and the same page.
type place struct {
	path   string   // begins with a slash; "" for the root; no slash at the end
	params []string // of the query, in any order
}

// queryLayers is how deep percent-encoding in a query is looked through. Paths
// are looked through to the ground: cleanPath refuses what goes deeper.
const queryLayers = 8

// places gives the ways in which servers read u: they decode more than once,
// drop what follows a semicolon before, between or after that, and some take an
// encoded question mark for the query's.
func (u address) places() []place {
	var params []string
	if u.hasQuery {
		params = paramsOf(u.query)
	}
	var all []place
	add := func(path string, params []string) {
		p := place{path: foldPath(path), params: params}
		if !slices.ContainsFunc(all, func(known place) bool { return known.path == p.path && slices.Equal(known.params, p.params) }) {
			all = append(all, p)
		}
	}
	for path := u.path; ; {
		bare := bottom(path)
		add(bare, params)
		if at := strings.IndexAny(bare, "?#"); at >= 0 {
			add(bare[:at], slices.Concat(params, paramsOf(bare[at+1:])))
		}
		decoded := Unescape(path)
		if decoded == path {
			return all
		}
		path = decoded
	}
}

// bottom decodes path to the ground, without parameters from here on.
func bottom(path string) string {
	for {
		path = withoutParameters(path)
		decoded := Unescape(path)
		if decoded == path {
			return path
		}
		path = decoded
	}
}

// withoutParameters cuts ";jsessionid=x" and the like off each segment.
func withoutParameters(path string) string {
	if !strings.Contains(path, ";") {
		return path
	}
	segments := strings.Split(path, "/")
	for i := range segments {
		segments[i], _, _ = strings.Cut(segments[i], ";")
	}
	return strings.Join(segments, "/")
}

// foldPath drops empty segments, which cut parameters leave, and the case of
// letters: there are servers that know none.
func foldPath(path string) string {
	var b strings.Builder
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" {
			b.WriteByte('/')
			b.WriteString(foldASCII(segment))
		}
	}
	return b.String()
}

func paramsOf(query string) []string {
	var all []string
	for one := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' }) {
		for range queryLayers {
			decoded := Unescape(strings.ReplaceAll(one, "+", " "))
			if decoded == one {
				break
			}
			one = decoded
		}
		if one = foldASCII(one); !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// foldASCII makes A to Z small and leaves everything else, broken UTF-8 too.
func foldASCII(s string) string {
	folded := []byte(s)
	for i, c := range folded {
		if 'A' <= c && c <= 'Z' {
			folded[i] = c + 'a' - 'A'
		}
	}
	return string(folded)
}

// holds reports whether a prefix that reads as p holds a place: the path is
// equal or further by whole segments; with a query, the very path, and all of
// its parameters whatever stands beside them.
func (p place) holds(other place) bool {
	if len(p.params) == 0 {
		return other.path == p.path || strings.HasPrefix(other.path, p.path+"/")
	}
	return other.path == p.path && !slices.ContainsFunc(p.params, func(one string) bool { return !slices.Contains(other.params, one) })
}
