package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/keyring"
	"sallyport/internal/testidp"
	"sallyport/session"
	"sallyport/store"
	"sallyport/web"
)

// house is the real thing: every room over a SQLite file, behind a listener on
// loopback, and an identity provider that is the far side of the wire.
type house struct {
	t        testing.TB
	url      string
	server   *web.Server
	db       *store.DB
	registry *idp.Registry
	apps     *access.Catalog
	sessions *session.Manager
	people   *directory.Directory
	twin     *testidp.IDP
	log      *lockedBuffer
}

// twin is one for all tests: its keys are dear to make.
var twin = sync.OnceValues(func() (*testidp.IDP, error) {
	return testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
})

func newHouse(t testing.TB, change ...func(*web.Options)) *house {
	t.Helper()
	ctx := t.Context()
	h := &house{t: t, log: &lockedBuffer{}}
	logger := slog.New(slog.NewJSONHandler(h.log, nil))
	listener := httptest.NewUnstartedServer(http.NotFoundHandler())
	h.url = "http://" + listener.Listener.Addr().String()

	var err error
	h.db, err = store.Open(ctx, "sqlite://"+filepath.Join(t.TempDir(), "house.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { _ = h.db.Close() })
	must(t, h.db.Migrate(ctx))
	ring, err := keyring.New(bytes.Repeat([]byte{7}, 32))
	must(t, err)
	h.registry, err = idp.Open(ctx, h.db, idp.Options{BaseURL: h.url, Sealer: ring, Logger: logger, AllowPrivateMetadata: true, KnownTagPath: directory.KnownPath})
	must(t, err)
	apps, err := access.Open(ctx, h.db)
	must(t, err)
	h.apps = apps
	must(t, apps.Add(ctx, &access.Application{Name: "grafana", Title: "Grafana", URL: "https://grafana.example.com/"}, "command"))
	h.sessions = session.New(h.db, h.db, h.db, session.Options{Logger: logger, Sealer: ring})
	h.people = directory.New(h.db, directory.Options{Logger: logger, Sealer: ring})
	h.twin, err = twin()
	must(t, err)

	o := web.Options{
		BaseURL: h.url, Registry: h.registry, Sessions: h.sessions, Cookies: session.NewCookies(h.sessions, false),
		Applications: apps, Directory: h.people, Events: h.db, Ready: h.db.Ping, Logger: logger,
	}
	for _, c := range change {
		c(&o)
	}
	h.server, err = web.New(o)
	must(t, err)
	listener.Config.Handler = h.server.Handler()
	listener.Start()
	t.Cleanup(listener.Close)
	return h
}

// connect imports and activates the twin under a slug.
func (h *house) connect(slug string, change func(*idp.Settings)) {
	h.t.Helper()
	ctx := context.Background()
	_, err := h.registry.ImportMetadata(ctx, idp.Import{Slug: slug, Raw: h.twin.Metadata(), Source: idp.FromCommand, SourceName: "metadata.xml", Actor: "command"})
	must(h.t, err)
	if change != nil {
		_, err = h.registry.UpdateSettings(ctx, slug, 0, func(_ *string, s *idp.Settings) { change(s) }, "command")
		must(h.t, err)
	}
	_, err = h.registry.Activate(ctx, slug, 0, "command")
	must(h.t, err)
}

// respond is what the twin posts for a person to a connection.
func (h *house) respond(slug string, r testidp.Response) url.Values {
	h.t.Helper()
	sp := h.registry.Connection(slug).SP
	r.ACS, r.Audience = sp.ACSURLs[0], sp.EntityID
	raw, err := h.twin.Respond(r)
	must(h.t, err)
	return testidp.Form(raw, "")
}

// browser keeps cookies and follows no redirect.
type browser struct {
	h      *house
	client *http.Client
}

func (h *house) browser() *browser {
	jar, err := cookiejar.New(nil)
	must(h.t, err)
	return &browser{h, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// answer is one response, read to its end.
type answer struct {
	*http.Response
	body string
}

func (b *browser) do(method, path string, form url.Values, headers ...string) answer {
	b.h.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = b.h.url + path
	}
	req, err := http.NewRequest(method, path, strings.NewReader(form.Encode()))
	must(b.h.t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.client.Do(req)
	must(b.h.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(b.h.t, err)
	return answer{res, string(body)}
}

func (b *browser) get(path string, headers ...string) answer {
	return b.do("GET", path, nil, headers...)
}

func (b *browser) post(path string, form url.Values, headers ...string) answer {
	if form == nil {
		form = url.Values{}
	}
	return b.do("POST", path, form, headers...)
}

// arrive posts a response the way another site's form does, and follows to
// where the session is given.
func (b *browser) arrive(slug string, form url.Values) answer {
	b.h.t.Helper()
	path := "/saml/" + slug + "/acs"
	return b.follow(b.post(path, form, "Sec-Fetch-Site", "cross-site", "Origin", "https://idp.example.com"))
}

// follow goes on to one redirect within the house.
func (b *browser) follow(a answer) answer {
	b.h.t.Helper()
	if a.StatusCode != http.StatusSeeOther {
		b.h.t.Fatalf("want a redirect, got %d: %s", a.StatusCode, a.body)
	}
	return b.get(a.Header.Get("Location"))
}

// who is the user that /session names, "" without a session.
func (b *browser) who() string {
	b.h.t.Helper()
	a := b.get("/session", "Accept", "application/json")
	if a.StatusCode == http.StatusUnauthorized {
		return ""
	}
	var view struct{ User string }
	must(b.h.t, json.Unmarshal([]byte(a.body), &view))
	return view.User
}

// administrator is a browser that came in by a one-time link.
func (h *house) administrator() *browser {
	h.t.Helper()
	token, err := h.sessions.MakeAdminLink(context.Background(), "command")
	must(h.t, err)
	b := h.browser()
	if a := b.post("/admin/signin/"+token, nil); a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/admin" {
		h.t.Fatalf("link: got %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
	return b
}

func (a answer) check(t *testing.T, status int, checks ...htmlcheck.Check) {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("want status %d, got %d: %s", status, a.StatusCode, a.body)
	}
	for _, err := range htmlcheck.Run(strings.NewReader(a.body), checks...) {
		t.Error(err)
	}
	for _, err := range htmlcheck.Sound(strings.NewReader(a.body)) {
		t.Error(err)
	}
}

func (a answer) leadsTo(t *testing.T, location string) {
	t.Helper()
	if got := a.Header.Get("Location"); got != location {
		t.Fatalf("want to be sent to %q, got %d to %q: %s", location, a.StatusCode, got, a.body)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
