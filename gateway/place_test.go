package gateway

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// FuzzPlace: whatever a header says, a place that is taken is read in the same
// way by everybody else, and survives the way through the sign-in.
func FuzzPlace(f *testing.F) {
	for _, host := range []string{"wiki.example.com", "WIKI.example.com:443", "[2001:db8::1]:8443", "a@b", "a,b", "a:80:80", "a..b", "-a"} {
		f.Add("https", host, "/d/abc?x=1&y=%2F", "GET")
	}
	f.Add("http", "a:80", "//b", "get")
	f.Add("wss", "a", `/\b`, "PROPFIND")
	f.Fuzz(func(t *testing.T, scheme, host, path, method string) {
		p, err := newPlace(scheme, host, path, method)
		if err != nil {
			return
		}
		u, err := url.Parse(p.url())
		if err != nil {
			// net/url is stricter with percent signs than browsers are.
			if !strings.Contains(p.path, "%") && !strings.HasPrefix(p.host, "[") {
				t.Fatalf("%q: %v", p.url(), err)
			}
			return
		}
		if u.User != nil || u.Host != p.host || u.Scheme+"://"+u.Host != p.origin || u.Fragment != "" || p.host != strings.ToLower(p.host) {
			t.Fatalf("%q is read as %+v", p.url(), u)
		}
		if (u.Scheme == "https") != p.secure || u.Port() == "443" && p.secure || u.Port() == "80" && !p.secure {
			t.Fatalf("%q: secure %v", p.url(), p.secure)
		}
		again, err := newPlace(u.Scheme, u.Host, p.path, method)
		if err != nil || again != p {
			t.Fatalf("%+v became %+v, %v", p, again, err)
		}
		to, err := url.Parse((&Gateway{o: Options{BaseURL: "https://sso.example.com"}}).signInURL(p.url(), "", "", signedOut))
		if err != nil || to.Host != "sso.example.com" || to.Query().Get("to") != p.url() {
			t.Fatalf("%q is lost on the way: %v", p.url(), to)
		}
	})
}

// FuzzOnlyCookie holds it against net/http: it finds the same where there is
// one, and never one of two.
func FuzzOnlyCookie(f *testing.F) {
	f.Add("a=1; __Host-sallyport-app=x; b=2")
	f.Add("__Host-sallyport-app=x;__Host-sallyport-app=y")
	f.Add("__Host-sallyport-app")
	f.Fuzz(func(t *testing.T, line string) {
		const name = "__Host-sallyport-app"
		h := http.Header{"Cookie": {line}}
		value, clash := onlyCookie(h, name)
		values := map[string]bool{}
		for _, c := range (&http.Request{Header: h}).CookiesNamed(name) {
			values[c.Value] = true
		}
		if clash && value != "" {
			t.Fatalf("%q: a clash, and %q", line, value)
		}
		if len(values) > 1 && !clash {
			t.Fatalf("%q: %v are not told apart", line, values)
		}
		// What net/http would not read is no token either.
		if token := strings.Trim(value, "-_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == ""; !clash && value != "" && token && !values[value] {
			t.Fatalf("%q: found %q, and net/http %v", line, value, values)
		}
	})
}
