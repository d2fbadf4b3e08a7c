package web_test

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
	"sallyport/saml"
)

// fixedBy is how the page names who must act.
var fixedBy = map[saml.Fixer]string{
	saml.FixIDP:     "The identity provider's administrator",
	saml.FixService: "You, in this console",
	saml.FixClock:   "Whoever keeps the clocks",
	saml.FixPerson:  "The person: start again",
	saml.FixAttack:  "find out who did",
}

// newestRefusal is the event of the sign-in that was refused last.
func (h *house) newestRefusal() audit.Event {
	h.t.Helper()
	events, err := h.db.Events(h.t.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRefused}, Limit: 1})
	must(h.t, err)
	if len(events) == 0 {
		h.t.Fatal("nothing was refused")
	}
	return events[0]
}

// explained holds the page of the newest refusal against its reason: the
// person's page gave its reference, and the administrator's names who fixes it
// and where, in the words of three vendors.
func (h *house) explained(t *testing.T, admin *browser, reason saml.Reason, shown answer) {
	t.Helper()
	e := h.newestRefusal()
	if saml.Reason(e.Reason) != reason {
		t.Fatalf("refused for %s, want %s", e.Reason, reason)
	}
	if !strings.Contains(shown.body, e.Reference) {
		t.Errorf("the person is not told the reference %s: %s", e.Reference, shown.body)
	}
	for vendor, name := range map[string]string{"okta": "Okta", "google": "Google Workspace", "adfs": "AD FS"} {
		page := admin.get("/admin/signins/" + e.Reference + "?vendor=" + vendor)
		page.check(t, 200,
			htmlcheck.In("section.verdict h2"),
			htmlcheck.In("section.remedy .fixer", htmlcheck.Text(fixedBy[reason.Fixer()])),
			htmlcheck.In("section.remedy dl", htmlcheck.Text("Then")))
		field := strings.Contains(page.body, `class="field-path"`)
		none := strings.Contains(page.body, `class="no-field"`)
		if field == none {
			t.Errorf("%s at %s: want a field, or why there is none; got %v and %v", reason, vendor, field, none)
		}
		if field && !strings.Contains(page.body, "<dt>In "+name+"</dt>") {
			t.Errorf("%s: the field is not that of %s", reason, name)
		}
		if _, rest, ok := strings.Cut(page.body, `<a class="here" href="`); ok && vendor == "okta" {
			path, _, _ := strings.Cut(rest, `"`)
			path, field, _ := strings.Cut(path, "#")
			admin.get(path).check(t, 200, htmlcheck.In("#"+cmp.Or(field, "main")))
		}
	}
}

// TestEveryMisbehaviourIsExplained goes through everything that the test
// identity provider can do wrong.
func TestEveryMisbehaviourIsExplained(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	admin := h.administrator()
	h.browser().arrive("default", h.respond("default", response("ann"))) // what replay sends again
	for _, m := range testidp.Misbehaviours() {
		if m.Reason == "" {
			continue
		}
		t.Run(m.Name, func(t *testing.T) {
			r := response("ann")
			r.Misbehave, r.SPCertificate = m.Name, h.registry.Connection("default").SP.EncryptionCertificates[0]
			shown := h.browser().post("/saml/acs", h.respond("default", r))
			if shown.StatusCode < 400 {
				t.Fatalf("accepted: %d", shown.StatusCode)
			}
			h.explained(t, admin, m.Reason, shown)
		})
	}
}

// TestEveryFamilyOfRefusalIsExplained holds the families of what an assertion
// can say wrongly, those included that need more than a response.
func TestEveryFamilyOfRefusalIsExplained(t *testing.T) {
	tile := func(r testidp.Response) func(*house) answer {
		return func(h *house) answer {
			if r.Person == "" {
				r.Person = "ann"
			}
			return h.browser().post("/saml/acs", h.respond("default", r))
		}
	}
	solicited := func(r testidp.Response) func(*house) answer {
		return func(h *house) answer {
			b := h.browser()
			r.Person, r.InResponseTo = "ann", requestIDOf(h.t, b.get("/saml/login"))
			return b.post("/saml/acs", h.respond("default", r))
		}
	}
	for _, family := range []struct {
		name     string
		settings func(*idp.Settings)
		reason   saml.Reason
		act      func(*house) answer
	}{
		{"replay", nil, saml.Replayed, func(h *house) answer {
			form := h.respond("default", response("ann"))
			h.browser().arrive("default", form)
			return h.browser().post("/saml/acs", form)
		}},
		{"audience of another service", nil, saml.WrongAudience, tile(testidp.Response{Misbehave: "wrong-audience"})},
		{"recipient of another service", nil, saml.WrongRecipient, tile(testidp.Response{Misbehave: "wrong-recipient"})},
		{"destination of another service", nil, saml.WrongDestination, tile(testidp.Response{Misbehave: "wrong-destination"})},
		{"stolen response", nil, saml.WrongBrowser, func(h *house) answer {
			id := requestIDOf(h.t, h.browser().get("/saml/login"))
			return h.browser().arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: id}))
		}},
		{"answer to nobody's question", nil, saml.UnknownRequest, tile(testidp.Response{Misbehave: "unknown-request"})},
		{"begun at the identity provider, and not wanted", func(s *idp.Settings) { s.Unsolicited = idp.UnsolicitedRefuse }, saml.Unsolicited, tile(testidp.Response{})},
		{"no bearer", nil, saml.NoBearerConfirmation, tile(testidp.Response{Misbehave: "holder-of-key"})},
		{"NameID that changes", nil, saml.WrongNameIDFormat, tile(testidp.Response{Misbehave: "transient"})},
		{"NameID of another service", nil, saml.WrongSPNameQualifier, tile(testidp.Response{Misbehave: "wrong-spnamequalifier"})},
		{"NameID that looks alike", nil, saml.InvalidNameID, tile(testidp.Response{NameID: "аnn@example.com"})},
		{"NameID in other letters", nil, saml.UserNameCase, func(h *house) answer {
			h.browser().arrive("default", h.respond("default", response("ann")))
			return h.browser().post("/saml/acs", h.respond("default", testidp.Response{NameID: "ANN@example.com"}))
		}},
		{"somebody else's domain", func(s *idp.Settings) { s.EmailDomains = []string{"example.org"} }, saml.DomainNotAllowed, tile(testidp.Response{})},
		{"the same attribute twice", nil, saml.DuplicateAttribute, tile(testidp.Response{Misbehave: "duplicate-attribute"})},
		{"markup in the NameID", nil, saml.ForbiddenXML, tile(testidp.Response{Misbehave: "comment-in-nameid"})},
		{"session that is over", nil, saml.SessionExpired, tile(testidp.Response{Misbehave: "session-expired"})},
		{"from the future", nil, saml.NotYetValid, tile(testidp.Response{Misbehave: "not-yet-valid"})},
		{"too late", nil, saml.Expired, tile(testidp.Response{Misbehave: "expired"})},
		{"made long ago", nil, saml.TooOld, tile(testidp.Response{Misbehave: "too-old"})},
		{"weaker sign-in than asked for", func(s *idp.Settings) {
			s.RequestedAuthnContext = []string{"https://refeds.org/profile/mfa"}
		}, saml.WrongAuthnContext, solicited(testidp.Response{})},
		{"old sign-in where a fresh one was asked for", func(s *idp.Settings) { s.ForceAuthn = true }, saml.StaleAuthentication,
			solicited(testidp.Response{Now: time.Now().Add(-3 * time.Minute)})},
		{"person whom nobody provisioned", func(s *idp.Settings) { s.FirstSignIn = idp.FirstSignInRefuse }, saml.UserUnknown, tile(testidp.Response{})},
	} {
		t.Run(family.name, func(t *testing.T) {
			h := newHouse(t)
			h.connect("default", family.settings)
			h.explained(t, h.administrator(), family.reason, family.act(h))
		})
	}
}

func TestVendorIsThatOfTheMetadata(t *testing.T) {
	h := newHouse(t)
	okta, err := testidp.New(testidp.Options{BaseURL: "https://example.okta.com"})
	must(t, err)
	h.twin = okta
	h.connect("default", nil)
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "wrong-audience"}))
	admin := h.administrator()
	path := "/admin/signins/" + h.newestRefusal().Reference
	admin.get(path).check(t, 200,
		htmlcheck.In("section.remedy .field-path", htmlcheck.Text("Audience URI (SP Entity ID)")),
		htmlcheck.In("#vendor option[selected]", htmlcheck.Attr("value", "okta")),
		htmlcheck.In("label[for=vendor]", htmlcheck.Text("Recognised as")),
		htmlcheck.Count("dl.others dt", 10))
	admin.get(path+"?vendor=entra").check(t, 200, htmlcheck.In("section.remedy .field-path", htmlcheck.Text("Identifier (Entity ID)")))
	admin.get(path+"?vendor=%3Cscript%3E").check(t, 200, htmlcheck.In("#vendor option[selected]", htmlcheck.Attr("value", "other")))
}

func TestRawResponseOnRequestOnly(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "wrong-audience"}))
	admin := h.administrator()
	path := "/admin/signins/" + h.newestRefusal().Reference
	if page := admin.get(path); strings.Contains(page.body, "samlp:Response") {
		t.Error("the response is shown before anybody asked")
	}
	admin.get(path+"/responses").check(t, http.StatusMethodNotAllowed)
	if h.count(audit.SignInRawViewed) != 0 {
		t.Error("recorded before anybody looked")
	}
	page := admin.post(path+"/responses", nil)
	page.check(t, 200, htmlcheck.In("pre.xml", htmlcheck.Text("<saml:NameID"), htmlcheck.Text("ann@example.com"), htmlcheck.Missing("*")))
	if strings.Contains(page.body, "<saml:NameID") {
		t.Error("the response is part of the page instead of a text in it")
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRawViewed}})
	must(t, err)
	if len(events) != 1 || !strings.HasPrefix(events[0].Actor, "link:") {
		t.Errorf("recorded %+v", events)
	}
	admin.get("/admin/activity?action="+string(audit.SignInRawViewed)).check(t, 200, htmlcheck.Count("section tbody tr", 1))
}

func TestRawResponseThatWasNotKept(t *testing.T) {
	h := newHouse(t)
	h.connect("default", func(s *idp.Settings) { s.RecordDays = -1 })
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "wrong-audience"}))
	admin := h.administrator()
	path := "/admin/signins/" + h.newestRefusal().Reference
	asked := admin.post(path+"/responses", nil)
	asked.leadsTo(t, path+"?kept=no#raw")
	admin.follow(asked).check(t, 200, htmlcheck.In("p[role=status]", htmlcheck.Text("was not kept")))
	if h.count(audit.SignInRawViewed) != 0 {
		t.Error("recorded that somebody saw what nobody saw")
	}
	admin.post("/admin/signins/0000-0000/responses", nil).check(t, http.StatusNotFound)
}

func TestSignInsAreSearched(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	h.browser().arrive("default", h.respond("default", response("ann")))
	h.browser().arrive("default", h.respond("default", response("ben")))
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "wrong-audience"}))
	h.browser().post("/saml/acs", h.respond("default", testidp.Response{Person: "ann", Misbehave: "expired"}))
	admin := h.administrator()
	soon, before := time.Now().UTC().Add(2*time.Minute), time.Now().UTC().Add(-time.Hour)
	const minute = "2006-01-02T15:04"
	for query, want := range map[string]int{
		"":                              4,
		"person=ben@example.com":        1,
		"idp=default":                   4,
		"reason=WrongAudience":          1,
		"reason=refused":                2,
		"reason=accepted":               2,
		"from=" + soon.Format(minute):   0,
		"to=" + soon.Format(minute):     4,
		"to=" + before.Format(minute):   0,
		"from=" + before.Format(minute): 4,
		"from=" + url.QueryEscape(before.Format("2006-01-02")) + "&to=" + soon.Format("2006-01-02"): 4,
	} {
		admin.get("/admin/signins?"+query).check(t, 200, htmlcheck.Count("section tbody tr", want))
	}
	admin.get("/admin/signins?from=yesterday").check(t, http.StatusUnprocessableEntity, htmlcheck.In("p[role=alert]", htmlcheck.Text("UTC")), htmlcheck.Missing("tbody tr"))
	admin.get("/admin/signins?from="+soon.Format(minute)+"&to="+before.Format(minute)).
		check(t, http.StatusUnprocessableEntity, htmlcheck.In("p[role=alert]", htmlcheck.Text("ends before it begins")))
}

// count is how many events of one action there are.
func (h *house) count(action audit.Action) int {
	h.t.Helper()
	events, err := h.db.Events(h.t.Context(), audit.Filter{Actions: []audit.Action{action}})
	must(h.t, err)
	return len(events)
}
