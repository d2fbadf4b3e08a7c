package web_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/session"
)

// waiting is a browser's token at an application's host, and the link that a
// proxy would send that browser to.
func waiting(to string, more ...string) (token, link string) {
	token = session.NewToken()
	said := url.Values{"to": {to}, "b": {b64(session.BrowserHash(token))}}
	for i := 0; i < len(more); i += 2 {
		said.Set(more[i], more[i+1])
	}
	return token, "/enter?" + said.Encode()
}

// letsIn follows a callback as the application's host would, and gives the
// token of that host's cookie.
func (h *house) letsIn(t *testing.T, a answer, browser, origin, to string) string {
	t.Helper()
	u, err := url.Parse(a.Header.Get("Location"))
	must(t, err)
	if got := u.Scheme + "://" + u.Host + u.Path; got != origin+"/.sallyport/callback" {
		t.Fatalf("want to be sent to the callback of %s, got %d to %q: %s", origin, a.StatusCode, a.Header.Get("Location"), a.body)
	}
	if got := u.Query().Get("to"); got != to {
		t.Errorf("back to %q, want %q", got, to)
	}
	token, _, err := h.sessions.TakeOver(t.Context(), u.Query().Get("code"), u.Host, browser)
	must(t, err)
	return token
}

func TestEnterAtAnApplicationsHost(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	for to, back := range map[string]string{
		"https://grafana.example.com/d/abc?orgId=1&x=%2F%20": "/d/abc?orgId=1&x=%2F%20",
		"https://grafana.example.com":                        "/",
		"https://GRAFANA.example.com:443/d/abc":              "/d/abc",
		"https://pager.example.com/app":                      "/app", // the very page, and not where the permission set lands
		"https://grafana.example.com/?permission_set=mine":   "/?permission_set=mine",
	} {
		token, link := waiting(to)
		u, err := url.Parse(strings.ToLower(to))
		must(t, err)
		door := h.letsIn(t, b.get(link), token, "https://"+u.Hostname(), back)
		if _, err := h.sessions.Door(t.Context(), door, u.Hostname()); err != nil {
			t.Errorf("%s: %v", to, err)
		}
	}
}

// A code is for the host and the browser of the link, and is used once.
func TestCodesAreForOneHostAndOneBrowser(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	code := func() (code, token string) {
		token, link := waiting("https://grafana.example.com/")
		u, err := url.Parse(b.get(link).Header.Get("Location"))
		must(t, err)
		return u.Query().Get("code"), token
	}
	for name, try := range map[string]func() (code, host, browser string){
		"another browser": func() (string, string, string) { c, _ := code(); return c, "grafana.example.com", session.NewToken() },
		"no browser":      func() (string, string, string) { c, _ := code(); return c, "grafana.example.com", "" },
		"another host":    func() (string, string, string) { c, token := code(); return c, "pager.example.com", token },
		"twice": func() (string, string, string) {
			c, token := code()
			_, _, err := h.sessions.TakeOver(t.Context(), c, "grafana.example.com", token)
			must(t, err)
			return c, "grafana.example.com", token
		},
	} {
		c, host, browser := try()
		if _, _, err := h.sessions.TakeOver(t.Context(), c, host, browser); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestEnterAfterSigningIn(t *testing.T) {
	h := company(t)
	b := h.browser()
	const to = "https://grafana.example.com/d/abc?orgId=1&name=a%26b%3Dc"
	token, link := waiting(to, "kept", "a_handle-1")
	asked := b.get(link)
	if !strings.HasPrefix(asked.Header.Get("Location"), "/signin?target=%2Fenter%3F") {
		t.Fatalf("sent to %q", asked.Header.Get("Location"))
	}
	leave := b.follow(b.follow(asked))
	form := h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)})
	arrived := b.arrive("default", form)
	h.letsIn(t, arrived, token, "https://grafana.example.com", "/d/abc?orgId=1&name=a%26b%3Dc")
	u, _ := url.Parse(arrived.Header.Get("Location"))
	if got := u.Query().Get("kept"); got != "a_handle-1" {
		t.Errorf("the form that waits is forgotten: %q", got)
	}
}

// Addresses as long as relay states may be come through a sign-in whole.
func TestEnterWithALongAddress(t *testing.T) {
	h := company(t)
	to := "https://grafana.example.com/?q=" + strings.Repeat("%2F", 1300)
	to += strings.Repeat("x", 4<<10-len(to))
	b := h.browser()
	token, link := waiting(to)
	leave := b.follow(b.follow(b.get(link)))
	arrived := b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)}))
	h.letsIn(t, arrived, token, "https://grafana.example.com", strings.TrimPrefix(to, "https://grafana.example.com"))
	_, link = waiting(to + "x")
	b.get(link).check(t, http.StatusBadRequest, htmlcheck.In("main", htmlcheck.Text("too long an address")))
}

func TestEnterRefusesBrokenLinks(t *testing.T) {
	h := company(t)
	_, good := waiting("https://grafana.example.com/")
	for _, b := range []*browser{h.browser(), h.signedIn("ann")} {
		for name, link := range map[string]string{
			"nothing":        "/enter",
			"no browser":     "/enter?to=https%3A%2F%2Fgrafana.example.com%2F",
			"a short one":    "/enter?to=https%3A%2F%2Fgrafana.example.com%2F&b=AAAA",
			"not base64url":  strings.Replace(good, "b=", "b=%2B", 1),
			"no place":       "/enter?" + url.Values{"b": {b64(make([]byte, 32))}}.Encode(),
			"two places":     good + "&to=https%3A%2F%2Fpager.example.com%2F",
			"two browsers":   good + "&b=" + b64(make([]byte, 32)),
			"a broken query": good + "&x=%zz",
			"an odd handle":  good + "&kept=a%0d%0ab",
			"a long handle":  good + "&kept=" + strings.Repeat("a", 65),
		} {
			a := b.get(link)
			if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "Open the application again") {
				t.Errorf("%s: %d to %q: %s", name, a.StatusCode, a.Header.Get("Location"), a.body)
			}
		}
	}
}

// No link leads anywhere but to hosts of applications, signed in or not.
func TestEnterIsNoOpenRedirect(t *testing.T) {
	h := company(t)
	ann := h.signedIn("ann")
	for _, to := range []string{
		"https://evil.example.net/", "//evil.example.net/", `https:/\evil.example.net`, "https://grafana.example.com@evil.example.net/", "https://grafana.example.com.evil.example.net/",
		"javascript:alert(1)", "grafana", "grafana/d/abc", "/admin", "http://grafana.example.com/", "https://grafana.example.com:8443/", "https://grafana.example.com/a/../b",
		"RPID=urn%3Ax&RelayState=https%3A%2F%2Fgrafana.example.com%2F", "https://grafana.example.com/\r\nSet-Cookie: a=b", h.url + "/go/grafana", "/enter?to=x",
	} {
		_, link := waiting(to)
		ann.get(link).leadsTo(t, "/?notice=target")
		b := h.browser()
		leave := b.follow(b.follow(b.get(link)))
		b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: requestID(t, leave)})).leadsTo(t, "/?notice=target")
	}
}

// What is chosen for an application is remembered with the session, whichever
// way it was said, and the way goes on to the host that asked.
func TestChoicesAreKept(t *testing.T) {
	h := company(t)
	view := h.apps.PermissionSetNamed("ViewOnlyAccess").ID
	admin := h.apps.PermissionSetNamed("AdministratorAccess").ID
	deploy := h.apps.Application("deploy").ID
	b := h.signedIn("ann")
	token, link := waiting("https://deploy.example.com/x")
	b.get(link).check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Enter Deployments")), htmlcheck.Count("a.entry", 2))
	chosen := link + "&permission_set=ViewOnlyAccess"
	if page := b.get(link); !strings.Contains(page.body, "permission_set=ViewOnlyAccess") || !strings.Contains(page.body, `href="/enter?`) {
		t.Errorf("the choice does not come back: %s", page.body)
	}
	door := h.letsIn(t, b.get(chosen), token, "https://deploy.example.com", "/x")
	choice := func() string {
		d, err := h.sessions.Door(t.Context(), door, "deploy.example.com")
		must(t, err)
		return d.Choices[deploy]
	}
	if got := choice(); got != view {
		t.Errorf("chosen %q, want %q", got, view)
	}
	b.get("/go/deploy?permission_set=administratoraccess").leadsTo(t, "https://deploy.example.com/")
	if got := choice(); got != admin {
		t.Errorf("chosen %q by a tile, want %q", got, admin)
	}
	b.get("/go/deploy?permission_set=OnCall").check(t, http.StatusForbidden)
	b.get(link+"&permission_set=OnCall").check(t, http.StatusForbidden)
	if got := choice(); got != admin {
		t.Errorf("chosen %q by what was denied", got)
	}
}

func TestEnterIsDenied(t *testing.T) {
	h := company(t)
	b := h.signedIn("ben")
	_, link := waiting("https://vault.example.com/secret")
	a := b.get(link)
	a.check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("You can’t open Vault")), htmlcheck.In("main", htmlcheck.Text("#security on chat")))
	// The gateway shows the same reference.
	sessions, err := h.sessions.Sessions(t.Context(), session.Filter{Live: true})
	must(t, err)
	reference, why, err := h.server.Denied(t.Context(), sessions[0], h.apps.Application("vault"), "127.0.0.1")
	must(t, err)
	if !strings.Contains(a.body, reference) || why != "It has not been assigned to you." {
		t.Errorf("the gateway says %s: %s", reference, why)
	}
	facts, err := h.server.Facts(t.Context(), sessions[0])
	must(t, err)
	if p := facts.Person(); p.Address.IsValid() || p.UserName != "ben@example.com" || len(p.Claimed) == 0 {
		t.Errorf("facts: %+v", p)
	}
	if d := h.apps.Decide(facts, access.Question{Application: "payroll"}); !d.Allowed {
		t.Errorf("by the gateway's facts: %+v", d)
	}
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
