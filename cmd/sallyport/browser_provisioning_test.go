package main_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowserProvisioning lets an identity provider's robot in, looks at what
// it does, holds it back and turns it away, in a real browser. The walks
// follow one another in one house.
func TestBrowserProvisioning(t *testing.T) {
	chromium := startChromium(t)
	c := newProvisioningWorld(t, chromium)
	for _, walk := range []struct {
		name string
		take func(*provisioningWorld, *tab)
	}{
		{"turned on, and the token changed", (*provisioningWorld).turnOn},
		{"people and groups", (*provisioningWorld).peopleAndGroups},
		{"what the robot did", (*provisioningWorld).readLog},
		{"attributes for access control", (*provisioningWorld).attributes},
		{"the brake: a mistake, and meant", (*provisioningWorld).brake},
		{"an auditor looks", (*provisioningWorld).audit},
		{"stale identities and removed people", (*provisioningWorld).cleanUp},
		{"turned off, and on again without scripts", (*provisioningWorld).turnOff},
	} {
		if !t.Run(walk.name, func(t *testing.T) {
			b := newTab(t, chromium)
			defer func(outer *testing.T) { c.t, c.robot.t = outer, outer }(c.t)
			c.t, c.robot.t = t, t // what fails, fails here
			walk.take(c, b)
		}) {
			t.Fatal("the walks that follow need this one")
		}
	}
}

// provisioningWorld is a house with a connection in force, and soon its robot.
type provisioningWorld struct {
	*consoleWorld
	robot robot
	ids   map[string]string // of people, by userName
}

func newProvisioningWorld(t *testing.T, chromium context.Context) *provisioningWorld {
	t.Helper()
	w := newWorld(t)
	w.trust("default", w.twin.Metadata())
	w.run("admin", "grant", "--user", "ann@example.com")
	w.run("admin", "grant", "--user", "ben@example.com", "--set", "Auditor")
	eventually(t, "the connection is in force", func() bool {
		return strings.HasPrefix(newBrowser(t).get(w.url+"/signin").url.String(), w.idp)
	})
	return &provisioningWorld{
		consoleWorld: &consoleWorld{world: w, chromium: chromium},
		robot:        robot{t: t, base: w.url + "/scim/v2"},
		ids:          map[string]string{},
	}
}

const provisioningPage = consoleIDP + "/provisioning"

// extras is how many people there are beside those of the identity provider.
const extras = 30

func extra(i int) string { return fmt.Sprintf("person-%02d@example.com", i) }

// turnOn makes a token, lets the robot work, and changes to a second token.
func (c *provisioningWorld) turnOn(b *tab) {
	c.enter(b, false)
	c.visit(b, provisioningPage, "Provisioning")
	b.shows(c.url+"/scim/v2", "only people whom the robot has made may come in")
	b.look("provisioning-off")
	c.robot.token = c.makeToken(b)
	b.look("provisioning-token")
	if n := strings.Count(evaluate[string](b, "document.documentElement.outerHTML"), "<code>"+c.robot.token); n != 1 {
		b.t.Errorf("the token stands %d times on its page", n)
	}
	c.people()

	c.visit(b, provisioningPage, "Provisioning")
	if strings.Contains(b.read("main"), c.robot.token) {
		b.t.Error("the token is shown again")
	}
	b.shows("Go-http-client", "refused for anybody whom the robot has not made")
	b.look("provisioning-on")
	first := c.robot.token
	c.robot.token = c.makeToken(b)
	b.shows("There are two tokens, and that is the most")
	b.glance("provisioning-two")
	b.click(`form[action$="/revocations"] button`) // of the first one
	b.arrive(c.url+provisioningPage, "Provisioning")
	c.robot.ask(http.MethodGet, "/Users?count=1", "", http.StatusOK)
	if status, _ := (robot{b.t, c.robot.base, first}).send(http.MethodGet, "/Users?count=1", ""); status != http.StatusUnauthorized {
		b.t.Errorf("the revoked token: status %d, want 401", status)
	}
}

// makeToken makes one on the page that the tab shows, and reads it.
func (c *provisioningWorld) makeToken(b *tab) string {
	b.t.Helper()
	b.click(`form[action$="/provisioning/tokens"] button`)
	b.stand(c.url + provisioningPage + "/tokens")
	c.awaitText(b, "it is shown this once")
	return b.read("#new-token code")
}

// people is what the robot makes at its first round.
func (c *provisioningWorld) people() {
	c.t.Helper()
	add := func(userName, given, family string) {
		c.ids[userName] = c.robot.ask(http.MethodPost, "/Users", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"`+userName+`","externalId":"`+strings.ToLower(given)+`",
			"active":true,"displayName":"`+given+" "+family+`","title":"Engineer","name":{"givenName":"`+given+`","familyName":"`+family+`"},"emails":[{"type":"work","primary":true,"value":"`+userName+`"}],
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"costCenter":"0815","department":"Bridges"}}`, http.StatusCreated)["id"].(string)
	}
	add("ann@example.com", "Ann", "Archer")
	add("ben@example.com", "Ben", "Baker")
	add("chloe@example.com", "Chloe", "Carter")
	for i := range extras {
		add(extra(i), "Person", fmt.Sprintf("Number %02d", i))
	}
	group := func(name string, members ...string) string {
		var list []string
		for _, m := range members {
			list = append(list, `{"value":"`+m+`"}`)
		}
		return c.robot.ask(http.MethodPost, "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"`+name+`","members":[`+strings.Join(list, ",")+`]}`, http.StatusCreated)["id"].(string)
	}
	inner := group("Drawbridge crew", c.ids["ann@example.com"], c.ids["chloe@example.com"])
	group("Everybody at the bridge", inner, c.ids["ben@example.com"])
}

// peopleAndGroups is what has arrived, and a local group beside it.
func (c *provisioningWorld) peopleAndGroups(b *tab) {
	c.signInByTile(b, "ann")
	c.visit(b, "/admin", "Connections")
	b.click(".link-uses form button")
	b.stand(c.url + "/admin/administrators")
	c.visit(b, "/admin/people", "People")
	b.do("choose", chromedp.SetValue(chromedp.CSS("#source"), "scim"))
	b.click("main form[role=search] button")
	b.arrive(c.url+"/admin/people?search=&source=scim&idp=&state=", "People")
	b.shows(extra(1))
	b.glance("people-provisioned")
	b.open(c.url + "/admin/people/" + c.ids["ann@example.com"])
	b.arrive(c.url+"/admin/people/"+c.ids["ann@example.com"], "ann@example.com")
	b.shows("Drawbridge crew", "directly", "Everybody at the bridge", "through another group", "Engineer")
	b.look("person-provisioned")

	c.visit(b, "/admin/groups", "Groups")
	b.look("groups")
	b.click(`main table a`)
	b.stand(evaluate[string](b, `location.href`))
	c.awaitText(b, "Drawbridge crew")
	if n := evaluate[int](b, `document.querySelectorAll("main form[method=post]").length`); n != 0 {
		b.t.Errorf("a provisioned group can be changed by %d forms", n)
	}
	b.look("group-provisioned")

	c.visit(b, "/admin/groups", "Groups")
	b.fill("main form[method=post] #name", "Night watch")
	b.click(`main form[method=post] .primary`)
	c.awaitText(b, "Add members")
	b.fill("#people", "ben@example.com\nnobody@example.com")
	b.click(`form[action$="/members"] .primary`)
	if alert := b.read(`form[action$="/members"] .alert`); !strings.Contains(alert, "nobody@example.com") {
		b.t.Errorf("somebody unknown: %q", alert)
	}
	b.glance("group-unknown-member")
	b.fill("#people", "ben@example.com\nANN@example.com")
	b.click(`form[action$="/members"] .primary`)
	c.awaitText(b, "2 direct members")
	b.look("group-local")

	person := newTab(b.t, c.chromium)
	c.signInByTile(person, "ben")
	c.visit(person, "/session", "Your session")
	person.shows("Everybody at the bridge", "Night watch", "finance")
	person.look("session-groups")
	b.click(`form[action$="/members/removals"]:has([value="` + c.ids["ben@example.com"] + `"]) button`)
	c.awaitText(b, "1 direct member")
	c.visit(person, "/session", "Your session")
	if strings.Contains(person.read("main"), "Night watch") {
		b.t.Error("who was taken out of a group is in it still")
	}
}

// readLog finds a request, and what it would do now.
func (c *provisioningWorld) readLog(b *tab) {
	c.signInByTile(b, "ann")
	c.robot.ask(http.MethodPatch, "/Users/"+c.ids["ben@example.com"], patch(`{"op":"replace","path":"displayName","value":"Benjamin Baker"}`), http.StatusOK)
	c.robot.send(http.MethodGet, "/Users?filter="+url.QueryEscape("userName eq"), "")
	eventually(b.t, "the log is saved", func() bool {
		c.visit(b, "/admin/provisioning", "Provisioning log")
		return strings.Contains(b.read("main"), "PATCH")
	})
	b.look("provisioning-log")
	b.fill("#person", "BEN@example.com")
	b.click("main form[role=search] button")
	c.awaitText(b, "Show all")
	if text := b.read("main"); strings.Contains(text, "ann@example.com") || !strings.Contains(text, "PATCH") {
		b.t.Errorf("not the requests about one person: %s", text)
	}
	b.click(`main tbody tr:last-child a`)
	c.awaitText(b, "What was asked")
	b.shows("POST /Users", "ben@example.com", "201", "userName", "kept encrypted")
	b.look("provisioning-request")
	b.click(`form[action$="/replays"] button`)
	c.awaitText(b, "It would be answered")
	b.shows("409")
	b.look("provisioning-replay")
	c.visit(b, "/admin/provisioning?show=failed", "Provisioning log")
	b.shows("400")
	b.glance("provisioning-log-failed")
}

// attributes gives a tag key to the directory, and sees who lost.
func (c *provisioningWorld) attributes(b *tab) {
	c.signInByTile(b, "ann")
	c.visit(b, consoleIDP+"/attributes", "Attributes for access control")
	b.glance("attributes")
	b.fill(`input[name="key"]`, "Department")
	b.do("choose", chromedp.SetValue(chromedp.CSS(`select[name="path"]`), "${path:enterprise.department}"))
	b.click(`form[action$="/attributes"] .primary`)
	b.arrive(c.url+consoleIDP+"/attributes?done=attributes", "Attributes for access control")
	c.signInByTile(b, "ann")
	c.visit(b, consoleIDP+"/attributes?person=ann@example.com", "Attributes for access control")
	b.shows("Bridges", "won over “Engineering”", "CostCenter", "4711")
	b.look("attributes-person")
	c.visit(b, "/session", "Your session")
	b.shows("Department", "Bridges", "instead of “Engineering”")
	c.robot.ask(http.MethodPatch, "/Users/"+c.ids["ann@example.com"], patch(`{"op":"replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"Towers"}`), http.StatusOK)
	c.visit(b, "/session", "Your session")
	b.shows("Towers")
	b.glance("session-attributes")
}
