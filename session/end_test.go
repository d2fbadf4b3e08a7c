package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/session"
)

func TestSessionEndsByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{SessionLifetimeMinutes: 15})
		token := h.mustReceive(h.respond(testidp.Response{})).Token
		time.Sleep(15*time.Minute - time.Second)
		if _, err := h.manager.Session(t.Context(), token); err != nil {
			t.Errorf("a second before its end: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := h.manager.Session(t.Context(), token); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("at its end: want unauthenticated, got %v", err)
		}
	})
}

func TestSessionTellsOurFailuresApart(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	token := h.mustReceive(h.respond(testidp.Response{})).Token
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := h.manager.Session(t.Context(), token)
	if kind := fault.KindOf(err); err == nil || kind == fault.Unauthenticated || kind == fault.NotFound {
		t.Errorf("want our own failure, got %v", err)
	}
}

func TestSignOut(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	arrived := h.mustReceive(h.respond(testidp.Response{}))
	other := h.mustReceive(h.respond(testidp.Response{}))
	for range 2 { // a second time is nobody's error
		if err := h.manager.SignOut(t.Context(), arrived.Token, "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.manager.Session(t.Context(), arrived.Token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("want unauthenticated, got %v", err)
	}
	if _, err := h.manager.Session(t.Context(), other.Token); err != nil {
		t.Errorf("the other session: %v", err)
	}
	e := h.event(audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
	if e.Actor != "user:"+arrived.Session.UserID || e.Object != "session:"+arrived.Session.ID || e.ClientIP != "192.0.2.7" {
		t.Errorf("event: %+v", e)
	}
	if err := h.manager.SignOut(t.Context(), "malformed", ""); err != nil {
		t.Errorf("without a session: %v", err)
	}
}

func TestRevoke(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	ann := h.mustReceive(h.respond(testidp.Response{Person: "ann"}))
	h.mustReceive(h.respond(testidp.Response{Person: "ann"}))
	ben := h.mustReceive(h.respond(testidp.Response{Person: "ben"}))

	if _, err := h.manager.Revoke(t.Context(), session.Filter{Live: true, Limit: 1}, "command"); fault.KindOf(err) != fault.Invalid {
		t.Errorf("everybody: want invalid, got %v", err)
	}
	// Neither paging nor Live narrows what is revoked.
	n, err := h.manager.Revoke(t.Context(), session.Filter{UserID: ann.Session.UserID, Limit: 1, Before: "0"}, "command")
	if err != nil || n != 2 {
		t.Errorf("ann: want 2, got %d, %v", n, err)
	}
	if _, err := h.manager.Session(t.Context(), ann.Token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("ann: want unauthenticated, got %v", err)
	}
	if _, err := h.manager.Session(t.Context(), ben.Token); err != nil {
		t.Errorf("ben: %v", err)
	}
	e := h.event(audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
	if e.Actor != "command" || e.Object != "user:"+ann.Session.UserID {
		t.Errorf("event: %+v", e)
	}
	if n, err := h.manager.Revoke(t.Context(), session.Filter{IDP: slug}, "command"); err != nil || n != 1 {
		t.Errorf("the connection: want 1, got %d, %v", n, err)
	}
}
