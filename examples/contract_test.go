package examples_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
	"sallyport/internal/snippet"
)

const grafana = "https://grafana.example.com"

// stubbed is a proxy with a snippet between an application and a stub.
type stubbed struct {
	*browser
	stub  *stub
	proxy string // address
}

func newStubbed(t *testing.T, r runner) *stubbed {
	t.Helper()
	s := newStub(t)
	proxy := r.front(t, snippetFor("grafana", newUpstream(t), s.address))
	return &stubbed{newBrowser(t, places{"grafana.example.com": proxy}), s, proxy}
}

// What the service is told comes from the proxy, each once, whatever the
// client says.
func TestSnippetsQuestion(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		forged := http.Header{
			"X-Forwarded-For": {"203.0.113.9", "203.0.113.10"}, "X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"http"},
			"X-Forwarded-Uri": {"/in"}, "X-Forwarded-Method": {"GET"}, "X-Original-Url": {"https://evil.example/in"}, "X-Original-Method": {"GET"},
			"Forwarded": {"for=203.0.113.9;host=evil.example"}, "X-Real-Ip": {"203.0.113.9"}, "X-Rewrite-Url": {"/admin"},
			"X-Sallyport-Refusal": {"forged", "1"},
			"Connection":          {"X-Forwarded-Host, X-Forwarded-Uri, Cookie"},
			"Cookie":              {"__Host-sallyport-app=token; other=1"}, "Accept": {"text/html"}, "Sec-Fetch-Mode": {"navigate"},
		}
		for _, path := range []string{"/in", "/out"} {
			for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
				body := ""
				if method == http.MethodPost {
					body = "a=b&c=d"
				}
				uri := path + "/d/a%2Fb%20c?x=1&y=%2F&to=https://evil.example/"
				s.do(method, grafana+uri, forged, body)
				asked, bodies := s.stub.questions()
				// nginx asks once more, for the answer that it shows.
				if n := len(asked); n == 0 || n > 1 && (r.proxy != snippet.NGINX || path == "/in") {
					t.Fatalf("%s %s: asked %d times, want once", method, path, n)
				}
				for i, q := range asked {
					expectQuestion(t, q, bodies[i], method, uri, i > 0)
					// A client may have its own cookie left out: it is refused then.
					if c := q.Header.Get("Cookie"); c != "" && !strings.HasPrefix(c, forged.Get("Cookie")) {
						t.Errorf("%s %s: Cookie %q", method, path, c)
					}
				}
			}
		}
	})
}

// However a client writes the host, the service and the application are told
// the one of the snippet.
func TestSnippetsHost(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		for _, path := range []string{"/in", "/out", "/.sallyport/sign-out"} {
			a := raw(t, s.proxy, []string{"GET " + path + " HTTP/1.1", "Host: GRAFANA.example.com:443", "Connection: close"}, "")
			if path == "/in" {
				if g := echoed(t, a.body); g.Host != "grafana.example.com" {
					t.Errorf("the application is asked for %s", g.Host)
				}
			}
			asked, _ := s.stub.questions()
			if len(asked) == 0 {
				t.Fatalf("%s: nothing was asked: status %d", path, a.status)
			}
			for _, q := range asked {
				if diff := cmp.Diff([]string{"grafana.example.com"}, q.Header["X-Forwarded-Host"]); diff != "" {
					t.Errorf("%s: X-Forwarded-Host (-want +got):\n%s", path, diff)
				}
			}
		}
	})
}

// expectQuestion holds a question of a proxy against what a browser asked it;
// refusal: it is for the answer to show.
func expectQuestion(t *testing.T, q *http.Request, body, method, uri string, refusal bool) {
	t.Helper()
	if q.Method != http.MethodGet || body != "" {
		t.Errorf("%s %s: asked by %s with body %q, want GET without one", method, uri, q.Method, body)
	}
	if q.Host != "grafana.example.com" {
		t.Errorf("%s %s: Host %q, want the application's", method, uri, q.Host)
	}
	want := http.Header{
		"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"grafana.example.com"}, "X-Forwarded-Proto": {"https"},
		"X-Forwarded-Uri": {uri}, "X-Forwarded-Method": {method},
		"X-Original-Url": nil, "X-Original-Method": nil,
		"Accept": {"text/html"}, "Sec-Fetch-Mode": {"navigate"},
	}
	if q.URL.Path == "/gateway/auth-request" {
		want["X-Original-Url"], want["X-Original-Method"] = []string{grafana + uri}, []string{method}
	}
	want["X-Sallyport-Refusal"] = nil
	if refusal {
		want["X-Sallyport-Refusal"] = []string{"1"}
	}
	for name, values := range want {
		if diff := cmp.Diff(values, q.Header[name]); diff != "" {
			t.Errorf("%s %s: %s (-want +got):\n%s", method, uri, name, diff)
		}
	}
}

// Every refusal reaches the browser as the service gave it, and nothing
// reaches the application.
func TestSnippetsRefusal(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		for path, want := range answers {
			if want.status == http.StatusOK {
				continue
			}
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				body := ""
				if method == http.MethodPost {
					body = "a=b&c=" + strings.Repeat("d", 40<<10)
				}
				a := s.do(method, grafana+path, nil, body)
				if a.status != want.status || a.body != want.body {
					t.Errorf("%s %s: status %d with %q, want %d with %q", method, path, a.status, a.body, want.status, want.body)
				}
				for name, values := range want.header {
					if diff := cmp.Diff(values, a.header[name]); diff != "" {
						t.Errorf("%s %s: %s (-want +got):\n%s", method, path, name, diff)
					}
				}
				expectNotTold(t, method+" "+path, a)
				if got := a.header.Get("Cache-Control"); got != "no-store" {
					t.Errorf("%s %s: Cache-Control %q, want no-store", method, path, got)
				}
				if a.header.Get("X-Application") != "" {
					t.Errorf("%s %s: the application answered", method, path)
				}
			}
		}
	})
}

// expectNotTold: what the service says of people is for applications alone.
func expectNotTold(t *testing.T, what string, a *answer) {
	t.Helper()
	for _, name := range access.IdentityHeaders() {
		if a.header[name] != nil {
			t.Errorf("%s: the browser is told %s", what, name)
		}
	}
}

// What was said of the person reaches the application, and the rest of the
// request as it was. The browser sees nothing of it.
func TestSnippetsPassing(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		sent := http.Header{"Authorization": {"Bearer the-client's-own"}, "Cookie": {"other=1"}, "X-Anything": {"else"}, "Content-Type": {"text/plain"}, "Accept": {"text/html"}}
		a := s.do(http.MethodPost, grafana+"/in/d/a%2Fb?x=1&y=%2F", sent, "the body")
		if a.status != http.StatusOK || a.header.Get("X-Application") != "echo" {
			t.Fatalf("status %d, want the application's answer\n%.500s", a.status, a.body)
		}
		for name := range a.header {
			if strings.HasPrefix(name, "Remote-") || strings.HasPrefix(name, "X-Sallyport-") {
				t.Errorf("the browser is told %s", name)
			}
		}
		g := echoed(t, a.body)
		if g.Method != http.MethodPost || g.URI != "/in/d/a%2Fb?x=1&y=%2F" || g.Body != "the body" || g.Host != "grafana.example.com" {
			t.Errorf("%s %s at %s with %q, want it as it was sent", g.Method, g.URI, g.Host, g.Body)
		}
		for name, values := range sent {
			if diff := cmp.Diff(values, g.Header[name]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		for _, name := range []string{"Remote-User", "Remote-Groups", "Remote-Email", access.HeaderAssertion, access.HeaderTags} {
			if diff := cmp.Diff(answers["/in"].header[name], g.Header[name]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		// An application's own refusal is not ours.
		if a := s.get(grafana + "/in?status=401"); a.status != http.StatusUnauthorized || a.body != "the application's own refusal" {
			t.Errorf("the application's 401 came as %d with %q", a.status, a.body)
		}
	})
}

// Groups of somebody in 150 of them, and a client with many cookies.
func TestSnippetsLargeHeaders(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		cookie := "other=" + strings.Repeat("c", 12<<10)
		a := s.do(http.MethodGet, grafana+"/large", http.Header{"Cookie": {cookie}}, "")
		if a.status != http.StatusOK {
			t.Fatalf("status %d, want 200\n%.500s", a.status, a.body)
		}
		g := echoed(t, a.body)
		for _, name := range []string{"Remote-Groups", access.HeaderAssertion} {
			if got, want := len(g.Header.Get(name)), len(answers["/large"].header.Get(name)); got != want {
				t.Errorf("%s has %d bytes, want %d", name, got, want)
			}
		}
		if g.Header.Get("Cookie") != cookie {
			t.Errorf("Cookie has %d bytes, want %d", len(g.Header.Get("Cookie")), len(cookie))
		}
	})
}

// What belongs to signing in goes to the service, whoever asks.
func TestSnippetsCallback(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		s := newStubbed(t, r)
		forged := http.Header{"X-Forwarded-Host": {"evil.example"}, "X-Forwarded-Proto": {"http"}, "X-Forwarded-For": {"203.0.113.9"}, "X-Forwarded-Uri": {"/in"},
			"X-Sallyport-Refusal": {"1"}, "Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {grafana}, "Cookie": {"__Host-sallyport-start=token"}}
		for _, one := range []struct{ method, path, body string }{
			{http.MethodGet, "/.sallyport/callback?code=abc&to=%2Fd%2Fabc%3Fx%3D1", ""},
			{http.MethodPost, "/.sallyport/interrupted?to=%2Fform", "a=b&c=" + strings.Repeat("d", 200<<10)},
			{http.MethodGet, "/.sallyport/sign-out", ""},
		} {
			// A browser of its own: cookies of one answer are not those of the next question.
			a := newBrowser(t, places{"grafana.example.com": s.proxy}).do(one.method, grafana+one.path, forged, one.body)
			if a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Set-Cookie"), "__Host-sallyport-app=token;") {
				t.Errorf("%s: status %d with cookie %q, want the service's own answer", one.path, a.status, a.header.Get("Set-Cookie"))
			}
			expectNotTold(t, one.path, a)
			asked, bodies := s.stub.questions()
			if len(asked) != 1 {
				t.Fatalf("%s: the service was asked %d times, want once", one.path, len(asked))
			}
			q := asked[0]
			if q.Method != one.method || q.RequestURI != one.path || bodies[0] != one.body {
				t.Errorf("%s %s with %d bytes, want %s %s with %d", q.Method, q.RequestURI, len(bodies[0]), one.method, one.path, len(one.body))
			}
			want := http.Header{"X-Forwarded-For": {"127.0.0.1"}, "X-Forwarded-Host": {"grafana.example.com"}, "X-Forwarded-Proto": {"https"},
				"X-Sallyport-Refusal": nil, "Origin": {grafana}, "Cookie": {"__Host-sallyport-start=token"}}
			for name, values := range want {
				if diff := cmp.Diff(values, q.Header[name]); diff != "" {
					t.Errorf("%s: %s (-want +got):\n%s", one.path, name, diff)
				}
			}
			if uri := q.Header.Get("X-Forwarded-Uri"); uri != "" && uri != one.path {
				t.Errorf("%s: X-Forwarded-Uri %q is the client's", one.path, uri)
			}
		}
	})
}

// Nobody passes while the service is away.
func TestSnippetsServiceAway(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		proxy := r.front(t, snippetFor("grafana", newUpstream(t), silentAddress(t)))
		b := newBrowser(t, places{"grafana.example.com": proxy})
		for _, path := range []string{"/in", "/.sallyport/callback?code=abc&to=/"} {
			a := b.get(grafana + path)
			if a.status < 500 || a.header.Get("X-Application") != "" || strings.Contains(a.body, `"Header"`) {
				t.Errorf("%s: status %d, want 5xx\n%.300s", path, a.status, a.body)
			}
		}
	})
}
