package session_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
	"sallyport/session"
)

// one gives the only cookie that act sets.
func one(t *testing.T, act func(w http.ResponseWriter, r *http.Request)) *http.Cookie {
	t.Helper()
	w := httptest.NewRecorder()
	act(w, httptest.NewRequest(http.MethodGet, base+"/", nil))
	cookies := w.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("want one cookie, got %v", cookies)
	}
	return cookies[0]
}

func carrying(cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodGet, base+"/", nil)
	for _, c := range cookies {
		r.AddCookie(&http.Cookie{Name: c.Name, Value: c.Value})
	}
	return r
}

func TestCookieAttributes(t *testing.T) {
	for prefix, secure := range map[string]bool{"__Host-": true, "": false} {
		cookies := session.NewCookies(nil, secure)
		acts := map[string]struct {
			act    func(w http.ResponseWriter, r *http.Request)
			maxAge int
		}{
			"sallyport": {func(w http.ResponseWriter, r *http.Request) {
				if err := cookies.SetSession(w, r, browserA, time.Now().Add(time.Hour+time.Second/2)); err != nil {
					t.Error(err)
				}
			}, 3600},
			"sallyport-admin": {func(w http.ResponseWriter, r *http.Request) {
				if err := cookies.SetAdminSession(w, r, browserA, time.Now().Add(time.Hour+time.Second/2)); err != nil {
					t.Error(err)
				}
			}, 3600},
			"sallyport-browser":          {func(w http.ResponseWriter, r *http.Request) { cookies.Browser(w, r) }, 0},
			"sallyport-arrival-[a-z2-7]": {func(w http.ResponseWriter, r *http.Request) { cookies.SetArrival(w, r, browserA) }, 300},
		}
		for name, a := range acts {
			c := one(t, a.act)
			if !regexp.MustCompile("^" + prefix + name).MatchString(c.Name) {
				t.Errorf("want name %s%s, got %s", prefix, name, c.Name)
			}
			if c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != secure || c.MaxAge != a.maxAge {
				t.Errorf("%s: %+v", name, c)
			}
			if len(c.Value) != 43 {
				t.Errorf("%s: the value is more than a token: %q", name, c.Value)
			}
		}
		for name, clear := range map[string]func(http.ResponseWriter, *http.Request){"sallyport": cookies.Clear, "sallyport-admin": cookies.ClearAdmin} {
			c := one(t, clear)
			if c.Name != prefix+name || c.MaxAge >= 0 || c.Value != "" || c.Path != "/" || c.Secure != secure {
				t.Errorf("clear %s: %+v", name, c)
			}
		}
	}
}

func TestCookiesSession(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	cookies := session.NewCookies(h.manager, true)
	person := h.mustReceive(h.respond(testidp.Response{}))
	link := h.adminSession()
	asPerson := func(token string) *http.Request {
		return carrying(&http.Cookie{Name: "__Host-sallyport", Value: token})
	}
	asAdmin := func(token string) *http.Request {
		return carrying(&http.Cookie{Name: "__Host-sallyport-admin", Value: token})
	}

	if s, err := cookies.Session(asPerson(person.Token)); err != nil || s.ID != person.Session.ID {
		t.Errorf("a person's session: %v, %v", s, err)
	}
	if s, err := cookies.AdminSession(asAdmin(link)); err != nil || s.Kind != session.Link {
		t.Errorf("an administrator's session: %v, %v", s, err)
	}
	for name, err := range map[string]error{
		"a link as a person":         second(cookies.Session(asPerson(link))),
		"a person as administrator":  second(cookies.AdminSession(asAdmin(person.Token))),
		"the administrator's cookie": second(cookies.Session(asAdmin(person.Token))),
		"the person's cookie":        second(cookies.AdminSession(asPerson(link))),
		"no cookie":                  second(cookies.Session(carrying())),
		"a name without its prefix":  second(cookies.Session(carrying(&http.Cookie{Name: "sallyport", Value: person.Token}))),
	} {
		if fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%s: want unauthenticated, got %v", name, err)
		}
	}
	if got := cookies.Token(asPerson(person.Token)); got != person.Token {
		t.Errorf("token: %q", got)
	}
	if got := cookies.AdminToken(asAdmin(link)); got != link {
		t.Errorf("administrator's token: %q", got)
	}
}

func second(_ *session.Session, err error) error { return err }

// Whatever a stranger puts into a cookie or a link, it costs no query unless it could be a token.
func TestMalformedTokensCostNoQuery(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	manager := h.over(noReads{t, h.db}, h.db)
	cookies := session.NewCookies(manager, true)
	for _, value := range []string{"", "x", browserA[1:], browserA + "A", strings.Repeat("!", 43), strings.Repeat("A", 42) + "B", strings.Repeat("A", 4000)} {
		r := carrying(&http.Cookie{Name: "__Host-sallyport", Value: value})
		if token := cookies.Token(r); token != "" {
			t.Errorf("%q is taken for a token", value)
		}
		if _, err := cookies.Session(r); fault.KindOf(err) != fault.Unauthenticated {
			t.Errorf("%q: want unauthenticated, got %v", value, err)
		}
		if _, err := manager.UseAdminLink(t.Context(), value, ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%q as a link: want not found, got %v", value, err)
		}
	}
}

type noReads struct {
	t *testing.T
	session.Store
}

func (n noReads) Session(context.Context, []byte) (*session.Session, error) {
	n.t.Error("the store was asked")
	return nil, fault.New(fault.NotFound, "")
}

func (n noReads) UseAdminLink(context.Context, []byte, *session.Session, audit.Event) error {
	n.t.Error("the store was asked")
	return fault.New(fault.NotFound, "")
}

func TestCookiesSetSessionRefusesWhatIsOver(t *testing.T) {
	cookies := session.NewCookies(nil, true)
	for name, c := range map[string]struct {
		token string
		until time.Time
	}{
		"a session that is over": {browserA, time.Now()},
		"no token":               {"", time.Now().Add(time.Hour)},
	} {
		w := httptest.NewRecorder()
		if err := cookies.SetSession(w, carrying(), c.token, c.until); err == nil || len(w.Result().Cookies()) != 0 {
			t.Errorf("%s: got %v, cookies %v", name, err, w.Result().Cookies())
		}
	}
}

func TestCookiesBrowserStaysTheSame(t *testing.T) {
	cookies := session.NewCookies(nil, true)
	c := one(t, func(w http.ResponseWriter, r *http.Request) {
		if cookies.BrowserToken(r) != "" {
			t.Error("a token from nowhere")
		}
		cookies.Browser(w, r)
	})
	w := httptest.NewRecorder()
	r := carrying(c)
	if got := cookies.Browser(w, r); got != c.Value || len(w.Result().Cookies()) != 0 {
		t.Errorf("want %q and no new cookie, got %q, %v", c.Value, got, w.Result().Cookies())
	}
	if got := cookies.BrowserToken(r); got != c.Value {
		t.Errorf("want %q, got %q", c.Value, got)
	}
}

func TestCookiesKeepTwoArrivalsApart(t *testing.T) {
	cookies := session.NewCookies(nil, true)
	var a, b string
	ca := one(t, func(w http.ResponseWriter, r *http.Request) { a = cookies.SetArrival(w, r, browserA) })
	cb := one(t, func(w http.ResponseWriter, r *http.Request) { b = cookies.SetArrival(w, r, browserB) })
	r := carrying(ca, cb)
	if a == b || len(a) != 8 || cookies.PeekArrival(r, a) != browserA || cookies.PeekArrival(r, b) != browserB {
		t.Errorf("arrivals %q and %q", a, b)
	}
	strange := &http.Cookie{Name: "__Host-sallyport-arrival-../../..", Value: browserA}
	if got := cookies.Arrivals(carrying(ca, strange, cb, ca, &http.Cookie{Name: "sallyport-arrival-aaaaaaaa", Value: browserA})); !slices.Equal(got, []string{a, b}) {
		t.Errorf("all that wait: %q, want %q and %q", got, a, b)
	}

	w := httptest.NewRecorder()
	if got := cookies.TakeArrival(w, r, a); got != browserA {
		t.Errorf("take: %q", got)
	}
	if taken := w.Result().Cookies(); len(taken) != 1 || taken[0].Name != ca.Name || taken[0].MaxAge >= 0 {
		t.Errorf("the cookie was not taken back: %v", taken)
	}
	for _, name := range []string{"", "short", "AAAAAAAA", "../../..", "aaaaaaaa", a + "a"} {
		w := httptest.NewRecorder()
		if got := cookies.TakeArrival(w, r, name); got != "" || len(w.Result().Cookies()) != 0 {
			t.Errorf("%q: got %q, cookies %v", name, got, w.Result().Cookies())
		}
	}
	if name := cookies.SetArrival(httptest.NewRecorder(), r, "no token"); name != "" {
		t.Errorf("no token got the name %q", name)
	}
}

// The cookie lives as long as the session, and no longer.
func TestCookieEndsWithItsSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cookies := session.NewCookies(nil, true)
		until := time.Now().Add(20 * time.Minute)
		time.Sleep(5 * time.Minute)
		c := one(t, func(w http.ResponseWriter, r *http.Request) {
			if err := cookies.SetSession(w, r, browserA, until); err != nil {
				t.Error(err)
			}
		})
		if c.MaxAge != 15*60 || !c.Expires.Equal(until) {
			t.Errorf("max-age %d, expires %v", c.MaxAge, c.Expires)
		}
	})
}
