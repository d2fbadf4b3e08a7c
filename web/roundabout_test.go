package web_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/gateway"
	"sallyport/internal/htmlcheck"
	"sallyport/internal/testidp"
)

// nobody is all that the gateway needs to know of people here.
type nobody struct{}

func (nobody) Person(context.Context, string) (gateway.Person, error) { return gateway.Person{}, nil }

type oneKey struct{ key gateway.Key }

func (k oneKey) TokenKeys() []gateway.Key { return []gateway.Key{k.key} }

// gateway is one in front of the house's applications.
func (h *house) gateway() http.Handler {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(h.t, err)
	g, err := gateway.New(gateway.Options{
		BaseURL: h.url, Sessions: h.sessions, Changes: h.db, Applications: h.apps, Front: h.server, People: nobody{},
		Keys: oneKey{gateway.Key{ID: "k", Private: key, Public: &key.PublicKey}}, Events: h.db,
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
	})
	must(h.t, err)
	return g.Handler()
}

// outside is where the proxy sees people; this service sees them on loopback.
const outside = "198.51.100.7"

// atProxy is a browser at an application's host, behind its proxy.
type atProxy struct {
	gateway          http.Handler
	host, path, from string
	cookies          map[string]*http.Cookie
}

func (p *atProxy) ask(target string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", target, nil)
	r.RemoteAddr = "10.1.2.3:4000"
	for n, v := range map[string]string{
		"X-Forwarded-Method": "GET", "X-Forwarded-Proto": "https", "X-Forwarded-Host": p.host, "X-Forwarded-Uri": p.path,
		"X-Forwarded-For": p.from, "Accept": "text/html", "Sec-Fetch-Mode": "navigate",
	} {
		r.Header.Set(n, v)
	}
	for _, c := range p.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	p.gateway.ServeHTTP(w, r)
	for _, c := range w.Result().Cookies() {
		p.cookies[c.Name] = c
	}
	return w
}

// walk goes to and fro between the proxied page and the service, until it is
// let in (true) or the service answers with anything but a way back.
func (b *browser) walk(t *testing.T, p *atProxy) (in bool, last answer) {
	t.Helper()
	if p.cookies == nil {
		p.cookies = map[string]*http.Cookie{}
	}
	for range 20 {
		w := p.ask("/gateway/forward-auth")
		if w.Code == http.StatusOK {
			return true, last
		}
		link := w.Header().Get("Location")
		if !strings.HasPrefix(link, b.h.url+"/enter?") {
			t.Fatalf("the gateway answers %d to %q", w.Code, link)
		}
		if last = b.get(link); !p.takes(t, last) {
			return false, last
		}
	}
	t.Fatal("round and round, without a page")
	return false, last
}

// takes follows a way back into the host; false: the answer is none.
func (p *atProxy) takes(t *testing.T, a answer) bool {
	t.Helper()
	to := a.Header.Get("Location")
	if !strings.HasPrefix(to, "https://"+p.host+"/.sallyport/callback") {
		return false
	}
	u, err := url.Parse(to)
	must(t, err)
	if w := p.ask(u.RequestURI()); w.Code != http.StatusSeeOther {
		t.Fatalf("the callback answers %d", w.Code)
	}
	return true
}

// atTheDoor is a house with one application that ann may enter with these sets.
func atTheDoor(t *testing.T, app access.Application, sets ...access.PermissionSet) (*house, *atProxy) {
	h := newHouse(t)
	h.connect("default", nil)
	var made []*access.PermissionSet
	for _, s := range sets {
		made = append(made, h.set(s))
	}
	app.Name, app.URL = "bank", "https://bank.example.com/"
	h.lets("engineering", h.opens(app), made...)
	return h, &atProxy{gateway: h.gateway(), host: "bank.example.com", path: "/pay", from: outside}
}

func ruled(text string) []access.Rule { return []access.Rule{{Name: "outside", Text: text}} }

const here = `(context has address && context.address.isInRange(ip("127.0.0.0/8")))`

// Where the proxy sees another address, and so asks for another sign-in: one is
// made, and opens.
func TestTheProxyAloneAsksForAnotherSignIn(t *testing.T) {
	h, p := atTheDoor(t, access.Application{}, access.PermissionSet{Name: "View",
		Rules: ruled(`forbid (principal, action, resource) unless { principal.authnContext == "` + twice + `" || ` + here + ` };`)})
	b := h.signedIn("ann")
	in, a := b.walk(t, p)
	q := asked(t, a)
	if in || len(q.AuthnContext) != 1 || q.AuthnContext[0] != twice {
		t.Fatalf("asked for %+v", q)
	}
	back := b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID, AuthnContext: twice}))
	if !p.takes(t, back) {
		t.Fatalf("not let in after the sign-in: %d %s", back.StatusCode, back.body)
	}
	if w := p.ask("/gateway/forward-auth"); w.Code != http.StatusOK {
		t.Errorf("the sign-in was enough, and yet %d to %s", w.Code, w.Header().Get("Location"))
	}
}

// Where that sign-in was not enough, a page says so, and what there is to it.
func TestTheProxyAloneAsksForMoreThanThereIs(t *testing.T) {
	h, p := atTheDoor(t, access.Application{}, access.PermissionSet{Name: "View",
		Rules: ruled(`forbid (principal, action, resource) unless { context.authnAge <= duration("0s") || ` + here + ` };`)})
	b := h.signedIn("ann")
	_, a := b.walk(t, p)
	q := asked(t, a)
	if !q.ForceAuthn {
		t.Errorf("asked for %+v", q)
	}
	back := b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID, Now: time.Now().Add(-2 * time.Second)}))
	if !p.takes(t, back) {
		t.Fatalf("not handed over after the sign-in: %d %s", back.StatusCode, back.body)
	}
	in, page := b.walk(t, p)
	if in {
		t.Fatal("let in")
	}
	page.check(t, http.StatusForbidden, htmlcheck.In("h1", htmlcheck.Text("You can’t open")),
		htmlcheck.In("main", htmlcheck.Text("A rule looks at where you are"), htmlcheck.Text("at most a minute old"), htmlcheck.Text("another network address")))
	if e := h.newestDenial(); e.Reason != string(access.StepUpNeeded) || !strings.Contains(string(e.Detail), "Seen at 127.0.0.1") {
		t.Errorf("the administrator reads %+v: %s", e, e.Detail)
	}
}

// Where the proxy sees several permission sets and we see one, that one is
// taken as chosen.
func TestTheProxyAloneSeesAChoice(t *testing.T) {
	h, p := atTheDoor(t, access.Application{}, access.PermissionSet{Name: "View"},
		access.PermissionSet{Name: "Edit", Rules: ruled(`forbid (principal, action, resource) when { ` + here + ` };`)})
	b := h.signedIn("ann")
	if in, a := b.walk(t, p); !in {
		t.Fatalf("%d to %q: %s", a.StatusCode, a.Header.Get("Location"), a.body)
	}
	got, err := h.sessions.Choice(t.Context(), h.live(), h.apps.Application("bank").ID)
	must(t, err)
	if want := h.apps.PermissionSetNamed("View").ID; got != want {
		t.Errorf("chosen %q, want %q", got, want)
	}
}

// The same eyes on both sides: no questions.
func TestTheProxySeesTheSame(t *testing.T) {
	h, p := atTheDoor(t, access.Application{}, access.PermissionSet{Name: "View"})
	p.from = "127.0.0.1"
	if in, a := h.signedIn("ann").walk(t, p); !in {
		t.Errorf("%d to %q", a.StatusCode, a.Header.Get("Location"))
	}
}

// Whatever the reason: who is handed over to the same page again and again
// gets a page, and others, and other pages, do not.
func TestNobodyIsSentRoundAndRound(t *testing.T) {
	// The proxy sees two sets that stay shut here, and the one that is open
	// here stays shut there.
	h, p := atTheDoor(t, access.Application{},
		access.PermissionSet{Name: "View", Rules: ruled(`forbid (principal, action, resource) unless { ` + here + ` };`)},
		access.PermissionSet{Name: "Edit", Rules: ruled(`forbid (principal, action, resource) when { ` + here + ` };`)},
		access.PermissionSet{Name: "Pay", Rules: ruled(`forbid (principal, action, resource) when { ` + here + ` };`)})
	b := h.signedIn("ann")
	in, page := b.walk(t, p)
	if in {
		t.Fatal("let in")
	}
	page.check(t, http.StatusLoopDetected, htmlcheck.In("h1", htmlcheck.Text("You were sent in a circle")), htmlcheck.In("main", htmlcheck.Text("again and again")))
	elsewhere := *p
	elsewhere.path, elsewhere.cookies = "/other", map[string]*http.Cookie{}
	link := elsewhere.ask("/gateway/forward-auth").Header().Get("Location")
	if !elsewhere.takes(t, b.get(link)) {
		t.Error("another page is shut too")
	}
}

// What the link says of the proxy is one of two words, once.
func TestWhyIsSaidInTwoWords(t *testing.T) {
	h := company(t)
	b := h.signedIn("ann")
	token, link := waiting("https://grafana.example.com/", "why", "because")
	h.letsIn(t, b.get(link), token, "https://grafana.example.com", "/")
	_, link = waiting("https://grafana.example.com/", "why", "choose")
	b.get(link+"&why=step_up").check(t, http.StatusBadRequest)
}

// Who signed in again keeps what they chose; what opens other hosts is not kept.
func TestStepUpKeepsChoices(t *testing.T) {
	h := bank(t)
	view, edit := h.set(access.PermissionSet{Name: "View"}), h.set(access.PermissionSet{Name: "Edit"})
	wiki := h.opens(access.Application{Name: "wiki", URL: "https://wiki.example.com/"})
	h.lets("engineering", wiki, view, edit)
	b := h.signedIn("ann")
	token, link := waiting("https://wiki.example.com/p", "permission_set", "View")
	door := h.letsIn(t, b.get(link), token, "https://wiki.example.com", "/p")
	q := asked(t, b.get("/go/transfers"))
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann", InResponseTo: q.ID, AuthnContext: twice})).leadsTo(t, "https://transfers.example.com/")
	got, err := h.sessions.Choice(t.Context(), h.live(), wiki.ID)
	must(t, err)
	if got != view.ID {
		t.Errorf("chosen %q, want %q", got, view.ID)
	}
	if _, err := h.sessions.Door(t.Context(), door, "wiki.example.com"); err == nil {
		t.Error("the host's former token opens it still")
	}
	// Back at the host, nobody is asked what they have said.
	token, link = waiting("https://wiki.example.com/p")
	h.letsIn(t, b.get(link), token, "https://wiki.example.com", "/p")
	// Where its proxy wants to know, or the person has it from the portal, they are.
	_, link = waiting("https://wiki.example.com/p", "why", "choose")
	b.get(link).check(t, 200, htmlcheck.Count("a.entry", 2))
	b.get("/go/wiki").check(t, 200, htmlcheck.Count("a.entry", 2))

	events, err := h.db.Events(t.Context(), audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
	must(t, err)
	if len(events) != 1 || events[0].Reason != "replaced" {
		t.Errorf("events: %+v", events)
	}
	// Another sign-in is a new beginning.
	b.arrive("default", h.respond("default", testidp.Response{Person: "ann"}))
	if got, err = h.sessions.Choice(t.Context(), h.live(), wiki.ID); err != nil || got != "" {
		t.Errorf("chosen %q, %v", got, err)
	}
}

// A link of another site changes nothing that was chosen: it asks. Where
// nothing was chosen it counts, as tiles at the identity provider do.
func TestLinksOfOtherSitesDoNotChoose(t *testing.T) {
	h := company(t)
	view, admin := h.apps.PermissionSetNamed("ViewOnlyAccess").ID, h.apps.PermissionSetNamed("AdministratorAccess").ID
	b := h.signedIn("ann")
	chosen := func() string {
		got, err := h.sessions.Choice(t.Context(), h.live(), h.apps.Application("deploy").ID)
		must(t, err)
		return got
	}
	foreign := []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}
	b.get("/go/deploy?permission_set=ViewOnlyAccess", foreign...).leadsTo(t, "https://deploy.example.com/")
	if got := chosen(); got != view {
		t.Fatalf("chosen %q by a tile, want %q", got, view)
	}
	b.get("/go/deploy?permission_set=ViewOnlyAccess", foreign...).leadsTo(t, "https://deploy.example.com/")
	_, link := waiting("https://deploy.example.com/x", "permission_set", "AdministratorAccess")
	for _, link := range []string{"/go/deploy?permission_set=AdministratorAccess", link} {
		page := b.get(link, foreign...)
		page.check(t, 200, htmlcheck.In("h1", htmlcheck.Text("Enter Deployments")), htmlcheck.Count("a.entry", 2), htmlcheck.Count("span.asked", 1))
		if !strings.Contains(page.body, `<strong>AdministratorAccess</strong><span class="said asked">`) {
			t.Errorf("another one is marked: %s", page.body)
		}
		if got := chosen(); got != view {
			t.Errorf("%s: chosen %q by another site", link, got)
		}
	}
	b.get("/go/deploy?permission_set=OnCall", foreign...).check(t, http.StatusForbidden)
	b.get("/go/deploy?permission_set=AdministratorAccess", "Sec-Fetch-Site", "same-origin").leadsTo(t, "https://deploy.example.com/")
	if got := chosen(); got != admin {
		t.Errorf("chosen %q by the person, want %q", got, admin)
	}
}

// Nor does one that needs another sign-in on its way.
func TestLinksOfOtherSitesDoNotChooseThroughAStepUp(t *testing.T) {
	h := newHouse(t)
	h.connect("default", nil)
	pay := access.PermissionSet{Name: "Pay", Rules: ruled(`forbid (principal, action, resource) unless { principal.authnContext == "` + twice + `" };`)}
	h.lets("engineering", h.opens(access.Application{Name: "bank", Title: "Bank", URL: "https://bank.example.com/"}), h.set(access.PermissionSet{Name: "View"}), h.set(pay))
	b := h.signedIn("ann")
	b.get("/go/bank?permission_set=View").leadsTo(t, "https://bank.example.com/")
	// Chosen before, and shut by now: the proxy asks for the sign-in, and nobody for a choice.
	must(t, h.sessions.Choose(t.Context(), h.live(), h.apps.Application("bank").ID, h.apps.PermissionSetNamed("Pay").ID))
	_, link := waiting("https://bank.example.com/pay", "why", "step_up")
	if q := asked(t, b.get(link)); len(q.AuthnContext) != 1 || q.AuthnContext[0] != twice {
		t.Errorf("asked for %+v", q)
	}
	must(t, h.sessions.Choose(t.Context(), h.live(), h.apps.Application("bank").ID, h.apps.PermissionSetNamed("View").ID))
	b.get("/go/bank?permission_set=Pay", "Sec-Fetch-Site", "cross-site").
		check(t, 200, htmlcheck.Count("a.entry", 2), htmlcheck.In("ul.choices", htmlcheck.Text("asks for this one"), htmlcheck.Text("You sign in again first")))
}
