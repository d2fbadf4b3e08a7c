package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

// Two connections trust the same identity provider with the same key: only the
// addresses tell whom a response was made for. Neither takes the other's, in
// either order, solicited or not, and each still takes its own afterwards.
func TestResponsesOfOneConnectionAtAnother(t *testing.T) {
	h := newHouse(t)
	h.connect("alpha", nil)
	h.connect("beta", nil)
	for _, way := range []struct{ made, posted string }{{"alpha", "beta"}, {"beta", "alpha"}} {
		form := h.respond(way.made, response("ann"))
		b := h.browser()
		b.post("/saml/"+way.posted+"/acs", form).check(t, http.StatusForbidden)
		if got := b.who(); got != "" {
			t.Errorf("a response for %s signed %q in at %s", way.made, got, way.posted)
		}

		asked := h.browser()
		id := requestID(t, asked.get("/saml/"+way.made+"/login"))
		answer := h.respond(way.made, testidp.Response{Person: "ann", InResponseTo: id})
		asked.post("/saml/"+way.posted+"/acs", answer).check(t, http.StatusForbidden)
		// Made for the other door, but in answer to a question of this one.
		crossed := h.respond(way.posted, testidp.Response{Person: "ann", InResponseTo: id})
		asked.post("/saml/"+way.posted+"/acs", crossed).check(t, http.StatusForbidden)
		if got := asked.who(); got != "" {
			t.Errorf("an answer to %s signed %q in at %s", way.made, got, way.posted)
		}

		b.arrive(way.made, form)
		if got := b.who(); got != "ann@example.com" {
			t.Errorf("its own door took %s's response as %q", way.made, got)
		}
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRefused}})
	must(t, err)
	if len(events) != 6 {
		t.Fatalf("%d refusals recorded, want 6", len(events))
	}
	for _, e := range events {
		if r := saml.Reason(e.Reason); r != saml.WrongDestination && r != saml.UnknownRequest {
			t.Errorf("refused for %s", r)
		}
	}
}

// relayStates are what an attacker writes into a link or a tile.
var relayStates = []string{
	"https://evil.example.net/", "//evil.example.net", "///evil.example.net", "////evil.example.net", `/\evil.example.net`,
	`\\evil.example.net`, `\/evil.example.net`, "http:evil.example.net", "https:evil.example.net", "https:///evil.example.net",
	"https:/evil.example.net", "HTTPS://EVIL.EXAMPLE.NET", "https://grafana.example.com.evil.example.net/", "https://grafana.example.com@evil.example.net/",
	"https://grafana.example.com:443@evil.example.net/", "https://evil.example.net#grafana.example.com", "https://evil.example.net?https://grafana.example.com/",
	"https://grafana.example.com:8443/", "http://grafana.example.com/", "https://grafana.example.com%2eevil.example.net/", "https://grafana。example。com/",
	"https://grаfana.example.com/", "https://ｇrafana.example.com/", "https://grafana.example.com\t.evil.example.net/", "https://grafana.example.com\n/", "https://grafana.example.com\x00/",
	"\thttps://evil.example.net", " https://evil.example.net", "\u2003//evil.example.net", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)",
	"data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd", "ftp://grafana.example.com/", "mailto:a@b", "blob:https://grafana.example.com/x",
	"grafana//evil.example.net", "grafana/../../evil", "grafana/%2e%2e/x", `grafana/\evil.example.net`, "grafana/..%2f..%2fx", "grafana/%0d%0aLocation:%20https://evil.example.net",
	"grafana\r\nLocation: https://evil.example.net", "grafana/%00", "GRAFANA", "grafana ", " grafana", "unknown", "unknown/x", ".", "..", "/", "/admin", "/saml/default/login", "?x=y", "#", "%2f%2fevil.example.net",
	"%252f%252fevil.example.net", "RPID=x&RelayState=https%3A%2F%2Fevil.example.net", "RPID=x&RelayState=%2F%2Fevil.example.net", "https://[::1]/", "https://127.0.0.1/", "https://0x7f.1/", "https://grafana.example.com/\xff",
	strings.Repeat("a", 900), "https://grafana.example.com/" + strings.Repeat("../", 200), "<script>alert(1)</script>", "${jndi:ldap://evil.example.net}",
}

// Whatever the relay state says, by tile or by link, no Location leads away.
func TestRelayStatesLeadNowhereElse(t *testing.T) {
	if len(relayStates) < 60 {
		t.Fatalf("%d relay states only", len(relayStates))
	}
	h := newHouse(t)
	h.connect("default", nil)
	home := func(where, relayState, location string) {
		t.Helper()
		u, err := url.Parse(location)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\t\r\n") {
			t.Errorf("%s: the relay state %q leads to %q", where, relayState, location)
		}
	}
	for _, relayState := range relayStates {
		b := h.browser()
		form := h.respond("default", response("ann"))
		form.Set("RelayState", relayState)
		a := b.post("/saml/acs", form)
		if a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%q: status %d", relayState, a.StatusCode)
		}
		home("acs", relayState, a.Header.Get("Location"))
		a = b.follow(a)
		if a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%q: status %d", relayState, a.StatusCode)
		}
		home("complete", relayState, a.Header.Get("Location"))

		// A signed-in person follows a link.
		for _, link := range []string{"/go/" + url.PathEscape(relayState), "/signin?target=" + url.QueryEscape(relayState)} {
			if a := b.get(link); a.StatusCode/100 == 3 {
				home(link[:3], relayState, a.Header.Get("Location"))
			} else if a.StatusCode >= 500 {
				t.Errorf("%s%q: status %d", link[:3], relayState, a.StatusCode)
			}
		}
	}
}
