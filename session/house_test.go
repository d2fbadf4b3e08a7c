package session_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/keyring"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

const (
	base   = "https://sso.example.com"
	slug   = "okta"
	target = "https://grafana.example.com/d/abc"
)

// provider is one identity provider for all tests: its keys are dear to make.
var provider = sync.OnceValues(func() (*testidp.IDP, error) {
	return testidp.New(testidp.Options{BaseURL: "https://idp.example.org"})
})

// house is a Manager over a real database, with one active connection.
type house struct {
	t       testing.TB
	idp     *testidp.IDP
	db      *store.DB
	manager *session.Manager
	c       *idp.Connection
	logs    *bytes.Buffer
}

func newHouse(t testing.TB, settings idp.Settings) *house {
	t.Helper()
	p, err := provider()
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, idp: p, db: db, logs: &bytes.Buffer{}}
	h.manager = h.over(db, db)
	h.c = h.connect(slug, settings)
	return h
}

// over is a Manager over another store than the real one.
func (h *house) over(s session.Store, events session.Events) *session.Manager {
	ring, err := keyring.New(bytes.Repeat([]byte{7}, keyring.SecretSize))
	if err != nil {
		h.t.Fatal(err)
	}
	return h.sealedBy(ring, s, events)
}

// sealedBy is the same with another keyring; nil: nothing is recorded.
func (h *house) sealedBy(sealer idp.Sealer, s session.Store, events session.Events) *session.Manager {
	return session.New(s, h.db, events, session.Options{Logger: slog.New(slog.NewTextHandler(h.logs, nil)), Sealer: sealer})
}

// connect adds an active connection, as the registry compiles it.
func (h *house) connect(slug string, settings idp.Settings) *idp.Connection {
	h.t.Helper()
	p := &idp.Provider{
		ID: slug + "-id", Slug: slug, Name: slug, State: idp.Active, Settings: settings,
		Live: &idp.Trust{EntityID: h.idp.EntityID(), SSO: []saml.Endpoint{
			{Binding: saml.BindingPOST, Location: "https://idp.example.org/post"},
			{Binding: saml.BindingRedirect, Location: "https://idp.example.org/redirect"},
		}, SLO: bothBindings},
	}
	if err := h.db.CreateProvider(h.t.Context(), p, audit.New(audit.IDPCreated, "command")); err != nil {
		h.t.Fatal(err)
	}
	entity, acs := base+"/saml/"+slug+"/metadata", base+"/saml/"+slug+"/acs"
	return &idp.Connection{
		Provider: p,
		SP:       &saml.ServiceProvider{EntityID: entity, ACSURLs: []string{acs}},
		Trust: &saml.Trust{
			IDPEntityID: h.idp.EntityID(), Certificates: h.idp.Certificates(),
			EntityIDs: []string{entity}, ACSURLs: []string{acs},
			NameIDFormats: settings.NameIDFormats, AnyNameID: settings.AnyNameID,
			// A bubble's clock begins in the year 2000, before any certificate.
			AllowExpiredCertificates: true,
		},
	}
}

// begin starts a sign-in and gives the request that the provider is to answer.
func (h *house) begin(browser string) *session.Pending {
	h.t.Helper()
	spy := &pendingSpy{Store: h.db}
	_, err := h.over(spy, h.db).Begin(h.t.Context(), h.c, session.Start{Target: target, Browser: browser})
	if err != nil {
		h.t.Fatal(err)
	}
	return spy.saved
}

// pendingSpy shows what Begin saved, besides saving it.
type pendingSpy struct {
	session.Store
	saved *session.Pending
}

func (s *pendingSpy) SavePending(ctx context.Context, p *session.Pending) error {
	s.saved = p
	return s.Store.SavePending(ctx, p)
}

// respond makes a response for the connection as its form field.
func (h *house) respond(r testidp.Response) string {
	h.t.Helper()
	r.ACS, r.Audience = h.c.SP.ACSURLs[0], h.c.SP.EntityID
	raw, err := h.idp.Respond(r)
	if err != nil {
		h.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

func (h *house) receive(field string) (*session.Arrived, error) {
	h.t.Helper()
	return h.manager.Receive(h.t.Context(), h.c, session.Arrival{SAMLResponse: field, Target: "/portal", ClientIP: "192.0.2.7"})
}

// mustReceive is for responses that are no test's subject.
func (h *house) mustReceive(field string) *session.Arrived {
	h.t.Helper()
	arrived, err := h.receive(field)
	if err != nil {
		h.t.Fatalf("receive: %v", explain(err))
	}
	return arrived
}

// refused asserts a refusal and gives the event behind its reference.
func (h *house) refused(err error, want saml.Reason) (*session.Refused, audit.Event, session.RefusalDetail) {
	h.t.Helper()
	var refused *session.Refused
	if !errors.As(err, &refused) {
		h.t.Fatalf("want a refusal, got %v", err)
	}
	if refused.Reason != want {
		h.t.Fatalf("reason: want %s, got %v", want, explain(err))
	}
	e := h.event(audit.Filter{Reference: refused.Reference})
	var detail session.RefusalDetail
	if err := json.Unmarshal(e.Detail, &detail); err != nil {
		h.t.Fatal(err)
	}
	return refused, e, detail
}

// event is the one event that f selects.
func (h *house) event(f audit.Filter) audit.Event {
	h.t.Helper()
	events, err := h.db.Events(h.t.Context(), f)
	if err != nil || len(events) != 1 {
		h.t.Fatalf("events: want one, got %d, %v", len(events), err)
	}
	return events[0]
}

func (h *house) sessions() []*session.Session {
	h.t.Helper()
	list, err := h.manager.Sessions(h.t.Context(), session.Filter{Live: true})
	if err != nil {
		h.t.Fatal(err)
	}
	return list
}

// explain shows the cause of a refusal, which its own text leaves out.
func explain(err error) error {
	var refused *session.Refused
	if errors.As(err, &refused) {
		return refused.Err
	}
	return err
}

func access(key string, values ...string) testidp.Attribute {
	return testidp.Attribute{Name: testidp.AccessControlPrefix + key, Values: values}
}

// browsers are two well-formed browser tokens.
const (
	browserA = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	browserB = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA"
)

func hashOf(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}
