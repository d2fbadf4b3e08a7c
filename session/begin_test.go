package session_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

func TestBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{ForceAuthn: true, RequestedAuthnContext: []string{"urn:example:mfa"}})
		p := h.begin(browserA)

		stored, err := h.db.Pending(t.Context(), slug, p.RequestID, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if stored.Target != target || !stored.ForceAuthn || len(stored.RequestedAuthnContext) != 1 || len(stored.BrowserHash) != 32 {
			t.Errorf("pending: %+v", stored)
		}
		if strings.Contains(string(stored.BrowserHash), browserA) {
			t.Error("the browser's token itself was stored")
		}
		if len(p.RelayState) > 80 || strings.Contains(p.RelayState, "grafana") {
			t.Errorf("relay state %q is no short opaque handle", p.RelayState)
		}
		if p.RequestID == h.begin(browserA).RequestID {
			t.Error("two sign-ins share a request ID")
		}

		time.Sleep(10*time.Minute - time.Second)
		if _, err := h.db.Pending(t.Context(), slug, p.RequestID, time.Now()); err != nil {
			t.Errorf("within 10 minutes: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := h.db.Pending(t.Context(), slug, p.RequestID, time.Now()); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after 10 minutes: want not found, got %v", err)
		}
	})
}

func TestBeginChoosesBindingAndSignature(t *testing.T) {
	cases := map[string]struct {
		settings idp.Settings
		change   func(*idp.Connection)
		binding  string // "": refused
		signed   bool
	}{
		"redirect where offered": {binding: saml.BindingRedirect},
		"POST where asked for":   {settings: idp.Settings{RequestBinding: saml.BindingPOST}, binding: saml.BindingPOST},
		"POST where nothing else is": {
			change:  func(c *idp.Connection) { c.Provider.Live.SSO = c.Provider.Live.SSO[:1] },
			binding: saml.BindingPOST,
		},
		"no such binding": {
			settings: idp.Settings{RequestBinding: saml.BindingRedirect},
			change:   func(c *idp.Connection) { c.Provider.Live.SSO = c.Provider.Live.SSO[:1] },
		},
		"signed by setting": {settings: idp.Settings{SignRequests: true}, binding: saml.BindingRedirect, signed: true},
		"signed because they want it": {
			change:  func(c *idp.Connection) { c.Provider.Live.WantAuthnRequestsSigned = true },
			binding: saml.BindingRedirect, signed: true,
		},
		"to be signed, without a key": {
			settings: idp.Settings{SignRequests: true},
			change:   func(c *idp.Connection) { c.Signer = nil },
		},
		"a connection out of use": {change: func(c *idp.Connection) { c.Trust = nil }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, c.settings)
			h.c.Signer = &saml.Signer{Key: h.idp.Signer(), Certificate: h.idp.Certificates()[0]}
			if c.change != nil {
				c.change(h.c)
			}
			message, err := h.manager.Begin(t.Context(), h.c, session.Start{Target: target, Browser: browserA})
			if c.binding == "" {
				if err == nil {
					t.Fatalf("want an error, got %+v", message)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if message.Binding != c.binding {
				t.Errorf("binding: want %s, got %s", c.binding, message.Binding)
			}
			if signed := strings.Contains(message.URL, "Signature="); signed != c.signed {
				t.Errorf("signed: want %v, got %v", c.signed, signed)
			}
		})
	}
}

// Without a browser to hold the answer against, anybody's browser could take
// the session.
func TestBeginNeedsABrowser(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	for _, browser := range []string{"", "short", browserA + "A"} {
		_, err := h.manager.Begin(t.Context(), h.c, session.Start{Target: target, Browser: browser})
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("browser %q: want invalid, got %v", browser, err)
		}
	}
}

// What the connection asks for at sign-in, it gets checked at the answer.
func TestBeginHoldsTheAnswerToTheRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{RequestedAuthnContext: []string{"urn:example:mfa"}})
		p := h.begin(browserA)
		_, err := h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
		h.refused(err, saml.WrongAuthnContext)
	})
}
