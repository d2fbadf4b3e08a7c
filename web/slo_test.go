package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

const theirSLO = "https://idp.example.com/slo"

// connectOut connects the twin as a provider that takes part in single logout,
// by these bindings.
func (h *house) connectOut(slug string, bindings ...string) {
	h.t.Helper()
	h.connectOutAt(slug, theirSLO, bindings...)
}

func (h *house) connectOutAt(slug, at string, bindings ...string) {
	h.t.Helper()
	var services string
	for _, b := range bindings {
		services += `<md:SingleLogoutService xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" Binding="` + b + `" Location="` + at + `"/>`
	}
	before, behind, ok := strings.Cut(string(h.twin.Metadata()), "</md:KeyDescriptor>")
	if !ok {
		h.t.Fatalf("the twin's metadata has no key: %s", before)
	}
	ctx := context.Background()
	_, err := h.registry.ImportMetadata(ctx, idp.Import{Slug: slug, Raw: []byte(before + "</md:KeyDescriptor>" + services + behind), Source: idp.FromCommand, SourceName: "metadata.xml", Actor: "command"})
	must(h.t, err)
	_, err = h.registry.Activate(ctx, slug, 0, "command")
	must(h.t, err)
}

// live is the one session that is.
func (h *house) live() *session.Session {
	h.t.Helper()
	all, err := h.sessions.Sessions(h.t.Context(), session.Filter{Live: true})
	must(h.t, err)
	if len(all) != 1 {
		h.t.Fatalf("want one live session, got %d", len(all))
	}
	return all[0]
}

// asksOut is the twin's request to end sessions of ann.
func (h *house) asksOut(l testidp.Logout) *testidp.SentLogout {
	h.t.Helper()
	if l.Destination == "" {
		l.Destination = h.url + "/saml/default/slo"
	}
	if l.NameID == "" {
		l.NameID = "ann@example.com"
	}
	sent, err := h.twin.Logout(l)
	must(h.t, err)
	return sent
}

// carries brings a message of single logout the way a browser does that comes
// from the identity provider.
func (b *browser) carries(path string, m *testidp.SentLogout) answer {
	if m.Form != nil {
		return b.post(path, m.Form, "Sec-Fetch-Site", "cross-site", "Origin", "https://idp.example.com")
	}
	return b.get(path+"?"+m.Query, "Sec-Fetch-Site", "cross-site")
}

func TestSingleLogoutAskedByTheIdentityProvider(t *testing.T) {
	for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
		h := newHouse(t)
		h.connectOut("default", binding)
		b := h.signedIn("ann")
		post := binding == saml.BindingPOST
		a := b.carries("/saml/slo", h.asksOut(testidp.Logout{
			Post: post, RelayState: "their own", Destination: h.url + "/saml/slo", SessionIndexes: []string{h.live().SessionIndex},
		}))
		if post {
			a.check(t, 200, htmlcheck.In("form[data-auto-submit]", htmlcheck.Attr("action", theirSLO)),
				htmlcheck.Count("input[name=SAMLResponse]", 1), htmlcheck.In("input[name=RelayState]", htmlcheck.Attr("value", "their own")))
			if csp := a.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' https:;") {
				t.Errorf("policy %q does not let the answer leave", csp)
			}
		} else {
			u, err := url.Parse(a.Header.Get("Location"))
			must(t, err)
			if q := u.Query(); a.StatusCode != http.StatusFound || u.Host != "idp.example.com" || q.Get("SAMLResponse") == "" || q.Get("Signature") == "" || q.Get("RelayState") != "their own" {
				t.Errorf("answered %d, to %s", a.StatusCode, u)
			}
		}
		if got := b.who(); got != "" {
			t.Errorf("%s: still signed in as %q", binding, got)
		}
		cleared := strings.Contains(strings.Join(a.Header.Values("Set-Cookie"), "\n"), "sallyport=;")
		if !cleared {
			t.Errorf("%s: the cookie of a session that is over stays: %v", binding, a.Header.Values("Set-Cookie"))
		}
	}
}

// A provider that takes no answer leaves the person with our own page.
func TestSingleLogoutWithoutAnAnswer(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.signedIn("ann")
	a := b.carries("/saml/default/slo", h.asksOut(testidp.Logout{}))
	a.leadsTo(t, "/signed-out")
	b.follow(a).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("You are signed out")))
	if got := b.who(); got != "" {
		t.Errorf("still signed in as %q", got)
	}
}

// Somebody else's session in the same browser is left alone.
func TestSingleLogoutOfAnother(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	b := h.signedIn("ben")
	a := b.carries("/saml/default/slo", h.asksOut(testidp.Logout{}))
	if a.StatusCode != http.StatusFound || len(a.Header.Values("Set-Cookie")) != 0 {
		t.Errorf("answered %d and set %v", a.StatusCode, a.Header.Values("Set-Cookie"))
	}
	if got := b.who(); got != "ben@example.com" {
		t.Errorf("signed in as %q", got)
	}
}

func TestSigningOutTellsTheIdentityProvider(t *testing.T) {
	for status, says := range map[string]string{
		"":                      "has ended its own session too",
		"Success/PartialLogout": "could not reach all other applications",
		"Responder":             "did not sign you out",
	} {
		for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
			h := newHouse(t)
			h.connectOut("default", binding)
			b := h.signedIn("ann")
			token, link := waiting("https://grafana.example.com/")
			h.letsIn(t, b.get(link), token, "https://grafana.example.com", "/")

			page := b.post("/signout", nil)
			page.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Signing out")))
			if got := b.who(); got != "" {
				t.Errorf("still signed in as %q before the identity provider answers", got)
			}
			_, rest, _ := strings.Cut(page.body, `href="/signed-out?h=`)
			handle, _, _ := strings.Cut(rest, `"`)
			b.get("/signed-out?h="+handle).check(t, 200, htmlcheck.In("p.told", htmlcheck.Text("has not answered")))

			sent := h.asksOut(testidp.Logout{InResponseTo: handle, Status: status, Post: binding == saml.BindingPOST})
			done := b.carries("/saml/default/slo", sent)
			done.leadsTo(t, "/signed-out?h="+handle)
			b.follow(done).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("You are signed out")), htmlcheck.In("main", htmlcheck.Text("ann@example.com")),
				htmlcheck.In("ul.ended", htmlcheck.Text("grafana.example.com")), htmlcheck.In("p.told", htmlcheck.Text(says)), htmlcheck.In("a.primary", htmlcheck.Attr("href", "/signin")))
			// What ended is told to this browser alone.
			h.browser().get("/signed-out?h="+handle).check(t, 200, htmlcheck.Count("p.told", 0), htmlcheck.Count("ul.ended", 0))
			// The same answer again is refused, and changes nothing that is told.
			b.carries("/saml/default/slo", sent).check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("Single logout did not work")))
			b.get("/signed-out?h="+handle).check(t, 200, htmlcheck.In("p.told", htmlcheck.Text(says)))
		}
	}
}

func TestSigningOutWhereNobodyIsTold(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.signedIn("ann")
	b.get("/signout").check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Sign out?")), htmlcheck.In("main", htmlcheck.Text("ann@example.com")))
	if got := b.who(); got != "ann@example.com" {
		t.Fatalf("a link signed her out")
	}
	if a := b.post("/signout", nil, "Sec-Fetch-Site", "cross-site"); a.StatusCode != http.StatusForbidden || b.who() == "" {
		t.Fatalf("another site signed her out: %d", a.StatusCode)
	}
	b.get("/signed-out").check(t, 200, htmlcheck.In("main", htmlcheck.Text("signed in as")), htmlcheck.Count(`main form[action="/signout"]`, 1))
	b.follow(b.post("/signout", nil)).check(t, 200, htmlcheck.In("p.told", htmlcheck.Text("was not told"), htmlcheck.Text("sign out there")))
	b.get("/signout").leadsTo(t, "/signed-out")
	b.post("/signout", nil).leadsTo(t, "/signed-out")
	b.get("/signed-out?h=_0123").check(t, 200, htmlcheck.Count("p.told", 0))
}

// A refusal stands in the console beside those of sign-ins.
func TestRefusedLogoutIsExplained(t *testing.T) {
	h := newHouse(t)
	h.connectOut("default", saml.BindingRedirect)
	b := h.signedIn("ann")
	b.carries("/saml/default/slo", h.asksOut(testidp.Logout{Unsigned: true})).
		check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("Single logout did not work")), htmlcheck.Count("dl.reference dd code", 1), htmlcheck.In("a.primary", htmlcheck.Attr("href", "/signout")))
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.LogoutRefused}})
	must(t, err)
	if len(events) != 1 {
		t.Fatalf("want one event, got %d", len(events))
	}
	admin := h.administrator()
	admin.get("/admin/signins").check(t, 200, htmlcheck.In("table", htmlcheck.Text("single logout refused")))
	admin.get("/admin/signins?reason=refused").check(t, 200, htmlcheck.Count("tbody tr", 1))
	admin.get("/admin/signins/"+events[0].Reference).check(t, 200, htmlcheck.In(".head", htmlcheck.Text("single logout refused")),
		htmlcheck.In("section.remedy", htmlcheck.Text("single logout URL")), htmlcheck.Count("#raw", 0))
}
