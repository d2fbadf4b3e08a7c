package examples_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/snippet"
)

// recorded stands where Traefik or Envoy would: it asks the house in exactly
// the shape in which they ask, as their source and documentation have it, and
// does with the answer what the shipped file tells them to.
type recorded struct {
	service  string // address
	taken    []string
	copied   []string
	question func(r *http.Request, service string) *http.Request
	upstream *httputil.ReverseProxy
	door     *httputil.ReverseProxy
}

// traefikRecorded is Traefik 3: pkg/middlewares/auth/forward.go copies every
// header but those of the connection, asks by GET without a body, and sets
// X-Forwarded-*; pkg/middlewares/forwardedheaders sets the rest of them before,
// for untrusted clients anew. https, on the entry point "websecure".
func traefikRecorded(t *testing.T, upstream, service string) http.Handler {
	t.Helper()
	root := yamlAt(t, snippet.Traefik)
	p := &recorded{service: service, upstream: to(upstream), door: to(service)}
	for name := range at(t, root, "http", "middlewares", "sallyport-grafana-taken", "headers", "customRequestHeaders").(map[string]any) {
		p.taken = append(p.taken, name)
	}
	for _, name := range at(t, root, "http", "middlewares", "sallyport-grafana-check", "forwardAuth", "authResponseHeaders").([]any) {
		p.copied = append(p.copied, name.(string))
	}
	p.question = func(r *http.Request, service string) *http.Request {
		q, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://"+service+"/gateway/forward-auth", nil)
		if err != nil {
			return nil
		}
		q.Header = r.Header.Clone()
		for _, name := range []string{"Connection", "Keep-Alive", "Te", "Trailers", "Transfer-Encoding", "Upgrade"} {
			q.Header.Del(name)
		}
		q.Header.Set("X-Forwarded-For", "203.0.113.7")
		q.Header.Set("X-Forwarded-Method", r.Method)
		q.Header.Set("X-Forwarded-Proto", "https")
		q.Header.Set("X-Forwarded-Host", r.Host)
		q.Header.Set("X-Forwarded-Uri", r.URL.RequestURI())
		q.Header.Set("X-Forwarded-Port", "443")
		q.Header.Set("X-Forwarded-Server", "traefik-7d9c")
		return q
	}
	return p
}

// envoyRecorded is Envoy: the HTTP service of ext_authz (ext_authz_http_impl.cc)
// asks by the client's own method and host, with path_prefix before its path,
// Content-Length 0, and of the other headers those of allowed_headers and
// headers_to_add; the asynchronous client appends Envoy's own address to
// X-Forwarded-For and says how long it waits.
func envoyRecorded(t *testing.T, upstream, service string) http.Handler {
	t.Helper()
	root := yamlAt(t, snippet.Envoy)
	manager := at(t, root, "static_resources", "listeners", 0, "filter_chains", 0, "filters", 0, "typed_config")
	check := at(t, manager, "http_filters", 0, "typed_config")
	p := &recorded{service: service, upstream: to(upstream), door: to(service)}
	for _, one := range at(t, manager, "early_header_mutation_extensions", 0, "typed_config", "mutations").([]any) {
		p.taken = append(p.taken, at(t, one, "remove").(string))
	}
	for _, one := range at(t, check, "http_service", "authorization_response", "allowed_upstream_headers", "patterns").([]any) {
		p.copied = append(p.copied, at(t, one, "exact").(string))
	}
	prefix := at(t, check, "http_service", "path_prefix").(string)
	allowed := at(t, check, "allowed_headers", "patterns").([]any)
	added := at(t, check, "http_service", "authorization_request", "headers_to_add").([]any)
	p.question = func(r *http.Request, service string) *http.Request {
		q, err := http.NewRequestWithContext(r.Context(), r.Method, "http://"+service+prefix+r.URL.RequestURI(), http.NoBody)
		if err != nil {
			return nil
		}
		q.Host = r.Host
		q.Header = http.Header{"Authorization": r.Header["Authorization"], "X-Forwarded-For": {"203.0.113.7, 127.0.0.1"}, "X-Envoy-Expected-Rq-Timeout-Ms": {"10000"}, "User-Agent": {""}}
		for name, values := range r.Header {
			if allowedByEnvoy(allowed, name) {
				q.Header[name] = values
			}
		}
		for _, one := range added {
			pair := one.(map[string]any)
			q.Header.Set(pair["key"].(string), pair["value"].(string))
		}
		return q
	}
	return p
}

func allowedByEnvoy(patterns []any, name string) bool {
	name = strings.ToLower(name)
	for _, one := range patterns {
		pattern := one.(map[string]any)
		if exact, ok := pattern["exact"].(string); ok && exact == name && name != "x-forwarded-for" {
			return true
		}
		if prefix, ok := pattern["prefix"].(string); ok && strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

func to(address string) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: address})
		r.Out.URL.RawQuery = r.In.URL.RawQuery // also what Go would not take apart
		r.Out.Host = r.In.Host
		r.Out.Header.Set("X-Forwarded-For", "127.0.0.1")
		r.Out.Header.Set("X-Forwarded-Host", r.In.Host)
		r.Out.Header.Set("X-Forwarded-Proto", "https")
	}}
}

func (p *recorded) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// Both are done with Connection before anything else.
	r.Header.Del("Connection")
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		r.Header.Set("Connection", "Upgrade")
	}
	for _, name := range p.taken {
		r.Header.Del(name)
	}
	if strings.HasPrefix(r.URL.Path, "/.sallyport/") {
		p.door.ServeHTTP(w, r)
		return
	}
	q := p.question(r, p.service)
	if q == nil {
		http.Error(w, "no question", http.StatusBadRequest)
		return
	}
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		http.Error(w, "no answer", http.StatusForbidden)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body) // what was cut off is missed by the test
		return
	}
	for _, name := range p.copied {
		name = http.CanonicalHeaderKey(name)
		r.Header.Del(name)
		if values := answer.Header[name]; len(values) > 0 {
			r.Header[name] = values
		}
	}
	p.upstream.ServeHTTP(w, r)
}

// The house answers Traefik and Envoy, as they ask, like the others.
func TestHouseAnswersRecordedShapes(t *testing.T) {
	h := newHouse(t)
	for name, shape := range map[string]func(t *testing.T, upstream, service string) http.Handler{"traefik": traefikRecorded, "envoy": envoyRecorded} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(shape(t, newUpstream(t), h.address))
			t.Cleanup(server.Close)
			proxy := server.Listener.Addr().String()
			p := places{"door.example.com": h.address, "grafana.example.com": proxy, "payroll.example.com": proxy}
			for name, test := range visits {
				t.Run(name, func(t *testing.T) { test(visit{h, newBrowser(t, p), proxy, user(t)}, t) })
			}
		})
	}
}
