package gateway_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/internal/htmlcheck"
	"sallyport/session"
)

const written = "title=The+whole+afternoon%27s+work&text=one%0D%0Atwo&title=&csrf_token=4711"

// keptBy is the handle with which somebody is sent to sign in.
func keptBy(t *testing.T, w *httptest.ResponseRecorder) string {
	t.Helper()
	u, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther || u.Query().Get("kept") == "" {
		t.Fatalf("not kept: %d, %v, %s", w.Code, w.Header(), w.Body)
	}
	return u.Query().Get("kept")
}

func TestInterruptedFormIsSentAgainAfterTheSignIn(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	h.end(s)
	w := v.submit("/pages/42?x=1", written, nil)
	u, err := url.Parse(w.Header().Get("Location"))
	must(t, err)
	if w.Code != http.StatusSeeOther || u.Scheme+"://"+u.Host+u.Path != ssoBase+"/enter" || u.Query().Get("to") != wikiBase+"/pages/42?x=1" {
		t.Fatalf("%d to %s", w.Code, u)
	}
	if got := u.Query().Get("b"); got != base64.RawURLEncoding.EncodeToString(session.BrowserHash(v.cookies[tabCookie])) {
		t.Errorf("bound to %s", got)
	}
	kept := u.Query().Get("kept")
	w = v.back(h.signIn("ann"), "/pages/42?x=1", kept)
	sees(t, w, http.StatusOK,
		htmlcheck.In("h1", htmlcheck.Text("Sending your form")),
		htmlcheck.In("dl", htmlcheck.Text("Goes to "+wikiBase+"/pages/42 Holds title, text, csrf_token")),
		htmlcheck.In("form", htmlcheck.Attr("method", "post"), htmlcheck.Attr("action", wikiBase+"/pages/42?x=1")),
		htmlcheck.Count("form input[name=title]", 2), htmlcheck.In("input[name=csrf_token]", htmlcheck.Attr("value", "4711")),
		htmlcheck.In("input[name=title]", htmlcheck.Attr("value", "The whole afternoon's work")), htmlcheck.Count("form input", 4))
	if v.cookies[appCookie] == "" || w.Header().Get("Referrer-Policy") != "strict-origin" {
		t.Errorf("headers %v", w.Header())
	}
	// Once: what was sent already is not sent again, and nobody claims that it was lost.
	sees(t, v.get("/.sallyport/callback", url.Values{"code": {session.NewToken()}, "to": {"/pages/42"}, "kept": {kept}}), http.StatusConflict,
		htmlcheck.In("main", htmlcheck.Text("It has been sent already, or it was dropped")), htmlcheck.Missing("form"))
	for _, secret := range []string{"afternoon", "4711", "csrf_token", kept, v.cookies[appCookie], v.cookies[tabCookie]} {
		if strings.Contains(h.logs.String(), secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
}

func TestInterruptedFormOfAnotherPersonIsDropped(t *testing.T) {
	h := newHosts(t)
	for name, change := range map[string]func(v *visitor) *session.Session{
		"another person": func(*visitor) *session.Session { return h.signIn("ben") },
		"another browser": func(v *visitor) *session.Session {
			v.cookies[tabCookie] = session.NewToken()
			return h.signIn("ann")
		},
		"another host": func(v *visitor) *session.Session {
			v.base = "https://" + otherHost
			return h.signIn("ann")
		},
	} {
		v, s := h.in("ann")
		h.end(s)
		kept := keptBy(t, v.submit("/save", written, nil))
		browser := v.cookies[tabCookie]
		w := v.back(change(v), "/save", kept)
		sees(t, w, http.StatusConflict, htmlcheck.In("h1", htmlcheck.Text("The form was not sent")),
			htmlcheck.In("main", htmlcheck.Text("somebody else")), htmlcheck.Missing("form"), htmlcheck.In("a.first", htmlcheck.Attr("href", v.base+"/save")))
		if strings.Contains(w.Body.String(), "afternoon") {
			t.Errorf("%s: what it held is shown", name)
		}
		v.base, v.cookies[tabCookie] = wikiBase, browser
		if w := v.back(h.signIn("ann"), "/save", kept); w.Code != http.StatusConflict {
			t.Errorf("%s: it still waits: %d", name, w.Code)
		}
	}
}

func TestWhatCannotBeKeptIsToldAndNotKept(t *testing.T) {
	h := newHosts(t)
	header := func(name string, values ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Del(name)
			for _, value := range values {
				r.Header.Add(name, value)
			}
		}
	}
	origin := func(values ...string) func(*http.Request) {
		return func(r *http.Request) {
			r.Header.Del("Sec-Fetch-Site")
			header("Origin", values...)(r)
		}
	}
	large := "a=" + strings.Repeat("x", session.MaxForm)
	for name, c := range map[string]struct {
		body   string
		change func(*http.Request)
		status int
		says   string
	}{
		// Sent again by our page, it would pass for one of the application's own.
		"of another site":         {written, header("Sec-Fetch-Site", "cross-site"), 403, "another site"},
		"of a neighbour":          {written, header("Sec-Fetch-Site", "same-site"), 403, "another site"},
		"of nobody":               {written, header("Sec-Fetch-Site", "none"), 403, "another site"},
		"of two":                  {written, header("Sec-Fetch-Site", "same-origin", "cross-site"), 403, "another site"},
		"origin against site":     {written, header("Origin", "https://evil.example"), 403, "another site"},
		"two origins":             {written, header("Origin", "null", "https://evil.example"), 403, "another site"},
		"origin alone, another":   {written, origin("https://evil.example"), 403, "another site"},
		"origin alone, plain":     {written, origin("http://" + wikiHost), 403, "another site"},
		"origin alone, port":      {written, origin(wikiBase + ":8443"), 403, "another site"},
		"origin alone, null":      {written, origin("null"), 403, "another site"},
		"origin alone, two":       {written, origin(wikiBase, wikiBase), 403, "another site"},
		"neither":                 {written, origin(), 403, "does not say from where"},
		"with a file":             {written, header("Content-Type", "multipart/form-data; boundary=x"), 415, "Forms with files"},
		"text":                    {written, header("Content-Type", "text/plain"), 415, "ordinary form"},
		"no type":                 {written, header("Content-Type"), 415, "ordinary form"},
		"another encoding said":   {written, header("Content-Type", "application/x-www-form-urlencoded; charset=windows-1252"), 415, "ordinary form"},
		"another encoding":        {"a=%E9", nil, 400, "characters"},
		"too large":               {large, nil, 413, "too large"},
		"too large, not said":     {large, func(r *http.Request) { r.ContentLength = -1 }, 413, "too large"},
		"cut off":                 {written, func(r *http.Request) { r.Body = io.NopCloser(cutOff{}) }, 400, "whole"},
		"nobody's":                {written, header("Cookie"), 401, "whose session"},
		"no form":                 {"", func(r *http.Request) { r.Method = http.MethodGet }, 405, "only takes forms"},
		"somebody's other cookie": {written, header("Cookie", appCookie+"="+session.NewToken()), 401, "whose session"},
	} {
		v, s := h.in("ann")
		h.end(s)
		change := func(r *http.Request) {
			for name, value := range v.cookies {
				r.AddCookie(&http.Cookie{Name: name, Value: value})
			}
			if c.change != nil {
				c.change(r)
			}
		}
		v.bare = true
		t.Run(name, func(t *testing.T) {
			sees(t, v.submit("/save?x=1", c.body, change), c.status, htmlcheck.In("h1", htmlcheck.Text("Nothing was saved")), htmlcheck.In("main", htmlcheck.Text(c.says)),
				htmlcheck.In("a.first", htmlcheck.Attr("href", wikiBase+"/save?x=1"), htmlcheck.Text("Sign in and go on")))
		})
	}
}

type cutOff struct{}

func (cutOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestOrdinaryWaysToSendAFormAreKept(t *testing.T) {
	h := newHosts(t)
	for name, change := range map[string]func(*http.Request){
		"a charset": func(r *http.Request) {
			r.Header.Set("Content-Type", "Application/X-WWW-Form-URLEncoded; charset=UTF-8")
		},
		"an old browser":          func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Del("Sec-Fetch-Mode") },
		"a page without referrer": func(r *http.Request) { r.Header.Set("Origin", "null") },
		"no origin":               func(r *http.Request) { r.Header.Del("Origin") },
		"no length":               func(r *http.Request) { r.ContentLength = -1 },
	} {
		v, s := h.in("ann")
		h.end(s)
		t.Run(name, func(t *testing.T) {
			kept := keptBy(t, v.submit("/save", written, change))
			sees(t, v.back(h.signIn("ann"), "/save", kept), http.StatusOK, htmlcheck.Count("form input", 4))
		})
	}
}

func TestOnlySomeFormsOfOneSessionWait(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	h.end(s)
	for range session.MaxForms {
		keptBy(t, v.submit("/save", written, nil))
	}
	sees(t, v.submit("/save", written, nil), http.StatusConflict, htmlcheck.In("main", htmlcheck.Text("wait for a sign-in already")))
}

// What goes wrong on our side costs nobody a form without telling them, nor
// where it waits yet.
func TestFormSurvivesWhatGoesWrongHere(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	h.end(s)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	w := v.submit("/save", written, func(r *http.Request) { *r = *r.WithContext(gone) })
	sees(t, w, http.StatusServiceUnavailable, htmlcheck.In("h1", htmlcheck.Text("Nothing was saved")), htmlcheck.In("main", htmlcheck.Text("right now")))
	if !strings.Contains(h.logs.String(), context.Canceled.Error()) || strings.Contains(h.logs.String(), "afternoon") {
		t.Errorf("the log says %s", h.logs)
	}

	kept := keptBy(t, v.submit("/save", written, nil))
	v.back(h.signIn("ann"), "/save", "") // in, but what was kept was not asked for, or was not to be had
	again := url.Values{"code": {session.NewToken()}, "to": {"/save"}, "kept": {kept}}
	sees(t, v.get("/.sallyport/callback", again), http.StatusOK, htmlcheck.In("h1", htmlcheck.Text("Sending your form")))
}

// The button leads to the page with the form, where the browser says which it
// was; the address that the form goes to is often no page.
func TestNothingSavedLeadsBackToTheFormsPage(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	h.end(s)
	for referer, want := range map[string]string{
		wikiBase + "/pages/42/edit?draft=1": wikiBase + "/pages/42/edit?draft=1",
		wikiBase + "/":                      wikiBase + "/save",
		"https://evil.example/pages":        wikiBase + "/save",
		wikiBase + "@evil.example/pages":    wikiBase + "/save",
		wikiBase + "/.sallyport/sign-out":   wikiBase + "/save",
		"javascript:alert(1)":               wikiBase + "/save",
	} {
		w := v.submit("/save", "a=%00", func(r *http.Request) { r.Header.Set("Referer", referer) })
		sees(t, w, http.StatusBadRequest, htmlcheck.In("a.first", htmlcheck.Attr("href", want)))
	}
}

func TestInterruptedTakesOnlyAddressesOfTheHost(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	h.end(s)
	for _, to := range []string{"", "//evil.example", `/\evil.example`, "https://evil.example/", "/%2fevil.example", "/x\r\ny", "/.sallyport/callback"} {
		sees(t, v.submit(to, written, nil), http.StatusBadRequest, htmlcheck.In("h1", htmlcheck.Text("Nothing was saved")), htmlcheck.Count("main a", 0))
	}
	sees(t, v.submit("/"+strings.Repeat("a", 4096), written, nil), http.StatusRequestURITooLong, htmlcheck.In("main", htmlcheck.Text("too long")))
}

func TestInterruptedScriptGetsJSON(t *testing.T) {
	h := newHosts(t)
	v, s := h.in("ann")
	h.end(s)
	w := v.submit("/save", written, func(r *http.Request) { r.Header.Set("Sec-Fetch-Mode", "cors") })
	var got map[string]string
	must(t, json.Unmarshal(w.Body.Bytes(), &got))
	if w.Code != http.StatusUnauthorized || got["error"] != "Unauthorized" || got["reason"] != "signed_out" || !strings.HasPrefix(got["sign_in"], ssoBase+"/enter?to=") {
		t.Errorf("%d %v", w.Code, got)
	}
}

// By time, not by an act: the browser shows the token of the session for a day
// more, and the form waits for a quarter of an hour.
func TestFormOfASessionThatRanOut(t *testing.T) {
	for name, c := range map[string]struct {
		wait time.Duration
		page string
	}{"in time": {9 * time.Minute, "Sending your form"}, "too late": {16 * time.Minute, "The form was not sent"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHosts(t)
				v, s := h.in("ann")
				time.Sleep(time.Until(s.ExpiresAt) + time.Hour)
				kept := keptBy(t, v.submit("/save", written, nil))
				time.Sleep(c.wait)
				w := v.back(h.signIn("ann"), "/save", kept)
				for _, err := range htmlcheck.Run(w.Body, htmlcheck.In("h1", htmlcheck.Text(c.page))) {
					t.Error(err)
				}
			})
		})
	}
}

// The person takes their time at the identity provider: what became of the form
// is said, and it is not forgotten on the way.
func TestAFormWhoseWayBackIsOverWaitsOn(t *testing.T) {
	for name, c := range map[string]struct {
		late func(v *visitor)
		kept bool
	}{
		"the code is over":                  {func(*visitor) { time.Sleep(61 * time.Second) }, true},
		"fourteen minutes":                  {func(*visitor) { time.Sleep(14*time.Minute - 61*time.Second) }, true},
		"the browser keeps no such cookies": {func(v *visitor) { delete(v.cookies, tabCookie) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHosts(t)
				v, s := h.in("ann")
				h.end(s)
				w := v.submit("/pages/42?x=1", written, nil)
				kept := keptBy(t, w)
				for _, cookie := range w.Result().Cookies() {
					// The form waits for fifteen minutes, and a code that was made at
					// their end is good for one more.
					if cookie.Name == tabCookie && cookie.MaxAge < 16*60 {
						t.Errorf("the browser forgets whose form it is after %d s", cookie.MaxAge)
					}
				}
				now := h.signIn("ann")
				code := h.code(now, wikiHost, v.cookies[tabCookie])
				c.late(v)
				w = v.get("/.sallyport/callback", url.Values{"code": {code}, "to": {"/pages/42?x=1"}, "kept": {kept}})
				if !c.kept {
					sees(t, w, http.StatusGone, htmlcheck.In("h1", htmlcheck.Text("The form was not sent")), htmlcheck.In("main", htmlcheck.Text("Nothing of the form was saved")),
						htmlcheck.In("a.first", htmlcheck.Attr("href", wikiBase+"/pages/42?x=1"), htmlcheck.Text("Start again")))
					return
				}
				again := ssoBase + "/enter?to=" + url.QueryEscape(wikiBase+"/pages/42?x=1") + "&b=" + base64.RawURLEncoding.EncodeToString(session.BrowserHash(v.cookies[tabCookie])) + "&kept=" + kept
				sees(t, w, http.StatusGone, htmlcheck.In("h1", htmlcheck.Text("Your form has not been sent yet")),
					htmlcheck.In("a.first", htmlcheck.Attr("href", again), htmlcheck.Text("Start again")))
				sees(t, v.back(now, "/pages/42?x=1", kept), http.StatusOK, htmlcheck.In("h1", htmlcheck.Text("Sending your form")),
					htmlcheck.In("input[name=title]", htmlcheck.Attr("value", "The whole afternoon's work")))
			})
		})
	}
}
