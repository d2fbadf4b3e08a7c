package main_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

var (
	shownReference = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}`)
	shownReason    = regexp.MustCompile(`<h2 id="why">([^<]*)</h2>`)
)

// Everything that the test identity provider can do wrong, through the real
// door: nobody gets in, the person gets a reference, and at that reference
// the administrator reads the right reason.
func TestMisbehavioursAtTheDoor(t *testing.T) {
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	defer app.Close()
	s := newSallyport(t)
	far := httptest.NewUnstartedServer(nil)
	defer far.Close()
	_, port, _ := strings.Cut(far.Listener.Addr().String(), ":")
	base := "http://localhost:" + port // another site than 127.0.0.1
	twin, err := testidp.New(testidp.Options{
		BaseURL:       base,
		SPMetadataURL: s.url + "/saml/metadata",
		Apps:          []testidp.App{{Title: "Grafana", RelayState: "grafana"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	far.Config.Handler = twin
	far.Start()
	s.run("app", "add", "--name", "grafana", "--url", app.URL)
	s.trust("default", twin.Metadata())
	s.serve()

	administrator := newBrowser(t)
	link := strings.TrimSpace(string(s.run("admin", "link")))
	if console := administrator.send(http.MethodPost, link, nil, "127.0.0.1"); console.status != http.StatusOK {
		t.Fatalf("the administrator's link: status %d: %s", console.status, console.text())
	}
	byTile := func(b *browser, misbehave string) *webPage {
		sent := b.submit(b.get(base+"/"), "person", url.Values{"person": {"ann"}, "misbehave": {misbehave}, "application": {"0"}})
		return b.submit(sent, "SAMLResponse", nil)
	}
	bySignIn := func(b *browser, misbehave string) *webPage {
		sent := b.submit(b.get(s.url+"/go/grafana"), "person", url.Values{"person": {"ann"}, "misbehave": {misbehave}})
		return b.submit(sent, "SAMLResponse", nil)
	}
	if arrived := byTile(newBrowser(t), ""); arrived.url.String() != app.URL {
		t.Fatalf("a good response: status %d at %s: %s", arrived.status, arrived.url, arrived.text())
	}
	for way, walk := range map[string]func(*browser, string) *webPage{"IdP-initiated": byTile, "SP-initiated": bySignIn} {
		for _, m := range testidp.Misbehaviours() {
			t.Run(way+"/"+m.Name, func(t *testing.T) {
				b := newBrowser(t)
				b.t = t
				arrived := walk(b, m.Name)
				status, session := b.session(s.url)
				if m.Reason == "" {
					if arrived.url.String() != app.URL || session.User != "ann@example.com" {
						t.Errorf("status %d at %s for %q: %s", arrived.status, arrived.url, session.User, arrived.text())
					}
					return
				}
				if status != http.StatusUnauthorized {
					t.Errorf("/session: status %d for %q", status, session.User)
				}
				if arrived.status < 400 || arrived.status > 499 || arrived.url.Hostname() != "127.0.0.1" {
					t.Fatalf("status %d at %s", arrived.status, arrived.url)
				}
				reference := shownReference.FindString(arrived.text())
				if reference == "" {
					t.Fatalf("the person got no reference: %s", arrived.text())
				}
				explained := administrator.get(s.url + "/admin/signins/" + reference)
				why := shownReason.FindStringSubmatch(explained.body)
				if why == nil || !strings.EqualFold(strings.ReplaceAll(why[1], " ", ""), string(m.Reason)) {
					t.Errorf("the administrator reads %q, want %s: %s", why, m.Reason, explained.text())
				}
			})
		}
	}
}
