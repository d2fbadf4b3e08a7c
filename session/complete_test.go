package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

// solicited is a sign-in that browserA began and that was answered.
func (h *house) solicited() *session.Arrived {
	h.t.Helper()
	return h.mustReceive(h.respond(testidp.Response{InResponseTo: h.begin(browserA).RequestID}))
}

func TestCompleteInTheBrowserThatAsked(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	arrived := h.solicited()
	if _, err := h.manager.Session(t.Context(), arrived.Token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("before Complete: want unauthenticated, got %v", err)
	}
	s, err := h.manager.Complete(t.Context(), arrived.Token, browserA)
	if err != nil {
		t.Fatal(err)
	}
	if s.ID != arrived.Session.ID || !s.Completed || s.Target != target {
		t.Errorf("session: %+v", s)
	}
	if _, err := h.manager.Session(t.Context(), arrived.Token); err != nil {
		t.Errorf("after Complete: %v", err)
	}
	if _, err := h.manager.Complete(t.Context(), arrived.Token, browserA); fault.KindOf(err) != fault.Conflict {
		t.Errorf("twice: want conflict, got %v", err)
	}
}

func TestCompleteInAnotherBrowser(t *testing.T) {
	for name, browser := range map[string]string{"another": browserB, "none": "", "malformed": browserA + "\n"} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, idp.Settings{})
			arrived := h.solicited()
			_, err := h.manager.Complete(t.Context(), arrived.Token, browser)
			refused, e, detail := h.refused(err, saml.WrongBrowser)
			if e.Person != "ann@example.com" || e.Object != "session:"+arrived.Session.ID || refused.Target != target {
				t.Errorf("event: %+v", e)
			}
			if last := detail.Checks[len(detail.Checks)-1]; last.Outcome != saml.Failed || last.Reason != saml.WrongBrowser {
				t.Errorf("last check: %+v", last)
			}
			// The session is over for everybody.
			if _, err := h.manager.Complete(t.Context(), arrived.Token, browserA); fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("afterwards: want unauthenticated, got %v", err)
			}
		})
	}
}

func TestCompleteInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		arrived := h.solicited()
		time.Sleep(10*time.Minute + time.Second)
		if _, err := h.manager.Complete(t.Context(), arrived.Token, browserA); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("want unauthenticated, got %v", err)
		}
	})
}

func TestCompleteUnsolicited(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	arrived := h.mustReceive(h.respond(testidp.Response{}))
	for range 2 {
		s, err := h.manager.Complete(t.Context(), arrived.Token, "")
		if err != nil || s.ID != arrived.Session.ID {
			t.Fatalf("got %v, %v", s, err)
		}
	}
}

func TestCompleteNothing(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	for _, token := range []string{"", "malformed", browserB} {
		if _, err := h.manager.Complete(t.Context(), token, browserA); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("token %q: want unauthenticated, got %v", token, err)
		}
	}
	link := h.adminSession()
	if _, err := h.manager.Complete(t.Context(), link, browserA); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("an administrator's link: want unauthenticated, got %v", err)
	}
}
