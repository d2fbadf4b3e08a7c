package main

import (
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"sallyport/access"
)

// demoProxy stands in front of the demo's applications as nginx or Caddy would
// in earnest: it asks the gateway about every request, hands on who came, and
// lets nobody say so themselves.
type demoProxy struct {
	service string // of the gateway
	inside  http.Handler
	client  *http.Client
	forward *httputil.ReverseProxy
}

func newDemoProxy(service string, inside http.Handler) (*demoProxy, error) {
	to, err := url.Parse(service)
	if err != nil {
		return nil, err
	}
	return &demoProxy{
		service: service,
		inside:  inside,
		client: &http.Client{
			Timeout:       10 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		forward: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(to)
			r.SetXForwarded()
			r.Out.Header.Set("X-Forwarded-Uri", r.In.URL.RequestURI())
			r.Out.Header.Set("X-Forwarded-Method", r.In.Method)
		}},
	}, nil
}

func (p *demoProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/.sallyport/") {
		p.forward.ServeHTTP(w, r)
		return
	}
	answer, err := p.ask(r)
	if err != nil {
		http.Error(w, "The service does not answer.", http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		for name, values := range answer.Header {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body) // the browser has gone: nobody is left to tell
		return
	}
	for name := range r.Header {
		if identityHeader(name) {
			delete(r.Header, name)
		}
	}
	for _, name := range access.IdentityHeaders() {
		if values := answer.Header.Values(name); len(values) > 0 {
			r.Header[name] = values
		}
	}
	p.inside.ServeHTTP(w, r)
}

// ask is the question of a proxy: the headers of the request without its body.
func (p *demoProxy) ask(r *http.Request) (*http.Response, error) {
	question, err := http.NewRequestWithContext(r.Context(), http.MethodGet, p.service+"/gateway/forward-auth", nil)
	if err != nil {
		return nil, err
	}
	for name, values := range r.Header {
		if !strings.HasPrefix(name, "X-Forwarded-") && !strings.HasPrefix(name, "X-Original-") {
			question.Header[name] = values
		}
	}
	question.Header.Del("Content-Length")
	question.Header.Set("X-Forwarded-Proto", "http")
	question.Header.Set("X-Forwarded-Host", r.Host)
	question.Header.Set("X-Forwarded-Uri", r.URL.RequestURI())
	question.Header.Set("X-Forwarded-Method", r.Method)
	host, _, _ := strings.Cut(r.RemoteAddr, ":")
	question.Header.Set("X-Forwarded-For", host)
	return p.client.Do(question)
}

// identityHeader reports whether an application could take a header for one
// of ours, in whatever spelling.
func identityHeader(name string) bool {
	folded := strings.ReplaceAll(strings.ToLower(name), "_", "-")
	for _, one := range access.IdentityHeaders() {
		if strings.ToLower(one) == folded {
			return true
		}
	}
	return false
}
