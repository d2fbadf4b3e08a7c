package examples_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sallyport/access"
)

// flat is a header's name as a careless reader takes it.
func flat(name string) string {
	return strings.ToLower(strings.Map(func(c rune) rune {
		if strings.ContainsRune("-"+odd, c) {
			return -1
		}
		return c
	}, name))
}

// spelled gives a name with each mix of dashes and underscores, in several
// cases.
func spelled(name string) []string {
	all := []string{""}
	for i, word := range strings.Split(name, "-") {
		var longer []string
		for _, begun := range all {
			if i == 0 {
				longer = append(longer, word)
				continue
			}
			longer = append(longer, begun+"-"+word, begun+"_"+word)
		}
		all = longer
	}
	for _, one := range slices.Clone(all) {
		all = append(all, strings.ToLower(one), strings.ToUpper(one))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// forgery is what a request says of who comes.
type forgery struct {
	lines   []string // headers
	trailer string   // name of one that follows the body; "": none
}

func smuggled() map[string]forgery {
	corpus := map[string]forgery{}
	for _, name := range access.IdentityHeaders() {
		var lines []string
		for _, spelling := range spelled(name) {
			lines = append(lines, spelling+": forged", spelling+": forged again")
		}
		corpus[name] = forgery{lines: lines}
		corpus["Connection: "+name] = forgery{lines: []string{"Connection: close, " + name + ", " + strings.ReplaceAll(name, "-", "_"), name + ": forged"}}
		corpus["only Connection: "+name] = forgery{lines: []string{"Connection: " + name}}
		corpus["announced trailer "+name] = forgery{[]string{"Trailer: " + name, "Transfer-Encoding: chunked"}, name}
		corpus["trailer "+name] = forgery{[]string{"Transfer-Encoding: chunked"}, name}
	}
	for name, lines := range map[string][]string{
		"Connection twice":       {"Connection: close", "Connection: Remote-User", "Remote-User: forged"},
		"Connection upgrade":     {"Connection: Upgrade, Remote-User", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__", "Remote-User: forged"},
		"Connection, underscore": {"Connection: X_Sallyport_Assertion", "X_Sallyport_Assertion: forged"},
		"Keep-Alive":             {"Connection: keep-alive, X-Sallyport-Assertion, X-Forwarded-For, X-Forwarded-Host", "Keep-Alive: timeout=5"},
		"Proxy-Connection":       {"Proxy-Connection: Remote-User", "Remote-User: forged"},
		"an empty one":           {"Remote-User:", "Remote-Groups: "},
		"another address":        {"X-Original-URL: /forged", "X-Rewrite-URL: /forged", "X_Original_URL: /forged", "X-Forwarded-Prefix: /forged", "x_forwarded_uri: /forged"},
		"another host":           {"X-Forwarded-Host: forged.example", "X_Forwarded_Host: forged.example", "X-FORWARDED_HOST: forged.example", "Forwarded: host=forged.example"},
		"another client":         {"X-Forwarded-For: forged", "X_Forwarded_For: forged", "X-Real-IP: forged", "X_Real_IP: forged"},
		"another scheme":         {"X-Forwarded-Proto: forged", "X_Forwarded_Proto: forged", "X-Forwarded_Proto: forged", "X-Forwarded-Scheme: forged"},
	} {
		corpus[name] = forgery{lines: lines}
	}
	return corpus
}

// Whatever a client says of who it is, the application hears what the service
// said, that alone, and all of it.
func TestSnippetsSmuggling(t *testing.T) {
	// Headers that the service leaves out are where forged ones would stay.
	for _, path := range []string{"/bare", "/in"} {
		t.Run(path[1:], func(t *testing.T) {
			eachProxy(t, func(t *testing.T, r runner) {
				s := newStubbed(t, r)
				for name, forged := range smuggled() {
					heard := s.smuggle(t, r, name, path, forged)
					if heard == nil {
						continue
					}
					expectHeard(t, name, answers[path].header, heard)
				}
			})
		})
	}
}

// smuggle sends a request past the browser, and gives the headers that the
// application got; nil where it got none.
func (s *stubbed) smuggle(t *testing.T, r runner, name, path string, forged forgery) http.Header {
	t.Helper()
	method, body := "GET", ""
	if forged.trailer != "" {
		method, body = "POST", fmt.Sprintf("4\r\nbody\r\n0\r\n%s: forged\r\n\r\n", forged.trailer)
	}
	request := append([]string{method + " " + path + " HTTP/1.1", "Host: grafana.example.com"}, forged.lines...)
	if !slices.ContainsFunc(forged.lines, func(line string) bool { return strings.HasPrefix(line, "Connection:") }) {
		request = append(request, "Connection: close")
	}
	a := raw(t, s.proxy, request, body)
	if a.status == http.StatusBadRequest && forged.trailer != "" {
		return nil // refused as a whole
	}
	if a.status != http.StatusOK {
		t.Errorf("%s: status %d, want 200\n%.300s", name, a.status, a.body)
		return nil
	}
	if r.trailers && strings.HasPrefix(name, "announced ") {
		t.Errorf("%s: passed, want it refused", name)
	}
	g := echoed(t, a.body)
	for trailer, values := range g.Trailer {
		if len(values) > 0 && !r.trailers {
			t.Errorf("%s: trailer %s: %q reached the application", name, trailer, values)
		}
	}
	return g.Header
}

// expectHeard holds what an application heard of the person against what the
// service said.
func expectHeard(t *testing.T, name string, said, heard http.Header) {
	t.Helper()
	identity := map[string]bool{}
	for _, header := range access.IdentityHeaders() {
		identity[flat(header)] = true
	}
	for header, values := range heard {
		if identity[flat(header)] && !slices.Equal(values, said[header]) {
			t.Errorf("%s: the application heard %s: %q, want %q", name, header, values, said[header])
		}
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "forged") }) {
			t.Errorf("%s: the application heard %s: %q", name, header, values)
		}
	}
	for header, values := range said {
		if !slices.Equal(values, heard[header]) {
			t.Errorf("%s: the application heard %s: %q, want %q", name, header, heard[header], values)
		}
	}
	// An application that is a proxy itself would take out what this names.
	for _, option := range strings.Split(strings.Join(heard["Connection"], ","), ",") {
		if identity[flat(strings.TrimSpace(option))] {
			t.Errorf("%s: the application heard Connection: %q", name, heard["Connection"])
		}
	}
	for header, want := range map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "grafana.example.com", "X-Forwarded-Proto": "https"} {
		if got := strings.Join(heard[header], "|"); got != want {
			t.Errorf("%s: the application heard %s: %q, want %q", name, header, got, want)
		}
	}
}
