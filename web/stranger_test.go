package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func (h *house) newestDenial() audit.Event {
	h.t.Helper()
	events, err := h.db.Events(h.t.Context(), audit.Filter{Actions: []audit.Action{audit.AccessDenied}, Limit: 1})
	must(h.t, err)
	if len(events) == 0 {
		h.t.Fatal("no entry was denied")
	}
	return events[0]
}

// emailDomains says for which domains a connection speaks.
func (h *house) emailDomains(slug string, domains ...string) {
	h.t.Helper()
	_, err := h.registry.UpdateSettings(h.t.Context(), slug, 0, func(_ *string, s *idp.Settings) { s.EmailDomains = domains }, "command")
	must(h.t, err)
}

// Whoever another identity provider calls by somebody's name gets nothing of
// what this house has given to that person.
func TestStrangersGetNothingOfAPersons(t *testing.T) {
	h := company(t)
	view := h.apps.PermissionSetNamed("ViewOnlyAccess")
	h.signedIn("ann").get("/go/grafana").leadsTo(t, "https://grafana.example.com/") // hers now, and on her shelf
	ann := h.person("ann@example.com")
	grant := func(app string, to access.Principal) {
		_, err := h.apps.Grant(t.Context(), []*access.Assignment{{Principal: to, ApplicationID: h.apps.Application(app).ID, PermissionSetID: view.ID}}, "command")
		must(t, err)
	}
	grant("vault", access.Principal{Kind: access.ToUser, ID: ann.ID})
	grant("payroll", access.Principal{Kind: access.ToGroup, ID: h.group("", "clerks", ann.ID).ID})
	h.connect("partner", nil)
	through := func(slug string) *browser {
		b := h.browser()
		b.arrive(slug, h.respond(slug, testidp.Response{Person: "ann"}))
		return b
	}
	wants := func(b *browser, status int) {
		t.Helper()
		for _, app := range []string{"vault", "payroll"} {
			if got := b.get("/go/" + app).StatusCode; got != status {
				t.Errorf("%s: %d, want %d", app, got, status)
			}
		}
	}
	wants(through("default"), http.StatusSeeOther)
	b := through("partner")
	wants(b, http.StatusForbidden)
	if e := h.newestDenial(); !strings.Contains(string(e.Detail), "a person of the connection default") {
		t.Errorf("the administrator reads %s", e.Detail)
	}
	b.get("/").check(t, 200, htmlcheck.Count("a.tile-go", 1)) // Grafana is for everyone
	if a := b.post("/pins", url.Values{"application": {"grafana"}}); a.StatusCode != http.StatusForbidden {
		t.Errorf("a stranger pins: %d", a.StatusCode)
	}
	if a := b.get("/session", "Accept", "application/json"); strings.Contains(a.body, "clerks") {
		t.Errorf("a stranger is in her groups: %s", a.body)
	}
	before, err := h.apps.Shelf(t.Context(), ann.ID)
	must(t, err)
	b.get("/go/grafana").leadsTo(t, "https://grafana.example.com/")
	if after, err := h.apps.Shelf(t.Context(), ann.ID); err != nil || len(after) != len(before) || !after[0].EnteredAt.Equal(before[0].EnteredAt) {
		t.Errorf("a stranger is on her shelf: %+v, %v", after, err)
	}
	ask := url.Values{"app": {"vault"}, "person": {"ann@example.com"}, "idp": {"partner"}}
	for _, live := range []bool{true, false} {
		if !live {
			b.post("/signout", nil)
		}
		h.administrator().get("/admin/reach?"+ask.Encode()).check(t, 200,
			htmlcheck.In("#verdict", htmlcheck.Text("No: ann@example.com can't open")), htmlcheck.In("main", htmlcheck.Text("They are a person of the connection default")))
	}

	h.emailDomains("partner", "example.com") // it speaks for her too
	wants(through("partner"), http.StatusSeeOther)
	h.emailDomains("partner", "example.net", "EXAMPLE.com")
	wants(through("partner"), http.StatusSeeOther)
	h.emailDomains("partner")
	_, err = h.registry.Disable(t.Context(), "default", "command") // and now she is nobody's
	must(t, err)
	wants(through("partner"), http.StatusSeeOther)
}

// Who has not signed in learns neither where a name leads nor whether there is
// such a name.
func TestStrangersLearnNoAddresses(t *testing.T) {
	h := company(t)
	h.opens(access.Application{Name: "layoffs", Title: "Project Layoffs", URL: "https://layoffs.internal.example.com/", Links: []access.DeepLink{{Name: "list", Path: "/names?token=abc"}}})
	b := h.browser()
	for _, link := range []string{"/go/layoffs", "/go/layoffs/~list", "/go/nothing", "/go/nothing/~list", "/go/layoffs?permission_set=OnCall", "/go/grafana/d"} {
		b.get(link).leadsTo(t, "/signin?target="+url.QueryEscape(link))
	}
	b.get("/go/"+strings.Repeat("x", 5<<10)).leadsTo(t, "/signin?target="+url.QueryEscape("/?notice=target"))

	h.connect("partner", nil)
	for target, named := range map[string]bool{"layoffs": false, "/go/layoffs": false, "nothing": false, "grafana": true} {
		page := b.get("/signin?target=" + url.QueryEscape(target)).body
		if strings.Contains(page, "Project Layoffs") || strings.Contains(page, "layoffs.internal") || strings.Contains(page, "Grafana") != named {
			t.Errorf("the sign-in page for %s says %s", target, page)
		}
	}
}

// Neither the denied page nor pins tell what there is.
func TestDeniedPeopleLearnNoNames(t *testing.T) {
	h := company(t)
	b := h.signedIn("ben")
	program := func(link string) string { return b.get(link, "Accept", "application/json").body }
	for _, app := range []string{"vault", "payroll"} {
		if known, unknown := program("/go/"+app+"?permission_set=OnCall"), program("/go/"+app+"?permission_set=Nobody"); known != unknown {
			t.Errorf("a set that exists: %s, and one that does not: %s", known, unknown)
		}
	}
	for _, path := range []string{"/pins", "/pins/removals"} {
		theirs, nobodys := b.post(path, url.Values{"application": {"vault"}}), b.post(path, url.Values{"application": {"nothing"}})
		if theirs.StatusCode != nobodys.StatusCode || theirs.Header.Get("Location") != nobodys.Header.Get("Location") {
			t.Errorf("%s: %d of what they may not enter, %d of what is not there", path, theirs.StatusCode, nobodys.StatusCode)
		}
	}
	if a := b.post("/pins", url.Values{"application": {"payroll"}}); a.StatusCode != http.StatusSeeOther {
		t.Errorf("what they may enter is not pinned: %d", a.StatusCode)
	}
}

// Who goes to and fro is written down once.
func TestEntriesAreWrittenOnceAMinute(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	entered := func() access.ShelfItem {
		items, err := h.apps.Shelf(t.Context(), h.person("ann@example.com").ID)
		must(t, err)
		for _, item := range items {
			if item.ApplicationID == h.apps.Application("deploy").ID {
				return item
			}
		}
		t.Fatal("not on the shelf")
		return access.ShelfItem{}
	}
	b.get("/go/deploy?permission_set=ViewOnlyAccess")
	first := entered()
	must(t, h.apps.Entered(t.Context(), h.person("ann@example.com").ID, first.ApplicationID, h.apps.PermissionSetNamed("AdministratorAccess").ID))
	b.get("/go/deploy?permission_set=ViewOnlyAccess")
	if entered().PermissionSet == first.PermissionSet {
		t.Error("the same is written again at once")
	}
	b.get("/go/deploy?permission_set=AdministratorAccess")
	b.get("/go/deploy?permission_set=ViewOnlyAccess")
	if entered().PermissionSet != first.PermissionSet {
		t.Error("another permission set is not written")
	}
}
