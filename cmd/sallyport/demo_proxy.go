package main

import (
	"io"
	"maps"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"sallyport/access"
)

// headerRefusal is what proxies that ask twice say at the second time, and no
// client.
const headerRefusal = "X-Sallyport-Refusal"

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
		forward: &httputil.ReverseProxy{
			Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(to)
				r.SetXForwarded()
				r.Out.Header.Set("X-Forwarded-Uri", r.In.URL.RequestURI())
				r.Out.Header.Set("X-Forwarded-Method", r.In.Method)
				r.Out.Header.Del(headerRefusal)
			},
			// What is said of people is for applications alone.
			ModifyResponse: func(answer *http.Response) error {
				withoutIdentity(answer.Header)
				return nil
			},
		},
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
		withoutIdentity(answer.Header)
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body) // the browser has gone: nobody is left to tell
		return
	}
	withoutIdentity(r.Header)
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
	question.Header.Del(headerRefusal)
	question.Header.Set("X-Forwarded-Proto", "http")
	question.Header.Set("X-Forwarded-Host", r.Host)
	question.Header.Set("X-Forwarded-Uri", r.URL.RequestURI())
	question.Header.Set("X-Forwarded-Method", r.Method)
	host, _, _ := strings.Cut(r.RemoteAddr, ":")
	question.Header.Set("X-Forwarded-For", host)
	return p.client.Do(question)
}

// withoutIdentity takes out what an application could take for a header of
// ours, in whatever spelling.
func withoutIdentity(h http.Header) {
	for name := range h {
		if identityHeader(name) {
			delete(h, name)
		}
	}
}

func identityHeader(name string) bool {
	dashed := strings.Map(func(c rune) rune {
		if c < 0x80 && !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return '-'
		}
		return c
	}, name)
	return slices.ContainsFunc(access.IdentityHeaders(), func(one string) bool { return strings.EqualFold(one, dashed) })
}
