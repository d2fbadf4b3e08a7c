package session_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"sallyport/idp"
	"sallyport/session"
)

func TestHostCookies(t *testing.T) {
	for name, c := range map[string]struct {
		secure      bool
		door, start string
	}{
		"https": {true, "__Host-sallyport-app", "__Host-sallyport-start"},
		"http":  {false, "sallyport-app", "sallyport-start"},
	} {
		t.Run(name, func(t *testing.T) {
			var cookies session.HostCookies
			w := httptest.NewRecorder()
			cookies.SetToken(w, c.secure, browserA, time.Now().Add(time.Hour+time.Second/2))
			cookies.SetBrowser(w, c.secure, browserB)
			cookies.ClearToken(w, c.secure)
			set := w.Result().Cookies()
			if len(set) != 3 {
				t.Fatalf("cookies: %v", set)
			}
			for i, want := range []struct {
				name, value string
				age         int
			}{{c.door, browserA, 3600}, {c.start, browserB, 1200}, {c.door, "", -1}} {
				got := set[i]
				if got.Name != want.name || got.Value != want.value || got.MaxAge != want.age {
					t.Errorf("want %+v, got %+v", want, got)
				}
				if got.Path != "/" || got.Domain != "" || !got.HttpOnly || got.Secure != c.secure || got.SameSite != http.SameSiteLaxMode {
					t.Errorf("%s is open to others: %+v", got.Name, got)
				}
			}
			if size := len(set[0].Name) + 1 + len(set[0].Value); size > 128 {
				t.Errorf("the cookie takes %d bytes of each request", size)
			}

			r := httptest.NewRequest(http.MethodGet, "https://grafana.example.com/", nil)
			r.AddCookie(set[0])
			r.AddCookie(set[1])
			if cookies.Token(r, c.secure) != browserA || cookies.Browser(r, c.secure) != browserB {
				t.Error("what was set is not read")
			}
			if cookies.Token(r, !c.secure) != "" || cookies.Browser(r, !c.secure) != "" {
				t.Error("a cookie of http passes for one of https, or the reverse")
			}
		})
	}
}

// No cookie of one kind is taken for one of another: on a host that is ours
// and an application's, the main session opens no application and the reverse.
func TestHostCookiesAreTheirOwn(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	main := session.NewCookies(h.manager, true)
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "https://sso.example.com/", nil)
	if err := main.SetSession(w, r, browserA, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	var cookies session.HostCookies
	r.AddCookie(w.Result().Cookies()[0])
	if cookies.Token(r, true) != "" || cookies.Browser(r, true) != "" {
		t.Error("the main session's cookie opens an application")
	}
	w = httptest.NewRecorder()
	cookies.SetToken(w, true, browserB, time.Now().Add(time.Hour))
	r = httptest.NewRequest(http.MethodGet, "https://sso.example.com/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	if main.Token(r) != "" || main.BrowserToken(r) != "" {
		t.Error("an application's cookie is read as the main one")
	}
}

func TestHostCookiesSetNothingBroken(t *testing.T) {
	var cookies session.HostCookies
	w := httptest.NewRecorder()
	cookies.SetToken(w, true, "no token", time.Now().Add(time.Hour))
	cookies.SetToken(w, true, browserA, time.Now())
	cookies.SetBrowser(w, true, "")
	if set := w.Result().Cookies(); len(set) != 0 {
		t.Errorf("cookies: %v", set)
	}
	for _, value := range []string{"", "short", browserA + "A", browserA[:42] + "*"} {
		r := httptest.NewRequest(http.MethodGet, "https://grafana.example.com/", nil)
		r.Header.Set("Cookie", "__Host-sallyport-app="+value)
		if got := cookies.Token(r, true); got != "" {
			t.Errorf("%q was read as %q", value, got)
		}
	}
}

func TestWhoIsLedOnIsLedOnOnce(t *testing.T) {
	for name, secure := range map[string]bool{"__Host-sallyport-again": true, "sallyport-again": false} {
		var cookies session.HostCookies
		value := ""
		leads := func(address string) bool {
			r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
			r.Header.Set("Cookie", name+"="+value)
			on := cookies.LeadOn(w, r, secure, address)
			for _, c := range w.Result().Cookies() {
				if c.Name != name || c.MaxAge != 60 || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) > 64 {
					t.Errorf("cookie %+v", c)
				}
				value = c.Value
			}
			return on
		}
		for i := range 20 { // tabs
			address := "https://wiki.example.com/" + string(rune('a'+i))
			if first := leads(address); first != (i < 8) || leads(address) {
				t.Errorf("%s: led on the first time: %v; the second: %v", address, first, leads(address))
			}
		}
		for _, value = range []string{"", "short", "not a mark ------------"} {
			if !leads("https://wiki.example.com/") || leads("https://wiki.example.com/") {
				t.Errorf("%q is read as a mark, or none is made", value)
			}
		}
	}
}
