package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestBrowserAccess says who may go where in a real browser, and goes there,
// judging every page on the way. The walks follow one another in one house.
func TestBrowserAccess(t *testing.T) {
	chromium := startChromium(t)
	w := newWorld(t)
	a := &accessWorld{world: w, chromium: chromium}
	for _, walk := range []struct {
		name string
		take func(*accessWorld, *tab)
	}{
		{"an application and its permission sets", (*accessWorld).makeObjects},
		{"assignments, shown before they are made", (*accessWorld).assign},
		{"rules by form and by editor", (*accessWorld).rule},
		{"why can or can't they", (*accessWorld).explain},
		{"roles", (*accessWorld).roles},
		{"a person's portal, chooser and shut door", (*accessWorld).enter},
		{"without scripts", (*accessWorld).withoutScripts},
	} {
		if !t.Run(walk.name, func(t *testing.T) {
			b := newTab(t, chromium)
			defer func(outer *testing.T) { w.t = outer }(w.t)
			w.t = t
			walk.take(a, b)
		}) {
			t.Fatal("the walks that follow need this one")
		}
	}
}

// accessWorld is a house in which it is said who may go where.
type accessWorld struct {
	*world
	chromium context.Context
	reader   *browser // in the console, to see what is followed
}

// console enters the console at a page of it.
func (a *accessWorld) console(b *tab, path, heading string) {
	b.t.Helper()
	if at := b.whereabouts(); !strings.HasPrefix(at, a.url) {
		a.world.enter(b, false)
		for evaluate[bool](b, `document.querySelector(".link-uses form") !== null`) {
			a.dismiss(b)
		}
	}
	b.open(a.url + path)
	b.arrive(a.url+path, heading)
}

// makeObjects makes what assignments are about, with the console.
func (a *accessWorld) makeObjects(b *tab) {
	a.trust("default", a.twin.Metadata())
	a.run("app", "add", "--name", "wiki", "--url", a.app+"/wiki", "--title", "Wiki", "--icon", "Wk")
	a.reach("/admin/applications", "Wiki")
	a.signIn()

	a.console(b, "/admin/permission-sets", "Permission sets")
	b.look("permission-sets-none")
	b.click(`form[action$="/starters"] button`)
	b.arrive(a.url+"/admin/permission-sets?done=sets_made", "Permission sets")
	b.shows("AdministratorAccess", "PowerUserAccess", "ViewOnlyAccess")
	b.look("permission-sets")
	b.follow(`th a[href^="/admin/permission-sets/"]`)
	b.look("permission-set")

	a.console(b, "/admin/applications", "Applications")
	b.fill("#name", "grafana")
	b.fill("#url", a.app+"/grafana")
	b.fill("#title", "Grafana")
	b.fill("#description", "How the machines are")
	b.fill("#ask_whom", "platform@example.com")
	b.click(`form[method="post"][action="/admin/applications"] .primary`)
	b.arrive(a.url+"/admin/applications?done=added", "Applications")
	b.shows("who is assigned")
	b.look("applications-two")
	a.run("app", "set", "grafana", "--link", "latency=/d/latency", "--user-access", "okta=https://example.okta.com/app/sallyport/exk1/sso/saml")
	a.reach("/admin/applications/grafana", "grafana/~latency")
	a.console(b, "/admin/applications/grafana", "Grafana")
	b.look("application-assigned")
}

// signIn is ann, who comes in by a tile with a window of her own.
func (a *accessWorld) signIn() *tab {
	a.t.Helper()
	p := newTab(a.t, a.chromium)
	a.openTiles(p)
	p.click(`button[name="tile"][value="0"]`)
	p.arrive(a.app+"/wiki/on-call", "Wiki")
	return p
}

// reach waits until a page says something: what a command changed is followed.
func (a *accessWorld) reach(path, words string) {
	a.t.Helper()
	if a.reader == nil {
		a.reader = newBrowser(a.t)
		a.reader.send(http.MethodPost, strings.TrimSpace(string(a.run("admin", "link"))), nil, "127.0.0.1")
	}
	a.reader.t = a.t
	eventually(a.t, words, func() bool { return strings.Contains(a.reader.get(a.url+path).text(), words) })
}

// assign lets ann in by two of her groups, after a look at what that changes.
func (a *accessWorld) assign(b *tab) {
	a.console(b, "/admin/assignments/new?app=grafana", "New assignments")
	b.look("assign")
	b.fill("#people", "ann@example.com")
	b.click(`fieldset label:has(input[name="set"])`)
	b.click("form .primary")
	b.arrive(a.url+"/admin/assignments", "Make these assignments?")
	b.shows("1 person gets in", "ann@example.com")
	b.look("assign-preview")
	b.click("form.row .primary")
	b.arrive(a.url+"/admin/assignments?done=assigned", "Assignments")
	b.look("assignments")
	a.run("assignment", "grant", "--claim", "on-call", "--app", "grafana", "--permission-set", "ViewOnlyAccess", "--until", "720h")
	a.reach("/admin/assignments", "on-call")
	a.console(b, "/admin/applications/grafana", "Grafana")
	b.look("application-assignments")
	a.console(b, "/admin/people?search=ann", "People")
	b.follow(`th a[href^="/admin/people/"]`)
	b.shows("Grafana")
	b.look("person-assignments")
}

// rule makes one by the form and one by the editor, which says what is wrong
// first.
func (a *accessWorld) rule(b *tab) {
	const rules = "/admin/applications/grafana/rules"
	a.console(b, rules+"/new", "New rule")
	b.look("rule-form")
	b.fill("#name", "Cost centre 4711")
	b.fill("#tag_key", "CostCenter")
	b.fill("#tag_values", "4711")
	b.fill("#networks", "here")
	b.click("form.card .primary")
	b.read("form [role=alert]")
	b.arrive(a.url+rules+"/new", "New rule")
	b.look("rule-form-refused")
	b.fill("#networks", "")
	b.click("form.card .primary")
	b.await(a.url+rules+"/new", func(h1 string) bool { return strings.HasSuffix(h1, "?") }, "a question")
	b.shows(`principal.hasTag("CostCenter")`)
	b.look("rule-preview")
	b.click("form.row .primary")
	b.arrive(a.url+"/admin/applications/grafana", "Grafana")

	a.console(b, rules+"/new?as=text", "New rule")
	b.look("rule-editor")
	b.fill("#name", "No contractors")
	b.fill("#text", `forbid (principal, action == Action::"enter", resource) when { principal.gruops.contains("contractors") };`)
	b.click("form.card .primary")
	if said := b.read("form [role=alert]"); !strings.Contains(said, "gruops") {
		b.t.Errorf("the editor says %q", said)
	}
	b.arrive(a.url+rules+"/new", "New rule")
	b.look("rule-editor-refused")
	b.fill("#text", `forbid (principal, action == Action::"enter", resource) when { principal.groups.contains("contractors") };`)
	b.click("form.card .primary")
	b.await(a.url+rules+"/new", func(h1 string) bool { return strings.HasSuffix(h1, "?") }, "a question")
	b.look("rule-preview-nobody")
	b.click("form.row .primary")
	b.arrive(a.url+"/admin/applications/grafana", "Grafana")
	b.shows("Cost centre 4711", "No contractors")
	b.look("application-rules")
	b.follow(`th a[href^="` + rules + `/"]`)
	b.look("rule-made")
}

// explain asks for somebody who can, and for the same one as if they were
// different.
func (a *accessWorld) explain(b *tab) {
	a.console(b, "/admin/reach", "Why can or can't they?")
	b.look("explain")
	b.fill("#person", "ann@example.com")
	b.fill("#app", "grafana")
	b.click("form.card .primary")
	if said := b.read("#verdict"); said != "Yes: ann@example.com can open Grafana." {
		b.t.Errorf("the verdict is %q", said)
	}
	b.arrive(a.url+"/admin/reach", "Why can or can't they?")
	b.shows("They are signed in", `Rule "Cost centre 4711" of application grafana permits it as `)
	b.look("explain-yes")
	b.open(a.url + "/admin/reach?" + url.Values{"person": {"ann@example.com"}, "app": {"grafana"}, "set": {"ViewOnlyAccess"}, "tags": {"CostCenter=0815"}, "groups": {"contractors"}}.Encode())
	b.arrive(a.url+"/admin/reach", "Why can or can't they?")
	b.shows("No: ann@example.com can't open Grafana as ViewOnlyAccess", "CostCenter = 0815 (made up)", `Rule "No contractors" of application grafana forbids it as ViewOnlyAccess.`)
	b.look("explain-no")
	b.open(a.url + "/admin/reach?app=nowhere")
	b.arrive(a.url+"/admin/reach", "Why can or can't they?")
	b.look("explain-refused")
}

// roles registers one, after a document that is not taken.
func (a *accessWorld) roles(b *tab) {
	trust := strings.ReplaceAll(guideTrust, "IDENTITY-PROVIDER", "arn:aws:iam::123456789012:saml-provider/Example")
	a.console(b, "/admin/roles", "Roles")
	b.look("roles-none")
	b.fill("#arn", "arn:aws:iam::123456789012:role/WorkSpaces")
	b.fill("#trust", strings.Replace(trust, "StringEquals", "NumericEquals", 1))
	b.click("form[method=post][action='/admin/roles'] .primary")
	if said := b.read("form [role=alert]"); !strings.Contains(said, "NumericEquals") {
		b.t.Errorf("the page says %q", said)
	}
	b.arrive(a.url+"/admin/roles", "Roles")
	b.look("roles-refused")
	b.fill("#trust", trust)
	b.fill("#inline_name_0", "Stream")
	b.fill("#inline_document_0", strings.NewReplacer("PARTITION", "aws", "REGION-CODE", "eu-west-1", "ACCOUNT-ID-WITHOUT-HYPHENS", "123456789012", "DIRECTORY-ID", "d-1234567890").Replace(guideInline))
	b.click("form[method=post][action='/admin/roles'] .primary")
	b.read("#decides") // the role's own page
	a.console(b, "/admin/roles", "Roles")
	b.look("roles")
	b.follow(`th a[href^="/admin/roles/"]`)
	b.look("role")

	a.run("app", "add", "--name", "desktops", "--title", "Desktops", "--kind", "workspaces", "--region", "eu-west-1", "--registration-code", "SLiad+AB12CD",
		"--directory-id", "d-1234567890", "--account-id", "123456789012", "--ask-whom", "desktops@example.com")
	a.reach("/admin/applications", "Desktops")
	a.console(b, "/admin/applications/desktops", "Desktops")
	b.shows("Entering takes a role too")
	b.look("application-workspaces")
}

// enter is what ann sees of all that.
func (a *accessWorld) enter(b *tab) {
	for i, title := range []string{"Payroll", "Tickets", "Code", "Builds", "Calendar", "Travel", "Library", "Canteen", "Phone book"} {
		a.run("app", "add", "--name", fmt.Sprintf("app-%d", i), "--title", title, "--url", fmt.Sprintf("%s/%d", a.app, i), "--description", "About "+strings.ToLower(title))
	}
	a.run("app", "add", "--name", "vault", "--title", "Vault", "--url", a.app+"/vault", "--entry", "assigned", "--ask-whom", "security@example.com")
	a.reach("/admin/applications?search=vault", "Vault")
	p := a.signIn()
	p.open(a.url + "/")
	p.arrive(a.url+"/", "Your applications")
	p.shows("Grafana", "AdministratorAccess", "ViewOnlyAccess", "latency", "Phone book")
	p.look("portal-many")

	p.click(`form[action="/pins"]:has(input[value="app-4"]) button`)
	p.read("#pinned")
	p.arrive(a.url+"/", "Your applications")
	p.click(`a[href="/go/grafana"]`)
	p.arrive(a.url+"/go/grafana", "Enter Grafana")
	p.shows("AdministratorAccess", "ViewOnlyAccess")
	p.look("choose-set")
	p.click(`a.choice[href*="ViewOnlyAccess"]`)
	p.arrive(a.app+"/grafana", "Wiki")
	p.open(a.url + "/go/grafana")
	p.arrive(a.url+"/go/grafana", "Enter Grafana")
	p.shows("last time")
	p.open(a.url + "/")
	p.arrive(a.url+"/", "Your applications")
	p.shows("Pinned", "Recent")
	p.look("portal-pinned")

	p.fill("#q", "phone")
	p.until("the portal finds while one types", `document.querySelectorAll("#results .tile").length === 1`)
	p.shows("Phone book")
	p.look("portal-search")
	p.fill("#q", "nothing like it")
	p.until("the portal finds nothing", `document.querySelectorAll("#results .tile").length === 0`)
	p.look("portal-search-nothing")

	p.open(a.url + "/go/vault/secrets")
	p.arrive(a.url+"/go/vault/secrets", "You can’t open Vault")
	p.shows("It has not been assigned to you", "security@example.com")
	p.look("denied")
	reference := p.read(".reference code")
	p.open(a.url + "/go/desktops")
	p.arrive(a.url+"/go/desktops", "You can’t open Desktops")
	p.look("denied-role")
	p.open(a.url + "/go/grafana?permission_set=PowerUserAccess")
	p.arrive(a.url+"/go/grafana", "You can’t open Grafana")
	p.shows("You may enter it with")
	p.look("denied-set")

	a.console(b, "/admin/signins/"+reference, "Entry denied")
	b.shows("Only who is assigned may enter application vault")
	b.look("denied-explained")
	a.console(b, "/admin/stale", "Stale identities")
	b.look("stale-access")
}

// withoutScripts finds, pins and chooses by forms and links alone.
func (a *accessWorld) withoutScripts(_ *tab) {
	p := a.signIn()
	p.script(false)
	p.open(a.url + "/")
	p.arrive(a.url+"/", "Your applications")
	p.fill("#q", "phone")
	p.click("form.find button")
	p.arrive(a.url+"/?q=phone", "Your applications")
	p.shows("Found for “phone”", "Phone book")
	p.click(`#results .tile form button`)
	p.read("#results .pin.pinned")
	p.arrive(a.url+"/?q=phone", "Your applications")
	p.open(a.url + "/")
	p.arrive(a.url+"/", "Your applications")
	if pinned := p.read(`section[aria-labelledby="pinned"]`); !strings.Contains(pinned, "Phone book") {
		p.t.Errorf("pinned: %s", pinned)
	}
}

// follow clicks a link and waits for its page.
func (b *tab) follow(selector string) {
	b.t.Helper()
	to := evaluate[string](b, fmt.Sprintf("document.querySelector(%q)?.href ?? ''", selector))
	b.click(selector)
	b.stand(to)
}

// until waits for what a script of the page brings about.
func (b *tab) until(what, expression string) {
	b.t.Helper()
	eventually(b.t, what, func() bool { return evaluate[bool](b, expression) })
}
