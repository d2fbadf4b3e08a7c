package doctor

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"sallyport/access"
)

// bunch is how many forged headers go with one request: servers take a hundred
// or so, and the first of them are the browser's.
const bunch = 25

// marks are read as underscores by one application or another, as dashes are:
// WSGI and CGI read dashes so, PHP dots too, and some all that is no letter and
// no digit. Those of a header's name, by RFC 9110 5.6.2.
const marks = "_.!#$%&'*+^`|~"

// spellings of a header name that applications take for one another.
func spellings(name string) []string {
	all := append(mixed(name), strings.ToLower(name), strings.ToUpper(name), strings.ToLower(strings.ReplaceAll(name, "-", "_")))
	for _, mark := range strings.Split(marks, "") {
		all = append(all, strings.ReplaceAll(name, "-", mark))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// mixed gives a name with each mix of dashes, underscores and dots.
func mixed(name string) []string {
	before, after, found := strings.Cut(name, "-")
	if !found {
		return []string{name}
	}
	var all []string
	for _, rest := range mixed(after) {
		all = append(all, before+"-"+rest, before+"_"+rest, before+"."+rest)
	}
	return all
}

// forgeries are headers that say who somebody is, in bunches, each with a value
// of its own.
func (v *visit) forgeries() []http.Header {
	var names []string
	for _, name := range access.IdentityHeaders() {
		names = append(names, spellings(name)...)
	}
	var all []http.Header
	n := 0
	for some := range slices.Chunk(names, bunch) {
		one := http.Header{}
		for _, name := range some {
			one[name] = []string{fmt.Sprintf("%s-%04d", v.canary, n)}
			n++
		}
		all = append(all, one)
	}
	return all
}

// forgeriesSeen is what came of sending forgeries.
type forgeriesSeen int

const (
	forgeriesHarmless   forgeriesSeen = iota
	forgeriesUnanswered               // of some nothing can be said
	forgeriesJudged                   // there is a finding already
)

// forge sends each bunch, and judges the answers until one is not harmless. A
// bunch that is turned away for its form may be too many headers, and is sent
// again in halves: only a header that is turned away alone was seen by itself.
func (v *visit) forge(bunches []http.Header, send func(http.Header) (*answer, error), harmless func(*answer, http.Header) bool) forgeriesSeen {
	worst := forgeriesHarmless
	for len(bunches) > 0 {
		forged := bunches[0]
		bunches = bunches[1:]
		a, err := send(forged)
		switch {
		case err != nil || a.busy():
			worst = forgeriesUnanswered
		case a.unread() && len(forged) > 1:
			bunches = append(halves(forged), bunches...)
		case a.unread():
		case !harmless(a, forged):
			return forgeriesJudged
		}
	}
	return worst
}

func halves(forged http.Header) []http.Header {
	names := slices.Sorted(maps.Keys(forged))
	var all []http.Header
	for half := range slices.Chunk(names, (len(names)+1)/2) {
		one := http.Header{}
		for _, name := range half {
			one[name] = forged[name]
		}
		all = append(all, one)
	}
	return all
}
