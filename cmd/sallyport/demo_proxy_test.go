package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
)

// The demo's proxy keeps the promises that the others keep: what clients say of
// who they are goes nowhere, and what the service says goes inside alone.
func TestDemoProxyTakesIdentityOut(t *testing.T) {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.Header.Get("X-Sallyport-Refusal"); got != "" {
			t.Errorf("%s: a client says X-Sallyport-Refusal: %q", r.URL.Path, got)
		}
		w.Header().Set("Remote-User", "ann")
		w.Header().Set(access.HeaderAssertion, "header.claims.signature")
		if r.Header.Get("X-Forwarded-Uri") == "/out" {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer service.Close()
	var heard http.Header
	p, err := newDemoProxy(service.URL, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard = r.Header }))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/in", "/out", "/.sallyport/hello"} {
		heard = nil
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header = http.Header{"X-Sallyport-Refusal": {"1"}, "X-Anything": {"kept"}}
		for _, name := range []string{"Remote-User", "remote_user", "Remote.user", "Remote~user", "X.sallyport_assertion", "Remote-Name"} {
			r.Header[name] = []string{"forged"}
		}
		w := httptest.NewRecorder()
		p.ServeHTTP(w, r)
		for _, name := range access.IdentityHeaders() {
			if w.Header()[name] != nil {
				t.Errorf("%s: the browser is told %s", path, name)
			}
		}
		if path != "/in" {
			continue
		}
		delete(heard, "X-Sallyport-Refusal")
		want := http.Header{"Remote-User": {"ann"}, access.HeaderAssertion: {"header.claims.signature"}, "X-Anything": {"kept"}}
		if diff := cmp.Diff(want, heard); diff != "" {
			t.Errorf("inside (-want +got):\n%s", diff)
		}
	}
}
