package gateway_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/internal/htmlcheck"
	"sallyport/session"
)

func TestCallbackLetsInAndLeadsBackToTheVeryPage(t *testing.T) {
	h := newHosts(t)
	v, s := h.visitor(wikiBase), h.signIn("ann")
	w := v.back(s, "/d/a%20b?x=%2F%2Fevil.example&y=1", "")
	goesTo(t, w, wikiBase+"/d/a%20b?x=%2F%2Fevil.example&y=1")
	if w.Header().Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the code would be told: %v", w.Header())
	}
	d, err := h.manager.Door(t.Context(), v.cookies[appCookie], wikiHost)
	if err != nil || d.Session.ID != s.ID {
		t.Fatalf("door: %+v, %v", d, err)
	}
	for _, c := range w.Result().Cookies() {
		if c.Name != appCookie {
			continue
		}
		if !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" || c.SameSite != http.SameSiteLaxMode || len(c.Value) != 43 {
			t.Errorf("cookie %+v", c)
		}
		// It outlives the session, to say whose form it was that came too late.
		if left := time.Until(s.ExpiresAt); c.MaxAge < int((left+23*time.Hour).Seconds()) || c.MaxAge > int((left+25*time.Hour).Seconds()) {
			t.Errorf("cookie lives %d s", c.MaxAge)
		}
	}
}

func TestCallbackTakesACodeOnceInItsBrowserAtItsHost(t *testing.T) {
	h := newHosts(t)
	s := h.signIn("ann")
	v, stranger, elsewhere := h.visitor(wikiBase), h.visitor(wikiBase), h.visitor("https://"+otherHost)
	query := func(code string) url.Values { return url.Values{"code": {code}, "to": {"/d/1?x=2"}} }

	code := h.code(s, wikiHost, v.cookies[tabCookie])
	goesTo(t, v.get("/.sallyport/callback", query(code)), wikiBase+"/d/1?x=2")
	goesTo(t, v.get("/.sallyport/callback", query(code)), wikiBase+"/d/1?x=2") // they are in: reloaded, or gone back to
	refused := func(name string, w *httptest.ResponseRecorder, who *visitor, says string) {
		t.Helper()
		sees(t, w, http.StatusGone, htmlcheck.In("h1", htmlcheck.Text("This link does not lead in any more")),
			htmlcheck.In("main", htmlcheck.Text(says)), htmlcheck.In("a.first", htmlcheck.Attr("href", who.base+"/d/1?x=2"), htmlcheck.Text("Start again")))
		if who.cookies[appCookie] != "" {
			t.Errorf("%s: let in", name)
		}
	}
	// Who may have lost their way among tabs begins again, once.
	led := func(who *visitor) {
		t.Helper()
		goesTo(t, who.get("/.sallyport/callback", query(session.NewToken())), who.base+"/d/1?x=2")
		if who.cookies[appCookie] != "" {
			t.Error("led on, and let in")
		}
	}
	led(stranger)
	refused("used", stranger.get("/.sallyport/callback", query(code)), stranger, "It works once")

	// Somebody else's link would sign the person in as somebody else.
	code = h.code(s, wikiHost, v.cookies[tabCookie])
	refused("another browser", stranger.get("/.sallyport/callback", query(code)), stranger, "only in the browser in which")
	delete(v.cookies, appCookie)
	led(v)
	refused("tried by another", v.get("/.sallyport/callback", query(code)), v, "It works once")

	code = h.code(s, wikiHost, v.cookies[tabCookie])
	elsewhere.cookies[tabCookie] = v.cookies[tabCookie]
	led(elsewhere)
	refused("another host", elsewhere.get("/.sallyport/callback", query(code)), elsewhere, "It works once")

	code = h.code(s, wikiHost, v.cookies[tabCookie])
	delete(v.cookies, tabCookie)
	refused("no cookie", v.get("/.sallyport/callback", query(code)), v, "allow cookies")

	v = h.visitor(wikiBase)
	led(v)
	code = h.code(s, wikiHost, v.cookies[tabCookie])
	h.end(s)
	refused("session over", v.get("/.sallyport/callback", query(code)), v, "It works once")
}

func TestCallbackIsNoOpenRedirect(t *testing.T) {
	h := newHosts(t)
	v, s := h.visitor(wikiBase), h.signIn("ann")
	code := h.code(s, wikiHost, v.cookies[tabCookie])
	for _, to := range []string{
		"", "//evil.example", `/\evil.example`, "https://evil.example/", wikiBase + "/", "/%2fevil.example", "/%5cevil.example", "/x\r\nSet-Cookie: a=b", "/x%0d%0aa",
		"/.sallyport/sign-out", "/%2e%2e/.sallyport/sign-out", ".evil.example", "@evil.example", ":8443/", "/\t/evil.example", "/x#y",
	} {
		w := v.get("/.sallyport/callback", url.Values{"code": {code}, "to": {to}})
		sees(t, w, http.StatusBadRequest, htmlcheck.Count("main a", 0))
		if len(w.Result().Cookies()) > 0 {
			t.Errorf("%q: cookies %v", to, w.Result().Cookies())
		}
	}
	for name, query := range map[string]string{
		"to twice": "code=" + code + "&to=/&to=/a", "code twice": "code=" + code + "&code=" + code + "&to=/", "no code": "to=/", "no to": "code=" + code,
		"kept twice": "code=" + code + "&to=/&kept=a&kept=b", "not to be read": "code=" + code + "&to=/&x=%zz", "semicolon": "code=" + code + ";to=/&to=/",
	} {
		w := v.send(httptest.NewRequest(http.MethodGet, wikiBase+"/.sallyport/callback?"+query, nil))
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	goesTo(t, v.get("/.sallyport/callback", url.Values{"code": {code}, "to": {"/"}}), wikiBase+"/") // none of them used it up
}

func TestHostsAreThoseOfApplications(t *testing.T) {
	h := newHosts(t)
	for _, path := range []string{"/.sallyport/callback?code=x&to=/", "/.sallyport/interrupted?to=/", "/.sallyport/sign-out"} {
		for _, base := range []string{"https://evil.example", "http://" + wikiHost, wikiBase + ":8443", ssoBase} {
			w := (&visitor{h: h, base: base}).send(httptest.NewRequest(http.MethodGet, base+path, nil))
			sees(t, w, http.StatusNotFound, htmlcheck.In("h1", htmlcheck.Text("No application lives here")))
			if len(w.Result().Cookies()) > 0 {
				t.Errorf("%s%s: cookies", base, path)
			}
		}
	}
	// A proxy says which host it speaks for; anybody else is that host.
	v, s := h.visitor(wikiBase), h.signIn("ann")
	ask := func(peer string) *httptest.ResponseRecorder {
		q := url.Values{"code": {h.code(s, wikiHost, v.cookies[tabCookie])}, "to": {"/d"}}
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:8080/.sallyport/callback?"+q.Encode(), nil)
		r.RemoteAddr = peer
		r.Header.Set("X-Forwarded-Host", "Wiki.Example.com:443")
		r.Header.Set("X-Forwarded-Proto", "https")
		return v.send(r)
	}
	goesTo(t, ask("10.1.2.3:5"), wikiBase+"/d")
	if w := ask("10.2.2.3:5"); w.Code != http.StatusNotFound {
		t.Errorf("a stranger speaks for others: %d", w.Code)
	}
}

func TestSignOutTakesTheHostsCookieBack(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	goesTo(t, v.get("/.sallyport/sign-out", nil), ssoBase+"/signout")
	if v.cookies[appCookie] != "" {
		t.Error("the cookie is still there")
	}
	// A link ends nobody's session.
	if got, err := h.manager.Sessions(t.Context(), session.Filter{ID: s.ID, Live: true}); err != nil || len(got) != 1 {
		t.Errorf("sessions %v, %v", got, err)
	}
	if w := v.send(httptest.NewRequest(http.MethodPost, wikiBase+"/.sallyport/sign-out", strings.NewReader(""))); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

func TestFormGoesToNobodyElsesPlace(t *testing.T) {
	h := newHosts(t)
	must(t, h.catalog.Add(t.Context(), &access.Application{Name: "notes", URL: "https://shared.example.com/notes/"}, "command"))
	must(t, h.catalog.Add(t.Context(), &access.Application{Name: "board", URL: "https://shared.example.com/board/"}, "command"))
	v, s := h.visitor("https://shared.example.com"), h.signIn("ann")
	v.back(s, "/board/", "")
	h.end(s)
	kept := keptBy(t, v.submit("/board/new", "text=private", nil))
	must(t, h.catalog.Remove(t.Context(), "board", "command"))
	w := v.back(h.signIn("ann"), "/notes/", kept)
	sees(t, w, http.StatusConflict, htmlcheck.In("h1", htmlcheck.Text("The form was not sent")), htmlcheck.Count("form", 0))
	if strings.Contains(w.Body.String(), "private") {
		t.Error("what it held is shown")
	}
}

// A browser brings back its tabs: each is asked for before any is answered, and
// of the cookies that they are given the last one stays.
func TestTabsThatBeginAtOnceAllGetIn(t *testing.T) {
	h := newHosts(t)
	s := h.signIn("ann")
	v := h.visitor(wikiBase)
	var given []string
	for range 3 {
		given = append(given, session.NewToken())
	}
	v.cookies[tabCookie] = given[2]
	tab := func(i int, browser string) *httptest.ResponseRecorder {
		return v.get("/.sallyport/callback", url.Values{"code": {h.code(s, wikiHost, browser)}, "to": {fmt.Sprintf("/d/%d", i)}})
	}
	for i, browser := range given[:2] {
		goesTo(t, tab(i, browser), fmt.Sprintf("%s/d/%d", wikiBase, i))
		if v.cookies[appCookie] != "" {
			t.Fatal("another browser's code lets in")
		}
		if i == 0 { // the page asks for a sign-in, and the way back is this browser's
			sees(t, tab(i, browser), http.StatusGone) // else, no circle
			goesTo(t, tab(i, v.cookies[tabCookie]), wikiBase+"/d/0")
			if v.cookies[appCookie] == "" {
				t.Fatal("not let in")
			}
			delete(v.cookies, appCookie)
		}
	}
	goesTo(t, tab(2, given[2]), wikiBase+"/d/2")
	goesTo(t, tab(1, given[1]), wikiBase+"/d/1") // in already
}
