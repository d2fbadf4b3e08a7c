package session_test

import (
	"testing"
	"testing/synctest"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/session"
)

const (
	grafana = "grafana.example.com"
	wiki    = "wiki.example.net:8443"
)

// signedIn is a live session of a person.
func (h *house) signedIn(person string) *session.Session {
	h.t.Helper()
	return h.mustReceive(h.respond(testidp.Response{Person: person})).Session
}

func (h *house) handOver(s *session.Session, host, browser string) string {
	h.t.Helper()
	code, err := h.manager.HandOver(h.t.Context(), s, host, session.BrowserHash(browser))
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// enter is the whole way to a host.
func (h *house) enter(s *session.Session, host, browser string) (token string) {
	h.t.Helper()
	token, got, err := h.manager.TakeOver(h.t.Context(), h.handOver(s, host, browser), host, browser)
	if err != nil || got.ID != s.ID {
		h.t.Fatalf("take over: %+v, %v", got, err)
	}
	return token
}

func (h *house) shut(t *testing.T, name string, err error) {
	t.Helper()
	if fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("%s: want unauthenticated, got %v", name, err)
	}
}

func TestDoor(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	s := h.signedIn("ann")
	token := h.enter(s, grafana, browserA)

	d, err := h.manager.Door(t.Context(), token, grafana)
	if err != nil || d.Session.ID != s.ID || d.Session.UserName != "ann@example.com" || d.Host != grafana || len(d.Choices) != 0 {
		t.Fatalf("door: %+v, %v", d, err)
	}
	_, err = h.manager.Door(t.Context(), token, wiki)
	h.shut(t, "at another host", err)
	_, err = h.manager.Session(t.Context(), token)
	h.shut(t, "as the main session", err)
	for _, bad := range []string{"", "short", browserA} {
		_, err = h.manager.Door(t.Context(), bad, grafana)
		h.shut(t, "token "+bad, err)
	}
	other := h.enter(s, wiki, browserA)
	if other == token {
		t.Error("two hosts share a token")
	}

	for _, set := range []string{"viewer", "editor"} { // the later choice counts
		if err := h.manager.Choose(t.Context(), s, "app", set); err != nil {
			t.Fatal(err)
		}
	}
	for at, token := range map[string]string{grafana: token, wiki: other} {
		d, err := h.manager.Door(t.Context(), token, at)
		if err != nil || d.Choices["app"] != "editor" {
			t.Errorf("%s: choices %v, %v", at, d, err)
		}
	}

	if _, err := h.manager.Revoke(t.Context(), session.Filter{UserID: s.UserID}, "command"); err != nil {
		t.Fatal(err)
	}
	_, err = h.manager.Door(t.Context(), token, grafana)
	h.shut(t, "revoked", err)
	_, err = h.manager.HandOver(t.Context(), &session.Session{}, grafana, session.BrowserHash(browserA))
	h.shut(t, "no session", err)
}

func TestDoorTellsOurFailuresApart(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	s := h.signedIn("ann")
	code := h.handOver(s, grafana, browserA)
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, door := h.manager.Door(t.Context(), browserA, grafana)
	_, _, taken := h.manager.TakeOver(t.Context(), code, grafana, browserA)
	_, _, form := h.manager.TakeForm(t.Context(), s, browserA, grafana, browserA)
	_, outcome := h.manager.LogoutOutcome(t.Context(), "_handle", browserA)
	for name, err := range map[string]error{"door": door, "take over": taken, "form": form, "outcome": outcome} {
		if kind := fault.KindOf(err); err == nil || kind == fault.Unauthenticated || kind == fault.NotFound {
			t.Errorf("%s: want our own failure, got %v", name, err)
		}
	}
}

func TestDoorEndsWithItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{SessionLifetimeMinutes: 15})
		token := h.enter(h.signedIn("ann"), grafana, browserA)
		time.Sleep(15*time.Minute - time.Second)
		if _, err := h.manager.Door(t.Context(), token, grafana); err != nil {
			t.Errorf("a second before its end: %v", err)
		}
		time.Sleep(time.Second)
		_, err := h.manager.Door(t.Context(), token, grafana)
		h.shut(t, "at its end", err)
	})
}

func TestCodeIsGoodForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, idp.Settings{})
		s := h.signedIn("ann")
		early, late := h.handOver(s, grafana, browserA), h.handOver(s, grafana, browserA)
		time.Sleep(time.Minute - time.Second)
		if _, _, err := h.manager.TakeOver(t.Context(), early, grafana, browserA); err != nil {
			t.Errorf("within a minute: %v", err)
		}
		time.Sleep(time.Second)
		_, _, err := h.manager.TakeOver(t.Context(), late, grafana, browserA)
		h.shut(t, "after a minute", err)
	})
}

// A wrong try uses the code up: who stole an address gains nothing, and
// neither does who tries hosts one after the other.
func TestCodeIsGoneAfterAWrongTry(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	s := h.signedIn("ann")
	for name, c := range map[string]struct{ host, browser string }{
		"another host":                 {wiki, browserA},
		"another browser":              {grafana, browserB},
		"no browser":                   {grafana, ""},
		"no browser's token":           {grafana, "short"},
		"a host in its other spelling": {"Grafana.example.com", browserA},
	} {
		code := h.handOver(s, grafana, browserA)
		_, _, err := h.manager.TakeOver(t.Context(), code, c.host, c.browser)
		h.shut(t, name, err)
		_, _, err = h.manager.TakeOver(t.Context(), code, grafana, browserA)
		h.shut(t, name+", and then the right one", err)
	}
}

// A code for a browser that has no token, which everybody's is, is not made:
// its hash could be said by anyone.
func TestCodeNeedsABrowser(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	s := h.signedIn("ann")
	for _, hash := range [][]byte{nil, {}, make([]byte, 31), make([]byte, 33)} {
		_, err := h.manager.HandOver(t.Context(), s, grafana, hash)
		if fault.KindOf(err) != fault.Invalid {
			t.Errorf("%d bytes: want invalid, got %v", len(hash), err)
		}
	}
	if _, err := h.manager.HandOver(t.Context(), s, "", session.BrowserHash(browserA)); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without a host: want invalid, got %v", err)
	}
	if session.BrowserHash("") != nil || session.BrowserHash("short") != nil {
		t.Error("what is no token has a hash")
	}
	// SHA-256 of "": a stranger may ask for it, and a browser without a
	// token does not have it.
	code, err := h.manager.HandOver(t.Context(), s, grafana, hashOf(""))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = h.manager.TakeOver(t.Context(), code, grafana, "")
	h.shut(t, "the hash of nothing", err)
}

func TestCodeIsWorthNothingAfterItsSession(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	arrived := h.mustReceive(h.respond(testidp.Response{}))
	code := h.handOver(arrived.Session, grafana, browserA)
	if err := h.manager.SignOut(t.Context(), arrived.Token, ""); err != nil {
		t.Fatal(err)
	}
	_, _, err := h.manager.TakeOver(t.Context(), code, grafana, browserA)
	h.shut(t, "after signing out", err)
}

// What is not the completed session of a person opens nothing.
func TestHandOverIsForPeople(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	p := h.begin(browserA)
	waiting := h.mustReceive(h.respond(testidp.Response{InResponseTo: p.RequestID})).Session
	link := *h.signedIn("ann")
	link.Kind = session.Link
	over := *h.signedIn("ann")
	over.ExpiresAt = time.Now()
	for name, s := range map[string]*session.Session{"not completed": waiting, "a link's": &link, "expired": &over, "none": nil} {
		_, err := h.manager.HandOver(t.Context(), s, grafana, session.BrowserHash(browserA))
		h.shut(t, name, err)
	}
}
