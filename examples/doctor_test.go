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

	"sallyport/access"
	"sallyport/gateway/doctor"
)

// The doctor finds nothing wrong with the snippets as they are shipped.
func TestDoctorAndSnippets(t *testing.T) {
	h := newHouse(t)
	eachProxy(t, func(t *testing.T, r runner) {
		browse, proxy := h.behind(t, r)
		for check, f := range h.examined(t, browse(t), proxy) {
			if f.Outcome != doctor.Good && check != "around the proxy" {
				t.Errorf("%s: %s: %s", check, f.Outcome, f.Says)
			}
		}
	})
}

// The doctor finds each fault in the proxy that makes it, and there alone.
func TestDoctorFindsFaults(t *testing.T) {
	h := newHouse(t)
	upstream := newUpstream(t)
	for _, test := range []struct {
		name  string
		fault careless
		want  []string // checks that are bad
	}{
		{"none", careless{}, nil},
		{"asks nobody", careless{open: true}, []string{"signed out", "cookies", "scripts", "websocket", "forged identity, signed out", "forwarded headers of strangers", "paths", "forged identity, signed in"}},
		{"lets forged headers through", careless{keeps: true}, []string{"forged identity, signed in"}},
		{"lets underscores through", careless{underscores: true}, []string{"forged identity, signed in"}},
		{"lets dots through", careless{dots: true}, []string{"forged identity, signed in"}},
		{"believes the client's host and address", careless{believes: true}, []string{"forwarded headers of strangers", "address of the client"}},
		{"makes a redirect of every refusal", careless{redirects: true}, []string{"scripts", "websocket"}},
		{"loses cookies", careless{losesCookies: true}, []string{"cookies"}},
		{"has no way to sallyport", careless{noWay: true}, []string{"way to sallyport"}},
		{"says another scheme", careless{scheme: "http"}, []string{"way to sallyport"}},
		{"drops what the client says", careless{hopByHop: true}, []string{"hop-by-hop headers"}},
		{"opens WebSockets", careless{sockets: true}, []string{"websocket"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.fault.service, test.fault.upstream = h.address, to(upstream)
			server := httptest.NewServer(&test.fault)
			defer server.Close()
			proxy := strings.TrimPrefix(server.URL, "http://")
			sound := &careless{service: h.address, upstream: to(upstream)}
			way := httptest.NewServer(sound)
			defer way.Close()
			b := newBrowser(t, places{"door.example.com": h.address, "grafana.example.com": strings.TrimPrefix(way.URL, "http://")})
			found := h.examined(t, b, proxy)
			bad := map[string]bool{}
			for _, check := range test.want {
				bad[check] = true
			}
			for check, f := range found {
				if (f.Outcome == doctor.Bad) != bad[check] && !(test.fault.scheme != "" || test.fault.believes || test.fault.open) {
					t.Errorf("%s: %s: %s", check, f.Outcome, f.Says)
				}
				if bad[check] && f.Outcome != doctor.Bad {
					t.Errorf("%s was not found: %s: %s", check, f.Outcome, f.Says)
				}
			}
		})
	}
}

// An application that answers beside its proxy is found.
func TestDoctorAroundTheProxy(t *testing.T) {
	upstream := newUpstream(t)
	for address, want := range map[string]doctor.Outcome{upstream: doctor.Bad, silentAddress(t): doctor.Good} {
		found, err := doctor.Examine(t.Context(), doctor.Options{URL: "http://" + upstream + "/", Upstream: address})
		if err != nil {
			t.Fatal(err)
		}
		if got := byCheck(found)["around the proxy"]; got.Outcome != want {
			t.Errorf("%s: %s: %s", address, got.Outcome, got.Says)
		}
	}
}

// examined is what the doctor finds at grafana behind proxy, as somebody whom
// b signs in.
func (h *house) examined(t *testing.T, b *browser, proxy string) map[string]doctor.Finding {
	t.Helper()
	if a := b.signIn(h, grafana+"/", user(t), "engineering"); a.status != http.StatusOK {
		t.Fatalf("sign in: status %d at %s", a.status, a.url)
	}
	token := ""
	for _, c := range b.client.Jar.Cookies(&url.URL{Scheme: "https", Host: "grafana.example.com", Path: "/"}) {
		if strings.HasSuffix(c.Name, "sallyport-app") {
			token = c.Value
		}
	}
	p := places{"grafana.example.com": proxy}
	transport := &http.Transport{DialContext: p.dial, DialTLSContext: p.dial}
	defer transport.CloseIdleConnections()
	found, err := doctor.Examine(t.Context(), doctor.Options{
		URL: grafana + "/d/abc?orgId=1", BaseURL: door, Echo: "/echo", Token: token, Client: &http.Client{Transport: transport},
	})
	if err != nil {
		t.Fatal(err)
	}
	return byCheck(found)
}

func byCheck(found []doctor.Finding) map[string]doctor.Finding {
	all := map[string]doctor.Finding{}
	for _, f := range found {
		all[f.Check] = f
	}
	return all
}

// careless is a proxy in front of grafana with the faults that people make.
type careless struct {
	service  string
	upstream *httputil.ReverseProxy
	scheme   string // that it says; "": https

	open, keeps, underscores, dots, believes, redirects, losesCookies, noWay, hopByHop, sockets bool
}

func (p *careless) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	named := r.Header.Get("Connection")
	if strings.HasPrefix(r.URL.Path, "/.sallyport/") && !p.noWay {
		p.door().ServeHTTP(w, r)
		return
	}
	socket := strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
	answer, err := http.DefaultTransport.RoundTrip(p.question(r))
	if err != nil {
		http.Error(w, "no answer", http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK && !p.open && !(p.sockets && socket) {
		maps.Copy(w.Header(), answer.Header)
		if p.losesCookies {
			w.Header().Del("Set-Cookie")
		}
		if p.redirects && answer.StatusCode == http.StatusUnauthorized {
			w.Header().Set("Location", answer.Header.Get("X-Sallyport-Sign-In"))
			answer.StatusCode = http.StatusFound
		}
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body) // what was cut off is missed by the test
		return
	}
	p.strip(r.Header)
	for _, name := range access.IdentityHeaders() {
		if values := answer.Header[http.CanonicalHeaderKey(name)]; len(values) > 0 && !(p.hopByHop && strings.Contains(named, name)) {
			r.Header[name] = values
		}
	}
	r.Header.Del("Connection")
	r.Header.Del("Upgrade")
	p.upstream.ServeHTTP(w, r)
}

func (p *careless) strip(h http.Header) {
	for name := range h {
		for _, one := range access.IdentityHeaders() {
			overlooked := p.open || p.keeps || p.underscores && strings.Contains(name, "_") || p.dots && strings.Contains(name, ".")
			if flat(name) == flat(one) && !overlooked {
				delete(h, name)
			}
		}
	}
}

// question asks as a careful proxy does, but for the fault.
func (p *careless) question(r *http.Request) *http.Request {
	q, err := http.NewRequestWithContext(r.Context(), http.MethodGet, "http://"+p.service+"/gateway/forward-auth", nil)
	if err != nil {
		panic(err) // an address of ours
	}
	q.Header = r.Header.Clone()
	for _, name := range []string{"Connection", "Content-Length", "X-Original-Url", "X-Original-URL", "X-Original-Method"} {
		delete(q.Header, name)
	}
	p.say(q.Header, r)
	return q
}

func (p *careless) door() *httputil.ReverseProxy {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: p.service})
		if p.believes {
			maps.Copy(r.Out.Header, r.In.Header)
		}
		p.say(r.Out.Header, r.In)
	}}
}

func (p *careless) say(h http.Header, r *http.Request) {
	said := map[string]string{
		"X-Forwarded-Method": r.Method, "X-Forwarded-Proto": "https", "X-Forwarded-Host": r.Host,
		"X-Forwarded-Uri": r.URL.RequestURI(), "X-Forwarded-For": "203.0.113.9",
	}
	if p.scheme != "" {
		said["X-Forwarded-Proto"] = p.scheme
	}
	for name, value := range said {
		if !p.believes || h.Get(name) == "" {
			h.Set(name, value)
		}
	}
}
