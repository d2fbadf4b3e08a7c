package main_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"sallyport/internal/testidp"
)

// TestBrowserConsole does an administrator's work of every day in a real
// browser, and judges every page on the way. The walks follow one another in
// one house, each in a window of its own.
func TestBrowserConsole(t *testing.T) {
	chromium := startChromium(t)
	w := newWorld(t)
	c := &consoleWorld{world: w, chromium: chromium}
	for _, walk := range []struct {
		name string
		take func(*consoleWorld, *tab)
	}{
		{"guided set-up, and by a stranger with a link", (*consoleWorld).setUp},
		{"test sign-in, then active", (*consoleWorld).tryAndActivate},
		{"why a sign-in failed", (*consoleWorld).explain},
		{"people, activity and links", (*consoleWorld).lookAround},
		{"a change that can lock people out", (*consoleWorld).changeWithDanger},
		{"administrators and auditors", (*consoleWorld).administrators},
		{"an activation that waits for confirmation", (*consoleWorld).confirm},
		{"certificates and our keys", (*consoleWorld).certificates},
		{"without scripts", (*consoleWorld).withoutScripts},
	} {
		if !t.Run(walk.name, func(t *testing.T) {
			b := newTab(t, chromium)
			defer func(outer *testing.T) { w.t = outer }(w.t)
			w.t = t // what fails, fails here
			walk.take(c, b)
		}) {
			t.Fatal("the walks that follow need this one")
		}
	}
}

// consoleWorld is a house in which an administrator works.
type consoleWorld struct {
	*world
	chromium context.Context
}

const (
	consoleIDP = "/admin/idps/default"
	idpName    = "Identity provider"
)

// setUp is the guide of one vendor, and the same page for a stranger.
func (c *consoleWorld) setUp(b *tab) {
	c.enter(b, false)
	b.look("link-notice")
	c.dismiss(b)
	c.visit(b, consoleIDP+"/setup", "Set up "+idpName)
	b.look("setup")
	b.click(`a[href="?vendor=entra"]`)
	b.arrive(c.url+consoleIDP+"/setup?vendor=entra", "Set up "+idpName)
	b.shows("Identifier (Entity ID)", "Reply URL", c.url+"/saml/default/metadata", c.url+"/saml/default/acs", "Namespace")
	b.look("setup-entra")

	c.visit(b, consoleIDP, idpName)
	b.click(`form[action$="/setup-links"] button`)
	b.arrive(c.url+consoleIDP+"/setup-links", idpName)
	link := evaluate[string](b, `[...document.querySelectorAll("code")].map(c => c.innerText).find(t => t.includes("/setup/")) ?? ""`)
	if !strings.HasPrefix(link, c.url+"/setup/") {
		b.t.Fatalf("no setup link on the page, but %q", link)
	}
	b.look("setup-link-made")
	c.beStranger(newTab(b.t, c.chromium), link)
}

// beStranger is the identity provider's administrator, who has the link alone.
func (c *consoleWorld) beStranger(b *tab, link string) {
	b.open(link)
	b.arrive(link, "Connect "+idpName)
	b.shows("It can do that one thing")
	b.look("setup-stranger")
	b.upload("#metadata", c.save("picture.png", "\x89PNG\r\n\x1a\n"))
	b.click("#by-file button")
	b.arrive(link, "Connect "+idpName)
	if b.read("#by-file .alert") == "" {
		b.t.Error("a picture: no word about it")
	}
	b.upload("#metadata", c.file)
	b.click("#by-file button")
	c.awaitText(b, "Thank you: it has arrived")
	b.shows(c.twin.EntityID(), c.fingerprint())
	b.look("setup-stranger-done")
	b.open(c.url + consoleIDP + "/review")
	b.arrive(c.url+consoleIDP+"/review", "The console is locked")
	b.open(c.url + "/setup/nothing")
	b.stand(c.url + "/setup/nothing")
	b.look("setup-link-unknown")
}

// tryAndActivate reads what the stranger handed in, signs in through it
// without beginning a session, and activates it.
func (c *consoleWorld) tryAndActivate(b *tab) {
	c.enter(b, false)
	c.dismiss(b)
	c.visit(b, consoleIDP+"/review", "Review "+idpName)
	b.shows(c.twin.EntityID(), c.fingerprint(), "No accepted sign-in of this connection is recorded yet")
	b.click(`form[action$="/tests"] button`)
	b.stand(c.idp + "/trust/enter/")
	b.click("main button")
	b.arrive(c.url+consoleIDP+"/tests/results", "Test of "+idpName)
	b.shows("This sign-in would be accepted", "ann@example.com", "CostCenter", "4711", "what waits for review")
	b.look("test-result")
	c.visit(b, "/admin/sessions", "Sessions")
	if strings.Contains(b.read("main"), "ann@example.com") {
		b.t.Error("a test began a session")
	}
	c.activate(b, "")
	if state := b.read(".head .state"); state != "active" {
		b.t.Errorf("the connection is %s, want active", state)
	}
	b.look("connection-in-force")
}

// explain finds out why a sign-in failed, for several identity providers, and
// reads the response itself.
func (c *consoleWorld) explain(b *tab) {
	c.enter(b, false)
	c.dismiss(b)
	c.signInByTile(b, "ann")
	c.openTiles(b)
	b.click(`button[name="misbehave"][value="wrong-audience"]`)
	b.arrive(c.url+"/saml/default/acs", "We could not sign you in")
	reference := b.read(".reference code")
	c.visit(b, "/admin/signins", "Sign-ins")
	b.click(`main a[href="/admin/signins/` + reference + `"]`)
	page := "/admin/signins/" + reference
	b.arrive(c.url+page, "Reference "+reference)
	for vendor, field := range map[string]string{"entra": "Identifier (Entity ID)", "onelogin": "Audience", "okta": "Audience URI"} {
		b.do("choose "+vendor, chromedp.SetValue(chromedp.CSS("#vendor"), vendor))
		b.click(`form[action="` + page + `"] button`)
		b.arrive(c.url+page+"?vendor="+vendor, "Reference "+reference)
		if got := b.read(".remedy"); !strings.Contains(got, field) || !strings.Contains(got, "identity provider's administrator") {
			b.t.Errorf("%s: %q does not name the field %q and who has it", vendor, got, field)
		}
	}
	b.look("why")
	b.click(`form[action$="/responses"] button`)
	b.arrive(c.url+page+"/responses", "The response as it came")
	b.shows("<samlp:Response", "https://other.example.org/saml/metadata")
	b.look("why-xml")
	c.visit(b, "/admin/activity", "Activity")
	b.shows(reference)
	b.look("activity")
	csv := b.download(`a[href^="/admin/activity.csv"]`)
	if !strings.HasPrefix(csv, "id,at,action,") || !strings.Contains(csv, "signin.raw_viewed") {
		b.t.Errorf("the export lacks what was done: %.300s", csv)
	}
}

// lookAround is a person's page and a link into an application.
func (c *consoleWorld) lookAround(b *tab) {
	c.enter(b, false)
	c.dismiss(b)
	c.addTarget(b)
	c.visit(b, "/admin/applications", "Applications")
	b.look("applications-console")
	c.visit(b, "/admin/applications/wiki", "Wiki")
	b.do("choose ADFS", chromedp.SetValue(chromedp.CSS("#vendor"), "adfs"))
	b.fill("#path", "on-call/tonight")
	b.fill("#access", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?loginToRp="+c.url+"/saml/default/metadata")
	b.click(`form[method="get"] .primary`)
	b.stand(c.url + "/admin/applications/wiki")
	c.awaitText(b, c.url+"/go/wiki/on-call/tonight")
	b.shows("wiki/on-call/tonight", "RPID=")
	b.look("links")
	b.fill("#path", strings.Repeat("long/", 20)+"end")
	b.click(`form[method="get"] .primary`)
	c.awaitText(b, "SAML promises to carry 80")
	b.look("links-long")

	c.visit(b, "/admin/people", "People")
	b.click(`main a[href^="/admin/people/"]`)
	c.awaitText(b, "Sign out everywhere")
	b.shows("ann@example.com", "CostCenter", "Engineering")
	b.look("person")
	b.click(`form[action$="/revocations"] button`)
	c.awaitText(b, "Not signed in now")
	c.visit(b, "/admin/sessions", "Sessions")
	b.look("sessions-console")
}

// changeWithDanger activates another provider's metadata in the place of the
// one that people sign in through, goes back by versions, and finds the same.
func (c *consoleWorld) changeWithDanger(b *tab) {
	c.enter(b, false)
	c.dismiss(b)
	c.signInByTile(b, "ben")
	c.importOther(b)
	b.shows("This can lock people out", "would be refused", c.twin.EntityID())
	b.look("review-danger")
	b.fill("#word", "accept")
	b.click(`#activation .primary`)
	b.arrive(c.url+consoleIDP+"/activations", "Review "+idpName)
	b.look("review-word")
	if b.read("#activate-wrong") == "" {
		b.t.Error("the wrong word: nothing is said")
	}
	c.activate(b, "ACCEPT")
	c.visit(b, consoleIDP+"/versions", "Versions")
	b.look("versions")
	b.click(`form[action$="/versions/1/restorations"] button`)
	b.arrive(c.url+consoleIDP+"/review", "Review "+idpName)
	c.activate(b, "ACCEPT")
	c.signInByTile(b, "ben")
}

// administrators lets a person in by signing in, and another one to look.
func (c *consoleWorld) administrators(b *tab) {
	c.enter(b, false)
	c.visit(b, "/admin/administrators", "Administrators")
	b.look("administrators-none")
	c.grant(b, "ann@example.com", "Administrator")
	c.grant(b, "ben@example.com", "Auditor")
	b.look("administrators")
	b.click(`button[aria-label="Remove ann@example.com as Administrator"]`)
	if alert := b.read("main > .alert"); !strings.Contains(alert, "last Administrator") {
		b.t.Errorf("the last one goes: %q", alert)
	}
	b.look("administrators-last")

	auditor := newTab(b.t, c.chromium)
	c.signInByTile(auditor, "ben")
	c.visit(auditor, "/admin", "Connections")
	auditor.look("auditor")
	c.visit(auditor, consoleIDP, idpName)
	if n := evaluate[int](auditor, `document.querySelectorAll("main form[method=post]").length`); n != 0 {
		b.t.Errorf("an auditor is offered %d forms that change something", n)
	}
	auditor.look("auditor-connection")
	person := newTab(b.t, c.chromium)
	c.signInByTile(person, "ann")
	c.visit(person, "/admin", "Connections")
	person.shows("A one-time link was used")
	person.look("console-by-sign-in")
	person.click(".link-uses form button")
	person.stand(c.url + "/admin/administrators")
}

// confirm is an activation that touches the administrators' own way in.
func (c *consoleWorld) confirm(b *tab) {
	c.signInByTile(b, "ann")
	c.visit(b, consoleIDP, idpName)
	b.upload("#metadata", c.file)
	b.click("#by-file button")
	b.arrive(c.url+consoleIDP+"/review", "Review "+idpName)
	b.shows("within ten minutes")
	b.look("review-confirm")
	c.activate(b, "")
	b.shows("is not confirmed yet")
	b.look("confirm-waits")
	b.click(".waiting a.button")
	b.stand(c.idp + "/trust/enter/")
	b.click("main button")
	b.stand(c.url + "/admin")
	c.visit(b, "/admin", "Connections")
	if strings.Contains(b.read("main"), "is not confirmed yet") {
		b.t.Error("an administrator signed in through it, and it is not confirmed")
	}
}

// certificates is the list of ends, the calendar, and the rollover of our key.
func (c *consoleWorld) certificates(b *tab) {
	c.signInByTile(b, "ann")
	c.visit(b, "/admin/certificates", "Certificates")
	b.shows(c.fingerprint(), "signing certificate of "+idpName)
	b.look("certificates")
	b.click(`form[action="/admin/calendars"] button`)
	c.awaitText(b, "Copy it now")
	address := evaluate[string](b, `[...document.querySelectorAll("code")].map(c => c.innerText).find(t => t.includes("/calendar/")) ?? ""`)
	if calendar := newBrowser(b.t).get(address).body; !strings.HasPrefix(calendar, "BEGIN:VCALENDAR") || !strings.Contains(calendar, "DTSTART") {
		b.t.Errorf("no calendar at %s: %.200s", address, calendar)
	}
	c.visit(b, "/admin/certificates", "Certificates")
	b.click(`form[action="/admin/keys/signing/publications"] button`)
	c.awaitText(b, "not yet")
	newBrowser(b.t).get(c.url + "/saml/default/metadata")
	b.open(c.url + "/admin/certificates")
	c.awaitText(b, "by Go-http-client")
	b.look("certificates-rollover")
	b.click(`form[action="/admin/keys/signing/promotions"] button`)
	b.arrive(c.url+"/admin/certificates?done=key_promoted", "Certificates")
	b.picture("certificates-promoted")
	b.click(`form[action$="/retirements"] button`)
	b.arrive(c.url+"/admin/certificates", "Certificates")
}

// withoutScripts sets up, reviews and activates by forms alone.
func (c *consoleWorld) withoutScripts(b *tab) {
	c.signInByTile(b, "ann")
	b.script(false)
	const page = "/admin/idps/quiet"
	c.visit(b, "/admin/idps/new", "New connection")
	b.fill("#name", "Quiet")
	b.fill("#slug", "quiet")
	b.click(`form[action="/admin/idps"] button`)
	b.stand(c.url + page)
	c.visit(b, page+"/setup", "Set up Quiet")
	b.click(`a[href="?vendor=okta"]`)
	b.arrive(c.url+page+"/setup?vendor=okta", "Set up Quiet")
	b.picture("setup-plain")
	if n := evaluate[int](b, `[...document.querySelectorAll("button[data-copy]")].filter(b => b.checkVisibility()).length`); n != 0 {
		b.t.Errorf("%d copy buttons are shown that can do nothing", n)
	}
	b.upload("#metadata", c.file)
	b.click("#by-file button")
	b.stand(c.url + page + "/review")
	b.click(`#activation .primary`)
	b.stand(c.url + page)
	b.shows("People can sign in through it now")
	b.script(true)
}

// visit opens a page of the console.
func (c *consoleWorld) visit(b *tab, path, heading string) {
	b.t.Helper()
	b.open(c.url + path)
	b.arrive(c.url+path, heading)
}

// awaitText waits until the page that is on its way is there with a text.
func (c *consoleWorld) awaitText(b *tab, text string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, step)
	defer cancel()
	for {
		seen, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? document.body.innerText : ""`))
		if err == nil && strings.Contains(strings.Join(strings.Fields(seen), " "), text) {
			return
		}
		select {
		case <-b.loads:
		case <-ctx.Done():
			b.t.Fatalf("waiting for %q: %v; the tab shows %s", text, ctx.Err(), b.whereabouts())
		}
	}
}

// activate reviews and activates what waits, with the word where it is asked.
func (c *consoleWorld) activate(b *tab, word string) {
	b.t.Helper()
	c.visit(b, consoleIDP+"/review", "Review "+idpName)
	if word != "" {
		b.fill("#word", word)
	}
	b.click("#activation .primary")
	b.arrive(c.url+consoleIDP+"?done=activated", idpName)
}

// importOther imports what another provider says into the connection.
func (c *consoleWorld) importOther(b *tab) {
	b.t.Helper()
	other, err := testidp.New(testidp.Options{BaseURL: "https://idp.example.com"})
	if err != nil {
		b.t.Fatal(err)
	}
	c.visit(b, consoleIDP, idpName)
	b.upload("#metadata", c.save("other.xml", string(other.Metadata())))
	b.click("#by-file button")
	b.arrive(c.url+consoleIDP+"/review", "Review "+idpName)
}

// signInByTile comes in by the app portal as a person.
func (c *consoleWorld) signInByTile(b *tab, person string) {
	b.t.Helper()
	c.openTiles(b)
	b.click("#person-" + person)
	b.click(`button[name="tile"][value="1"]`)
	b.stand(c.url + "/")
}

func (c *consoleWorld) addTarget(b *tab) {
	b.t.Helper()
	c.visit(b, "/admin/applications", "Applications")
	b.fill("#name", "wiki")
	b.fill("#url", c.app+"/wiki")
	b.fill("#title", "Wiki")
	b.click(`form[method="post"][action="/admin/applications"] input[value="everyone"]`)
	b.click(`form[method="post"][action="/admin/applications"] .primary`)
	b.arrive(c.url+"/admin/applications?done=added", "Applications")
}

func (c *consoleWorld) grant(b *tab, person, set string) {
	b.t.Helper()
	b.fill("#principal", person)
	b.do("choose "+set, chromedp.SetValue(chromedp.CSS("#set"), set))
	b.click(`form[action="/admin/administrators"] .primary`)
	c.awaitText(b, person+" through default")
}
