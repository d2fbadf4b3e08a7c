package session_test

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/keyring"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

const (
	sloRedirect = "https://idp.example.org/leave"
	sloPOST     = "https://idp.example.org/leave/post"
	sloAnswers  = "https://idp.example.org/left"
)

// bothBindings, with an address of its own for answers by HTTP-Redirect.
var bothBindings = []saml.Endpoint{
	{Binding: saml.BindingPOST, Location: sloPOST},
	{Binding: saml.BindingRedirect, Location: sloRedirect, ResponseLocation: sloAnswers},
}

// logoutHouse is a house whose connections a real registry compiled.
type logoutHouse struct {
	*house
	registry *idp.Registry
	unusable *idp.Connection // an active one, as far as it knows, in which the registry finds no certificate
}

// newLogoutHouse has the connection that every house has, and those named
// here, all of the one identity provider. Its house.c is of the connection
// "out", which offers slo.
func newLogoutHouse(t testing.TB, slo []saml.Endpoint, more ...string) *logoutHouse {
	t.Helper()
	h := &logoutHouse{house: newHouse(t, idp.Settings{})}
	for _, slug := range append([]string{"out"}, more...) {
		p := &idp.Provider{ID: slug + "-id", Slug: slug, Name: slug, State: idp.Active, Live: &idp.Trust{
			EntityID:     h.idp.EntityID(),
			SSO:          []saml.Endpoint{{Binding: saml.BindingRedirect, Location: "https://idp.example.org/redirect"}},
			SLO:          slo,
			Certificates: []idp.Certificate{{DER: h.idp.Certificates()[0].Raw}},
		}}
		if err := h.db.CreateProvider(t.Context(), p, audit.New(audit.IDPCreated, "command")); err != nil {
			t.Fatal(err)
		}
	}
	ring, err := keyring.New(bytes.Repeat([]byte{7}, keyring.SecretSize))
	if err != nil {
		t.Fatal(err)
	}
	if h.registry, err = idp.Open(t.Context(), h.db, idp.Options{BaseURL: base, Sealer: ring}); err != nil {
		t.Fatal(err)
	}
	h.unusable, h.c = h.c, h.registry.Connection("out")
	if !h.c.Active() {
		t.Fatal("the connection is not active")
	}
	return h
}

// through is the same house with another connection in the place of house.c.
func (h *logoutHouse) through(slug string) *logoutHouse {
	c := *h.house
	c.c = h.registry.Connection(slug)
	return &logoutHouse{house: &c, registry: h.registry, unusable: h.unusable}
}

// message signs a logout message for the connection, as it arrives here.
func (h *logoutHouse) message(l testidp.Logout) saml.LogoutMessage {
	h.t.Helper()
	if l.Destination == "" {
		l.Destination = h.c.SLOURLs[0]
	}
	sent, err := h.idp.Logout(l)
	if err != nil {
		h.t.Fatal(err)
	}
	if l.Post {
		return saml.LogoutMessage{Binding: saml.BindingPOST, Field: sent.Form.Get("SAMLRequest") + sent.Form.Get("SAMLResponse"), RelayState: l.RelayState}
	}
	return saml.LogoutMessage{Binding: saml.BindingRedirect, Query: sent.Query}
}

// asks is a LogoutRequest that comes in.
func (h *logoutHouse) asks(l testidp.Logout) (*session.LoggedOut, error) {
	h.t.Helper()
	return h.manager.Logout(h.t.Context(), h.c, h.message(l), "192.0.2.7")
}

// answers is a LogoutResponse that comes in.
func (h *logoutHouse) answers(l testidp.Logout) (*session.Logout, error) {
	h.t.Helper()
	return h.manager.LogoutAnswered(h.t.Context(), h.c, h.message(l), "192.0.2.7")
}

func (h *logoutHouse) signsOut(token, browser string) *session.SignedOut {
	h.t.Helper()
	out, err := h.manager.SignOutWith(h.t.Context(), h.registry, token, browser, "192.0.2.7")
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

func (h *logoutHouse) isLive(t *testing.T, name, token string, want bool) {
	t.Helper()
	if _, err := h.manager.Session(t.Context(), token); (err == nil) != want {
		t.Errorf("%s: live %v, want %v (%v)", name, err == nil, want, err)
	}
}

// refusedLogout asserts a refusal with an event of its own, and no other.
func (h *logoutHouse) refusedLogout(err error, want saml.Reason, flow string) audit.Event {
	h.t.Helper()
	_, e, detail := h.refused(err, want)
	if e.Action != audit.LogoutRefused || e.IDP != h.c.Provider.Slug || e.ClientIP != "192.0.2.7" || detail.Flow != flow {
		h.t.Errorf("event: %+v, detail %+v", e, detail)
	}
	return e
}

// sent takes a message of ours apart as the identity provider gets it.
func sent(t *testing.T, m *saml.RequestMessage) (at string, in saml.LogoutMessage) {
	t.Helper()
	if m == nil {
		t.Fatal("nothing was sent")
	}
	if m.Form != nil {
		return m.URL, saml.LogoutMessage{Binding: m.Binding, Field: m.Form.Get("SAMLRequest") + m.Form.Get("SAMLResponse"), RelayState: m.Form.Get("RelayState")}
	}
	at, query, _ := strings.Cut(m.URL, "?")
	if _, err := url.ParseQuery(query); err != nil {
		t.Fatal(err)
	}
	return at, saml.LogoutMessage{Binding: m.Binding, Query: query}
}

// theirs is how the identity provider judges what we send.
func (h *logoutHouse) theirs(at string) saml.LogoutOptions {
	return saml.LogoutOptions{
		Trust: &saml.Trust{
			IDPEntityID: h.c.SP.EntityID, Certificates: h.c.SP.SigningCertificates,
			EntityIDs: []string{h.idp.EntityID()}, ACSURLs: []string{at}, AllowExpiredCertificates: true,
		},
		SLOURLs: []string{at},
	}
}

func isRefusal(err error) bool {
	var refused *session.Refused
	return errors.As(err, &refused)
}
