package examples_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sallyport/access"
)

// odd are the characters of header names that are no letters, digits or dashes
// (RFC 9110 5.6.2).
const odd = "!#$%&'*+.^_`|~"

// mixed gives a name with each mix of dashes, underscores and dots: PHP reads
// them all as underscores.
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

// Only names of letters, digits and dashes reach the application, so that none
// is read as one of ours.
func TestSnippetsCharactersOfNames(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		for _, c := range strings.Split(odd, "") {
			lines := []string{"X" + c + "Anything: forged", "X-Anything: kept", c + "X-Anything: forged", "X-Anything" + c + ": forged"}
			for _, name := range access.IdentityHeaders() {
				last := strings.LastIndex(name, "-")
				lines = append(lines, strings.ReplaceAll(name, "-", c)+": forged", name[:last]+"-"+c+name[last+1:]+": forged", name[:last]+c+name[last+1:]+": forged")
			}
			s.expectKept(t, c, nil, lines)
		}
		for _, name := range access.IdentityHeaders() {
			for lines := range slices.Chunk(forgedLines(slices.DeleteFunc(mixed(name), func(one string) bool { return one == name })), 60) {
				s.expectKept(t, name, nil, append(lines, "X-Anything: kept"))
				// nginx reads what comes before the host as its default server says.
				s.expectKept(t, name+" before the host", append(lines, "X-Anything: kept"), nil)
			}
		}
	})
}

func forgedLines(names []string) []string {
	lines := make([]string, len(names))
	for i, name := range names {
		lines[i] = name + ": forged"
	}
	return lines
}

// expectKept sends lines before and after the host, and wants the application
// to hear what the service said, and X-Anything.
func (s *stubbed) expectKept(t *testing.T, what string, before, after []string) {
	t.Helper()
	request := slices.Concat([]string{"GET /bare HTTP/1.1"}, before, []string{"Host: grafana.example.com"}, after, []string{"Connection: close"})
	a := raw(t, s.proxy, request, "")
	if a.status != http.StatusOK {
		t.Errorf("%s: status %d, want 200\n%.300s", what, a.status, a.body)
		return
	}
	heard := echoed(t, a.body).Header
	expectHeard(t, what, answers["/bare"].header, heard)
	if got := heard.Values("X-Anything"); !slices.Equal(got, []string{"kept"}) {
		t.Errorf("%s: the application heard X-Anything: %q, want what was sent", what, got)
	}
}
