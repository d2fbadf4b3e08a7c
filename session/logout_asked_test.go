package session_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

func TestLogoutEndsWhatItNames(t *testing.T) {
	for _, post := range []bool{false, true} {
		h := newLogoutHouse(t, bothBindings, "other")
		other := h.through("other")
		first := h.mustReceive(h.respond(testidp.Response{Person: "ann"}))
		second := h.mustReceive(h.respond(testidp.Response{Person: "ann"}))
		elsewhere := other.mustReceive(other.respond(testidp.Response{Person: "ann"}))
		door := h.enter(first.Session, grafana, browserA)

		// Entra's NameID is another here than in its assertions.
		out, err := h.asks(testidp.Logout{Post: post, NameID: "pairwise-4711", SessionIndexes: []string{first.Session.SessionIndex}, RelayState: "as it & came"})
		if err != nil || out.Sessions != 1 {
			t.Fatalf("POST %v: %+v, %v", post, out, explain(err))
		}
		h.isLive(t, "the session that was named", first.Token, false)
		h.isLive(t, "another of the same person", second.Token, true)
		h.isLive(t, "one of another connection", elsewhere.Token, true)
		_, err = h.manager.Door(t.Context(), door, grafana)
		h.shut(t, "at an application's host", err)

		e := h.event(audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
		if e.IDP != "out" || e.Person != "ann@example.com" || e.ClientIP != "192.0.2.7" || e.Reason != "signed out at the identity provider" {
			t.Errorf("event: %+v", e)
		}
		ended, err := h.manager.Sessions(t.Context(), session.Filter{ID: first.Session.ID})
		if err != nil || ended[0].EndedWhy != e.Reason {
			t.Errorf("ended: %+v, %v", ended, err)
		}

		at, answer := sent(t, out.Answer)
		if want := map[bool]string{false: sloAnswers, true: sloPOST}[post]; at != want {
			t.Errorf("POST %v: the answer goes to %s, want %s", post, at, want)
		}
		o := h.theirs(at)
		var asked string
		o.Waiting = func(id string) (bool, error) { asked = id; return true, nil }
		r, err := saml.VerifyLogoutResponse(answer, o)
		if err != nil {
			t.Fatalf("POST %v: the identity provider refuses our answer: %v", post, err)
		}
		if !r.Status().Success() || r.Status().Partial() || r.RelayState() != "as it & came" || asked == "" {
			t.Errorf("answer: %+v", r)
		}

		// Without a SessionIndex all of the NameID are meant.
		out, err = h.asks(testidp.Logout{Post: post, NameID: "ann@example.com"})
		if err != nil || out.Sessions != 1 {
			t.Errorf("POST %v, all: %+v, %v", post, out, err)
		}
		h.isLive(t, "the other", second.Token, false)
		h.isLive(t, "one of another connection", elsewhere.Token, true)

		// Nobody is left: the person is signed out, as was asked.
		out, err = h.asks(testidp.Logout{Post: post, NameID: "ann@example.com"})
		if err != nil || out.Sessions != 0 || out.Answer == nil {
			t.Errorf("POST %v, nobody: %+v, %v", post, out, err)
		}
		// The record has it all the same: it may have been meant for somebody.
		events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
		if err != nil || len(events) != 3 {
			t.Fatalf("%d events for two ends and one that found nothing, %v", len(events), err)
		}
		if e := events[0]; e.Person != "ann@example.com" || e.Object != "" || e.IDP != "out" || !strings.Contains(e.Reason, "no session was found") || string(e.Detail) != `{"sessions":0}` {
			t.Errorf("of what found nothing: %+v", e)
		}
	}
}

func TestLogoutAnswersWhereItCan(t *testing.T) {
	for name, c := range map[string]struct {
		slo  []saml.Endpoint
		post bool
		at   string // "": nowhere
	}{
		"by the other binding":    {slo: bothBindings[:1], at: sloPOST},
		"by the other, reversed":  {slo: bothBindings[1:], post: true, at: sloAnswers},
		"no single logout at all": {},
		"by a binding of others":  {slo: []saml.Endpoint{{Binding: "urn:oasis:names:tc:SAML:2.0:bindings:SOAP", Location: sloPOST}}},
	} {
		h := newLogoutHouse(t, c.slo)
		s := h.mustReceive(h.respond(testidp.Response{}))
		out, err := h.asks(testidp.Logout{Post: c.post, NameID: "ann@example.com"})
		if err != nil || out.Sessions != 1 {
			t.Fatalf("%s: %+v, %v", name, out, explain(err))
		}
		h.isLive(t, name, s.Token, false)
		if c.at == "" {
			if out.Answer != nil {
				t.Errorf("%s: answered to %s", name, out.Answer.URL)
			}
			continue
		}
		if at, _ := sent(t, out.Answer); at != c.at {
			t.Errorf("%s: answered to %s", name, at)
		}
	}
}

// That we can't answer is no reason to leave anybody signed in.
func TestLogoutEndsSessionsThoughItCannotAnswer(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	s := h.mustReceive(h.respond(testidp.Response{}))
	c := *h.c
	c.Signer = nil
	out, err := h.manager.Logout(t.Context(), &c, h.message(testidp.Logout{NameID: "ann@example.com"}), "")
	if err != nil || out.Sessions != 1 || out.Answer != nil {
		t.Errorf("got %+v, %v", out, err)
	}
	h.isLive(t, "the session", s.Token, false)
	if log := h.logs.String(); !strings.Contains(log, "could not be told") || strings.Contains(log, "ann@") {
		t.Errorf("log: %s", log)
	}
}

func TestLogoutRefuses(t *testing.T) {
	h := newLogoutHouse(t, bothBindings, "other")
	other := h.through("other")
	ann := h.mustReceive(h.respond(testidp.Response{Person: "ann"}))
	elsewhere := other.mustReceive(other.respond(testidp.Response{Person: "ann"}))
	index := []string{ann.Session.SessionIndex}

	for name, c := range map[string]struct {
		request testidp.Logout
		want    saml.Reason
		person  string
	}{
		"unsigned":                     {testidp.Logout{NameID: "ann@example.com", SessionIndexes: index, Unsigned: true}, saml.Unsigned, ""},
		"signed by somebody else":      {testidp.Logout{NameID: "ann@example.com", SessionIndexes: index, Foreign: true}, saml.BadSignature, ""},
		"of another identity provider": {testidp.Logout{NameID: "ann@example.com", SessionIndexes: index, Issuer: "https://other.example"}, saml.WrongIssuer, "ann@example.com"},
		"for another connection":       {testidp.Logout{NameID: "ann@example.com", SessionIndexes: index, Destination: base + "/saml/other/slo"}, saml.WrongDestination, "ann@example.com"},
		"an answer":                    {testidp.Logout{InResponseTo: "_ours"}, saml.Malformed, ""},
		"old":                          {testidp.Logout{NameID: "ann@example.com", SessionIndexes: index, Now: time.Now().Add(-time.Hour)}, saml.TooOld, "ann@example.com"},
	} {
		for _, post := range []bool{false, true} {
			c.request.Post = post
			want := c.want
			if name == "an answer" && post {
				want = saml.NotAResponse
			}
			out, err := h.asks(c.request)
			if out != nil {
				t.Fatalf("%s, POST %v: accepted", name, post)
			}
			if e := h.refusedLogout(err, want, session.LogoutAsked); e.Person != c.person {
				t.Errorf("%s, POST %v: person %q", name, post, e.Person)
			}
		}
	}
	h.isLive(t, "ann", ann.Token, true)

	// A session index is worth something in its own connection alone: both are
	// of the same identity provider here, which signs whatever it is asked.
	out, err := h.asks(testidp.Logout{NameID: "ann@example.com", SessionIndexes: []string{elsewhere.Session.SessionIndex}})
	if err != nil || out.Sessions != 0 {
		t.Errorf("a foreign session index: %+v, %v", out, err)
	}
	h.isLive(t, "the session of another connection", elsewhere.Token, true)
	h.isLive(t, "ann, whom the index does not name", ann.Token, true)
	for _, name := range []string{"ben@example.com", "ann@example.co", "%", "session"} {
		out, err = h.asks(testidp.Logout{NameID: name})
		if err != nil || out.Sessions != 0 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
	h.isLive(t, "ann, by other names", ann.Token, true)
	// People's names here differ in more than their letters' case.
	if out, err = h.asks(testidp.Logout{NameID: "ANN@example.com"}); err != nil || out.Sessions != 1 {
		t.Errorf("in other letters: %+v, %v", out, err)
	}
	h.isLive(t, "ann, in other letters", ann.Token, false)
	h.isLive(t, "ann, in other letters, through another connection", elsewhere.Token, true)
}

func TestLogoutIsTakenOnce(t *testing.T) {
	h := newLogoutHouse(t, bothBindings, "other")
	h.mustReceive(h.respond(testidp.Response{}))
	m := h.message(testidp.Logout{ID: "_once", NameID: "ann@example.com"})
	if out, err := h.manager.Logout(t.Context(), h.c, m, ""); err != nil || out.Sessions != 1 {
		t.Fatalf("got %+v, %v", out, err)
	}
	again := h.mustReceive(h.respond(testidp.Response{}))
	_, err := h.manager.Logout(t.Context(), h.c, m, "192.0.2.7")
	h.refusedLogout(err, saml.Replayed, session.LogoutAsked)
	_, _, detail := h.refused(err, saml.Replayed)
	if last := detail.Checks[len(detail.Checks)-1]; last.Outcome != saml.Failed || last.Reason != saml.Replayed || len(detail.Checks) < 5 {
		t.Errorf("checks: %+v", detail.Checks)
	}
	// The other binding is no second life.
	_, err = h.asks(testidp.Logout{ID: "_once", Post: true, NameID: "ann@example.com"})
	h.refusedLogout(err, saml.Replayed, session.LogoutAsked)
	h.isLive(t, "who came back", again.Token, true)
	// Another connection has IDs of its own.
	other := h.through("other")
	if _, err := other.asks(testidp.Logout{ID: "_once", NameID: "ann@example.com"}); err != nil {
		t.Errorf("in another connection: %v", err)
	}
}

// As long as a request could pass, its ID is remembered.
func TestLogoutIsRememberedAsLongAsItCouldPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newLogoutHouse(t, bothBindings)
		m := h.message(testidp.Logout{NameID: "ann@example.com"})
		if _, err := h.manager.Logout(t.Context(), h.c, m, ""); err != nil {
			t.Fatal(explain(err))
		}
		for at := time.Duration(0); at < 15*time.Minute; at += time.Minute {
			if _, err := h.db.Prune(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			if _, err := h.manager.Logout(t.Context(), h.c, m, ""); err == nil {
				t.Fatalf("taken again after %v", at)
			}
			time.Sleep(time.Minute)
		}
	})
}

func TestLogoutThroughAConnectionOutOfUse(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	s := h.mustReceive(h.respond(testidp.Response{}))
	m := h.message(testidp.Logout{NameID: "ann@example.com"})
	answer := h.message(testidp.Logout{InResponseTo: "_ours"})
	for _, state := range []idp.State{idp.Disabled, idp.Draft} {
		p, c := *h.c.Provider, *h.c
		p.State = state
		c.Provider, c.Trust = &p, nil
		_, err := h.manager.Logout(t.Context(), &c, m, "192.0.2.7")
		h.refusedLogout(err, saml.ConnectionDisabled, session.LogoutAsked)
		_, err = h.manager.LogoutAnswered(t.Context(), &c, answer, "192.0.2.7")
		h.refusedLogout(err, saml.ConnectionDisabled, session.LogoutReply)
	}
	h.isLive(t, "the session", s.Token, true)
}

func TestLogoutTellsOurFailuresApart(t *testing.T) {
	h := newLogoutHouse(t, bothBindings)
	arrived := h.mustReceive(h.respond(testidp.Response{}))
	out := h.signsOut(arrived.Token, browserA)
	request, answer := h.message(testidp.Logout{NameID: "ann@example.com"}), h.message(testidp.Logout{InResponseTo: out.Handle})
	if err := h.db.Close(); err != nil {
		t.Fatal(err)
	}
	_, asked := h.manager.Logout(t.Context(), h.c, request, "")
	_, answered := h.manager.LogoutAnswered(t.Context(), h.c, answer, "")
	_, signed := h.manager.SignOutWith(t.Context(), h.registry, arrived.Token, browserA, "")
	for name, err := range map[string]error{"request": asked, "answer": answered, "sign-out": signed} {
		if kind := fault.KindOf(err); err == nil || kind == fault.NotFound || kind == fault.Unauthenticated || isRefusal(err) {
			t.Errorf("%s: want our own failure, got %v", name, err)
		}
	}
}
