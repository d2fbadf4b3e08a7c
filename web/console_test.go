package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

func TestLookingAtALinkDoesNotSpendIt(t *testing.T) {
	h := newHouse(t)
	token, err := h.sessions.MakeAdminLink(t.Context(), "command")
	must(t, err)
	for range 2 {
		h.browser().get("/admin/signin/"+token).check(t, 200, htmlcheck.In("form", htmlcheck.Attr("action", "/admin/signin/"+token)))
	}
	b := h.browser()
	b.post("/admin/signin/"+token, nil).leadsTo(t, "/admin")
	b.get("/admin").check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Connections")))
	h.browser().post("/admin/signin/"+token, nil).check(t, http.StatusGone)
	b.post("/admin/signout", nil).leadsTo(t, "/signin")
	b.get("/admin").check(t, http.StatusUnauthorized)
}

// upload posts a form with a file, as the connection page does.
func (b *browser) upload(path, file string, content []byte, fields url.Values) answer {
	b.h.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for name, values := range fields {
		for _, value := range values {
			must(b.h.t, form.WriteField(name, value))
		}
	}
	if file != "" {
		part, err := form.CreateFormFile("metadata", file)
		must(b.h.t, err)
		_, err = part.Write(content)
		must(b.h.t, err)
	}
	must(b.h.t, form.Close())
	req, err := http.NewRequest("POST", b.h.url+path, &body)
	must(b.h.t, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	res, err := b.client.Do(req)
	must(b.h.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	must(b.h.t, err)
	return answer{res, string(text)}
}

// field is the value of the first input of that name in a page.
func field(t *testing.T, page, name string) string {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	must(t, err)
	found := htmlcheck.Find(root, "input[name="+name+"]")
	if len(found) == 0 {
		t.Fatalf("no field %s", name)
	}
	value, _ := htmlcheck.AttrOf(found[0], "value")
	return value
}

func TestUploadReviewActivate(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	b.get("/admin/idps/default").check(t, 200,
		htmlcheck.In("section[aria-labelledby=ours] dd code", htmlcheck.Text(h.url+"/saml/default/metadata")),
		htmlcheck.In("section[aria-labelledby=ours] a.primary", htmlcheck.Attr("href", h.url+"/saml/default/metadata?download")))

	b.upload("/admin/idps/default/imports", "metadata.xml", h.twin.Metadata(), url.Values{"kind": {"file"}}).
		leadsTo(t, "/admin/idps/default/review?done=imported")
	if h.registry.Connection("default").Active() {
		t.Fatal("trusted before it was reviewed")
	}
	review := b.get("/admin/idps/default/review")
	review.check(t, 200, htmlcheck.In("dl.facts", htmlcheck.Text(h.twin.EntityID())), htmlcheck.In("code.fingerprint", htmlcheck.Text(":")))
	version := field(t, review.body, "version")
	b.post("/admin/idps/default/activations", url.Values{"version": {"999"}}).check(t, http.StatusConflict)
	b.post("/admin/idps/default/activations", url.Values{}).check(t, http.StatusUnprocessableEntity)
	b.post("/admin/idps/default/activations", url.Values{"version": {version}}).leadsTo(t, "/admin/idps/default?done=activated")
	b.get("/admin/idps/default?done=activated").check(t, 200, htmlcheck.In("p.done", htmlcheck.Text("active")), htmlcheck.Count(".state-active", 1))

	person := h.browser()
	person.arrive("default", h.respond("default", response("ann"))).leadsTo(t, "/")
	b.post("/admin/idps/default/disablements", nil).leadsTo(t, "/admin/idps/default?done=disabled")
	if got := person.who(); got != "" {
		t.Errorf("%s is still signed in through a disabled connection", got)
	}
	version = field(t, b.get("/admin/idps/default").body, "version")
	b.post("/admin/idps/default/activations", url.Values{"version": {version}}).leadsTo(t, "/admin/idps/default?done=activated")
}

func TestRefusedUploadsStandBesideTheirField(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	before := h.registry.Connection("default").Provider.Version
	for _, c := range []struct {
		name, form string
		answer     answer
	}{
		{"no file", "#by-file", b.upload("/admin/idps/default/imports", "", nil, url.Values{"kind": {"file"}})},
		{"empty", "#by-file", b.upload("/admin/idps/default/imports", "x.xml", nil, url.Values{"kind": {"file"}})},
		{"no metadata", "#by-file", b.upload("/admin/idps/default/imports", "x.xml", []byte("<html></html>"), url.Values{"kind": {"file"}})},
		{"too large", "#by-file", b.upload("/admin/idps/default/imports", "x.xml", make([]byte, 6<<20), url.Values{"kind": {"file"}})},
		{"bad address", "#by-url", b.upload("/admin/idps/default/imports", "", nil, url.Values{"kind": {"url"}, "url": {"ftp://idp.example.com"}})},
		{"bad certificate", "#by-hand", b.upload("/admin/idps/default/imports", "", nil, url.Values{"kind": {"hand"}, "entity_id": {"x"}, "sso_url": {"https://idp.example.com/sso"}, "certificate": {"nonsense"}})},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.answer.check(t, http.StatusUnprocessableEntity, htmlcheck.Count(c.form+" p[role=alert]", 1), htmlcheck.Count("p[role=alert]", 1))
		})
	}
	if after := h.registry.Connection("default").Provider; after.Version != before || after.Draft != nil {
		t.Error("a refused import changed something")
	}
}

func TestByHand(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	b.upload("/admin/idps/default/imports", "", nil, url.Values{
		"kind": {"hand"}, "entity_id": {h.twin.EntityID()}, "sso_url": {"https://idp.example.com/sso"}, "certificate": {string(h.twin.CertificatePEM())},
	}).leadsTo(t, "/admin/idps/default/review?done=imported")
	b.post("/admin/idps/default/discards", nil).leadsTo(t, "/admin/idps/default?done=discarded")
	if h.registry.Connection("default").Provider.Draft != nil {
		t.Error("the draft is still there")
	}
}

func TestAggregateAsksWhichOne(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	other, err := testidp.New(testidp.Options{BaseURL: "https://other.example.com"})
	must(t, err)
	inner := func(raw []byte) string { return string(raw[bytes.Index(raw, []byte("<md:EntityDescriptor")):]) }
	aggregate := fmt.Sprintf(`<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">%s%s</md:EntitiesDescriptor>`, inner(h.twin.Metadata()), inner(other.Metadata()))
	choice := b.upload("/admin/idps/default/imports", "all.xml", []byte(aggregate), url.Values{"kind": {"file"}})
	choice.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Which identity provider?")), htmlcheck.Count("input[type=radio]", 2))
	b.upload("/admin/idps/default/imports", "", nil, url.Values{
		"kind": {"file"}, "raw": {field(t, choice.body, "raw")}, "file_name": {field(t, choice.body, "file_name")}, "entity_id": {other.EntityID()},
	}).leadsTo(t, "/admin/idps/default/review?done=imported")
	if got := h.registry.Connection("default").Provider.Draft; got.EntityID != other.EntityID() || got.SourceName != "all.xml" {
		t.Errorf("draft is %s from %s", got.EntityID, got.SourceName)
	}
}

func TestNewConnectionAndItsSettings(t *testing.T) {
	h := newHouse(t)
	b := h.administrator()
	b.post("/admin/idps", url.Values{"slug": {"Bad Slug"}, "name": {"Partner"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("p[role=alert]", 1))
	b.post("/admin/idps", url.Values{"slug": {"partner"}, "name": {"Partner"}}).leadsTo(t, "/admin/idps/partner?done=created")
	b.post("/admin/idps", url.Values{"slug": {"partner"}, "name": {"Partner"}}).check(t, http.StatusConflict)

	b.post("/admin/idps/partner/attributes", url.Values{"version": {field(t, b.get("/admin/idps/partner/attributes").body, "version")}, "key": {"CostCenter", ""}, "path": {"${path:enterprise.costCenter}", ""}}).
		leadsTo(t, "/admin/idps/partner/attributes?done=attributes")
	form := url.Values{
		"version": {field(t, b.get("/admin/idps/partner/settings").body, "version")}, "name": {"Partner Ltd"},
		"email_domains": {"example.org\r\nexample.net\r\n"}, "unsolicited": {"bounce"}, "sign_requests": {"on"},
		"name_id_format": {saml.FormatEmailAddress, saml.FormatPersistent}, "clock_skew": {"90"},
	}
	b.post("/admin/idps/partner/settings", form).leadsTo(t, "/admin/idps/partner/settings?done=saved")
	p := h.registry.Connection("partner").Provider
	if s := p.Settings; p.Name != "Partner Ltd" || len(s.EmailDomains) != 2 || s.Unsolicited != idp.UnsolicitedBounce || !s.SignRequests ||
		s.NameIDFormats != nil || s.ClockSkewSeconds != 90 || len(s.TagMappings) != 1 || s.TagMappings[0].Key != "CostCenter" || s.AllowSHA1 {
		t.Errorf("saved %q, %+v", p.Name, s)
	}
	b.get("/admin/idps/partner/settings").check(t, 200, htmlcheck.In("#email_domains", htmlcheck.Text("example.org example.net")))
	b.post("/admin/idps/partner/settings", form).check(t, http.StatusConflict, htmlcheck.Count("p[role=alert]", 1)) // of an older version
	form.Set("version", fmt.Sprint(p.Version))
	form.Set("clock_skew", "soon")
	b.post("/admin/idps/partner/settings", form).check(t, http.StatusUnprocessableEntity, htmlcheck.In("p[role=alert]", htmlcheck.Text("whole number")))
	b.get("/admin/idps/nowhere").check(t, http.StatusNotFound)
}

func TestSignInBySeveral(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.browser().get("/signin?target=grafana").leadsTo(t, "/saml/login?target=grafana")
	h.connect("partner", func(s *idp.Settings) { s.EmailDomains = []string{"example.org"} })
	b := h.browser()
	b.get("/signin?target=grafana").check(t, 200,
		htmlcheck.Count("input[name=email]", 1), htmlcheck.Count("a.choice", 1),
		htmlcheck.In("a.choice", htmlcheck.Attr("href", "/saml/login?target=grafana")), htmlcheck.In(".going", htmlcheck.Text("Grafana")))
	b.post("/signin", url.Values{"email": {"jo@EXAMPLE.org"}, "target": {"grafana"}}).
		check(t, 200, htmlcheck.In("a.button", htmlcheck.Attr("href", "/saml/partner/login?target=grafana")), htmlcheck.Count("meta[http-equiv=refresh]", 1))
	b.post("/signin", url.Values{"email": {"jo@example.net"}}).check(t, http.StatusUnprocessableEntity, htmlcheck.Count("p[role=alert]", 1))
	b.post("/signin", url.Values{"email": {"jo"}}).check(t, http.StatusUnprocessableEntity)
}

func TestApplicationsPeopleAndSessions(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	b := h.administrator()
	b.post("/admin/applications", url.Values{"name": {"wiki"}, "url": {"https://wiki.example.com/"}, "allowed": {"https://w.example.com/\r\n"}}).leadsTo(t, "/admin/applications?done=added")
	b.get("/admin/applications").check(t, 200, htmlcheck.Count("tbody tr", 2), htmlcheck.Count("code", 5))
	b.post("/admin/applications", url.Values{"name": {"wiki"}, "url": {"https://wiki.example.com/"}}).check(t, http.StatusConflict)
	b.post("/admin/applications", url.Values{"name": {"w"}, "url": {"javascript:alert(1)"}}).check(t, http.StatusUnprocessableEntity)
	b.post("/admin/applications/wiki/removals", nil).leadsTo(t, "/admin/applications?done=removed")

	person := h.browser()
	person.arrive("default", h.respond("default", response("ann")))
	users, err := directory.New(h.db, directory.Options{}).Users(context.Background(), directory.Filter{})
	must(t, err)
	b.get("/admin/people?search=ann").check(t, 200, htmlcheck.Count("tbody tr", 1))
	b.post("/admin/people/"+users[0].ID+"/deactivations", nil).leadsTo(t, "/admin/people/"+users[0].ID+"?done=deactivated")
	if got := person.who(); got != "" {
		t.Errorf("%s is deactivated and signed in", got)
	}
	person.post("/saml/acs", h.respond("default", response("ann"))).check(t, http.StatusForbidden, htmlcheck.In("main", htmlcheck.Text("switched off")))
	b.post("/admin/people/"+users[0].ID+"/reactivations", nil).leadsTo(t, "/admin/people/"+users[0].ID+"?done=reactivated")
	b.post("/admin/people/nobody/deactivations", nil).check(t, http.StatusNotFound)

	person.arrive("default", h.respond("default", response("ann")))
	page := b.get("/admin/sessions")
	page.check(t, 200, htmlcheck.Count("tbody tr", 2), htmlcheck.Count("tbody form", 1))
	_, rest, _ := strings.Cut(page.body, `action="/admin/sessions/`)
	id, _, _ := strings.Cut(rest, "/")
	b.post("/admin/sessions/"+id+"/revocations", nil).leadsTo(t, "/admin/sessions?done=revoked")
	if got := person.who(); got != "" {
		t.Errorf("%s is still signed in", got)
	}
	b.post("/admin/sessions/"+id+"/revocations", nil).check(t, http.StatusNotFound)
}

func TestSignInsArePaged(t *testing.T) {
	h := newHouse(t)
	for range 60 {
		e := audit.New(audit.SessionBegan, "system")
		e.IDP, e.Person = "default", "ann@example.com"
		must(t, h.db.AppendEvent(t.Context(), e))
	}
	b := h.administrator()
	first := b.get("/admin/signins?person=ann@example.com")
	first.check(t, 200, htmlcheck.Count("tbody tr", 50))
	root, err := html.Parse(strings.NewReader(first.body))
	must(t, err)
	links := htmlcheck.Find(root, "section a.button")
	if len(links) != 1 {
		t.Fatalf("%d links to older ones", len(links))
	}
	older, _ := htmlcheck.AttrOf(links[0], "href")
	b.get(older).check(t, 200, htmlcheck.Count("tbody tr", 10), htmlcheck.Missing("section a.button"))
	b.get("/admin/signins?idp=nowhere").check(t, 200, htmlcheck.In("section", htmlcheck.Text("Nothing matches")))
	b.get("/admin/signins/0000-0000").check(t, http.StatusNotFound)
}
