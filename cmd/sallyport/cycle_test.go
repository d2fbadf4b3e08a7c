package main_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sallyport/internal/pgtest"
	"sallyport/internal/testidp"
)

// TestFullCycle provisions by SCIM on one instance a person who signs in by
// SAML on another, both over one PostgreSQL. What the robot does counts at the
// very next request of that person's browser.
func TestFullCycle(t *testing.T) {
	c := newCycle(t)
	const person = "ann@example.com"

	before := c.signIn(newBrowser(t))
	c.refused(before, "this connection creates nobody")

	if found := c.robot.ask(http.MethodGet, "/Users?filter="+url.QueryEscape(`userName eq "`+person+`"`), "", http.StatusOK); found["totalResults"] != 0.0 {
		t.Fatalf("somebody was made by a refused sign-in: %v", found)
	}
	id := c.provision(person)
	group := c.robot.ask(http.MethodPost, "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Bridge builders","members":[{"value":"`+id+`"}]}`, http.StatusCreated)["id"].(string)

	b := newBrowser(t)
	c.arrived(c.signIn(b))
	c.is(b, "4711", "Bridge builders")

	c.robot.ask(http.MethodPatch, "/Users/"+id, patch(`{"op":"Replace","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter","value":"0815"}`), http.StatusOK)
	c.is(b, "0815", "Bridge builders")
	c.robot.ask(http.MethodPatch, "/Groups/"+group, patch(`{"op":"Remove","path":"members[value eq \"`+id+`\"]"}`), 0)
	c.is(b, "0815")

	c.robot.ask(http.MethodPatch, "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"False"}`), http.StatusOK)
	c.out(b)
	c.refused(c.signIn(newBrowser(t)), "The person is deactivated here")
	c.robot.ask(http.MethodPatch, "/Users/"+id, patch(`{"op":"Replace","path":"active","value":"True"}`), http.StatusOK)
	c.out(b) // what has ended does not come back
	c.arrived(c.signIn(b))

	c.robot.ask(http.MethodDelete, "/Users/"+id, "", http.StatusNoContent)
	c.out(b)
	c.refused(c.signIn(newBrowser(t)), "a person who has not been removed")
	c.robot.ask(http.MethodGet, "/Users/"+id, "", http.StatusNotFound)

	if again := c.provision(person); again == id {
		t.Error("who was removed and made anew is the same person")
	}
	c.arrived(c.signIn(b))
	c.is(b, "4711")
}

// cycle is two instances over one database, an identity provider, its robot
// and an application.
type cycle struct {
	t             *testing.T
	robots, door  *instance // for robots, and for people
	robot         robot
	idp, app      string
	administrator *browser
}

func newCycle(t *testing.T) *cycle {
	t.Helper()
	database := pgtest.URL(t)
	door := newSallyport(t)
	folder := filepath.Dir(door.config)
	address := freeAddress(t)
	robots := &instance{t: t, binary: door.binary, config: filepath.Join(folder, "robots.yaml"), url: "http://" + address}
	for _, s := range []*instance{door, robots} {
		write(t, s.config, fmt.Appendf(nil, "base_url: %s\nlisten: %s\ndata_dir: %s\ntrusted_proxies: [127.0.0.1]\nstore:\n  url: %s\n",
			door.url, strings.TrimPrefix(s.url, "http://"), folder, database))
	}
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
	t.Cleanup(app.Close)
	far := httptest.NewUnstartedServer(nil)
	far.URL = strings.Replace("http://"+far.Listener.Addr().String(), "127.0.0.1", "localhost", 1) // another site
	twin, err := testidp.New(testidp.Options{BaseURL: far.URL, SPMetadataURL: door.url + "/saml/metadata", Apps: []testidp.App{{Title: "Wiki", RelayState: "wiki"}}})
	if err != nil {
		t.Fatal(err)
	}
	base := far.URL
	far.URL = ""
	far.Config.Handler = twin
	far.Start()
	t.Cleanup(far.Close)

	door.run("app", "add", "--name", "wiki", "--url", app.URL)
	door.trust("default", twin.Metadata())
	door.run("idp", "set", "default", "first_sign_in=refuse", `tag_mappings=[{"key":"CostCenter","path":"${path:enterprise.costCenter}"}]`)
	token := strings.TrimSpace(string(door.run("scim", "token", "create")))
	door.serve()
	start(t, exec.Command(robots.binary, "serve", "--config", robots.config), robots.url+"/readyz")

	c := &cycle{t: t, robots: robots, door: door, robot: robot{t, robots.url + "/scim/v2", token}, idp: base, app: app.URL, administrator: newBrowser(t)}
	link := strings.TrimSpace(string(door.run("admin", "link")))
	if console := c.administrator.send(http.MethodPost, link, nil, "127.0.0.1"); console.status != http.StatusOK {
		t.Fatalf("the administrator's link: status %d: %s", console.status, console.text())
	}
	return c
}

func (c *cycle) provision(userName string) (id string) {
	c.t.Helper()
	made := c.robot.ask(http.MethodPost, "/Users", `{
		"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId":"0f0e0d0c","userName":"`+userName+`","active":true,"displayName":"Ann Archer",
		"name":{"givenName":"Ann","familyName":"Archer"},"emails":[{"type":"work","primary":true,"value":"`+userName+`"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"costCenter":"4711"}}`, http.StatusCreated)
	id, _ = made["id"].(string)
	if id == "" {
		c.t.Fatalf("no id: %v", made)
	}
	return id
}

// signIn clicks the first tile of the app portal as the first person.
func (c *cycle) signIn(b *browser) *webPage {
	c.t.Helper()
	sent := b.submit(b.get(c.idp+"/"), "person", url.Values{"person": {"ann"}, "application": {"0"}})
	return b.submit(sent, "SAMLResponse", nil)
}

func (c *cycle) arrived(p *webPage) {
	c.t.Helper()
	if p.url.String() != c.app {
		c.t.Fatalf("status %d at %s, want the application: %s", p.status, p.url, p.text())
	}
}

// refused asks that the person got a reference, and the administrator the
// reason at it.
func (c *cycle) refused(p *webPage, why string) {
	c.t.Helper()
	reference := shownReference.FindString(p.text())
	if p.status != http.StatusForbidden || reference == "" {
		c.t.Fatalf("status %d at %s, want a refusal: %s", p.status, p.url, p.text())
	}
	if explained := c.administrator.get(c.door.url + "/admin/signins/" + reference).text(); !strings.Contains(explained, why) {
		c.t.Errorf("the administrator does not read %q: %s", why, explained)
	}
}

// out asks that the browser is nobody any more, at its very next request.
func (c *cycle) out(b *browser) {
	c.t.Helper()
	if status, session := b.session(c.door.url); status != http.StatusUnauthorized {
		c.t.Errorf("/session: status %d for %q, want 401", status, session.User)
	}
	if portal := b.get(c.door.url + "/"); !strings.HasPrefix(portal.url.String(), c.idp) {
		c.t.Errorf("the portal sends nobody to the identity provider: status %d at %s", portal.status, portal.url)
	}
}

// is asks who the browser is: the cost centre and the directory's groups.
func (c *cycle) is(b *browser, costCenter string, groups ...string) {
	c.t.Helper()
	status, session := b.session(c.door.url)
	if status != http.StatusOK {
		c.t.Fatalf("/session: status %d", status)
	}
	i := slices.IndexFunc(session.Tags, func(t tagJSON) bool { return t.Key == "CostCenter" })
	if i < 0 || session.Tags[i].Value != costCenter {
		c.t.Errorf("tags %v, want CostCenter %s", session.Tags, costCenter)
	}
	const asserted = "engineering" // the identity provider sends it with every sign-in
	if !slices.Contains(session.Groups, asserted) || slices.Contains(session.Groups, "Bridge builders") != slices.Contains(groups, "Bridge builders") {
		c.t.Errorf("groups %v, want %v beside those of the assertion", session.Groups, groups)
	}
}
