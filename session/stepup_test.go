package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sallyport/idp"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

const (
	byPassword = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	byFactors  = "https://refeds.org/profile/mfa"
)

// asked begins a sign-in of which more is asked, and gives its request.
func (h *house) asked(s session.Start) *session.Pending {
	h.t.Helper()
	spy := &pendingSpy{Store: h.db}
	s.Target, s.Browser = target, browserA
	if _, err := h.over(spy, h.db).Begin(h.t.Context(), h.c, s); err != nil {
		h.t.Fatal(err)
	}
	return spy.saved
}

// More is asked of a person who is signed in: the answer must give it, and the
// session that begins says so.
func TestStepUpByContext(t *testing.T) {
	h := newHouse(t, idp.Settings{RequestedAuthnContext: []string{byPassword}})
	p := h.asked(session.Start{AuthnContexts: []string{"urn:example:card", byFactors}})
	_, err := h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
	h.refused(err, saml.WrongAuthnContext) // what the connection asks of itself is not enough

	p = h.asked(session.Start{AuthnContexts: []string{"urn:example:card", byFactors}})
	arrived := h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID, AuthnContext: byFactors}))
	if arrived.Session.AuthnContext != byFactors {
		t.Errorf("context: %s", arrived.Session.AuthnContext)
	}

	// Without a step-up the connection's own counts as before.
	p = h.asked(session.Start{})
	_, err = h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID, AuthnContext: byFactors}))
	h.refused(err, saml.WrongAuthnContext)
	p = h.asked(session.Start{})
	h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID}))
}

// A fresh sign-in is one after the request: an identity provider that answers
// from its own session is refused.
func TestStepUpByFreshness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		time.Sleep(time.Hour)
		for _, c := range []struct {
			ago  time.Duration // before the request
			want saml.Reason
		}{{3 * time.Minute, saml.StaleAuthentication}, {61 * time.Second, saml.StaleAuthentication}, {60 * time.Second, ""}, {0, ""}} {
			p := h.asked(session.Start{ForceAuthn: true})
			if !p.ForceAuthn {
				t.Fatal("a fresh sign-in was not asked for")
			}
			arrived, err := h.receive(h.respond(testidp.Response{InResponseTo: p.RequestID, Now: time.Now().Add(-c.ago)}))
			switch {
			case c.want != "":
				h.refused(err, c.want)
			case err != nil:
				t.Errorf("%v before the request: %v", c.ago, explain(err))
			case !arrived.Session.AuthnInstant.Equal(time.Now().Add(-c.ago)):
				t.Errorf("instant: %v", arrived.Session.AuthnInstant)
			}
		}
		p := h.asked(session.Start{})
		h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID, Now: time.Now().Add(-3 * time.Minute)}))
	})
}

// A pending step-up is no way around it: an answer without the request's ID
// gets what it always got, and no session of a step-up.
func TestStepUpIsNotAnsweredUnsolicited(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	h.asked(session.Start{AuthnContexts: []string{byFactors}})
	arrived := h.mustReceive(h.respond(testidp.Response{}))
	if arrived.Session.AuthnContext != byPassword {
		t.Errorf("context: %s", arrived.Session.AuthnContext)
	}
}
