package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

// Whatever is wrong with a message of single logout, nobody is signed out by
// it, and the record says why.
func TestLogoutAttacks(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect, saml.BindingPOST)
	h.connectOut("partner", saml.BindingRedirect, saml.BindingPOST)
	b := h.signedIn("ann")
	index := []string{h.live().SessionIndex}
	query := func(l testidp.Logout) string { return h.asksOut(l).Query }
	form := func(l testidp.Logout) url.Values { l.Post = true; return h.asksOut(l).Form }
	good := testidp.Logout{SessionIndexes: index}
	response := h.respond("default", testidp.Response{Person: "ann"})

	for name, c := range map[string]struct {
		path  string // "": that of the connection
		query string
		form  url.Values
		want  saml.Reason // "": not recorded, since there is no message
	}{
		"unsigned, redirect":           {query: query(testidp.Logout{SessionIndexes: index, Unsigned: true}), want: saml.Unsigned},
		"unsigned, POST":               {form: form(testidp.Logout{SessionIndexes: index, Unsigned: true}), want: saml.Unsigned},
		"signed by somebody, redirect": {query: query(testidp.Logout{SessionIndexes: index, Foreign: true}), want: saml.BadSignature},
		"signed by somebody, POST":     {form: form(testidp.Logout{SessionIndexes: index, Foreign: true}), want: saml.BadSignature},
		"another issuer":               {query: query(testidp.Logout{SessionIndexes: index, Issuer: "https://evil.example.net"}), want: saml.WrongIssuer},
		"old":                          {query: query(testidp.Logout{SessionIndexes: index, Now: time.Now().Add(-time.Hour)}), want: saml.TooOld},
		"for another connection":       {query: query(testidp.Logout{SessionIndexes: index, Destination: h.url + "/saml/partner/slo"}), want: saml.WrongDestination},
		"redirect's query in a form":   {query: query(good), form: form(good), want: saml.Malformed},
		"two requests, redirect":       {query: query(good) + "&" + query(good), want: saml.Malformed},
		"two requests, POST":           {form: url.Values{"SAMLRequest": {form(good).Get("SAMLRequest"), form(good).Get("SAMLRequest")}}, want: saml.Malformed},
		"both messages, redirect":      {query: query(good) + "&SAMLResponse=" + url.QueryEscape(response.Get("SAMLResponse")), want: saml.Malformed},
		"both messages, POST":          {form: url.Values{"SAMLRequest": form(good)["SAMLRequest"], "SAMLResponse": response["SAMLResponse"]}, want: saml.Malformed},
		"a relay state added":          {query: query(good) + "&RelayState=x", want: saml.BadSignature},
		"a second relay state":         {query: query(testidp.Logout{SessionIndexes: index, RelayState: "a"}) + "&RelayState=x", want: saml.Malformed},
		"two relay states, POST":       {form: url.Values{"SAMLRequest": form(good)["SAMLRequest"], "RelayState": {"a", "b"}}, want: saml.Malformed},
		"an artifact beside it":        {form: url.Values{"SAMLRequest": form(good)["SAMLRequest"], "SAMLart": {"a"}}, want: saml.Malformed},
		"an escaped name":              {query: strings.Replace(query(good), "SAMLRequest=", "%53AMLRequest=", 1), want: saml.Malformed},
		"a broken query":               {query: query(good) + "&x=%zz", want: saml.Malformed},
		"escaped in another way":       {query: strings.Replace(query(good), "%2F", "%2f", 1), want: saml.BadSignature},
		"a signature by itself":        {query: strings.Replace(query(testidp.Logout{SessionIndexes: index, Unsigned: true})+signatureOf(query(good)), "+", "%2B", -1), want: saml.BadSignature},
		"a sign-in's response":         {form: response, want: saml.NotAResponse},
		"a response called a request":  {form: url.Values{"SAMLRequest": response["SAMLResponse"]}, want: saml.NotAResponse},
		"an answer nobody waits for":   {query: query(testidp.Logout{InResponseTo: "_0123"}), want: saml.UnknownRequest},
		"a captured assertion, inside": {form: url.Values{"SAMLRequest": {captured(t, response, h.url+"/saml/default/slo")}}},
		"of another connection's door": {path: "/saml/partner/slo", query: query(good), want: saml.WrongDestination},
		"a connection that is not":     {path: "/saml/nowhere/slo", query: query(good)},
		"no message at all":            {query: "RelayState=x"},
		"an empty form":                {form: url.Values{}},
		"a form too large":             {form: url.Values{"SAMLRequest": {strings.Repeat("A", 3<<20)}}, want: saml.TooLarge},
		"a message too large":          {form: url.Values{"SAMLRequest": {strings.Repeat("A", 1<<20)}}},
		"not base64":                   {form: url.Values{"SAMLRequest": {"%%%"}}, want: saml.NotBase64},
	} {
		before := refusedLogouts(t, h)
		path := c.path
		if path == "" {
			path = "/saml/default/slo"
		}
		if c.query != "" {
			path += "?" + c.query
		}
		var a answer
		if c.form != nil {
			a = b.post(path, c.form, "Sec-Fetch-Site", "cross-site", "Origin", "https://idp.example.com")
		} else {
			a = b.get(path)
		}
		if a.StatusCode < 400 || a.StatusCode >= 500 {
			t.Errorf("%s: answered %d to %q", name, a.StatusCode, a.Header.Get("Location"))
		}
		if got := b.who(); got != "ann@example.com" {
			t.Fatalf("%s: signed in as %q afterwards", name, got)
		}
		if after := refusedLogouts(t, h); c.want != "" && (len(after) != len(before)+1 || after[0].Reason != string(c.want)) {
			t.Errorf("%s: want %s, got %d events more, the newest %+v", name, c.want, len(after)-len(before), after[:min(1, len(after))])
		}
	}
}

// Nothing of a message, of an address that somebody goes to, nor of a person
// gets into the log.
func TestLogsKeepSecretsOfLogoutAndHosts(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	b := h.signedIn("ann")
	token, link := waiting("https://grafana.example.com/secret-path?q=1", "kept", "secret-handle")
	letIn := b.get(link)
	h.letsIn(t, letIn, token, "https://grafana.example.com", "/secret-path?q=1")
	refused := h.asksOut(testidp.Logout{Unsigned: true})
	b.carries("/saml/default/slo", refused)
	asked := h.asksOut(testidp.Logout{})
	b.carries("/saml/default/slo", asked)
	code := strings.TrimPrefix(letIn.Header.Get("Location"), "https://grafana.example.com/.sallyport/callback?code=")[:20]
	log := h.log.String()
	if !strings.Contains(log, `"route":"/enter"`) || !strings.Contains(log, `"route":"/saml/{idp}/slo"`) {
		t.Fatalf("the requests are not in the log: %s", log)
	}
	for _, secret := range []string{"ann@", "secret", token[:20], code, refused.Query[12:52], asked.Query[12:52], "SAMLRequest"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
}

// The index of somebody else's session, or of one through another connection,
// ends nothing of this one.
func TestLogoutOfForeignSessions(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	h.connectOut("partner", saml.BindingRedirect)
	b := h.signedIn("ann")
	index := h.live().SessionIndex
	for name, l := range map[string]testidp.Logout{
		"another index":             {SessionIndexes: []string{"another"}},
		"through another's door":    {SessionIndexes: []string{index}, Destination: h.url + "/saml/partner/slo"},
		"another name, no index":    {NameID: "ben@example.com"},
		"another's name, all doors": {Destination: h.url + "/saml/partner/slo"},
	} {
		path := "/saml/default/slo"
		if strings.Contains(l.Destination, "partner") {
			path = "/saml/partner/slo"
		}
		if a := b.carries(path, h.asksOut(l)); a.StatusCode != http.StatusFound {
			t.Errorf("%s: answered %d", name, a.StatusCode)
		}
		if got := b.who(); got != "ann@example.com" {
			t.Fatalf("%s: signed in as %q afterwards", name, got)
		}
	}
}

// A request is used once: who captured one can't end a later session by it.
func TestLogoutReplayed(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	b := h.signedIn("ann")
	sent := h.asksOut(testidp.Logout{})
	if a := b.carries("/saml/default/slo", sent); a.StatusCode != http.StatusFound || b.who() != "" {
		t.Fatalf("answered %d", a.StatusCode)
	}
	b = h.signedIn("ann")
	if a := b.carries("/saml/default/slo", sent); a.StatusCode != http.StatusForbidden || b.who() == "" {
		t.Errorf("a second time: %d", a.StatusCode)
	}
	if events := refusedLogouts(t, h); len(events) != 1 || events[0].Reason != string(saml.Replayed) {
		t.Errorf("events: %+v", events)
	}
}

// An answer is worth something at its own connection alone.
func TestLogoutAnsweredThroughAnotherConnection(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	h.connectOut("partner", saml.BindingRedirect)
	b := h.signedIn("ann")
	page := b.post("/signout", nil)
	_, rest, _ := strings.Cut(page.body, `href="/signed-out?h=`)
	handle, _, _ := strings.Cut(rest, `"`)
	b.carries("/saml/partner/slo", h.asksOut(testidp.Logout{InResponseTo: handle, Destination: h.url + "/saml/partner/slo"})).check(t, http.StatusForbidden)
	if a := b.get("/signed-out?h=" + handle); !strings.Contains(a.body, "has not answered") {
		t.Errorf("another connection answered: %s", a.body)
	}
}

func TestLogoutThroughAConnectionThatIsShut(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	sent := h.asksOut(testidp.Logout{})
	_, err := h.registry.Disable(t.Context(), "default", "command")
	must(t, err)
	h.browser().carries("/saml/default/slo", sent).check(t, http.StatusForbidden)
}

func refusedLogouts(t *testing.T, h *house) []audit.Event {
	t.Helper()
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.LogoutRefused}})
	must(t, err)
	return events
}

// signatureOf is the end of a signed query.
func signatureOf(query string) string { return query[strings.Index(query, "&SigAlg="):] }

// captured is a LogoutRequest around a signed assertion of a sign-in.
func captured(t *testing.T, response url.Values, destination string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(response.Get("SAMLResponse"))
	must(t, err)
	begin, end := strings.Index(string(raw), "<saml:Assertion"), strings.Index(string(raw), "</saml:Assertion>")
	if begin < 0 || end < 0 {
		t.Fatalf("no assertion in %s", raw)
	}
	assertion := string(raw[begin : end+len("</saml:Assertion>")])
	return base64.StdEncoding.EncodeToString([]byte(`<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_evil" Version="2.0" IssueInstant="` +
		time.Now().UTC().Format(time.RFC3339) + `" Destination="` + destination + `"><saml:Issuer>https://idp.example.com</saml:Issuer><samlp:Extensions>` + assertion +
		`</samlp:Extensions><saml:NameID>ann@example.com</saml:NameID></samlp:LogoutRequest>`))
}
