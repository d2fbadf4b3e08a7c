package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/internal/htmlcheck"
	"sallyport/web"
)

// address makes a path of a pattern.
func address(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	return method, strings.NewReplacer("{$}", "", "{idp}", "default", "{target...}", "grafana", "{", "", "}", "").Replace(path)
}

func TestEveryRouteIsLockedUnlessOpened(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	opened := map[string]bool{
		"GET /healthz": true, "GET /readyz": true, "GET /static/{sum}/{file}": true,
		"GET /signin": true, "POST /signin": true, "GET /signout": true, "POST /signout": true, "GET /signed-out": true,
		"GET /go/{target...}": true, "GET /enter": true,
		"GET /admin/signin/{token}": true, "POST /admin/signin/{token}": true,
		"GET /setup/{token}": true, "POST /setup/{token}": true, "GET /calendar/{file}": true,
	}
	b := h.browser()
	for _, r := range h.server.Routes() {
		method, path := address(r.Pattern)
		protocol := strings.HasPrefix(path, "/saml/")
		switch a := b.do(method, path, url.Values{}); {
		case r.Administrator || r.Auditor:
			if a.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: want 401, got %d", r.Pattern, a.StatusCode)
			}
			if strings.Contains(a.body, "grafana") || a.Header.Get("Cache-Control") != "no-store" {
				t.Errorf("%s: says too much to strangers", r.Pattern)
			}
		case r.SignedIn && method != "GET":
			if a.StatusCode != http.StatusUnauthorized {
				t.Errorf("%s: want 401, got %d", r.Pattern, a.StatusCode)
			}
		case r.SignedIn:
			if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin?") {
				t.Errorf("%s: want to be sent to sign in, got %d", r.Pattern, a.StatusCode)
			}
		case !protocol && !opened[r.Pattern]:
			t.Errorf("%s: open, and not on this test's list", r.Pattern)
		}
		if strings.HasPrefix(path, "/admin") && !r.Administrator && !r.Auditor && !opened[r.Pattern] {
			t.Errorf("%s: of the console, and not for administrators alone", r.Pattern)
		}
		if r.Auditor && method != "GET" {
			t.Errorf("%s: an Auditor could change something", r.Pattern)
		}
	}
}

// TestPeopleAreNoAdministrators holds the two kinds of session apart.
func TestPeopleAreNoAdministrators(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.browser()
	b.arrive("default", h.respond("default", response("ann")))
	b.get("/admin").check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("not for you")))
	if got := h.administrator().who(); got != "" {
		t.Errorf("an administrator's link signs in as %q", got)
	}
}

func TestFormsOfOtherSites(t *testing.T) {
	h := newHouse(t)
	for _, r := range h.server.Routes() {
		method, path := address(r.Pattern)
		if method != "POST" {
			continue
		}
		acs := strings.HasSuffix(path, "/acs") || strings.HasSuffix(path, "/slo")
		if r.Assertion != acs {
			t.Errorf("%s: exempted %v, want %v", r.Pattern, r.Assertion, acs)
		}
		for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example.net"}, {"Origin", "null"}} {
			a := h.browser().post(path, nil, headers...)
			if stopped := strings.Contains(a.body, "sent from another site"); stopped == acs {
				t.Errorf("%s with %v: stopped %v (status %d)", r.Pattern, headers, stopped, a.StatusCode)
			}
		}
	}
}

func TestHeaders(t *testing.T) {
	h := newHouse(t)
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
		"Referrer-Policy":         "same-origin",
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
	}
	for _, path := range []string{"/signin", "/admin", "/nowhere", "/saml/metadata", "/session", "/healthz"} {
		a := h.browser().get(path)
		for name, value := range want {
			if got := a.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", path, name, got, value)
			}
		}
		if a.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: no request ID", path)
		}
		if a.Header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: HSTS on plain http", path)
		}
	}
	secure := newHouse(t, func(o *web.Options) { o.BaseURL = "https://sso.example.com" })
	if got := secure.browser().get("/signin").Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("no HSTS on https")
	}
}

func TestPathsAndMethodsThatAreNotThere(t *testing.T) {
	b := newHouse(t).browser()
	b.get("/nowhere").check(t, http.StatusNotFound, htmlcheck.In("h1", htmlcheck.Text("Page not found")))
	a := b.post("/saml/metadata", nil)
	a.check(t, http.StatusMethodNotAllowed)
	if got := a.Header.Get("Allow"); got != "GET, HEAD" {
		t.Errorf("Allow: %q", got)
	}
	if a := b.get("/saml/acs"); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET of an assertion consumer service: %d", a.StatusCode)
	}
	if a := b.get("/nowhere", "Accept", "application/json"); a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("a program gets %s", a.Header.Get("Content-Type"))
	}
	b.get("/saml/slo").check(t, http.StatusBadRequest)
}

func TestMetadata(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/saml/metadata", "/saml/default/metadata"} {
		a := h.browser().get(path)
		if a.StatusCode != 200 || a.Header.Get("Content-Type") != "application/samlmetadata+xml" || a.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
		}
		if !strings.Contains(a.body, h.url+"/saml/") {
			t.Errorf("%s: not ours: %s", path, a.body)
		}
	}
	a := h.browser().get("/saml/metadata?download")
	if got := a.Header.Get("Content-Disposition"); got != `attachment; filename="sallyport-default-metadata.xml"` {
		t.Errorf("download: %q", got)
	}
	head := h.browser().do("HEAD", "/saml/metadata", nil)
	if head.StatusCode != 200 || head.ContentLength != int64(len(a.body)) {
		t.Errorf("HEAD: %d, %d bytes of %d", head.StatusCode, head.ContentLength, len(a.body))
	}
	h.browser().get("/saml/nowhere/metadata").check(t, http.StatusNotFound)
}

func TestHealth(t *testing.T) {
	h := newHouse(t)
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := h.browser().get(path); a.StatusCode != 200 || a.body != "ok\n" {
			t.Errorf("%s: %d %q", path, a.StatusCode, a.body)
		}
	}
	must(t, h.db.Close())
	if a := h.browser().get("/readyz"); a.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("without a database: %d", a.StatusCode)
	}
}

func TestStaticFilesStayForGood(t *testing.T) {
	h := newHouse(t)
	page := h.browser().get("/signin").body
	_, rest, _ := strings.Cut(page, `<link rel="stylesheet" href="`)
	path, _, _ := strings.Cut(rest, `"`)
	a := h.browser().get(path)
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(a.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d %v", path, a.StatusCode, a.Header)
	}
	h.browser().get("/static/0000000000000000/app.css").check(t, http.StatusNotFound)
}
