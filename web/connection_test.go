package web_test

import (
	"bytes"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

// stranger is an identity provider that nobody here trusts.
func stranger(t *testing.T) *testidp.IDP {
	t.Helper()
	p, err := testidp.New(testidp.Options{BaseURL: "https://other.example.com"})
	must(t, err)
	return p
}

// renewed is the twin's metadata with the stranger's certificate: what a wrong
// upload looks like.
func renewed(t *testing.T, h *house) []byte {
	t.Helper()
	base64Of := func(pem []byte) string {
		lines := strings.Split(strings.TrimSpace(string(pem)), "\n")
		return strings.Join(lines[1:len(lines)-1], "")
	}
	squeeze := func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), "\n", "")) }
	raw := squeeze(h.twin.Metadata())
	old, other := base64Of(h.twin.CertificatePEM()), base64Of(stranger(t).CertificatePEM())
	if !bytes.Contains(raw, []byte(old)) {
		t.Fatal("the twin's metadata does not hold its certificate")
	}
	return bytes.ReplaceAll(raw, []byte(old), []byte(other))
}

func TestGuidedSetUp(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	b.post("/admin/idps", url.Values{"slug": {"partner"}, "name": {"Partner"}, "vendor": {"okta"}}).leadsTo(t, "/admin/idps/partner/setup?done=created&vendor=okta")
	for _, g := range idp.Guides() {
		page := b.get("/admin/idps/partner/setup?vendor=" + g.Vendor)
		page.check(t, 200, htmlcheck.In("#there", htmlcheck.Text(g.Name)), htmlcheck.In(".vendors a[aria-current=true]", htmlcheck.Text(g.Name)), htmlcheck.Count("#by-file", 1))
		if !strings.Contains(page.body, h.url+"/saml/partner/acs") && !strings.Contains(page.body, h.url+"/saml/partner/metadata") {
			t.Errorf("%s: none of our values", g.Vendor)
		}
	}
	// A refusal comes back to the guided page, a good file leads to the review.
	b.upload("/admin/idps/partner/imports", "x.xml", []byte("no"), url.Values{"kind": {"file"}, "vendor": {"okta"}}).
		check(t, http.StatusUnprocessableEntity, htmlcheck.In("h1", htmlcheck.Text("Set up Partner")), htmlcheck.Count("#by-file p[role=alert]", 1))
	b.upload("/admin/idps/partner/imports", "x.xml", h.twin.Metadata(), url.Values{"kind": {"file"}, "vendor": {"okta"}}).leadsTo(t, "/admin/idps/partner/review?done=imported")
}

func TestSetupLink(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	b.post("/admin/idps/default/setup-links", url.Values{"valid_hours": {"9999"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.In("p[role=alert]", htmlcheck.Text("30 days")))
	made := b.post("/admin/idps/default/setup-links", url.Values{"valid_hours": {"24"}})
	made.check(t, 200, htmlcheck.In(".shown-once .copy code", htmlcheck.Text(h.url+"/setup/")))
	_, rest, _ := strings.Cut(made.body, h.url+"/setup/")
	path := "/setup/" + rest[:43]
	if strings.Contains(b.get("/admin/idps/default").body, path) {
		t.Error("the link is shown a second time")
	}

	visitor := h.browser()
	visitor.get(path+"?vendor=entra").check(t, 200,
		htmlcheck.In("#there", htmlcheck.Text("Microsoft Entra ID")), htmlcheck.Missing(".sections"), htmlcheck.Missing("a[href=/admin]"),
		htmlcheck.In("#by-file", htmlcheck.Text("Federation metadata file")))
	visitor.upload(path, "x.html", []byte("<html></html>"), url.Values{"kind": {"file"}, "vendor": {"entra"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("#by-file p[role=alert]", 1))
	visitor.upload(path, "theirs.xml", h.twin.Metadata(), url.Values{"kind": {"file"}, "vendor": {"entra"}}).
		check(t, 200, htmlcheck.In("section[aria-labelledby=handed]", htmlcheck.Text(h.twin.EntityID())))
	p := h.registry.Connection("default").Provider
	if p.Draft == nil || p.State != idp.Draft || p.Live != nil {
		t.Fatalf("after the hand-in: %s, draft %v, live %v", p.State, p.Draft, p.Live)
	}
	if h.count(audit.SetupLinkUsed) != 1 || h.count(audit.IDPImported) != 1 || h.count(audit.IDPActivated) != 0 {
		t.Error("the hand-in is not told as it was")
	}
	// It opens nothing else.
	visitor.get("/admin").check(t, http.StatusUnauthorized)
	visitor.get("/admin/idps/default/review").check(t, http.StatusUnauthorized)
	visitor.post("/admin/idps/default/activations", url.Values{"version": {"2"}}).check(t, http.StatusUnauthorized)

	links, err := h.registry.SetupLinks(t.Context(), "default")
	must(t, err)
	b.post("/admin/idps/default/setup-links/"+links[0].ID+"/revocations", nil).leadsTo(t, "/admin/idps/default?done=link_revoked")
	visitor.get(path).check(t, http.StatusGone, htmlcheck.In("main", htmlcheck.Text("Ask for a new one")))
	visitor.upload(path, "theirs.xml", h.twin.Metadata(), url.Values{"kind": {"file"}}).check(t, http.StatusGone)
	visitor.get("/setup/nonsense").check(t, http.StatusGone)
}

// TestBadInput: a sentence that helps beside the field, and nothing changed.
func TestBadInput(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	before := h.registry.Connection("default").Provider.Version
	md := func(inner string) []byte {
		return []byte(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="https://idp.example.com/odd">` + inner + `</EntityDescriptor>`)
	}
	good := string(h.twin.Metadata())
	script := strings.ReplaceAll(good, `Location="https://`, `Location="javascript://`)
	if script == good {
		t.Fatal("the twin's metadata has no Location to spoil")
	}
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"10 MB":              {bytes.Repeat([]byte("<a></a>\n"), 10<<20/8), "5 MB"},
		"a PNG":              {append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 500)...), "XML"},
		"a web page":         {[]byte("<!doctype html><html><head><title>Sign in</title></head><body><p>Hello</p></body></html>"), "page"},
		"an SP's":            {md(`<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.example.com/acs"/></SPSSODescriptor>`), "service provider"},
		"WS-Federation only": {md(`<RoleDescriptor xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="http://docs.oasis-open.org/wsfed/federation/200706" xsi:type="fed:SecurityTokenServiceType" protocolSupportEnumeration="http://docs.oasis-open.org/wsfed/federation/200706"></RoleDescriptor>`), "WS-Federation"},
		"a DOCTYPE":          {[]byte("<!DOCTYPE EntityDescriptor [<!ENTITY x \"y\">]>" + good[strings.Index(good, "<md:"):]), "DOCTYPE"},
		"a 1024-bit key":     {md(weakRole), "2048"},
		"javascript:":        {[]byte(script), "http"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := b.upload("/admin/idps/default/imports", "file.xml", c.raw, url.Values{"kind": {"file"}})
			answer.check(t, http.StatusUnprocessableEntity, htmlcheck.Count("p[role=alert]", 1), htmlcheck.In("#by-file p[role=alert]", htmlcheck.Text(c.want)))
			if strings.Contains(answer.body, "Something went wrong") {
				t.Error("the sentence helps nobody")
			}
		})
	}
	if after := h.registry.Connection("default").Provider; after.Version != before || after.Draft != nil {
		t.Error("a refused import changed something")
	}
}

// begun is a test that the administrator's browser took to the identity
// provider: the answer to it, as the identity provider posts it.
func (h *house) begun(t *testing.T, b *browser, slug string) url.Values {
	t.Helper()
	page := b.post("/admin/idps/"+slug+"/tests", nil)
	page.check(t, 200, htmlcheck.In("a.primary", htmlcheck.Text("Continue")))
	_, rest, _ := strings.Cut(page.body, `<a class="button primary" href="`)
	href, _, _ := strings.Cut(rest, `"`)
	to, err := url.Parse(html.UnescapeString(href))
	must(t, err)
	relayState := to.Query().Get("RelayState")
	form := h.respond(slug, testidp.Response{Person: "ann", InResponseTo: relayState[strings.LastIndexByte(relayState, '.')+1:]})
	form.Set("RelayState", relayState)
	return form
}

func TestTestSignInThroughTheDraft(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	b.post("/admin/idps/default/tests", nil).check(t, http.StatusConflict)
	b.upload("/admin/idps/default/imports", "metadata.xml", h.twin.Metadata(), url.Values{"kind": {"file"}})
	form := h.begun(t, b, "default")

	crossSite := []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://idp.example.com"}
	arrived := b.post("/saml/default/acs", form, crossSite...)
	arrived.check(t, 200, htmlcheck.In("form", htmlcheck.Attr("action", "/admin/idps/default/tests/results")))
	if len(arrived.Cookies()) != 0 {
		t.Errorf("the answer to a test sets cookies: %v", arrived.Cookies())
	}
	result := b.post("/admin/idps/default/tests/results", url.Values{"SAMLResponse": {field(t, arrived.body, "SAMLResponse")}})
	result.check(t, 200, htmlcheck.In("h2", htmlcheck.Text("would be accepted")), htmlcheck.In("dl.facts", htmlcheck.Text("ann@example.com")), htmlcheck.In("section[aria-labelledby=tags]"), htmlcheck.In("section[aria-labelledby=checks]"))

	p := h.registry.Connection("default").Provider
	if p.State != idp.Draft || p.Live != nil || h.count(audit.SessionBegan) != 0 || h.count(audit.UserCreated) != 0 || b.who() != "" {
		t.Error("a test changed something")
	}

	// Nobody else sees it: not without the console, not in another
	// administrator's browser, not by posting it for them.
	h.browser().post("/admin/idps/default/tests/results", form).check(t, http.StatusUnauthorized)
	other := h.administrator().post("/admin/idps/default/tests/results", form)
	if other.StatusCode != http.StatusSeeOther || !strings.HasPrefix(other.Header.Get("Location"), "/admin/signins/") {
		t.Errorf("in another administrator's browser: %d", other.StatusCode)
	}
	b.post("/admin/idps/default/tests/results", form, crossSite...).check(t, http.StatusForbidden)
}

// TestATestIsNoWayIn holds on a connection that is active, where the answer
// is as good as any in everything but what it answers.
func TestATestIsNoWayIn(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	form := h.begun(t, b, "default")
	without := url.Values{"SAMLResponse": form["SAMLResponse"]}
	for name, c := range map[string]struct {
		form   url.Values
		status int
	}{
		"without its relay state":           {without, http.StatusForbidden},
		"with another":                      {url.Values{"SAMLResponse": form["SAMLResponse"], "RelayState": {"grafana"}}, http.StatusForbidden},
		"with one of a test that is not":    {url.Values{"SAMLResponse": form["SAMLResponse"], "RelayState": {"test.1._00"}}, http.StatusForbidden},
		"with its own":                      {form, 200},
		"unsolicited, with its relay state": {url.Values{"SAMLResponse": h.respond("default", response("ann"))["SAMLResponse"], "RelayState": form["RelayState"]}, 200},
	} {
		visitor := h.browser()
		if a := visitor.post("/saml/default/acs", c.form, "Sec-Fetch-Site", "cross-site"); a.StatusCode != c.status {
			t.Errorf("%s: want %d, got %d: %s", name, c.status, a.StatusCode, a.body)
		}
		if visitor.who() != "" {
			t.Errorf("%s: a way in", name)
		}
	}
	if h.count(audit.SessionBegan) != 0 {
		t.Error("a session began")
	}
	// An unsolicited response is never a test, in the right browser neither.
	a := b.post("/admin/idps/default/tests/results", h.respond("default", response("ann")))
	if !strings.HasPrefix(a.Header.Get("Location"), "/admin/signins/") {
		t.Errorf("an unsolicited response: %d to %q", a.StatusCode, a.Header.Get("Location"))
	}
}

func TestDangerWantsTheWordAndTheDryRunShowsWhy(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	h.browser().arrive("default", h.respond("default", response("ann"))).leadsTo(t, "/")
	b.upload("/admin/idps/default/imports", "wrong.xml", renewed(t, h), url.Values{"kind": {"file"}}).leadsTo(t, "/admin/idps/default/review?done=imported")
	review := b.get("/admin/idps/default/review")
	review.check(t, 200,
		htmlcheck.In("section[aria-labelledby=dry-run]", htmlcheck.Text("0 of 1 would still sign in"), htmlcheck.Text("1 would be refused"), htmlcheck.Text("ann@example.com")),
		htmlcheck.In(".danger-card", htmlcheck.Text("No certificate stays")), htmlcheck.In("label[for=word]", htmlcheck.Text("ACCEPT")),
		htmlcheck.In("section[aria-labelledby=changes]", htmlcheck.Text("Certificate")))
	version := url.Values{"version": {field(t, review.body, "version")}}
	b.post("/admin/idps/default/activations", version).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("#activate-wrong", 1))
	version.Set("word", "accept")
	again := b.post("/admin/idps/default/activations", version)
	again.check(t, http.StatusUnprocessableEntity, htmlcheck.In("#word", htmlcheck.Attr("value", "accept")))
	if h.registry.Connection("default").Provider.Draft == nil {
		t.Fatal("activated without the word")
	}
	version.Set("word", "ACCEPT")
	b.post("/admin/idps/default/activations", version).leadsTo(t, "/admin/idps/default?done=activated")

	// The old version comes back by way of another review.
	b.get("/admin/idps/default/versions").check(t, 200, htmlcheck.Count("form[action=/admin/idps/default/versions/1/restorations]", 1), htmlcheck.Count("form[action=/admin/idps/default/versions/2/restorations]", 0))
	b.post("/admin/idps/default/versions/1/restorations", nil).leadsTo(t, "/admin/idps/default/review?done=restored")
	if p := h.registry.Connection("default").Provider; p.Live.Number != 2 || p.Draft == nil {
		t.Error("restoring activated something")
	}
	b.post("/admin/idps/default/versions/nine/restorations", nil).check(t, http.StatusNotFound)
}

// TestCommitConfirm: an activation of the administrators' own way in is told
// on every page, until one of them has signed in through it.
func TestCommitConfirm(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	_, err := administrators.Grant(t.Context(), "default", access.Administrator, false, "ann@example.com", "command")
	must(t, err)
	ann, before := h.browser(), h.browser()
	ann.arrive("default", h.respond("default", response("ann"))).leadsTo(t, "/")
	waiting := before.post("/saml/default/acs", h.respond("default", response("ann"))).Header.Get("Location") // verified, not completed

	both := bytes.Replace(renewed(t, h), []byte("</md:IDPSSODescriptor>"), append(keyDescriptors(t, h.twin.Metadata()), "</md:IDPSSODescriptor>"...), 1)
	ann.upload("/admin/idps/default/imports", "both.xml", both, url.Values{"kind": {"file"}}).leadsTo(t, "/admin/idps/default/review?done=imported")
	review := ann.get("/admin/idps/default/review")
	review.check(t, 200, htmlcheck.In("section[aria-labelledby=activate] .note", htmlcheck.Text("within ten minutes")))
	ann.post("/admin/idps/default/activations", url.Values{"version": {field(t, review.body, "version")}, "word": {"ACCEPT"}}).leadsTo(t, "/admin/idps/default?done=activated")
	ann.get("/admin/people").check(t, 200, htmlcheck.In(".waiting", htmlcheck.Text("not confirmed"), htmlcheck.Text("minutes left")))

	confirm := func() *idp.Confirm { return h.registry.Connection("default").Provider.Confirm }
	if c := confirm(); c == nil || time.Until(c.Until) > 10*time.Minute || time.Until(c.Until) < 9*time.Minute {
		t.Fatalf("confirm: %+v", c)
	}
	before.get(waiting)
	h.browser().arrive("default", h.respond("default", response("ben")))
	if confirm() == nil {
		t.Fatal("confirmed by a sign-in of before, or by somebody who is no administrator")
	}
	h.browser().arrive("default", h.respond("default", response("ann")))
	if confirm() != nil {
		t.Fatal("an administrator's sign-in does not confirm")
	}
	ann.get("/admin/people").check(t, 200, htmlcheck.Missing(".waiting"))
}

// keyDescriptors are those of a metadata document.
func keyDescriptors(t *testing.T, raw []byte) []byte {
	t.Helper()
	first, last := bytes.Index(raw, []byte("<md:KeyDescriptor")), bytes.LastIndex(raw, []byte("</md:KeyDescriptor>"))
	if first < 0 || last < 0 {
		t.Fatal("no key descriptors")
	}
	return raw[first : last+len("</md:KeyDescriptor>")]
}

// TestTwoAdministrators: the second is told, and nothing of either is lost.
func TestTwoAdministrators(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	first, second := h.administrator(), h.administrator()
	page := second.get("/admin/idps/default")
	version := field(t, page.body, "version")
	settings := func(b *browser, version string, skew string) answer {
		return b.post("/admin/idps/default/settings", url.Values{"version": {version}, "name": {"Example Ltd"}, "clock_skew": {skew}, "name_id_format": {"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"}})
	}
	settings(first, version, "90").leadsTo(t, "/admin/idps/default/settings?done=saved")
	told := settings(second, version, "120")
	told.check(t, http.StatusConflict, htmlcheck.In("p[role=alert]", htmlcheck.Text("Somebody else")), htmlcheck.In("#clock_skew", htmlcheck.Attr("value", "120")),
		htmlcheck.In("section[aria-labelledby=others]", htmlcheck.Text("Clock skew seconds"), htmlcheck.Text("90"), htmlcheck.Text("120")))
	if got := h.registry.Connection("default").Provider.Settings.ClockSkewSeconds; got != 90 {
		t.Errorf("the first one's setting became %d", got)
	}
	settings(second, field(t, told.body, "version"), "120").leadsTo(t, "/admin/idps/default/settings?done=saved")

	// A file waits in the page, and goes in when it is sent again.
	conflict := second.upload("/admin/idps/default/imports", "mine.xml", renewed(t, h), url.Values{"kind": {"file"}, "version": {version}})
	conflict.check(t, http.StatusConflict, htmlcheck.In("#by-file p[role=alert]", htmlcheck.Text("Somebody else")), htmlcheck.In("#by-file", htmlcheck.Text("mine.xml")))
	if h.registry.Connection("default").Provider.Draft != nil {
		t.Fatal("imported all the same")
	}
	second.upload("/admin/idps/default/imports", "", nil, url.Values{"kind": {"file"}, "raw": {field(t, conflict.body, "raw")}, "file_name": {"mine.xml"}, "version": {field(t, conflict.body, "version")}}).
		leadsTo(t, "/admin/idps/default/review?done=imported")
	typed := second.upload("/admin/idps/default/imports", "", nil, url.Values{"kind": {"hand"}, "entity_id": {"https://typed.example.com"}, "version": {version}})
	typed.check(t, http.StatusConflict, htmlcheck.In("#by-hand #entity_id", htmlcheck.Attr("value", "https://typed.example.com")))

	review := first.get("/admin/idps/default/review")
	stale := url.Values{"version": {version}, "word": {"ACCEPT"}}
	first.post("/admin/idps/default/activations", stale).check(t, http.StatusConflict, htmlcheck.Count("#activate-wrong", 1), htmlcheck.In("#word", htmlcheck.Attr("value", "ACCEPT")))
	first.post("/admin/idps/default/discards", stale).check(t, http.StatusConflict)
	first.post("/admin/idps/default/discards", url.Values{"version": {field(t, review.body, "version")}}).leadsTo(t, "/admin/idps/default?done=discarded")
	if h.registry.Connection("default").Provider.State != idp.Active {
		t.Error("the connection is not what it was")
	}
}

func TestOurKeysAndTheirEvidence(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	b.get("/admin/certificates").check(t, 200, htmlcheck.In("section[aria-labelledby=ends]", htmlcheck.Text("our signing certificate"), htmlcheck.Text("good")), htmlcheck.Count("form[action=/admin/keys/signing/publications]", 1))
	b.post("/admin/keys/signing/promotions", nil).check(t, http.StatusConflict)
	b.post("/admin/keys/other/publications", nil).check(t, http.StatusUnprocessableEntity)
	b.post("/admin/keys/token/publications", nil).check(t, http.StatusUnprocessableEntity)
	b.get("/admin/certificates").check(t, 200, htmlcheck.In("section[aria-labelledby=our-token]",
		htmlcheck.Text("in use"), htmlcheck.Text("signs until"), htmlcheck.Text("signs from"), htmlcheck.Text("sallyport key rotate token --stolen")))
	b.post("/admin/keys/signing/publications", nil).leadsTo(t, "/admin/certificates?done=key_published")
	b.get("/admin/certificates").check(t, 200, htmlcheck.In("section[aria-labelledby=our-signing]", htmlcheck.Text("not yet")))
	h.browser().get("/saml/default/metadata", "User-Agent", "ExampleIDP/1.0")
	b.get("/admin/certificates").check(t, 200, htmlcheck.In("section[aria-labelledby=our-signing]", htmlcheck.Text("ExampleIDP/1.0"), htmlcheck.Text("fetched")))
	b.post("/admin/keys/signing/promotions", nil).leadsTo(t, "/admin/certificates?done=key_promoted")
	keys, err := h.registry.Keys(t.Context())
	must(t, err)
	for _, k := range keys {
		switch {
		case k.State == idp.KeyRetired:
			b.post("/admin/keys/"+k.ID+"/retirements", nil).leadsTo(t, "/admin/certificates?done=key_retired")
		default:
			b.post("/admin/keys/"+k.ID+"/retirements", nil).check(t, http.StatusConflict)
		}
	}
}

func TestCalendar(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	address := func() string {
		page := b.post("/admin/calendars", nil)
		page.check(t, 200, htmlcheck.In(".shown-once .copy code", htmlcheck.Text(h.url+"/calendar/")))
		_, rest, _ := strings.Cut(page.body, h.url+"/calendar/")
		return "/calendar/" + rest[:43] + ".ics"
	}
	path := address()
	a := h.browser().get(path)
	if a.StatusCode != 200 || a.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || strings.Count(a.body, "BEGIN:VEVENT\r\n") != len(h.registry.Expiries()) {
		t.Errorf("%d %v\n%s", a.StatusCode, a.Header, a.body)
	}
	for _, line := range strings.Split(strings.TrimSuffix(a.body, "\r\n"), "\r\n") {
		if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
	address()
	if a := h.browser().get(path); a.StatusCode != http.StatusNotFound {
		t.Errorf("the address before: %d", a.StatusCode)
	}
	h.browser().get("/calendar/nonsense.ics").check(t, http.StatusNotFound)
	if err := h.registry.OpenCalendar(t.Context(), ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no token: %v", err)
	}
}

// TestAuditorsOfConnections: the pages of connections offer an Auditor
// nothing, and every POST of the console is refused.
func TestAuditorsOfConnections(t *testing.T) {
	h, administrators := withAdministrators(t)
	h.connect("default", nil)
	_, err := administrators.Grant(t.Context(), "default", access.Auditor, false, "ben@example.com", "command")
	must(t, err)
	h.administrator().upload("/admin/idps/default/imports", "x.xml", renewed(t, h), url.Values{"kind": {"file"}})
	ben := h.browser()
	ben.arrive("default", h.respond("default", response("ben")))
	for _, path := range []string{"/admin", "/admin/idps/default", "/admin/idps/default/review", "/admin/idps/default/setup", "/admin/idps/default/versions", "/admin/idps/default/settings", "/admin/certificates"} {
		ben.get(path).check(t, 200, htmlcheck.In(".viewer", htmlcheck.Text("Auditor")), htmlcheck.Missing("main form[method=post]"))
	}
	for _, r := range h.server.Routes() {
		method, path := address(r.Pattern)
		if method == "POST" && r.Administrator {
			ben.post(path, nil).check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("Auditor")))
		}
	}
}

// weakRole is an identity provider whose only key has 1024 bits.
const weakRole = `<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
MIICFDCCAX2gAwIBAgIUXGOOfqdB620pCnwqaYwXQwS2a5MwDQYJKoZIhvcNAQELBQAwGzEZMBcGA1UEAwwQd2Vhay5leGFtcGxl
LmNvbTAgFw0yNjExMjExNDI0NDFaGA8yMTI2MTAyODE0MjQ0MVowGzEZMBcGA1UEAwwQd2Vhay5leGFtcGxlLmNvbTCBnzANBgkq
hkiG9w0BAQEFAAOBjQAwgYkCgYEAxX0iw7IsUxX3W3F0xOWVVJZT/64UjDtbrHCjK9rTy4BiUTKOCI6frDa+brHl6MDjZZnnPeWI
rCA078iFVXiael0dPciix2LQaMrHHjkOuyIdclozigl7oUU1lntT9qiwWicY78YMEJTiZot/CWX9VWtEfSUSNT0xuMkOUPY496cC
AwEAAaNTMFEwHQYDVR0OBBYEFErHyAFjEjEYjPgDQz/7Q199xmHnMB8GA1UdIwQYMBaAFErHyAFjEjEYjPgDQz/7Q199xmHnMA8G
A1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAUYn6lJ5HM9ggzC5laUh/7aWRs2CDF0hiiefSKL+vv591n+lclXF9LPdB
7XgNzKsOokqVN3/RQ6P4R4quvCMddzuIx8brMsox6XzrCIKN95KFp9IWDNipPQStw/4rshddqr63KWlqdbIJuGtE5lhK4PfKv/A9
+Up8xsSz4mhxr+0=
</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example.com/sso"/></IDPSSODescriptor>`
