package scim

import (
	"net/url"
	"strings"
)

// query holds the parameters of a request, by lower-cased name: a robot's
// spelling of startIndex matters to nobody.
type query map[string]string

// readQuery reads them. Unknown ones, such as Entra's aadOptscim062020, and
// the first of a name that comes twice count for nothing. Unlike url.ParseQuery it takes a
// semicolon for a letter like others, which filters hold, and drops nothing
// silently: without its filter, a request means something else.
func readQuery(raw string) (query, error) {
	if raw == "" {
		return nil, nil
	}
	q := query{}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil {
			return nil, bad(invalidSyntax, "The query is not URL-encoded.")
		}
		value, err = url.QueryUnescape(value)
		if err != nil {
			return nil, bad(invalidSyntax, "The query is not URL-encoded.")
		}
		q[strings.ToLower(name)] = value
	}
	return q, nil
}

func (q query) has(name string) bool {
	_, ok := q[name]
	return ok
}
