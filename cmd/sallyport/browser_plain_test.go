package main_test

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// walkWithoutScripts uploads, reviews, activates and signs in where no script
// of any page runs: by metadata, and by values typed in for HTTP-POST.
func walkWithoutScripts(w *world, b *tab) {
	b.script(false)
	w.enter(b, false)
	w.dismiss(b)
	w.newConnection(b, "plain", "Without scripts")
	if hidden := evaluate[bool](b, `[...document.querySelectorAll("[data-copy]")].every(c => c.offsetParent === null)`); !hidden {
		b.t.Error("there are copy buttons, which cannot work")
	}
	b.upload("#metadata", w.file)
	b.click("#by-file button")
	b.arrive(w.url+"/admin/idps/plain/review", "Review Without scripts")
	b.shows(w.fingerprint())
	b.picture("plain-review")
	b.click(`form[action$="/activations"] button`)
	b.arrive(w.url+"/admin/idps/plain", "Without scripts")
	b.shows("People can sign in through it now")
	b.open(w.url + "/saml/plain/login")
	w.answer(b)

	w.newConnection(b, "posted", "By HTTP-POST")
	b.click("details:has(#by-hand) summary")
	b.fill("#entity_id", w.twin.EntityID())
	b.fill("#sso_url", w.idp+"/trust/enter/by-post")
	b.do("choose HTTP-POST", chromedp.SetValue(chromedp.CSS("#binding"), "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"))
	b.fill("#certificate", string(w.twin.CertificatePEM()))
	b.click("#by-hand button")
	b.arrive(w.url+"/admin/idps/posted/review", "Review By HTTP-POST")
	b.shows(w.fingerprint())
	b.click(`form[action$="/activations"] button`)
	b.arrive(w.url+"/admin/idps/posted", "By HTTP-POST")
	b.open(w.url + "/saml/posted/login")
	b.arrive(w.url+"/saml/posted/login", "Continue to sign in")
	b.picture("plain-post")
	b.click("main button")
	w.answer(b)
}

// newConnection makes one in the console and ends on its page.
func (w *world) newConnection(b *tab, slug, name string) {
	b.t.Helper()
	b.open(w.url + "/admin/idps/new")
	b.arrive(w.url+"/admin/idps/new", "New connection")
	b.fill("#name", name)
	b.fill("#slug", slug)
	b.click("main button")
	b.arrive(w.url+"/admin/idps/"+slug, name)
}

// answer lets the identity provider vouch for its first person, and presses
// the button of the page that no script sends on.
func (w *world) answer(b *tab) {
	b.t.Helper()
	b.do("wait for the identity provider", chromedp.WaitVisible(chromedp.CSS(`form[action="/trust/answer"]`)))
	b.click(`form[action="/trust/answer"] button`)
	b.arrive(w.idp+"/trust/answer", "Sending you on")
	b.click("#send button")
	b.arrive(w.url+"/", "Your applications")
	b.shows("ann@example.com")
}

// walkByKeyboard does the administrator's part without a mouse.
func walkByKeyboard(w *world, b *tab) {
	link := strings.TrimSpace(string(w.run("admin", "link")))
	b.open(link)
	b.arrive(link, "Open the console")
	b.skip()
	b.press("main button")
	b.arrive(w.url+"/admin", "Connections")
	b.skip()
	b.press(`main a[href="/admin/idps/new"]`)
	b.arrive(w.url+"/admin/idps/new", "New connection")
	b.tabTo("#name")
	b.do("type", chromedp.KeyEvent("Keys"))
	b.tabTo("#slug")
	b.do("type", chromedp.KeyEvent("keys"+kb.Enter))
	b.arrive(w.url+"/admin/idps/keys", "Keys")
	b.upload("#metadata", w.file) // the window in which files are chosen is not ours
	b.press("#by-file button")
	b.arrive(w.url+"/admin/idps/keys/review", "Review Keys")
	b.skip()
	b.press(`form[action$="/activations"] button`)
	b.arrive(w.url+"/admin/idps/keys", "Keys")
	b.shows("People can sign in through it now")
	b.tabTo(".viewer button")
	b.picture("keyboard-focus")
}

// skip takes the link that comes first on every page, and is seen only then.
func (b *tab) skip() {
	b.t.Helper()
	b.do("press Tab", chromedp.KeyEvent(kb.Tab))
	if !evaluate[bool](b, `document.activeElement.matches("a.skip") && document.activeElement.getBoundingClientRect().top >= 0`) {
		b.t.Fatalf("Tab does not lead to the skip link first, at %s", b.whereabouts())
	}
	b.do("press Enter", chromedp.KeyEvent(kb.Enter))
	if !evaluate[bool](b, `document.activeElement.id === "main"`) {
		b.t.Fatalf("the skip link does not lead to the content, at %s", b.whereabouts())
	}
}

// press reaches an element by Tab and uses it.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.tabTo(selector)
	b.do("press Enter", chromedp.KeyEvent(kb.Enter))
}

// tabTo presses Tab until an element has the focus. One must see where the
// focus is all the way.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 60 {
		b.do("press Tab", chromedp.KeyEvent(kb.Tab))
		if unseen := evaluate[string](b, `(e => e === document.body || parseFloat(getComputedStyle(e).outlineWidth) >= 2 && getComputedStyle(e).outlineStyle !== "none" ? "" : e.outerHTML)(document.activeElement)`); unseen != "" {
			b.t.Errorf("one does not see that this has the focus: %s", unseen)
		}
		if evaluate[bool](b, "document.activeElement.matches(`"+selector+"`)") {
			return
		}
	}
	b.t.Fatalf("Tab does not lead to %s at %s", selector, b.whereabouts())
}
