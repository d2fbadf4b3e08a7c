package doctor_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/gateway/doctor"
)

const base = "https://sso.example.com"

// site is a page behind a gateway that lets in whom passes says.
func site(t *testing.T, passes func(*http.Request) bool, inside http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if passes(r) {
			inside(w, r)
			return
		}
		http.Redirect(w, r, base+"/enter?to="+url.QueryEscape("http://"+r.Host+r.URL.RequestURI()), http.StatusFound)
	}))
	t.Cleanup(server.Close)
	return server.URL + "/"
}

func nobody(*http.Request) bool { return false }

// says lets in who has a header whose name flattens to name's.
func says(name string) func(*http.Request) bool {
	flat := func(name string) string {
		return strings.ToLower(strings.Map(func(c rune) rune {
			if strings.ContainsRune("-_.!#$%&'*+^`|~", c) {
				return '-'
			}
			return c
		}, name))
	}
	return func(r *http.Request) bool {
		for header := range r.Header {
			if flat(header) == flat(name) && header != http.CanonicalHeaderKey(name) {
				return true
			}
		}
		return false
	}
}

func signedIn(r *http.Request) bool {
	c, err := r.Cookie("sallyport-app")
	return err == nil && c.Value == "token"
}

func examined(t *testing.T, o doctor.Options, check string) doctor.Finding {
	t.Helper()
	found, err := doctor.Examine(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Check == check {
			return f
		}
	}
	t.Fatalf("there is no %q among %+v", check, found)
	return doctor.Finding{}
}

func expect(t *testing.T, what string, f doctor.Finding, want doctor.Outcome) {
	t.Helper()
	if f.Outcome != want {
		t.Errorf("%s: %s: %s, want %s", what, f.Outcome, f.Says, want)
	}
}

// limited answers status to requests with more than so many headers, as
// servers do.
func limited(most, status int, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		n := 0
		for _, values := range r.Header {
			n += len(values)
		}
		if n > most {
			w.WriteHeader(status)
			return
		}
		next(w, r)
	}
}

// A refusal for the number of headers, or for their size, says nothing of what
// they say.
func TestForgedIdentityBeyondWhatServersTake(t *testing.T) {
	for _, status := range []int{http.StatusBadRequest, http.StatusRequestHeaderFieldsTooLarge} {
		for _, most := range []int{100, 10} {
			believes := says("Remote-User")
			open := limited(most, status, func(w http.ResponseWriter, r *http.Request) {
				if believes(r) {
					fmt.Fprint(w, "welcome")
					return
				}
				http.Redirect(w, r, base+"/enter?to="+url.QueryEscape("http://"+r.Host+r.URL.RequestURI()), http.StatusFound)
			})
			page := site(t, func(*http.Request) bool { return true }, open)
			expect(t, fmt.Sprint("believes, ", most, status), examined(t, doctor.Options{URL: page, BaseURL: base}, "forged identity, signed out"), doctor.Bad)
			believes = nobody
			expect(t, fmt.Sprint("sound, ", most, status), examined(t, doctor.Options{URL: page, BaseURL: base}, "forged identity, signed out"), doctor.Good)
		}
	}
}

// An application leads on whom it lets in: that is no sign-in.
func TestForgedIdentityThatIsLedOn(t *testing.T) {
	for name, to := range map[string]string{"its own page": "/dashboards", "its own entrance": "/enter?to=/", "another's sign-in": "https://other.example.com/enter?to=x"} {
		page := site(t, says("Remote-User"), func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) })
		for _, known := range []string{base, ""} {
			expect(t, name+" "+known, examined(t, doctor.Options{URL: page, BaseURL: known}, "forged identity, signed out"), doctor.Bad)
		}
	}
	for _, known := range []string{base, ""} {
		expect(t, "sound "+known, examined(t, doctor.Options{URL: site(t, nobody, nil), BaseURL: known}, "forged identity, signed out"), doctor.Good)
	}
}

// Whichever character an application reads as an underscore, the doctor has
// tried it.
func TestForgedIdentityInEverySpelling(t *testing.T) {
	for _, mark := range strings.Split("_.!#$%&'*+^`|~", "") {
		for _, name := range []string{"Remote-User", "X-Auth-Request-Preferred-Username"} {
			spelled := http.CanonicalHeaderKey(strings.ReplaceAll(name, "-", mark))
			page := site(t, func(r *http.Request) bool { return r.Header[spelled] != nil }, func(http.ResponseWriter, *http.Request) {})
			expect(t, spelled, examined(t, doctor.Options{URL: page}, "forged identity, signed out"), doctor.Bad)
		}
	}
	mixed := http.CanonicalHeaderKey("X-Sallyport_Permission.Set")
	arrives := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header[mixed]) }
	o := doctor.Options{URL: site(t, signedIn, arrives), Token: "token", Echo: "/"}
	f := examined(t, o, "forged identity, signed in")
	expect(t, "mixed", f, doctor.Bad)
	if !strings.EqualFold(strings.Fields(f.Says)[2], mixed) {
		t.Errorf("%q, want it to name %s", f.Says, mixed)
	}
}

// Signed in, too, a server may take few headers at once.
func TestForgedIdentitySignedInBeyondWhatServersTake(t *testing.T) {
	for _, header := range []string{"Remote.user", ""} {
		page := site(t, signedIn, limited(12, http.StatusBadRequest, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header[header]) }))
		want := doctor.Bad
		if header == "" {
			want = doctor.Good
		}
		expect(t, header, examined(t, doctor.Options{URL: page, Token: "token", Echo: "/"}, "forged identity, signed in"), want)
	}
}

// What got no answer is not called good.
func TestNoAnswerIsUnknown(t *testing.T) {
	plain := map[string]bool{"Accept": true, "Accept-Encoding": true, "Cookie": true, "Sec-Fetch-Dest": true, "Sec-Fetch-Mode": true, "User-Agent": true}
	page := site(t, func(r *http.Request) bool {
		if r.URL.Path != "/" || r.Header.Get("Connection") != "" {
			panic(http.ErrAbortHandler)
		}
		for name := range r.Header {
			if !plain[name] {
				panic(http.ErrAbortHandler)
			}
		}
		return signedIn(r)
	}, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, access.HeaderAssertion) })
	found, err := doctor.Examine(t.Context(), doctor.Options{URL: page, BaseURL: base, Token: "token", Echo: "/"})
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]bool{"forged identity, signed out": true, "forwarded headers of strangers": true, "address of the client": true,
		"paths": true, "forged identity, signed in": true, "hop-by-hop headers": true}
	for _, f := range found {
		if left[f.Check] {
			expect(t, f.Check, f, doctor.Unknown)
			delete(left, f.Check)
		}
	}
	if len(left) > 0 {
		t.Errorf("nothing is said of %v", left)
	}
}

// A server that is busy has not said who may pass.
func TestForgedIdentityOfBusyServer(t *testing.T) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		page := site(t, says("Remote-User"), func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		expect(t, fmt.Sprint(status), examined(t, doctor.Options{URL: page}, "forged identity, signed out"), doctor.Unknown)
	}
}

func TestUpstreamIsAnAddress(t *testing.T) {
	page := site(t, nobody, nil)
	for _, upstream := range []string{"127.0.0.1", "127.0.0.1:", ":3000", "127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:http", "http://127.0.0.1:3000", "::1:3000", "[::1]"} {
		if found, err := doctor.Examine(t.Context(), doctor.Options{URL: page, Upstream: upstream}); err == nil || found != nil {
			t.Errorf("%q: %d findings, want an error", upstream, len(found))
		}
	}
}

// Only a port that was tried, and did not answer, is good.
func TestUpstreamThatCannotBeTried(t *testing.T) {
	page := site(t, nobody, nil)
	for upstream, want := range map[string]doctor.Outcome{
		"no-such-host.invalid:3000": doctor.Unknown,
		closed(t):                   doctor.Good,
		strings.TrimSuffix(strings.TrimPrefix(page, "http://"), "/"): doctor.Bad,
	} {
		expect(t, upstream, examined(t, doctor.Options{URL: page, Upstream: upstream}, "around the proxy"), want)
	}
}

// closed is an address where nobody listens.
func closed(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(nil)
	server.Close()
	return strings.TrimPrefix(server.URL, "http://")
}
