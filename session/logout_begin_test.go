package session_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

func TestSignOutWithTellsTheIdentityProvider(t *testing.T) {
	for name, slo := range map[string][]saml.Endpoint{sloRedirect: bothBindings, sloPOST: bothBindings[:1]} {
		h := newLogoutHouse(t, slo)
		arrived := h.mustReceive(h.respond(testidp.Response{}))
		h.enter(arrived.Session, wiki, browserA)
		h.enter(arrived.Session, grafana, browserA)
		out := h.signsOut(arrived.Token, browserA)

		h.isLive(t, name, arrived.Token, false)
		if out.Session.ID != arrived.Session.ID || !slices.Equal(out.Hosts, []string{grafana, wiki}) || out.Handle == "" {
			t.Errorf("%s: %+v", name, out)
		}
		e := h.event(audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
		if e.Actor != "user:"+arrived.Session.UserID || e.ClientIP != "192.0.2.7" {
			t.Errorf("%s: event %+v", name, e)
		}
		at, request := sent(t, out.Request)
		if at != name {
			t.Errorf("%s: sent to %s", name, at)
		}
		q, err := saml.VerifyLogoutRequest(request, h.theirs(at))
		if err != nil {
			t.Fatalf("%s: the identity provider refuses our request: %v", name, err)
		}
		if q.NameID() != arrived.Session.NameID || !slices.Equal(q.SessionIndexes(), []string{arrived.Session.SessionIndex}) {
			t.Errorf("%s: names %+v %v", name, q.NameID(), q.SessionIndexes())
		}
		if q.NotOnOrAfter().IsZero() || len(q.RelayState()) > 80 {
			t.Errorf("%s: ends %v, relay state %q", name, q.NotOnOrAfter(), q.RelayState())
		}

		l, err := h.manager.LogoutOutcome(t.Context(), out.Handle, browserA)
		if err != nil || l.Outcome != session.LogoutWaiting || l.IDP != "out" || l.UserName != "ann@example.com" || !slices.Equal(l.Hosts, out.Hosts) {
			t.Errorf("%s: outcome %+v, %v", name, l, err)
		}
	}
}

// What can't be told is said, and nothing more.
func TestSignOutWithoutSingleLogout(t *testing.T) {
	h := newLogoutHouse(t, nil)
	if h.registry.Connection(slug).Active() {
		t.Fatal("the connection is in use")
	}
	unusable := h.through(slug)
	unusable.c = h.unusable
	for name, over := range map[string]*logoutHouse{"no single logout service": h, "a connection out of use": unusable} {
		arrived := over.mustReceive(over.respond(testidp.Response{}))
		out := h.signsOut(arrived.Token, browserA)
		h.isLive(t, name, arrived.Token, false)
		if out.Request != nil || out.Session == nil {
			t.Errorf("%s: %+v", name, out)
		}
		l, err := h.manager.LogoutOutcome(t.Context(), out.Handle, browserA)
		if err != nil || l.Outcome != session.LogoutNotSent {
			t.Errorf("%s: %+v, %v", name, l, err)
		}
		if _, err := h.answers(testidp.Logout{InResponseTo: out.Handle}); err == nil {
			t.Errorf("%s: an answer to what was not asked is taken", name)
		}
	}
}

func TestSignOutWithoutASession(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	arrived := h.mustReceive(h.respond(testidp.Response{}))
	h.signsOut(arrived.Token, browserA)
	for _, token := range []string{"", "short", browserB, arrived.Token} {
		if out := h.signsOut(token, browserA); out.Handle != "" || out.Session != nil || out.Request != nil {
			t.Errorf("token %q: %+v", token, out)
		}
	}
	if n := len(h.logs.String()); n > 0 {
		t.Errorf("log: %s", h.logs)
	}
}

// Whatever fails behind it, the session is over, and no log says whose it was.
func TestSignOutWithEndsTheSessionFirst(t *testing.T) {
	full := errors.New("disk full at the row of ann@example.com")
	for name, c := range map[string]struct {
		store  failingLogouts
		handle bool
		hosts  int
	}{
		"hosts that can't be listed":  {failingLogouts{hosts: full}, true, 0},
		"a logout that can't be kept": {failingLogouts{save: full}, false, 1},
	} {
		h := newLogoutHouse(t, bothBindings)
		c.store.Store = h.db
		h.manager = h.over(&c.store, h.db)
		arrived := h.mustReceive(h.respond(testidp.Response{}))
		h.enter(arrived.Session, grafana, browserA)
		out := h.signsOut(arrived.Token, browserA)
		h.isLive(t, name, arrived.Token, false)
		if (out.Handle != "") != c.handle || (out.Request != nil) != c.handle || len(out.Hosts) != c.hosts || out.Session == nil {
			t.Errorf("%s: %+v", name, out)
		}
		if log := h.logs.String(); !strings.Contains(log, "could not be told") || strings.Contains(log, "ann@") {
			t.Errorf("%s: log %s", name, log)
		}
	}
}

// The outcome is the business of the browser that asked, for a quarter of an
// hour.
func TestLogoutOutcomeIsForItsBrowser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newLogoutHouse(t, bothBindings)
		out := h.signsOut(h.mustReceive(h.respond(testidp.Response{})).Token, browserA)
		for name, c := range map[string]struct{ handle, browser string }{
			"another browser": {out.Handle, browserB},
			"no browser":      {out.Handle, ""},
			"another handle":  {saml.NewID(), browserA},
			"no handle":       {"", browserA},
			"a long handle":   {strings.Repeat("_", 65), browserA},
		} {
			if l, err := h.manager.LogoutOutcome(t.Context(), c.handle, c.browser); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s: want not found, got %+v, %v", name, l, err)
			}
		}
		time.Sleep(15*time.Minute - time.Second)
		if _, err := h.manager.LogoutOutcome(t.Context(), out.Handle, browserA); err != nil {
			t.Errorf("within a quarter of an hour: %v", err)
		}
		time.Sleep(time.Second)
		if _, err := h.manager.LogoutOutcome(t.Context(), out.Handle, browserA); fault.KindOf(err) != fault.NotFound {
			t.Errorf("after it: want not found, got %v", err)
		}
		// Who had no browser cookie is signed out all the same.
		out = h.signsOut(h.mustReceive(h.respond(testidp.Response{})).Token, "")
		if out.Session == nil || out.Request == nil {
			t.Errorf("without a browser: %+v", out)
		}
		if _, err := h.manager.LogoutOutcome(t.Context(), out.Handle, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("without a browser: want not found, got %v", err)
		}
	})
}

// failingLogouts is a store that fails behind the end of a session.
type failingLogouts struct {
	session.Store
	hosts, save error
}

func (s *failingLogouts) Hosts(ctx context.Context, id string) ([]string, error) {
	if s.hosts != nil {
		return nil, s.hosts
	}
	return s.Store.Hosts(ctx, id)
}

func (s *failingLogouts) SaveLogout(ctx context.Context, l *session.Logout) error {
	if s.save != nil {
		return s.save
	}
	return s.Store.SaveLogout(ctx, l)
}
