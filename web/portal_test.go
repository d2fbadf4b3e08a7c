package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/internal/htmlcheck"
)

func TestPortalShowsWhatOneMayEnter(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	a := b.get("/")
	a.check(t, 200,
		htmlcheck.Count("a.tile-go", 3), htmlcheck.Count("a.tile-go[href=/go/grafana]", 1), htmlcheck.Count("a.tile-go[href=/go/pager]", 1),
		htmlcheck.Count("ul.tile-sets a", 2), htmlcheck.Count("a[href=/go/deploy?permission_set=ViewOnlyAccess]", 1),
		htmlcheck.Missing("form[role=search]"))
	for _, hidden := range []string{"ayroll", "ault"} {
		if strings.Contains(strings.ReplaceAll(a.body, "default", ""), hidden) {
			t.Errorf("the portal names an application that ann may not enter: %s", hidden)
		}
	}
	h.signedIn("ben").get("/").check(t, 200, htmlcheck.Count("a.tile-go", 2), htmlcheck.Count("a.tile-go[href=/go/payroll]", 1))
}

// crowd adds many applications for everyone.
func crowd(t testing.TB, h *house, n int) {
	t.Helper()
	for i := range n {
		must(t, h.apps.Add(t.Context(), &access.Application{
			Name: fmt.Sprintf("app-%03d", i), Title: fmt.Sprintf("Application %03d", i), Description: "Number " + fmt.Sprint(i%7),
			URL: fmt.Sprintf("https://app-%03d.example.com/", i), Entry: access.Everyone,
		}, "command"))
	}
}

func TestPortalSearchAndPages(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	crowd(t, h, 130)
	b := h.signedIn("ann")
	b.get("/").check(t, 200, htmlcheck.Count("a.tile-go", 60), htmlcheck.Count("form[role=search]", 1),
		htmlcheck.In("nav.pages", htmlcheck.Text("1–60 of 131")), htmlcheck.Count("a[rel=next][href=/?page=2]", 1), htmlcheck.Missing("a[rel=prev]"))
	b.get("/?page=3").check(t, 200, htmlcheck.Count("a.tile-go", 11), htmlcheck.In("nav.pages", htmlcheck.Text("121–131 of 131")), htmlcheck.Missing("a[rel=next]"))
	for _, page := range []string{"99", "-1", "x", "99999999999999999999"} {
		b.get("/?page="+page).check(t, 200, htmlcheck.In("nav.pages", htmlcheck.Text("of 131")))
	}
	b.get("/?q=graf").check(t, 200, htmlcheck.Count("a.tile-go", 1), htmlcheck.In("#found", htmlcheck.Text("1 application found")))
	b.get("/?q=APPLICATION+07").check(t, 200, htmlcheck.Count("a.tile-go", 12))
	b.get("/?q=number+3").check(t, 200, htmlcheck.In("#found", htmlcheck.Text("applications found")))
	b.get("/?q="+url.QueryEscape(`<script>"&page=2`)).check(t, 200, htmlcheck.Count("a.tile-go", 0), htmlcheck.In(".empty", htmlcheck.Text(`matches “<script>"&page=2”`)))
	b.get("/?q=example").check(t, 200, htmlcheck.Count("a[rel=next]", 1))
	b.get("/?q=example+app&page=2").check(t, 200, htmlcheck.Count("a[rel=next]", 1), htmlcheck.Count("a[rel=prev]", 1))
	b.get("/?q="+strings.Repeat("ü", 5000)).check(t, 200)
	if csp := b.get("/").Header.Get("Content-Security-Policy"); !strings.HasSuffix(csp, "; connect-src 'self'") || !strings.Contains(csp, "default-src 'none'") {
		t.Errorf("policy %q", csp)
	}
}

func TestPinsAndRecents(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	crowd(t, h, 20)
	b := h.signedIn("ann")
	b.get("/").check(t, 200, htmlcheck.Missing("#pinned"), htmlcheck.Missing("#recent"))
	b.get("/go/app-007/x").leadsTo(t, "https://app-007.example.com/x")
	b.get("/go/app-003").leadsTo(t, "https://app-003.example.com/")
	b.get("/").check(t, 200, htmlcheck.Count("section[aria-labelledby=recent] a.tile-go", 2), htmlcheck.In("section[aria-labelledby=recent] a.tile-go", htmlcheck.Text("003")))
	b.post("/pins", url.Values{"application": {"app-007"}, "q": {"application 0"}, "page": {"1"}}).leadsTo(t, "/?page=1&q=application+0")
	b.post("/pins", url.Values{"application": {"grafana"}}).leadsTo(t, "/")
	b.get("/").check(t, 200,
		htmlcheck.Count("section[aria-labelledby=pinned] a.tile-go", 2), htmlcheck.Count("section[aria-labelledby=recent] a.tile-go", 1),
		htmlcheck.In("section[aria-labelledby=pinned] form", htmlcheck.Attr("action", "/pins/removals")))
	b.get("/?q=app").check(t, 200, htmlcheck.Missing("#pinned"), htmlcheck.Missing("#recent"))
	h.signedIn("ben").get("/").check(t, 200, htmlcheck.Missing("#pinned"))
	b.post("/pins/removals", url.Values{"application": {"app-007"}}).leadsTo(t, "/")
	b.get("/").check(t, 200, htmlcheck.Count("section[aria-labelledby=pinned] a.tile-go", 1))
	b.post("/pins", url.Values{"application": {"nowhere"}}).check(t, http.StatusNotFound)
	b.post("/pins", url.Values{"application": {"grafana"}, "q": {"//evil.example.net"}}).leadsTo(t, "/?q=%2F%2Fevil.example.net")
	b.post("/pins", url.Values{"application": {"grafana"}}, "Sec-Fetch-Site", "cross-site").check(t, http.StatusForbidden)

	// Who may not enter any more sees neither.
	must(t, h.apps.Remove(t.Context(), "grafana", "command"))
	b.get("/").check(t, 200, htmlcheck.Missing("#pinned"))
}
