package session_test

import (
	"net/url"
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

// try begins a test in a browser and gives the relay state and the answer.
func (h *house) try(browser string) (relayState, field string) {
	h.t.Helper()
	message, err := h.manager.Begin(h.t.Context(), h.c, session.Start{Browser: browser, Test: true})
	if err != nil {
		h.t.Fatal(err)
	}
	u, err := url.Parse(message.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	relayState = u.Query().Get("RelayState")
	id := relayState[strings.LastIndexByte(relayState, '.')+1:]
	return relayState, h.respond(testidp.Response{InResponseTo: id})
}

func TestTestBeginsNothing(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	relayState, field := h.try(browserA)
	if len(relayState) > 80 {
		t.Errorf("a relay state of %d bytes", len(relayState))
	}
	preview, err := h.manager.Test(t.Context(), h.c, session.Arrival{SAMLResponse: field}, browserA)
	if err != nil {
		t.Fatal(explain(err))
	}
	if preview.Assertion.NameID().Value != "ann@example.com" || len(preview.Tags) != 3 {
		t.Errorf("preview: %+v", preview)
	}
	if len(h.sessions()) != 0 {
		t.Error("a test began a session")
	}
	h.event(audit.Filter{Actions: []audit.Action{audit.SignInTested}})
}

// TestTheAnswerToATestIsNoWayIn: neither before the test saw it nor after.
func TestTheAnswerToATestIsNoWayIn(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	_, field := h.try(browserA)
	_, err := h.receive(field)
	h.refused(err, saml.UnknownRequest)
	if _, err := h.manager.Test(t.Context(), h.c, session.Arrival{SAMLResponse: field}, browserA); err != nil {
		t.Fatal(explain(err))
	}
	_, err = h.receive(field)
	h.refused(err, saml.UnknownRequest)
	if len(h.sessions()) != 0 {
		t.Error("a test began a session")
	}
}

func TestOnlyAnswersToTestsAreTests(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	test := func(field, browser string) error {
		_, err := h.manager.Test(t.Context(), h.c, session.Arrival{SAMLResponse: field}, browser)
		return err
	}
	_, e, _ := h.refused(test(h.respond(testidp.Response{}), browserA), saml.Unsolicited)
	if e.Action != audit.SignInTested {
		t.Errorf("action: %s", e.Action)
	}
	ordinary := h.respond(testidp.Response{InResponseTo: h.begin(browserA).RequestID})
	h.refused(test(ordinary, browserA), saml.UnknownRequest)
	h.mustReceive(ordinary) // and it is none the worse for it

	_, field := h.try(browserA)
	h.refused(test(field, browserB), saml.WrongBrowser)
	h.refused(test(field, ""), saml.WrongBrowser)

	// Another version than the one that was sent out is not what was tested.
	h.c.Provider.Live.Number++
	if err := test(field, browserA); fault.KindOf(err) != fault.Conflict {
		t.Errorf("another version: %v", err)
	}
}

func TestAwaitsTest(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	relayState, _ := h.try(browserA)
	ordinary := h.begin(browserA)
	for text, want := range map[string]bool{
		relayState: true, ordinary.RelayState: false, "": false, "test.": false, "test.1.": false, relayState + "0": false,
		"test.0." + ordinary.RequestID: false, "test.7" + relayState[len("test.0"):]: false, "test.0._" + strings.Repeat("a", 1000): false,
	} {
		if got, err := h.manager.AwaitsTest(t.Context(), slug, text); err != nil || got != want {
			t.Errorf("%.60q: want %v, got %v, %v", text, want, got, err)
		}
	}
	if got, err := h.manager.AwaitsTest(t.Context(), "other", relayState); got || err != nil {
		t.Errorf("at another connection: %v, %v", got, err)
	}
}
