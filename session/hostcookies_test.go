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
			}{{c.door, browserA, 3600}, {c.start, browserB, 600}, {c.door, "", -1}} {
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
