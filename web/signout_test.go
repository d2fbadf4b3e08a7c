package web_test

import (
	"net/http"
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

// Signing out leaves nothing open in the browser: the console goes with the
// session, and the page says so.
func TestSigningOutClosesTheConsole(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann"}))
	b.get("/signout").check(t, 200, htmlcheck.In("main", htmlcheck.Text("console in this browser"), htmlcheck.Text("ann@example.com")))
	a := b.post("/signout", nil)
	if set := strings.Join(a.Header.Values("Set-Cookie"), "\n"); !strings.Contains(set, "sallyport-admin=;") {
		t.Errorf("the console's cookie stays: %s", set)
	}
	b.follow(a).check(t, 200, htmlcheck.In("p.console", htmlcheck.Text("is closed too")), htmlcheck.Count("p.told", 1))
	if got := b.get("/admin"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the console answers %d", got.StatusCode)
	}
	b.get("/signed-out").check(t, 200, htmlcheck.Count("p.console", 0))
}

func TestSigningOutOfTheConsoleAlone(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	// Nobody is told by a link that it is closed while it is open.
	b.get("/signed-out?console=closed").check(t, 200, htmlcheck.In("h1", htmlcheck.Text("still open")), htmlcheck.Count("p.console", 0))
	b.get("/signout").check(t, 200, htmlcheck.In("main", htmlcheck.Text("Signing out closes it")), htmlcheck.Count(`main form[action="/signout"]`, 1))
	b.follow(b.post("/signout", nil)).check(t, 200, htmlcheck.In("p.console", htmlcheck.Text("is closed too")))
	if got := b.get("/admin"); got.StatusCode != http.StatusUnauthorized {
		t.Errorf("the console answers %d", got.StatusCode)
	}
}

// The page that leaves for the identity provider says it as well, and so does
// the one behind it.
func TestSigningOutClosesTheConsoleAndTellsTheIdentityProvider(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	b := h.administrator()
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann"}))
	page := b.post("/signout", nil)
	page.check(t, 200, htmlcheck.In("main", htmlcheck.Text("Your session here has ended"), htmlcheck.Text("console is closed too")))
	if !strings.Contains(page.body, "console=closed") {
		t.Error("the page that tells the rest does not say it")
	}
}

// A sign-in that waits for an answer does not outlive signing out.
func TestSigningOutEndsWhatHasArrived(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.signedIn("ben")
	var names []string
	for range 2 {
		page := b.arrive("default", h.respond("default", testidp.Response{Person: "ann"}))
		_, rest, ok := strings.Cut(page.body, `action="/saml/default/complete?a=`)
		if !ok {
			t.Fatalf("no question: %s", page.body)
		}
		name, _, _ := strings.Cut(rest, `"`)
		names = append(names, name)
	}
	a := b.post("/signout", nil)
	for _, name := range names {
		if set := strings.Join(a.Header.Values("Set-Cookie"), "\n"); !strings.Contains(set, "sallyport-arrival-"+name+"=;") {
			t.Errorf("the cookie of %s stays: %s", name, set)
		}
		if got := b.get("/saml/default/complete?a=" + name); got.StatusCode != http.StatusBadRequest {
			t.Errorf("a sign-in that had arrived is completed: %d to %q", got.StatusCode, got.Header.Get("Location"))
		}
	}
	if got := b.who(); got != "" {
		t.Errorf("signed out, and then %s", got)
	}
	// Not only the cookies are gone: each session is over.
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
	must(t, err)
	if len(events) != 3 {
		t.Errorf("want the end of three sessions, got %+v", events)
	}
}

// The same name through another connection is another person where the house
// gives to only one of the two what is theirs.
func TestAStrangerDoesNotReplaceAPersonUnasked(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.connect("partner", nil)
	h.connect("third", nil)
	b := h.signedIn("ann")
	b.get("/go/grafana")
	page := b.arrive("partner", h.respond("partner", testidp.Response{Person: "ann"}))
	page.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Change who is signed in?")), htmlcheck.In("main", htmlcheck.Text("through Identity provider"), htmlcheck.Text("through partner")))
	if a := b.get("/session", "Accept", "application/json"); !strings.Contains(a.body, `"idp":"default"`) {
		t.Errorf("her session was replaced: %s", a.body)
	}
	_, rest, _ := strings.Cut(page.body, `action="`)
	action, _, _ := strings.Cut(rest, `"`)
	b.post(action, map[string][]string{"choice": {"switch"}}).check(t, 200)
	if got := h.live(); got.IDP != "partner" {
		t.Fatalf("after switching: through %s", got.IDP)
	}
	// Two strangers are alike, and back to the person it asks again.
	b.arrive("third", h.respond("third", testidp.Response{Person: "ann"})).leadsTo(t, "/")
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann"})).
		check(t, 200, htmlcheck.In("main", htmlcheck.Text("through third"), htmlcheck.Text("through Identity provider")))
}

// One who speaks for the person's address is not asked about.
func TestAConnectionThatSpeaksForAPersonReplaces(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.connect("partner", nil)
	h.emailDomains("partner", "example.com")
	b := h.signedIn("ann")
	b.arrive("partner", h.respond("partner", testidp.Response{Person: "ann"})).leadsTo(t, "/")
	if got := h.live(); got.IDP != "partner" {
		t.Errorf("through %s", got.IDP)
	}
}
