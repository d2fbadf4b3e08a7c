package examples_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sallyport/internal/snippet"
)

// nginx asks twice: whether, and what to show. Where the answer has become
// another in between, the browser asks again, and nothing that it sent is lost
// behind a blank page.
func TestNGINXShowsNoBlankPage(t *testing.T) {
	eachProxy(t, func(t *testing.T, r runner) {
		if r.proxy != snippet.NGINX {
			t.Skip("asks once")
		}
		for _, first := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable} {
			service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/gateway/auth-request" {
					w.WriteHeader(first)
					return
				}
				w.Header().Set("Remote-User", "ann")
				if r.Header.Get("X-Sallyport-Refusal") != "1" {
					return
				}
				w.Header().Set("Location", grafana+r.Header.Get("X-Forwarded-Uri"))
				w.WriteHeader(http.StatusTemporaryRedirect)
			}))
			t.Cleanup(service.Close)
			proxy := r.front(t, snippetFor("grafana", newUpstream(t), strings.TrimPrefix(service.URL, "http://")))
			b := newBrowser(t, places{"grafana.example.com": proxy})
			a := b.do(http.MethodPost, grafana+"/save?x=1", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, "text=hi")
			if a.status != http.StatusTemporaryRedirect || a.location(t) != grafana+"/save?x=1" {
				t.Errorf("first %d: status %d to %q, want 307 to the same address", first, a.status, a.header.Get("Location"))
			}
			if a.header.Get("Remote-User") != "" {
				t.Errorf("first %d: the browser is told who came", first)
			}
		}
	})
}
