package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"sallyport/access"
	"sallyport/internal/testidp"
)

// ways name places in applications that ben may not enter, however a link or
// a tile might put it. Every one is said as a relay state.
var ways = []string{
	"deploy", "deploy/", "deploy/x", "deploy?", "deploy?x=1", "deploy#x", "https://deploy.example.com", "https://deploy.example.com/", "HTTPS://DEPLOY.example.com:443/x",
	"https://deploy.example.com/?permission_set=", "deploy?permission_set=AdministratorAccess", "deploy?permission_set=administratoraccess", "deploy?permission_set=ViewOnlyAccess",
	"deploy?permission_set=OnCall", "deploy?permission_set=Nobody", "deploy?permission_set=%00", "deploy?permission_set=%zz", "deploy?permission_set=*", "deploy?permission_set=' or 1=1 --",
	"deploy?permission_set=ViewOnlyAccess&permission_set=Nobody", "deploy?permission_set=&permission_set=ViewOnlyAccess", "deploy?role_arn=arn:aws:iam::123456789012:role/Admin",
	"deploy?permission_set=https://evil.example.net/", "deploy?permission_set=//evil.example.net", "deploy/x?permission_set=ViewOnlyAccess#y", "deploy/~home", "deploy/~home?permission_set=ViewOnlyAccess",
	"RPID=x&RelayState=deploy", "RPID=x&RelayState=deploy%2Fx%3Fpermission_set%3DAdministratorAccess", "RPID%3Dx%26RelayState%3Ddeploy", "RPID=x&RelayState=https%3A%2F%2Fdeploy.example.com%2F",
	"vault", "vault?permission_set=ViewOnlyAccess", "https://vault.example.com/x", "pager/x?permission_set=OnCall",
	// Through the name of an application that everybody may enter, and that lies above another one.
	"intranet/board", "intranet/board/minutes", "intranet/board?permission_set=ViewOnlyAccess", "https://intranet.example.com/board/minutes", "intranet/board/#x",
	"grafana?permission_set=AdministratorAccess", "grafana/d/abc?permission_set=ViewOnlyAccess",
}

// Whatever a link or a relay state says, nobody is sent on whom nothing lets
// in, by any door.
func TestNobodyIsSentOnWhoMayNotEnter(t *testing.T) {
	h := company(t)
	must(t, h.apps.Add(t.Context(), &access.Application{Name: "intranet", URL: "https://intranet.example.com/", Entry: access.Everyone}, "command"))
	h.opens(access.Application{Name: "board", URL: "https://intranet.example.com/board"})
	b := h.signedIn("ben")
	b.get("/go/intranet/boarding").leadsTo(t, "https://intranet.example.com/boarding")
	for _, way := range ways {
		form := h.respond("default", testidp.Response{Person: "ben"})
		form.Set("RelayState", way)
		tile := h.browser()
		arrived := tile.arrive("default", form)
		stays(t, "tile", way, arrived)
		stays(t, "behind the tile", way, tile.follow(arrived))
		for _, link := range []string{
			"/go/" + strings.ReplaceAll(way, "#", "%23"), "/go/" + url.PathEscape(way), "/signin?target=" + url.QueryEscape(way),
			"/signin?target=" + url.QueryEscape("/go/"+way), "/signin?target=" + url.QueryEscape(h.url+"/go/"+way),
		} {
			a := b.get(link)
			stays(t, link, way, a)
			if a.StatusCode == http.StatusOK {
				t.Errorf("%s: %q gives a page to choose from", link, way)
			}
		}
	}
}

// Nor does anything of ours lead anywhere but to places that applications
// allow: here for a person who may enter them all.
func TestPermissionSetsLeadNowhereElse(t *testing.T) {
	h := company(t)
	view, admin := h.apps.PermissionSetNamed("ViewOnlyAccess"), h.apps.PermissionSetNamed("AdministratorAccess")
	h.lets("engineering", h.apps.Application("vault"), view, admin)
	for i, relayState := range []string{"https://evil.example.net/x", "//evil.example.net", "/\\evil.example.net", "@evil.example.net", "../../evil", "x//evil.example.net", "https://grafana.example.com/d", "/evil", "?evil=1", "javascript:alert(1)"} {
		set := &access.PermissionSet{Name: "To" + strconv.Itoa(i), RelayState: relayState}
		if err := h.apps.AddPermissionSet(t.Context(), set, "command"); err != nil {
			continue // refused where it is typed in
		}
		h.lets("engineering", h.apps.Application("vault"), set)
		to := h.signedIn("ann").get("/go/vault?permission_set=" + set.Name).Header.Get("Location")
		if !strings.HasPrefix(to, "https://vault.example.com/") || strings.Contains(to[len("https://"):], "//") {
			t.Errorf("the relay state %q of a permission set leads to %q", relayState, to)
		}
	}
	b := h.signedIn("ann")
	for _, relayState := range relayStates {
		for _, link := range []string{
			"/go/" + url.PathEscape(relayState) + "?permission_set=ViewOnlyAccess", "/go/deploy?permission_set=" + url.QueryEscape(relayState),
			"/signin?target=" + url.QueryEscape("/go/"+relayState), "/signin?target=" + url.QueryEscape("/go/https:%2F%2F"+url.PathEscape(relayState)+"?permission_set=ViewOnlyAccess"),
			"/signin?target=" + url.QueryEscape("deploy?permission_set="+url.QueryEscape(relayState)),
		} {
			stays(t, link, relayState, b.get(link))
		}
	}
}

// stays holds that an answer sends nobody out of the house.
func stays(t *testing.T, where, said string, a answer) {
	t.Helper()
	if a.StatusCode >= 500 {
		t.Errorf("%s: %q: status %d", where, said, a.StatusCode)
	}
	location := a.Header.Get("Location")
	if location == "" {
		return
	}
	u, err := url.Parse(location)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\t\r\n") {
		t.Errorf("%s: %q leads to %q", where, said, location)
	}
}

// FuzzDestination holds what a sign-in carries against what reads it again.
func FuzzDestination(f *testing.F) {
	h := company(f)
	for _, text := range append(append([]string{}, relayStates...), ways...) {
		f.Add(text)
		f.Add("/go/" + text)
	}
	f.Add("/go/https:%2F%2Fdeploy.example.com%2Fa%2520b%3Fx=1%23y?permission_set=a&role_arn=b")
	f.Fuzz(func(t *testing.T, text string) {
		leads, link := h.server.Destination(text)
		if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") || strings.ContainsAny(link, "\\\t\r\n ") {
			t.Errorf("%q makes the link %q", text, link)
		}
		if !strings.HasPrefix(leads, "/") && !strings.HasPrefix(leads, "https://") {
			t.Errorf("%q leads to %q", text, leads)
		}
		if again, same := h.server.Destination(link); again != leads || same != link {
			t.Errorf("%q leads to %q by %q, and that to %q by %q", text, leads, link, again, same)
		}
	})
}
