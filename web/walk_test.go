package web_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

func TestTileLandsAtItsTarget(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	for _, c := range []struct{ relayState, want string }{
		{"", "/"},
		{"grafana", "https://grafana.example.com/"},
		{"grafana/d/abc", "https://grafana.example.com/d/abc"},
		{"https://evil.example.net/", "/?notice=target"},
		{"//evil.example.net", "/?notice=target"},
		{strings.Repeat("a", 2000), "/?notice=target"},
	} {
		b := h.browser()
		form := h.respond("default", testidp.Response{Person: "ann"})
		form.Set("RelayState", c.relayState)
		b.arrive("default", form).leadsTo(t, c.want)
		if got := b.who(); got != "ann@example.com" {
			t.Errorf("%q: signed in as %q", c.relayState, got)
		}
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.RelayStateUnknown}})
	must(t, err)
	if len(events) != 3 {
		t.Errorf("want 3 events about unknown relay states, got %d", len(events))
	}
}

func TestSolicitedSignIn(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.browser()
	b.get("/go/grafana/d/abc?orgId=1").leadsTo(t, "/signin?target="+url.QueryEscape("/go/grafana/d/abc?orgId=1"))
	signin := b.get("/signin?target=" + url.QueryEscape("https://grafana.example.com/d/abc?orgId=1"))
	leave := b.follow(signin)
	if leave.StatusCode != http.StatusFound || !strings.HasPrefix(leave.Header.Get("Location"), "https://idp.example.com/") {
		t.Fatalf("want to leave for the identity provider, got %d to %q", leave.StatusCode, leave.Header.Get("Location"))
	}
	form := h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)})

	// Somebody else's browser must not get the session, nor use up ours.
	if a := h.browser().arrive("default", form); a.StatusCode != http.StatusForbidden {
		t.Errorf("another browser: want 403, got %d", a.StatusCode)
	}

	leave = b.get("/saml/login?target=grafana")
	form = h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)})
	b.arrive("default", form).leadsTo(t, "https://grafana.example.com/")
	b.get("/go/grafana/d/abc").leadsTo(t, "https://grafana.example.com/d/abc")
	b.get("/signin").leadsTo(t, "/")

	// The same response again is refused, and the session stays.
	if a := b.post("/saml/acs", form); a.StatusCode != http.StatusForbidden {
		t.Errorf("replay: want 403, got %d", a.StatusCode)
	}
	if got := b.who(); got != "ann@example.com" {
		t.Errorf("signed in as %q", got)
	}
	b.follow(b.post("/signout", nil)).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("You are signed out")))
	if got := b.who(); got != "" {
		t.Errorf("still signed in as %q", got)
	}
}

// requestID reads the ID of the AuthnRequest that a redirect carries.
func requestID(t *testing.T, leave answer) string { return requestIDOf(t, leave) }

func requestIDOf(t testing.TB, leave answer) string {
	t.Helper()
	r := httptest.NewRequest("GET", leave.Header.Get("Location"), nil)
	q, err := testidp.ParseRequest(r)
	must(t, err)
	return q.ID
}

func TestAnotherPersonIsAskedAbout(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.browser()
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann"})).leadsTo(t, "/")

	asked := b.post("/saml/default/acs", h.respond("default", testidp.Response{Person: "ben"}))
	page := b.follow(asked)
	page.check(t, 200, htmlcheck.In("main", htmlcheck.Text("ann@example.com"), htmlcheck.Text("ben@example.com")))
	b.follow(asked).check(t, 200) // a reload asks again
	if got := b.who(); got != "ann@example.com" {
		t.Fatalf("replaced before the answer: %q", got)
	}
	action := asked.Header.Get("Location")
	if a := b.post(action, url.Values{"choice": {"switch"}}, "Sec-Fetch-Site", "cross-site"); a.StatusCode != http.StatusForbidden {
		t.Errorf("another site's form: want 403, got %d", a.StatusCode)
	}
	b.post(action, url.Values{"choice": {"stay"}}).leadsTo(t, "/")
	if got := b.who(); got != "ann@example.com" {
		t.Errorf("after staying: %q", got)
	}

	form := h.respond("default", testidp.Response{Person: "ben"})
	form.Set("RelayState", "grafana")
	asked = b.post("/saml/default/acs", form)
	b.follow(asked)
	b.post(asked.Header.Get("Location"), url.Values{"choice": {"switch"}}).
		check(t, 200, htmlcheck.In("a.button", htmlcheck.Attr("href", "https://grafana.example.com/")))
	if got := b.who(); got != "ben@example.com" {
		t.Errorf("after switching: %q", got)
	}
}

func TestRefusedPageAndItsExplanation(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	a := h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "wrong-audience"}))
	a.check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("We could not sign you in")), htmlcheck.Count("dl.reference dd code", 1))
	if strings.Contains(a.body, "udience") {
		t.Error("the person is told which check failed")
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRefused}})
	must(t, err)
	reference := events[0].Reference
	if !strings.Contains(a.body, reference) {
		t.Errorf("the page does not show the reference %s", reference)
	}
	admin := h.administrator()
	admin.get("/admin/signins/"+reference).check(t, 200,
		htmlcheck.In("tr.failed", htmlcheck.Text("Audience")),
		htmlcheck.In("section.remedy", htmlcheck.Text("identity provider's administrator"), htmlcheck.Text("Audience URI (SP Entity ID)")))
	admin.get("/admin/signins?reference="+strings.ToLower(reference)).check(t, 200, htmlcheck.Count("tbody tr", 1))
}

func TestSessionForPrograms(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.browser()
	if a := b.get("/session", "Accept", "application/json"); a.StatusCode != http.StatusUnauthorized || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("without a session: %d %s", a.StatusCode, a.Header.Get("Content-Type"))
	}
	b.get("/session").leadsTo(t, "/signin?target=%2Fsession")
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann"}))
	a := b.get("/session", "Accept", "application/json")
	var got map[string]any
	must(t, json.Unmarshal([]byte(a.body), &got))
	if got["expires_at"] == nil {
		t.Error("no expires_at")
	}
	delete(got, "expires_at")
	want := map[string]any{
		"user": "ann@example.com", "name_id": "ann@example.com", "idp": "default",
		"name_id_format": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		"sub_type":       "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
		"groups":         []any{"engineering", "on-call", "sallyport-admins"},
		"tags": []any{
			map[string]any{"key": "Department", "value": "Engineering", "source": "AccessControl", "transitive": false},
			map[string]any{"key": "CostCenter", "value": "4711", "source": "AccessControl", "transitive": false},
			map[string]any{"key": "Site", "value": "Zürich / HQ", "source": "AccessControl", "transitive": false},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	b.get("/session").check(t, 200, htmlcheck.Count("tbody tr", 3))
	b.get("/").check(t, 200, htmlcheck.In("a.tile-go", htmlcheck.Attr("href", "/go/grafana")))
	b.get("/?notice=target").check(t, 200, htmlcheck.In("p.note", htmlcheck.Text("names no application")))
}

func TestConnectionsThatAreNotActive(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	b.get("/signin").check(t, 200, htmlcheck.In("main", htmlcheck.Text("not set up yet")))
	b.get("/saml/login").check(t, http.StatusForbidden)
	b.get("/saml/nowhere/login").check(t, http.StatusNotFound)
	b.post("/saml/nowhere/acs", url.Values{"SAMLResponse": {"x"}}).check(t, http.StatusNotFound)
	h.connect("default", nil)
	form := h.respond("default", testidp.Response{Person: "ann"})
	_, err := h.registry.Disable(t.Context(), "default", "command")
	must(t, err)
	b.post("/saml/acs", form).check(t, http.StatusForbidden)
	if got := b.who(); got != "" {
		t.Errorf("signed in as %q", got)
	}
}

func TestBounceBeginsAfresh(t *testing.T) {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) { s.Unsolicited = idp.UnsolicitedBounce })
	b := h.browser()
	form := h.respond("default", testidp.Response{Person: "ann"})
	form.Set("RelayState", "grafana")
	leave := b.follow(b.post("/saml/acs", form))
	again := h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)})
	b.arrive("default", again).leadsTo(t, "https://grafana.example.com/")
}

func TestPOSTBinding(t *testing.T) {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) {
		s.RequestBinding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	})
	a := h.browser().get("/saml/login?target=grafana")
	a.check(t, 200, htmlcheck.Count("form[data-auto-submit] input[name=SAMLRequest]", 1), htmlcheck.Count("form[data-auto-submit] input[name=RelayState]", 1), htmlcheck.Count("form button", 1))
	if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' https:;") {
		t.Errorf("policy %q does not let the form leave", csp)
	}
}

func TestLogsKeepSecrets(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.browser()
	form := h.respond("default", testidp.Response{Person: "ann"})
	form.Set("RelayState", "grafana/d/secret-path")
	b.arrive("default", form)
	b.post("/saml/acs", h.respond("default", testidp.Response{Person: "ben", Misbehave: "wrong-audience"}))
	b.get("/saml/login?target=grafana/d/secret-path")
	h.administrator().get("/admin/signins")
	log := h.log.String()
	if !strings.Contains(log, `"route":"/saml/{idp}/acs"`) || !strings.Contains(log, `"route":"/admin/signin/{token}"`) {
		t.Fatalf("the requests are not in the log: %s", log)
	}
	for _, secret := range []string{"ann@", "ben@", "Engineering", "secret-path", form.Get("SAMLResponse")[:40], "complete?a="} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	// Durations and numbers of requests may hold the digits among others.
	if regexp.MustCompile(`\b4711\b`).MatchString(log) {
		t.Error("the log holds a tag's value")
	}
}
