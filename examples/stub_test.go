package examples_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"sallyport/access"
)

// stub stands where the service does, and answers by the beginning of the
// path that it is asked about. What snippets make of a question and of an
// answer shows better where neither has to make sense.
type stub struct {
	address string

	mu    sync.Mutex
	asked []*http.Request
	body  []string
}

// answers are what it says, as forward-auth gives them.
var answers = map[string]struct {
	status int
	header http.Header
	body   string
}{
	"/in": {200, http.Header{
		"Remote-User": {"ann@example.com"}, "Remote-Groups": {"engineering,on-call"}, "Remote-Email": {"ann@example.com"},
		access.HeaderAssertion: {"header.claims.signature"}, access.HeaderTags: {"Site=Z%C3%BCrich"},
	}, ""},
	"/bare":   {200, http.Header{"Remote-User": {"ann@example.com"}, access.HeaderAssertion: {"header.claims.signature"}}, ""},
	"/large":  {200, http.Header{"Remote-User": {"ann@example.com"}, "Remote-Groups": {strings.Repeat("g", 7<<10)}, access.HeaderAssertion: {strings.Repeat("a", 8<<10)}}, ""},
	"/out":    {302, http.Header{"Location": {"https://door.example.com/enter?to=https%3A%2F%2Fgrafana.example.com%2Fout&b=abc"}, "Set-Cookie": {"__Host-sallyport-start=token; Path=/; Secure; HttpOnly; SameSite=Lax"}}, ""},
	"/form":   {307, http.Header{"Location": {"https://grafana.example.com/.sallyport/interrupted?to=%2Fform"}}, ""},
	"/script": {401, http.Header{"Content-Type": {"application/json"}}, `{"error":"Unauthorized","reason":"signed_out"}`},
	"/denied": {403, http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Security-Policy": {"default-src 'none'; style-src 'sha256-abc'"}}, "<!doctype html><title>Ask</title><p>Ask the platform team. 100% \"sure\"."},
	"/down":   {503, http.Header{"Content-Type": {"text/plain; charset=utf-8"}, "Retry-After": {"5"}}, "Try again in a moment."},
}

func newStub(t *testing.T) *stub {
	t.Helper()
	s := &stub{}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.address = strings.TrimPrefix(server.URL, "http://")
	return s
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what was cut off is missed by the test
	s.mu.Lock()
	s.asked, s.body = append(s.asked, r), append(s.body, string(body))
	s.mu.Unlock()
	if strings.HasPrefix(r.URL.Path, "/.sallyport/") {
		confide(w.Header())
		w.Header().Set("Set-Cookie", "__Host-sallyport-app=token; Path=/; Secure; HttpOnly; SameSite=Lax")
		w.Header().Set("Location", "/d/abc")
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	about := r.Header.Get("X-Forwarded-Uri")
	subrequest := r.URL.Path == "/gateway/auth-request"
	if subrequest {
		u, _ := url.Parse(r.Header.Get("X-Original-URL")) // nil is no path of ours
		about = u.RequestURI()
	}
	for prefix, answer := range answers {
		if !strings.HasPrefix(about, prefix) {
			continue
		}
		status := answer.status
		if subrequest && (status == 302 || status == 307) {
			status = http.StatusUnauthorized
		}
		if status != http.StatusOK {
			confide(w.Header())
		}
		maps.Copy(w.Header(), answer.header)
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		io.WriteString(w, answer.body)
		return
	}
	http.Error(w, "asked about "+about, http.StatusTeapot)
}

// confide says in an answer that browsers get what is not for them, should the
// service ever do so.
func confide(h http.Header) {
	for _, name := range access.IdentityHeaders() {
		h.Set(name, "for the application alone")
	}
}

// questions gives what was asked since, and forgets it.
func (s *stub) questions() ([]*http.Request, []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, body := s.asked, s.body
	s.asked, s.body = nil, nil
	return slices.Clone(asked), slices.Clone(body)
}
