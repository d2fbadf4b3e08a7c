package main_test

import (
	"net/http"
	"strings"

	"github.com/chromedp/chromedp"
)

const brakePage = consoleIDP + "/brake"

// deactivate has the robot put somebody out, and gives the status.
func (c *provisioningWorld) deactivate(i int) (int, map[string]any) {
	c.t.Helper()
	return c.robot.send(http.MethodPatch, "/Users/"+c.ids[extra(i)], patch(`{"op":"replace","path":"active","value":false}`))
}

// runWild has the robot put out people from the first one on until it is held
// twice, and gives the numbers of those two.
func (c *provisioningWorld) runWild(first int) []int {
	c.t.Helper()
	var held []int
	for i := first; i < extras; i++ {
		status, answer := c.deactivate(i)
		switch status {
		case http.StatusOK:
		case http.StatusTooManyRequests:
			if held = append(held, i); len(held) == 2 {
				return held
			}
		default:
			c.t.Fatalf("%s: status %d: %v", extra(i), status, answer)
		}
	}
	c.t.Fatalf("%d of %d people are out, and the brake never held", extras-first, len(c.ids))
	return nil
}

// brake lets a robot run wild twice: once by mistake, and once meant.
func (c *provisioningWorld) brake(b *tab) {
	c.signInByTile(b, "ann")
	c.visit(b, brakePage, "Mass-change brake")
	b.shows("Nobody waits", "more than 20 percent and more than 10 people")
	b.glance("brake")
	b.fill("#share", "900")
	b.click(`form[action$="/brake"] button`)
	if alert := b.read(`form[action$="/brake"] .alert`); alert == "" {
		b.t.Error("900 percent: nothing is said")
	}
	b.glance("brake-wrong")

	held := c.runWild(0)
	for _, page := range []struct{ path, heading string }{{"/admin", "Connections"}, {"/admin/people", "People"}} {
		c.visit(b, page.path, page.heading)
		if banner := b.read("main"); !strings.Contains(banner, "brake") {
			b.t.Errorf("no word of the brake at %s: %s", page.path, banner)
		}
	}
	c.visit(b, "/admin", "Connections")
	b.look("brake-banner")
	c.visit(b, brakePage, "Mass-change brake")
	b.shows("2 people wait", extra(held[0]), extra(held[1]), "deactivate them")
	b.look("brake-holds")
	b.click(`input[name="undo"]`)
	b.click(`form[action$="/rejections"] button`)
	b.arrive(c.url+brakePage+"?done=brake_rejected", "Mass-change brake")
	b.shows("Kept by administrators", extra(held[0]))
	b.glance("brake-rejected")
	if status, answer := c.deactivate(held[0]); status != http.StatusForbidden {
		b.t.Errorf("what was rejected: status %d, want 403: %v", status, answer)
	}
	if back := c.robot.ask(http.MethodGet, "/Users/"+c.ids[extra(0)], "", http.StatusOK); back["active"] != true {
		b.t.Errorf("undone, and not back: %v", back["active"])
	}

	held = c.runWild(held[1] + 1)
	c.visit(b, brakePage, "Mass-change brake")
	b.click(`form[action$="/releases"] button`)
	b.arrive(c.url+brakePage+"?done=brake_released", "Mass-change brake")
	b.shows("released")
	b.glance("brake-released")
	for _, i := range held {
		if gone := c.robot.ask(http.MethodGet, "/Users/"+c.ids[extra(i)], "", http.StatusOK); gone["active"] != false {
			b.t.Errorf("%s was released, and is active", extra(i))
		}
	}
}

// audit looks at every page as somebody who may change nothing.
func (c *provisioningWorld) audit(b *tab) {
	c.signInByTile(b, "ben")
	for name, page := range map[string]struct{ path, heading string }{
		"provisioning": {provisioningPage, "Provisioning"},
		"brake":        {brakePage, "Mass-change brake"},
		"attributes":   {consoleIDP + "/attributes", "Attributes for access control"},
		"groups":       {"/admin/groups", "Groups"},
		"log":          {"/admin/provisioning", "Provisioning log"},
		"stale":        {"/admin/stale", "Stale identities"},
		"removals":     {"/admin/removals", "Removed people"},
		"person":       {"/admin/people/" + c.ids["ann@example.com"], "ann@example.com"},
	} {
		c.visit(b, page.path, page.heading)
		if n := evaluate[int](b, `document.querySelectorAll("main form[method=post]").length`); n != 0 {
			b.t.Errorf("an auditor is offered %d forms that change something at %s", n, page.path)
		}
		b.glance("auditor-" + name)
	}
}

// cleanUp finds people whom nobody needs, removes them after a preview, and
// lets one of them come again.
func (c *provisioningWorld) cleanUp(b *tab) {
	c.signInByTile(b, "ann")
	c.visit(b, "/admin/stale", "Stale identities")
	b.glance("stale")
	c.visit(b, "/admin/stale?kind=disabled&days=0", "Stale identities")
	b.look("stale-disabled")
	b.click(`main tbody tr:first-child input[name="id"]`)
	b.click(`input[name="act"][value="remove"]`)
	b.click(`form[action$="/previews"] .primary`)
	b.arrive(c.url+"/admin/stale/previews", "Remove this person?")
	b.shows("kept by a robot", "Back, and change nothing")
	name := b.read(`main table th a`)
	b.look("stale-preview")
	b.click(`form[action$="/cleanups"] button`)
	b.stand(c.url + "/admin/stale")
	b.glance("stale-done")
	if status, _ := c.robot.send(http.MethodGet, "/Users/"+c.ids[name], ""); status != http.StatusNotFound {
		b.t.Errorf("%s is removed, and the robot finds them: status %d", name, status)
	}
	c.visit(b, "/admin/removals", "Removed people")
	b.shows(name)
	b.look("removals")
	b.click(`form[action="/admin/removals/forgotten"] button`)
	b.arrive(c.url+"/admin/removals?done=forgotten", "Removed people")
	if n := evaluate[int](b, `document.querySelectorAll("main tbody tr").length`); n != 0 {
		b.t.Errorf("%d removals after the only one was forgotten", n)
	}
	b.picture("removals-none")
}

// turnOff needs a word; the way back on needs no scripts.
func (c *provisioningWorld) turnOff(b *tab) {
	c.signInByTile(b, "ann")
	c.run("scim", "token", "create", "--days", "20")
	c.visit(b, "/admin", "Connections")
	b.shows("A provisioning token of")
	b.look("overview-token")
	c.visit(b, provisioningPage, "Provisioning")
	b.glance("provisioning-ends-soon")
	b.fill("#word", "disable")
	b.click(`form[action$="/disablements"] button`)
	if alert := b.read(".danger-card .alert"); !strings.Contains(alert, "DISABLE") {
		b.t.Errorf("the wrong word: %q", alert)
	}
	b.glance("provisioning-word")
	b.fill("#word", "DISABLE")
	b.click(`form[action$="/disablements"] button`)
	b.arrive(c.url+provisioningPage+"?done=provisioned_off", "Provisioning")
	b.glance("provisioning-turned-off")
	if status, _ := c.robot.send(http.MethodGet, "/Users", ""); status != http.StatusUnauthorized {
		b.t.Errorf("turned off, and the robot gets status %d", status)
	}

	b.script(false)
	defer b.script(true)
	c.visit(b, provisioningPage, "Provisioning")
	b.do("choose AWS", chromedp.SetValue(chromedp.CSS("#compatibility"), "aws"))
	c.robot.token = c.makeToken(b)
	if n := evaluate[int](b, `[...document.querySelectorAll("button[data-copy]")].filter(b => b.checkVisibility()).length`); n != 0 {
		b.t.Errorf("%d copy buttons are shown that can do nothing", n)
	}
	b.picture("provisioning-plain")
	c.robot.ask(http.MethodGet, "/Users", "", http.StatusOK)
}
