package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

const (
	password = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
	twice    = "https://refeds.org/profile/mfa"
)

// bank has an application that wants two factors, and one that wants a sign-in
// of the last minute.
func bank(t *testing.T) *house {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) { s.ClockSkewSeconds = 180 })
	for _, a := range []access.Application{
		{Name: "transfers", Title: "Transfers", URL: "https://transfers.example.com/", StepUp: access.StepUp{Contexts: []string{twice}}},
		{Name: "safe", Title: "The safe", URL: "https://safe.example.com/", StepUp: access.StepUp{MaxAge: time.Minute}},
	} {
		must(t, h.apps.Add(t.Context(), &a, "command"))
	}
	return h
}

// asked is the request with which an answer leaves for the identity provider.
func asked(t *testing.T, a answer) *testidp.Request {
	t.Helper()
	if !strings.HasPrefix(a.Header.Get("Location"), "https://idp.example.com/") {
		t.Fatalf("want to leave for the identity provider, got %d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	q, err := testidp.ParseRequest(httptest.NewRequest("GET", a.Header.Get("Location"), nil))
	must(t, err)
	return q
}

func TestStepUpByContext(t *testing.T) {
	h := bank(t)
	b := h.signedIn("ann")
	b.get("/go/grafana").leadsTo(t, "https://grafana.example.com/")
	q := asked(t, b.get("/go/transfers/new?to=ben"))
	if len(q.AuthnContext) != 1 || q.AuthnContext[0] != twice || !q.ForceAuthn {
		t.Errorf("asked for %+v", q)
	}
	// An answer that is not what was asked for is refused; the session stays.
	a := b.post("/saml/default/acs", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID}))
	a.check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("in the way that was asked for")), htmlcheck.In("a.primary", htmlcheck.Attr("href", "/go/transfers/new?to=ben")))
	b.get("/go/grafana").leadsTo(t, "https://grafana.example.com/")

	q = asked(t, b.get("/go/transfers/new?to=ben"))
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID, AuthnContext: twice})).leadsTo(t, "https://transfers.example.com/new?to=ben")
	b.get("/go/transfers").leadsTo(t, "https://transfers.example.com/")
}

// The first sign-in goes on to the second where that is needed.
func TestStepUpAfterAFirstSignIn(t *testing.T) {
	h := bank(t)
	b := h.browser()
	token, link := waiting("https://transfers.example.com/new?to=ben")
	first := asked(t, b.follow(b.follow(b.get(link))))
	arrived := b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: first.ID}))
	second := asked(t, b.follow(arrived))
	if len(second.AuthnContext) != 1 {
		t.Errorf("asked for %+v", second)
	}
	arrived = b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: second.ID, AuthnContext: twice}))
	h.letsIn(t, arrived, token, "https://transfers.example.com", "/new?to=ben")
}

// A sign-in that answers, and still is not enough, does not lead in a circle.
func TestStepUpIsAskedForOnce(t *testing.T) {
	h := bank(t)
	b := h.browser()
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann", Now: time.Now().Add(-2 * time.Minute)}))
	for _, link := range []string{"/go/safe/box", "/signin?target=safe%2Fbox"} {
		q := asked(t, b.get(link))
		if !q.ForceAuthn || len(q.AuthnContext) != 0 {
			t.Errorf("asked for %+v", q)
		}
	}
	q := asked(t, b.get("/go/safe/box"))
	// The clock of the identity provider is late: what it calls now is too old
	// for the application, and within what a connection allows.
	arrived := b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID, Now: time.Now().Add(-80 * time.Second)}))
	arrived.leadsTo(t, "/go/safe/box")
	page := b.follow(arrived)
	page.check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("that was not enough"), htmlcheck.Text("at most a minute old"), htmlcheck.Text(password)))
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}})
	must(t, err)
	if len(events) != 1 || events[0].Reason != string(access.StepUpNeeded) || !strings.Contains(string(events[0].Detail), "That was the answer to a request") {
		t.Fatalf("events: %+v", events)
	}
	h.administrator().get("/admin/signins/"+events[0].Reference).check(t, 200, htmlcheck.In("main", htmlcheck.Text("at most a minute old")))
	asked(t, b.get("/go/safe/another")) // another place is another question
}

// What a stranger says of where to go is never taken for our own word.
func TestStepUpMarksAreOurs(t *testing.T) {
	h := bank(t)
	for _, said := range []string{"step-up:/go/transfers", "step-up:step-up:/go/transfers"} {
		b := h.browser()
		form := h.respond("default", testidp.Response{Person: "ann"})
		form.Set("RelayState", said)
		b.arrive("default", form)
		if a := b.get("/go/transfers"); a.StatusCode != http.StatusFound {
			t.Errorf("%q kept a person from being asked: %d", said, a.StatusCode)
		}
		b.get("/saml/login?target=" + url.QueryEscape(said))
	}
}

func TestStepUpAsSomebodyElse(t *testing.T) {
	h := bank(t)
	b := h.signedIn("ann")
	q := asked(t, b.get("/go/transfers"))
	page := b.arrive("default", h.respond("default", testidp.Response{Person: "ben", InResponseTo: q.ID, AuthnContext: twice}))
	page.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Change who is signed in?")))
	if got := b.who(); got != "ann@example.com" {
		t.Errorf("signed in as %q", got)
	}
}

func TestStepUpForPrograms(t *testing.T) {
	h := bank(t)
	b := h.signedIn("ann")
	if a := b.get("/go/transfers", "Accept", "application/json"); a.StatusCode != http.StatusForbidden || !strings.Contains(a.body, "asks you to sign in again") {
		t.Errorf("a program is sent to %q: %d %s", a.Header.Get("Location"), a.StatusCode, a.body)
	}
}

// A permission set alone may demand it: the chooser and the portal offer it,
// and the way leads through the identity provider.
func TestStepUpForOnePermissionSet(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	view := h.set(access.PermissionSet{Name: "View"})
	pay := h.set(access.PermissionSet{Name: "Pay", Rules: []access.Rule{{Name: "Two factors", Text: `forbid (principal, action, resource) unless { principal.authnContext == "` + twice + `" };`}}})
	bank := h.opens(access.Application{Name: "bank", Title: "Bank", URL: "https://bank.example.com/"})
	h.lets("engineering", bank, view, pay)
	b := h.signedIn("ann")
	b.get("/").check(t, 200, htmlcheck.Count("ul.tile-sets a", 2), htmlcheck.Count("span.again", 0))
	token, link := waiting("https://bank.example.com/pay?to=ben")
	b.get(link).check(t, 200, htmlcheck.Count("a.entry", 2), htmlcheck.In("ul.choices", htmlcheck.Text("You sign in again first")))
	h.letsIn(t, b.get(link+"&permission_set=View"), token, "https://bank.example.com", "/pay?to=ben")

	q := asked(t, b.get(link+"&permission_set=Pay"))
	arrived := b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID, AuthnContext: twice}))
	door := h.letsIn(t, arrived, token, "https://bank.example.com", "/pay?to=ben")
	d, err := h.sessions.Door(t.Context(), door, "bank.example.com")
	must(t, err)
	if d.Choices[bank.ID] != pay.ID {
		t.Errorf("entered with %v, want %s", d.Choices, pay.ID)
	}
}

// What asks for another sign-in is on the portal, says so and can be pinned.
func TestStepUpOnThePortal(t *testing.T) {
	h := bank(t)
	b := h.signedIn("ann")
	b.get("/").check(t, 200, htmlcheck.Count("span.again", 1))
	b.post("/pins", url.Values{"application": {"transfers"}}).leadsTo(t, "/")
}
