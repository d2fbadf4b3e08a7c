package main_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestRevocationCountsAtTheNextCheck loses access in every way there is, on
// one instance or by a command, and asks the other instance over the same
// PostgreSQL, which has just let the same browser pass: the next check refuses.
func TestRevocationCountsAtTheNextCheck(t *testing.T) {
	c := newCycle(t)
	const person = "ann@example.com"
	id := c.provision(person)
	c.door.run("app", "set", "wiki", "--entry", "assigned")
	c.door.run("permission-set", "add", "--name", "Reader")
	assign := func() {
		c.door.run("assignment", "grant", "--user", person, "--app", "wiki", "--permission-set", "Reader")
	}
	assign()
	for _, loss := range []struct {
		name string
		lose func(b *browser)
		mend func()
		want int
	}{
		{"sign out", func(b *browser) { b.send(http.MethodPost, c.door.url+"/signout", nil, "127.0.0.1") }, nil, http.StatusUnauthorized},
		{"sign out everywhere", func(*browser) { c.door.run("session", "revoke", "--user", person) }, nil, http.StatusUnauthorized},
		{"disabled by SCIM", func(*browser) {
			c.robot.ask(http.MethodPatch, "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"False"}`), http.StatusOK)
		}, func() {
			c.robot.ask(http.MethodPatch, "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"True"}`), http.StatusOK)
		}, http.StatusUnauthorized},
		{"assignment revoked", func(*browser) {
			c.door.run("assignment", "revoke", "--user", person, "--app", "wiki", "--permission-set", "Reader")
		}, assign, http.StatusForbidden},
		{"connection disabled", func(*browser) { c.door.run("idp", "disable", "default") }, func() {
			c.door.run("idp", "activate", "default")
			eventually(t, "the connection is back", func() bool { return newBrowser(t).get(c.door.url+"/saml/login").status == http.StatusOK })
		}, http.StatusUnauthorized},
	} {
		t.Run(loss.name, func(t *testing.T) {
			for range 3 {
				b := newBrowser(t)
				c.arrived(c.signIn(b))
				token := c.enterHost(t, b)
				for _, s := range []*instance{c.door, c.robots, c.robots} {
					if status := c.check(t, s, token); status != http.StatusOK {
						t.Fatalf("signed in: status %d", status)
					}
				}
				loss.lose(b)
				for _, s := range []*instance{c.robots, c.door} {
					if status := c.check(t, s, token); status != loss.want {
						t.Errorf("the next check: status %d, want %d", status, loss.want)
					}
				}
				if loss.mend != nil {
					loss.mend()
				}
			}
		})
		if t.Failed() {
			return
		}
	}
}

// ask is a proxy's question, or what it hands on of its host's own addresses.
func (c *cycle) ask(t *testing.T, s *instance, path string, cookies []*http.Cookie, header http.Header) *http.Response {
	t.Helper()
	app, err := url.Parse(c.app)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{
		"X-Forwarded-Method": {"GET"}, "X-Forwarded-Proto": {"http"}, "X-Forwarded-Host": {app.Host},
		"X-Forwarded-Uri": {"/"}, "X-Forwarded-For": {"203.0.113.7"}, "Accept": {"text/html"},
	}
	for name, values := range header {
		r.Header[name] = values
	}
	for _, one := range cookies {
		r.AddCookie(one)
	}
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	return response
}

// enterHost walks the way into the application's host and gives its cookie.
func (c *cycle) enterHost(t *testing.T, b *browser) *http.Cookie {
	t.Helper()
	asked := c.ask(t, c.robots, "/gateway/forward-auth", nil, nil)
	way, err := asked.Location()
	if err != nil || !strings.HasPrefix(way.String(), c.door.url+"/enter?") {
		t.Fatalf("signed out: status %d to %s", asked.StatusCode, way)
	}
	back := b.redirected(way.String())
	entered := c.ask(t, c.door, back.RequestURI(), asked.Cookies(), nil)
	for _, one := range entered.Cookies() {
		if strings.HasSuffix(one.Name, "sallyport-app") && one.Value != "" {
			if size := len(one.Name) + 1 + len(one.Value); size > 128 {
				t.Errorf("the cookie has %d bytes", size)
			}
			return one
		}
	}
	t.Fatalf("no cookie at %s: status %d", back, entered.StatusCode)
	return nil
}

// check is the status of a script's forward authentication.
func (c *cycle) check(t *testing.T, s *instance, token *http.Cookie) int {
	t.Helper()
	return c.ask(t, s, "/gateway/forward-auth", []*http.Cookie{token}, http.Header{"Accept": {"application/json"}}).StatusCode
}

// redirected gives where an address leads, without going there.
func (b *browser) redirected(address string) *url.URL {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, one := range b.jar.Cookies(r.URL) {
		r.AddCookie(one)
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	to, err := response.Location()
	if err != nil {
		b.t.Fatalf("%s leads nowhere: status %d", address, response.StatusCode)
	}
	return to
}
