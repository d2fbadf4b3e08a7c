package session_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

// leaves signs a person out and gives the ID of the request that waits.
func (h *logoutHouse) leaves() string {
	h.t.Helper()
	return h.signsOut(h.mustReceive(h.respond(testidp.Response{})).Token, browserA).Handle
}

func TestLogoutAnswered(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	for status, want := range map[string]session.LogoutOutcome{
		"":                           session.LogoutDone,
		"Success/PartialLogout":      session.LogoutPartial,
		"Responder/PartialLogout":    session.LogoutPartial,
		"Responder":                  session.LogoutFailed,
		"Requester/UnknownPrincipal": session.LogoutFailed,
	} {
		for _, post := range []bool{false, true} {
			id := h.leaves()
			l, err := h.answers(testidp.Logout{InResponseTo: id, Status: status, Post: post}) // some lose the relay state
			if err != nil || l.Outcome != want || l.RequestID != id {
				t.Fatalf("%q: %+v, %v", status, l, explain(err))
			}
			seen, err := h.manager.LogoutOutcome(t.Context(), l.RequestID, browserA)
			if err != nil || seen.Outcome != want {
				t.Errorf("%q: seen %+v, %v", status, seen, err)
			}
			_, err = h.answers(testidp.Logout{InResponseTo: id, Post: !post})
			h.refusedLogout(err, saml.UnknownRequest, session.LogoutReply)
			if seen, err := h.manager.LogoutOutcome(t.Context(), id, browserA); err != nil || seen.Outcome != want {
				t.Errorf("%q: a second answer made it %+v, %v", status, seen, err)
			}
		}
	}
}

func TestLogoutAnsweredRefuses(t *testing.T) {
	h := newLogoutHouse(t, bothBindings, "other")
	other := h.through("other")
	id, foreign := h.leaves(), other.leaves()
	for name, c := range map[string]struct {
		answer testidp.Logout
		want   saml.Reason
	}{
		"nothing waits":               {testidp.Logout{InResponseTo: "_nothing"}, saml.UnknownRequest},
		"another connection's":        {testidp.Logout{InResponseTo: foreign}, saml.UnknownRequest},
		"the answer to another":       {testidp.Logout{InResponseTo: id, Destination: base + "/saml/other/slo"}, saml.WrongDestination},
		"unsigned":                    {testidp.Logout{InResponseTo: id, Unsigned: true}, saml.Unsigned},
		"signed by somebody else":     {testidp.Logout{InResponseTo: id, Foreign: true}, saml.BadSignature},
		"another identity provider's": {testidp.Logout{InResponseTo: id, Issuer: "https://other.example"}, saml.WrongIssuer},
		"old":                         {testidp.Logout{InResponseTo: id, Now: time.Now().Add(-time.Hour)}, saml.TooOld},
		// The relay state is a stranger's word: it finds nothing.
		"the right relay state": {testidp.Logout{InResponseTo: "_nothing", RelayState: id}, saml.UnknownRequest},
	} {
		for _, post := range []bool{false, true} {
			c.answer.Post = post
			l, err := h.answers(c.answer)
			if l != nil {
				t.Fatalf("%s, POST %v: accepted", name, post)
			}
			h.refusedLogout(err, c.want, session.LogoutReply)
		}
	}
	for _, waiting := range []string{id, foreign} {
		if l, err := h.manager.LogoutOutcome(t.Context(), waiting, browserA); err != nil || l.Outcome != session.LogoutWaiting {
			t.Errorf("after all this: %+v, %v", l, err)
		}
	}
	if _, err := h.answers(testidp.Logout{InResponseTo: id}); err != nil {
		t.Errorf("the right one: %v", explain(err))
	}
}

func TestLogoutAnsweredTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newLogoutHouse(t, bothBindings)
		id := h.leaves()
		time.Sleep(15 * time.Minute)
		_, err := h.answers(testidp.Logout{InResponseTo: id})
		h.refusedLogout(err, saml.UnknownRequest, session.LogoutReply)
	})
}

// Of two answers at the same time one counts.
func TestLogoutAnsweredAtTheSameTime(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	id := h.leaves()
	// Both find it waiting before either answers.
	gate := &meeting{Store: h.db}
	gate.both.Add(2)
	h.manager = h.over(gate, h.db)
	m := []saml.LogoutMessage{h.message(testidp.Logout{InResponseTo: id}), h.message(testidp.Logout{InResponseTo: id, Status: "Responder"})}
	errs := make([]error, 2)
	var all sync.WaitGroup
	for i := range m {
		all.Go(func() { _, errs[i] = h.manager.LogoutAnswered(t.Context(), h.c, m[i], "192.0.2.7") })
	}
	all.Wait()
	won, lost := session.LogoutDone, errs[1]
	if errs[0] != nil {
		won, lost = session.LogoutFailed, errs[0]
	}
	h.refusedLogout(lost, saml.UnknownRequest, session.LogoutReply)
	if errs[0] != nil && errs[1] != nil {
		t.Fatalf("both were refused: %v, %v", explain(errs[0]), explain(errs[1]))
	}
	if l, err := h.manager.LogoutOutcome(t.Context(), id, browserA); err != nil || l.Outcome != won {
		t.Errorf("want %q, got %+v, %v", won, l, err)
	}
}

// meeting is a store at which two must have looked a logout up before either
// goes on.
type meeting struct {
	session.Store
	both sync.WaitGroup
}

func (m *meeting) Logout(ctx context.Context, idp, id string, now time.Time) (*session.Logout, error) {
	l, err := m.Store.Logout(ctx, idp, id, now)
	m.both.Done()
	m.both.Wait()
	return l, err
}

// The look-up is no oracle and costs strangers' guesses nothing: what is
// refused already is not looked up, and what is not signed neither.
func TestLogoutAnsweredLooksUpWhatIsSignedAlone(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	spy := &lookups{Store: h.db}
	h.manager = h.over(spy, h.db)
	for _, l := range []testidp.Logout{
		{InResponseTo: "_a", Unsigned: true},
		{InResponseTo: "_a", Foreign: true},
		{InResponseTo: "_a", Issuer: "https://other.example"},
		{InResponseTo: "_a", Destination: base},
	} {
		if _, err := h.answers(l); err == nil {
			t.Errorf("accepted: %+v", l)
		}
	}
	if spy.n != 0 {
		t.Errorf("%d look-ups for strangers", spy.n)
	}
	if _, err := h.answers(testidp.Logout{InResponseTo: "_a"}); err == nil || spy.n != 1 {
		t.Errorf("%d look-ups for the identity provider, %v", spy.n, err)
	}
}

type lookups struct {
	session.Store
	n int
}

func (s *lookups) Logout(ctx context.Context, idp, id string, now time.Time) (*session.Logout, error) {
	s.n++
	return s.Store.Logout(ctx, idp, id, now)
}
