package gateway_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/gateway"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

const (
	proxyAddress = "10.1.2.3:40000"
	personIP     = "198.51.100.7"
)

// house is a gateway over a real database, and other is a second instance's
// way into the same one.
type house struct {
	t        testing.TB
	url      string
	db       *store.DB
	other    *store.DB
	manager  *session.Manager
	catalog  *access.Catalog
	c        *idp.Connection
	front    *front
	keys     *ring
	g        *gateway.Gateway
	handler  http.Handler
	logs     *bytes.Buffer
	served   map[string]int
	servedMu sync.Mutex
}

func newHouse(t testing.TB, change func(*gateway.Options)) *house {
	t.Helper()
	h := &house{t: t, url: "sqlite://" + filepath.Join(t.TempDir(), "test.db"), logs: &bytes.Buffer{}, served: map[string]int{}}
	h.db, h.other = h.openStore(), h.openStore()
	log := slog.New(slog.NewTextHandler(h.logs, nil))
	h.manager = session.New(h.db, h.db, h.db, session.Options{Logger: log})
	h.connect()
	var err error
	h.catalog, err = access.Open(t.Context(), h.db)
	must(t, err)
	h.front = &front{db: h.db, manager: h.manager}
	h.keys = newRing("key-1")
	o := gateway.Options{
		BaseURL: ssoBase, Sessions: h.manager, Changes: h.db, Applications: h.catalog, Front: h.front, People: h.front, Keys: h.keys, Events: h.db,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, Logger: log,
		Served: func(method, route string, status int, _ time.Duration) {
			h.servedMu.Lock()
			defer h.servedMu.Unlock()
			h.served[method+" "+route+" "+http.StatusText(status)]++
		},
	}
	if change != nil {
		change(&o)
	}
	h.g, err = gateway.New(o)
	must(t, err)
	h.handler = h.g.Handler()
	return h
}

func (h *house) openStore() *store.DB {
	h.t.Helper()
	db, err := store.Open(h.t.Context(), h.url, store.Options{})
	must(h.t, err)
	h.t.Cleanup(func() { must(h.t, db.Close()) })
	must(h.t, db.Migrate(h.t.Context()))
	return db
}

func (h *house) connect() {
	h.t.Helper()
	provider, err := signer()
	must(h.t, err)
	p := &idp.Provider{
		ID: "corp-id", Slug: "corp", Name: "corp", State: idp.Active,
		Live: &idp.Trust{EntityID: provider.EntityID(), SSO: []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.example.org/redirect"}}},
	}
	must(h.t, h.db.CreateProvider(h.t.Context(), p, audit.New(audit.IDPCreated, "command")))
	h.c = &idp.Connection{Provider: p}
}

// app adds an application for everyone.
func (h *house) app(name, address string, change func(*access.Application)) *access.Application {
	h.t.Helper()
	a := &access.Application{Name: name, Title: "The " + name, URL: address}
	if change != nil {
		change(a)
	}
	must(h.t, h.catalog.Add(h.t.Context(), a, "command"))
	return h.catalog.Application(name)
}

func (h *house) set(name string, tags ...access.Tag) *access.PermissionSet {
	h.t.Helper()
	s := &access.PermissionSet{Name: name, Tags: tags}
	must(h.t, h.catalog.AddPermissionSet(h.t.Context(), s, "command"))
	return s
}

func (h *house) assign(to access.Principal, app *access.Application, set *access.PermissionSet, through *store.DB) *access.Assignment {
	h.t.Helper()
	catalog := h.catalog
	if through != nil {
		var err error
		catalog, err = access.Open(h.t.Context(), through)
		must(h.t, err)
	}
	a := &access.Assignment{Principal: to, ApplicationID: app.ID, PermissionSetID: set.ID}
	_, err := catalog.Grant(h.t.Context(), []*access.Assignment{a}, "command")
	must(h.t, err)
	return catalog.Assignments(access.AssignmentFilter{ApplicationID: app.ID})[0]
}

// person is somebody with a live session.
type person struct {
	h       *house
	name    string
	session *session.Session
	token   string // of the host that they last went in at
}

// as begins a session by what a response that was verified would have said.
func (h *house) as(name string, change func(*session.Session)) *person {
	h.t.Helper()
	now := time.Now()
	s := &session.Session{
		ID: session.NewToken(), TokenHash: session.BrowserHash(session.NewToken()), Kind: session.Person,
		UserName: name, IDP: "corp", NameID: saml.NameID{Value: name, Format: "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"},
		SubType: "persistent", Issuer: "https://idp.example.org", SessionIndex: session.NewToken(),
		AuthnContext: "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", AuthnInstant: now,
		Completed: true, BeganAt: now, ExpiresAt: now.Add(8 * time.Hour),
	}
	if change != nil {
		change(s)
	}
	in := &session.SignIn{
		Session: s, AssertionID: session.NewToken(), UsedUntil: now.Add(time.Hour),
		CreateUser: &directory.User{ID: session.NewToken(), UserName: name, Active: true, IDP: "corp", Source: directory.FromSignIn},
		Event:      audit.New(audit.SessionBegan, ""),
	}
	must(h.t, h.db.RecordSignIn(h.t.Context(), in))
	return &person{h: h, name: name, session: s}
}

// at goes in at a host.
func (p *person) at(host string) *person {
	p.h.t.Helper()
	browser := session.NewToken()
	code, err := p.h.manager.HandOver(p.h.t.Context(), p.session, host, session.BrowserHash(browser))
	must(p.h.t, err)
	p.token, _, err = p.h.manager.TakeOver(p.h.t.Context(), code, host, browser)
	must(p.h.t, err)
	return p
}

// front decides by the directory as the house's browser side does.
type front struct {
	db      *store.DB
	manager *session.Manager

	mu       sync.Mutex
	stranger bool // everybody is one
	email    string
	asked    int
	fail     error
}

func (f *front) Facts(ctx context.Context, s *session.Session) (*access.Facts, error) {
	f.mu.Lock()
	f.asked++
	stranger, fail := f.stranger, f.fail
	f.mu.Unlock()
	if fail != nil {
		return nil, fail
	}
	claimed, err := f.manager.Claimed(ctx, s)
	if err != nil {
		return nil, err
	}
	p := access.Person{
		UserID: s.UserID, UserName: s.UserName, IDP: s.IDP, Claimed: claimed,
		AuthnContext: s.AuthnContext, AuthnInstant: s.AuthnInstant,
	}
	for _, t := range s.Tags {
		p.Tags = append(p.Tags, access.Tag{Key: t.Key, Value: t.Value})
	}
	if stranger {
		p.UserID = ""
		return access.NewFacts(p), nil
	}
	of, err := f.db.GroupsOf(ctx, s.UserID)
	if err != nil {
		return nil, err
	}
	p.Groups = of[s.UserID]
	return access.NewFacts(p), nil
}

func (f *front) Denied(context.Context, *session.Session, *access.Application, string) (reference, why string, err error) {
	return "4F7Q-22KD", "It has not been assigned to you.", nil
}

func (f *front) Person(ctx context.Context, userID string) (gateway.Person, error) {
	u, err := f.db.User(ctx, userID)
	if err != nil {
		return gateway.Person{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	email := f.email
	if email == "" {
		email = u.UserName
	}
	name, _ := u.Value("${path:displayName}")
	return gateway.Person{Email: email, Name: name}, nil
}

// ring is a key that signs.
type ring struct {
	mu   sync.Mutex
	keys []gateway.Key
}

func newRing(id string) *ring {
	r := &ring{}
	r.turn(id)
	return r
}

func (r *ring) turn(id string) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append([]gateway.Key{{ID: id, Private: k, Public: &k.PublicKey}}, r.keys...)
}

func (r *ring) TokenKeys() []gateway.Key {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.keys
}

// asking is what a proxy says of one request of a browser.
type asking struct {
	method string // "": GET
	url    string
	cookie string // value of the host's cookie; "": none
	header http.Header
}

func (q asking) parts() (method, scheme, host, path string) {
	method = q.method
	if method == "" {
		method = http.MethodGet
	}
	scheme, rest, _ := strings.Cut(q.url, "://")
	end := strings.IndexByte(rest, '/')
	return method, scheme, rest[:end], rest[end:]
}

// dialects are the ways in which proxies ask one and the same.
var dialects = map[string]func(asking) *http.Request{
	"forward-auth": func(q asking) *http.Request {
		method, scheme, host, path := q.parts()
		r := httptest.NewRequest(http.MethodGet, "http://sallyport.internal/gateway/forward-auth", nil)
		r.Header.Set("X-Forwarded-Method", method)
		r.Header.Set("X-Forwarded-Proto", scheme)
		r.Header.Set("X-Forwarded-Host", host)
		r.Header.Set("X-Forwarded-Uri", path)
		return r
	},
	"auth-request": func(q asking) *http.Request {
		method, _, _, _ := q.parts()
		r := httptest.NewRequest(http.MethodGet, "http://sallyport.internal/gateway/auth-request", nil)
		r.Header.Set("X-Original-Method", method)
		r.Header.Set("X-Original-URL", q.url)
		return r
	},
	"ext-authz": func(q asking) *http.Request {
		method, scheme, host, path := q.parts()
		r := httptest.NewRequest(method, "/gateway/ext-authz"+path, nil)
		r.Host = host
		r.Header.Set("X-Forwarded-Proto", scheme)
		return r
	},
}

// request is the question as the trusted proxy sends it.
func (q asking) request(dialect string) *http.Request {
	r := dialects[dialect](q)
	r.RemoteAddr = proxyAddress
	r.Header.Set("X-Forwarded-For", personIP)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if q.cookie != "" {
		name := "sallyport-app"
		if strings.HasPrefix(q.url, "https:") {
			name = "__Host-" + name
		}
		r.Header.Set("Cookie", "theme=dark; "+name+"="+q.cookie+"; sid=1")
	}
	for name, values := range q.header {
		r.Header[name] = values
	}
	return r
}

func (h *house) ask(q asking) *httptest.ResponseRecorder { return h.asks("forward-auth", q) }

func (h *house) asks(dialect string, q asking) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, q.request(dialect))
	return w
}

// opens asks for a page of an application in the browser of p.
func (p *person) opens(url string) *httptest.ResponseRecorder {
	p.h.t.Helper()
	return p.h.ask(asking{url: url, cookie: p.token})
}

func status(t testing.TB, w *httptest.ResponseRecorder, want int) {
	t.Helper()
	if w.Code != want {
		_, says, _ := strings.Cut(w.Body.String(), "</style>")
		t.Errorf("status %d, want %d; %s %s", w.Code, want, w.Header().Get("Location"), says)
	}
}

// claimsIn reads a token without checking it: that is done elsewhere.
func claimsIn(t testing.TB, w *httptest.ResponseRecorder) gateway.Claims {
	t.Helper()
	_, rest, _ := strings.Cut(w.Header().Get(access.HeaderAssertion), ".")
	payload, _, _ := strings.Cut(rest, ".")
	raw, err := base64.RawURLEncoding.DecodeString(payload)
	must(t, err)
	var c gateway.Claims
	must(t, json.Unmarshal(raw, &c))
	return c
}

type problem struct {
	Error, Message, Reason string
	SignIn                 string `json:"sign_in"`
	Reference              string
}

func problemIn(t testing.TB, w *httptest.ResponseRecorder) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("not JSON (%s): %s", w.Header().Get("Content-Type"), w.Body)
	}
	return p
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

// panics is a far side with a bug.
type panics struct{}

func (panics) Person(context.Context, string) (gateway.Person, error) { panic("no such luck") }
