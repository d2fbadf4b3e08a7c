package gateway_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/gateway"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/keyring"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

const (
	ssoBase   = "https://sso.example.com"
	wikiHost  = "wiki.example.com"
	wikiBase  = "https://" + wikiHost
	otherHost = "crm.example.net:8443"
	appCookie = "__Host-sallyport-app"
	tabCookie = "__Host-sallyport-start"
)

// signer is one identity provider for all tests: its keys are dear to make.
var signer = sync.OnceValues(func() (*testidp.IDP, error) {
	return testidp.New(testidp.Options{BaseURL: "https://idp.example.org"})
})

// hosts is a gateway over a real database, with the applications wiki and crm
// at hosts of their own.
type hosts struct {
	t       *testing.T
	idp     *testidp.IDP
	manager *session.Manager
	catalog *access.Catalog
	c       *idp.Connection
	handler http.Handler
	logs    *bytes.Buffer
}

func newHosts(t *testing.T) *hosts {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, db.Migrate(t.Context()))
	ring, err := keyring.New(bytes.Repeat([]byte{7}, keyring.SecretSize))
	must(t, err)
	h := &hosts{t: t, logs: &bytes.Buffer{}}
	log := slog.New(slog.NewTextHandler(h.logs, nil))
	h.manager = session.New(db, db, db, session.Options{Logger: log, Sealer: ring})
	h.idp, err = signer()
	must(t, err)
	h.c = h.connect(db)
	h.catalog, err = access.Open(t.Context(), db)
	must(t, err)
	for name, address := range map[string]string{"wiki": wikiBase + "/", "crm": "https://" + otherHost + "/"} {
		must(t, h.catalog.Add(t.Context(), &access.Application{Name: name, URL: address}, "command"))
	}
	g, err := gateway.New(gateway.Options{
		BaseURL: ssoBase, Sessions: h.manager, Changes: db, Applications: h.catalog, Front: nobody{}, People: nobody{}, Keys: nobody{}, Events: db,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, Logger: log,
	})
	must(t, err)
	h.handler = g.Handler()
	return h
}

func (h *hosts) connect(db *store.DB) *idp.Connection {
	h.t.Helper()
	p := &idp.Provider{
		ID: "corp-id", Slug: "corp", Name: "corp", State: idp.Active,
		Live: &idp.Trust{EntityID: h.idp.EntityID(), SSO: []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.example.org/redirect"}}},
	}
	must(h.t, db.CreateProvider(h.t.Context(), p, audit.New(audit.IDPCreated, "command")))
	entity, acs := ssoBase+"/saml/corp/metadata", ssoBase+"/saml/corp/acs"
	return &idp.Connection{
		Provider: p,
		SP:       &saml.ServiceProvider{EntityID: entity, ACSURLs: []string{acs}},
		Trust: &saml.Trust{
			IDPEntityID: h.idp.EntityID(), Certificates: h.idp.Certificates(), EntityIDs: []string{entity}, ACSURLs: []string{acs},
			AllowExpiredCertificates: true, // a bubble's clock begins in the year 2000
		},
	}
}

// nobody is asked nothing on the way to a host.
type nobody struct{}

var errNobody = errors.New("nobody was to be asked")

func (nobody) Facts(context.Context, *session.Session) (*access.Facts, error) { return nil, errNobody }
func (nobody) Denied(context.Context, *session.Session, *access.Application, string) (string, string, error) {
	return "", "", errNobody
}
func (nobody) Person(context.Context, string) (gateway.Person, error) {
	return gateway.Person{}, errNobody
}
func (nobody) TokenKeys() []gateway.Key { return nil }

// signIn is a live session of somebody.
func (h *hosts) signIn(person string) *session.Session {
	h.t.Helper()
	raw, err := h.idp.Respond(testidp.Response{Person: person, ACS: h.c.SP.ACSURLs[0], Audience: h.c.SP.EntityID})
	must(h.t, err)
	arrived, err := h.manager.Receive(h.t.Context(), h.c, session.Arrival{SAMLResponse: base64.StdEncoding.EncodeToString(raw), Target: "/", ClientIP: "192.0.2.7"})
	must(h.t, err)
	return arrived.Session
}

// code is what the browser behind a token is handed at /enter.
func (h *hosts) code(s *session.Session, host, browser string) string {
	h.t.Helper()
	code, err := h.manager.HandOver(h.t.Context(), s, host, session.BrowserHash(browser))
	must(h.t, err)
	return code
}

// visitor is a browser at one host: it keeps the cookies that it is given.
type visitor struct {
	h       *hosts
	base    string
	cookies map[string]string
	bare    bool // the test says which of them are sent
}

func (h *hosts) visitor(base string) *visitor {
	return &visitor{h: h, base: base, cookies: map[string]string{tabCookie: session.NewToken()}}
}

func (v *visitor) send(r *http.Request) *httptest.ResponseRecorder {
	v.h.t.Helper()
	for name, value := range v.cookies {
		if v.bare {
			break
		}
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.h.handler.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		v.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		}
	}
	if h := w.Header(); h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") == "" {
		v.h.t.Errorf("%s %s: headers %v", r.Method, r.URL.Path, h)
	}
	return w
}

func (v *visitor) get(path string, query url.Values) *httptest.ResponseRecorder {
	v.h.t.Helper()
	return v.send(httptest.NewRequest(http.MethodGet, v.base+path+"?"+query.Encode(), nil))
}

// back is the way from /enter to where the visitor wanted to be.
func (v *visitor) back(s *session.Session, to, kept string) *httptest.ResponseRecorder {
	v.h.t.Helper()
	q := url.Values{"code": {v.h.code(s, strings.TrimPrefix(v.base, "https://"), v.cookies[tabCookie])}, "to": {to}}
	if kept != "" {
		q.Set("kept", kept)
	}
	return v.get("/.sallyport/callback", q)
}

// in is a visitor who is let in as somebody.
func (h *hosts) in(person string) (*visitor, *session.Session) {
	h.t.Helper()
	v, s := h.visitor(wikiBase), h.signIn(person)
	if w := v.back(s, "/", ""); w.Code != http.StatusSeeOther || v.cookies[appCookie] == "" {
		h.t.Fatalf("not let in: %d %s", w.Code, w.Body)
	}
	return v, s
}

// submit sends a form to a shut door, as browsers do.
func (v *visitor) submit(to, body string, change func(*http.Request)) *httptest.ResponseRecorder {
	v.h.t.Helper()
	r := httptest.NewRequest(http.MethodPost, v.base+"/.sallyport/interrupted?to="+url.QueryEscape(to), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "text/html,*/*")
	r.Header.Set("Origin", v.base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Sec-Fetch-Dest", "document")
	if change != nil {
		change(r)
	}
	return v.send(r)
}

func (h *hosts) end(s *session.Session) {
	h.t.Helper()
	_, err := h.manager.Revoke(h.t.Context(), session.Filter{ID: s.ID}, "command")
	must(h.t, err)
}

func sees(t *testing.T, w *httptest.ResponseRecorder, status int, checks ...htmlcheck.Check) {
	t.Helper()
	if w.Code != status || w.Header().Get("Location") != "" {
		t.Errorf("status %d, Location %q: want %d and a page", w.Code, w.Header().Get("Location"), status)
	}
	for _, err := range htmlcheck.Run(bytes.NewReader(w.Body.Bytes()), checks...) {
		t.Error(err)
	}
}

func goesTo(t *testing.T, w *httptest.ResponseRecorder, want string) {
	t.Helper()
	body, _ := io.ReadAll(w.Result().Body)
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != want {
		t.Errorf("status %d, Location %q, want 303 and %q; %s", w.Code, got, want, body)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
