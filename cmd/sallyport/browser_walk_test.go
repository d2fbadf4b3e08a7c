package main_test

import (
	"path/filepath"
	"strings"
	"testing"

	"sallyport/internal/testidp"
)

// TestBrowser walks through the program as it ships in a real browser, as
// people do, and judges every page on the way.
func TestBrowser(t *testing.T) {
	chromium := startChromium(t)
	w := newWorld(t)
	for _, walk := range []struct {
		name string
		take func(*world, *tab)
	}{
		{"from nothing to the target", walkFromNothing},
		{"without scripts", walkWithoutScripts},
		{"by keyboard", walkByKeyboard},
		{"the demo", walkDemo},
		{"over https", walkHTTPS},
		{"pages in other states", walkStates},
	} {
		t.Run(walk.name, func(t *testing.T) { walk.take(w, newTab(t, chromium)) })
	}
}

// An administrator makes the first connection, a person comes in by a tile,
// and the administrator finds out why another sign-in was refused.
func walkFromNothing(w *world, b *tab) {
	b.open(w.url + "/")
	b.arrive(w.url+"/signin", "Sign in")
	b.look("signin-none")
	b.open(w.url + "/admin")
	b.arrive(w.url+"/admin", "The console is locked")
	b.look("locked")
	w.enter(b, true)
	b.look("console-first")
	w.dismiss(b)
	w.connect(b)
	w.addWiki(b)
	w.arriveByTile(b)
	w.explainRefusal(b)
	w.changeTrust(b)
	w.disable(b)
	for _, page := range []struct{ path, heading string }{
		{"people", "People"}, {"sessions", "Sessions"}, {"idps/default/settings", "Settings"}, {"idps/new", "New connection"}, {"nothing", "Page not found"},
	} {
		b.open(w.url + "/admin/" + page.path)
		b.arrive(w.url+"/admin/"+page.path, page.heading)
		b.look("console-" + filepath.Base(page.path))
	}
}

// connect exchanges metadata on the first connection's page, reviews and
// activates, after two files that do not do.
func (w *world) connect(b *tab) {
	const page = "/admin/idps/default"
	b.click(`main a[href="` + page + `"]`)
	b.arrive(w.url+page, "Identity provider")
	b.shows(w.url+"/saml/default/metadata", w.url+"/saml/default/acs")
	b.look("connection-new")
	if metadata := b.download(`a[href$="/metadata?download"]`); !strings.Contains(metadata, `entityID="`+w.url+`/saml/default/metadata"`) {
		b.t.Errorf("our metadata does not name us: %s", metadata)
	}

	b.upload("#metadata", w.save("portal.html", "<!doctype html><title>Sign in</title>"))
	b.click("#by-file button")
	b.arrive(w.url+page+"/imports", "Identity provider")
	if b.read("#by-file .alert") == "" {
		b.t.Error("a file that is no metadata: no word about it")
	}
	b.look("connection-refused")
	b.upload("#metadata", w.save("aggregate.xml", `<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">`+
		string(w.twin.Metadata())+strings.ReplaceAll(string(w.twin.Metadata()), w.twin.EntityID(), "https://idp.example.org/federation")+`</EntitiesDescriptor>`))
	b.click("#by-file button")
	b.arrive(w.url+page+"/imports", "Which identity provider?")
	b.look("connection-choose")
	b.click(`input[value="` + w.twin.EntityID() + `"]`)
	b.click("main button")

	b.arrive(w.url+page+"/review", "Review Identity provider")
	certificate := w.twin.Certificates()[0]
	b.shows(w.twin.EntityID(), w.fingerprint(), "RSA 2048",
		certificate.NotBefore.UTC().Format("2 Jan 2006"), certificate.NotAfter.UTC().Format("2 Jan 2006"))
	b.look("review")
	b.click(`form[action$="/activations"] button`)
	b.arrive(w.url+page, "Identity provider")
	if state := b.read(".head .state"); state != "active" {
		b.t.Errorf("the connection is %s, want active", state)
	}
	b.look("connection-active")
}

func (w *world) addWiki(b *tab) {
	b.click(`a[href="/admin/applications"]`)
	b.arrive(w.url+"/admin/applications", "Applications")
	b.fill("#name", "wiki")
	b.fill("#url", w.app+"/wiki")
	b.fill("#title", "Wiki")
	b.click(`form[method="post"][action="/admin/applications"] input[value="everyone"]`)
	b.click(`form[method="post"][action="/admin/applications"] .primary`)
	b.arrive(w.url+"/admin/applications?done=added", "Applications")
	b.shows(w.url + "/go/wiki")
	b.look("applications")
}

// openTiles shows the app portal of the identity provider.
func (w *world) openTiles(b *tab) {
	b.open(w.idp + "/")
	b.arrive(w.idp+"/", "Test identity provider")
}

func (w *world) arriveByTile(b *tab) {
	w.openTiles(b)
	b.look("idp-portal")
	b.click(`button[name="tile"][value="0"]`)
	b.arrive(w.app+"/wiki/on-call", "Wiki")
	b.open(w.url + "/session")
	b.arrive(w.url+"/session", "Your session")
	b.shows("ann@example.com", "CostCenter 4711", "Department Engineering", "Site Zürich / HQ")
	b.look("session")
	w.openTiles(b)
	b.click(`button[name="tile"][value="1"]`)
	b.arrive(w.url+"/", "Your applications")
	b.shows("names no application that we know")
	b.look("portal-notice")
}

// explainRefusal has a sign-in refused and follows its reference.
func (w *world) explainRefusal(b *tab) {
	w.openTiles(b)
	b.click(`button[name="misbehave"][value="wrong-audience"]`)
	b.arrive(w.url+"/saml/default/acs", "We could not sign you in")
	reference := b.read(".reference code")
	b.look("refused")
	b.open(w.url + "/admin/signins")
	b.arrive(w.url+"/admin/signins", "Sign-ins")
	b.shows("ann@example.com", reference, "Wrong audience", "Not a response")
	b.look("signins")
	b.fill("#reference", strings.ToLower(reference))
	b.click("form[role=search] button")
	b.arrive(w.url+"/admin/signins?reference="+strings.ToLower(reference)+"&person=&idp=&reason=&from=&to=", "Sign-ins")
	b.click(`main a[href="/admin/signins/` + reference + `"]`)
	b.arrive(w.url+"/admin/signins/"+reference, "Reference "+reference)
	b.shows("The identity provider's administrator")
	var failed []string
	rows := evaluate[[]string](b, `[...document.querySelectorAll(".checks tbody tr")].map(r => [...r.cells].map(c => c.innerText.trim()).join("|"))`)
	for _, row := range rows {
		if strings.Contains(row, "|failed|") {
			failed = append(failed, row)
		}
	}
	want := "|failed|" + w.url + "/saml/default/metadata or " + w.url + "/saml/metadata|https://other.example.org/saml/metadata"
	if len(rows) < 10 || len(failed) != 1 || !strings.HasSuffix(failed[0], want) {
		b.t.Errorf("checks: %q; want all of them, and of one %q", rows, want)
	}
	b.look("refusal")
}

// changeTrust imports what another provider says into the active connection,
// reads the difference and throws it away.
func (w *world) changeTrust(b *tab) {
	const page = "/admin/idps/default"
	other, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.open(w.url + page)
	b.arrive(w.url+page, "Identity provider")
	b.upload("#metadata", w.save("other.xml", string(other.Metadata())))
	b.click("#by-file button")
	b.arrive(w.url+page+"/review", "Review Identity provider")
	b.shows("What changes", w.twin.EntityID(), other.EntityID())
	b.look("review-change")
	b.click(`form[action$="/discards"] button`)
	b.arrive(w.url+page, "Identity provider")
	b.shows("Nothing else changed")
}

// disable shuts the connection, which one's next tile finds shut.
func (w *world) disable(b *tab) {
	const page = "/admin/idps/default"
	b.click(`form[action$="/disablements"] button`)
	b.arrive(w.url+page+"?done=disabled", "Identity provider")
	b.look("connection-disabled")
	w.openTiles(b)
	b.click(`button[name="tile"][value="0"]`)
	b.arrive(w.url+"/saml/default/acs", "We could not sign you in")
	b.shows("not open at the moment")
	b.look("refused-disabled")
	b.open(w.url + page)
	b.arrive(w.url+page, "Identity provider")
	b.click(`form[action$="/activations"] button`)
	b.arrive(w.url+page+"?done=activated", "Identity provider")
}
