package access_test

import (
	"net/url"
	"strings"
	"testing"

	"sallyport/access"
)

const (
	deep    = "/d/abc?orgId=1&from=now-6h"
	deepURL = "https://grafana.example.com/d/abc?orgId=1&from=now-6h"
	encoded = "grafana%2Fd%2Fabc%3ForgId%3D1%26from%3Dnow-6h"
	rpid    = "https%3A%2F%2Fsso.example.com%2Fsaml%2Fdefault%2Fmetadata"
	inADFS  = "RPID=" + rpid + "&RelayState=" + encoded
)

// TestLinksOfEveryVendor: what is printed comes back as the relay state that
// leads to the target.
func TestLinksOfEveryVendor(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct {
		name, vendor, access string
		parameter            string
		field, link          string
	}{
		{
			"AD FS", "adfs", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=https://sso.example.com/saml/default/metadata", "RelayState",
			inADFS, "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=" + url.QueryEscape(inADFS),
		},
		{
			"AD FS, encoded once", "adfs", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=" + rpid, "RelayState",
			inADFS, "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=" + url.QueryEscape(inADFS),
		},
		{
			"AD FS, encoded twice, with another relay state", "adfs",
			"https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=" + url.QueryEscape("RPID="+rpid+"&RelayState=crm"), "RelayState",
			inADFS, "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=" + url.QueryEscape(inADFS),
		},
		{
			"AD FS, another relay state as it is", "adfs", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=" + rpid + "&RelayState=crm", "RelayState",
			inADFS, "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=" + url.QueryEscape(inADFS),
		},
		{
			"AD FS, the older parameter", "adfs", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?loginToRp=" + rpid, "RelayState",
			inADFS, "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=" + url.QueryEscape(inADFS),
		},
		{
			"Entra", "entra", "https://myapps.microsoft.com/signin/0f0f-1?tenantId=aa-bb", "RelayState",
			"grafana" + deep, "https://myapps.microsoft.com/signin/0f0f-1?tenantId=aa-bb&RelayState=" + encoded,
		},
		{
			"Duo", "duo", "https://sso-1.sso.duosecurity.com/saml2/sp/DI1/sso", "RelayState",
			"grafana" + deep, "https://sso-1.sso.duosecurity.com/saml2/sp/DI1/sso?RelayState=" + encoded,
		},
		{
			"Okta", "okta", "https://acme.okta.com/app/acme_sp_1/exk1/sso/saml", "RelayState",
			"grafana" + deep, "https://acme.okta.com/app/acme_sp_1/exk1/sso/saml?RelayState=" + encoded,
		},
		{
			"Okta, with a relay state of its own", "okta", " https://acme.okta.com/app/acme_sp_1/exk1/sso/saml?RelayState=crm&fromURI=x& ", "RelayState",
			"grafana" + deep, "https://acme.okta.com/app/acme_sp_1/exk1/sso/saml?fromURI=x&RelayState=" + encoded,
		},
		{
			"OneLogin", "onelogin", "https://acme.onelogin.com/trust/saml2/http-post/sso/12", "RelayState",
			"grafana" + deep, "https://acme.onelogin.com/trust/saml2/http-post/sso/12?RelayState=" + encoded,
		},
		{
			"JumpCloud", "jumpcloud", "https://sso.jumpcloud.com/saml2/sallyport", "RelayState",
			"grafana" + deep, "https://sso.jumpcloud.com/saml2/sallyport?RelayState=" + encoded,
		},
		{
			"Auth0", "auth0", "https://acme.us.auth0.com/samlp/abc?", "RelayState",
			"grafana" + deep, "https://acme.us.auth0.com/samlp/abc?RelayState=" + encoded,
		},
		{
			"PingFederate", "pingfederate", "https://ping.example.com:9031/idp/startSSO.ping?PartnerSpId=" + rpid, "TargetResource",
			"grafana" + deep, "https://ping.example.com:9031/idp/startSSO.ping?PartnerSpId=" + rpid + "&TargetResource=" + encoded,
		},
		{
			"Ping by its address", "ping", "https://ping.example.com:9031/idp/startSSO.ping?PartnerSpId=x", "TargetResource",
			"grafana" + deep, "https://ping.example.com:9031/idp/startSSO.ping?PartnerSpId=x&TargetResource=" + encoded,
		},
		{
			"PingOne for Enterprise", "pingone", "https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=1&idpid=2", "TargetResource",
			deepURL, "https://sso.connect.pingidentity.com/sso/sp/initsso?saasid=1&idpid=2&TargetResource=" + url.QueryEscape(deepURL),
		},
		{
			"PingOne", "pingone", "https://auth.pingone.eu/0f0f/saml20/idp/startsso?spEntityId=" + rpid, "applicationUrl",
			deepURL, "https://auth.pingone.eu/0f0f/saml20/idp/startsso?spEntityId=" + rpid + "&applicationUrl=" + url.QueryEscape(deepURL),
		},
		{
			"Keycloak", "keycloak", "https://id.example.com/realms/acme/protocol/saml/clients/sallyport", "RelayState",
			"grafana" + deep, "https://id.example.com/realms/acme/protocol/saml/clients/sallyport?RelayState=" + encoded,
		},
		{
			"Google", "google", "https://accounts.google.com/o/saml2/initsso?idpid=C1&spid=2&forceauthn=false", "RelayState",
			deepURL, "https://accounts.google.com/o/saml2/initsso?idpid=C1&spid=2&forceauthn=false&RelayState=" + url.QueryEscape(deepURL),
		},
		{
			"any other", "shibboleth", "https://id.example.com/idp/profile/SAML2/Unsolicited/SSO?providerId=x", "RelayState",
			"grafana" + deep, "https://id.example.com/idp/profile/SAML2/Unsolicited/SSO?providerId=x&RelayState=" + encoded,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			links := access.Links(c.Application("grafana"), deep, tc.vendor, tc.access)
			if len(links) != 2 || links[0].Value != tc.field || links[1].Value != tc.link {
				t.Fatalf("Links = %+v\nwant %s\nand  %s", links, tc.field, tc.link)
			}
			if links[0].Label == "" || links[0].TooLong || links[1].TooLong {
				t.Errorf("Links = %+v", links)
			}
			if got := c.Resolve(links[0].Value); got.URL != deepURL {
				t.Errorf("the field's value leads to %q", got.URL)
			}
			u, err := url.Parse(links[1].Value)
			if err != nil {
				t.Fatal(err)
			}
			sent := u.Query()[tc.parameter]
			if len(sent) != 1 {
				t.Fatalf("%s stands %d times in %s", tc.parameter, len(sent), u)
			}
			if got := c.Resolve(sent[0]); got.URL != deepURL {
				t.Errorf("sent on as it came, %q leads to %q", sent[0], got.URL)
			}
			if tc.vendor != "adfs" {
				return
			}
			// What AD FS itself takes out of it, and what stays when it takes nothing.
			inner, err := url.ParseQuery(sent[0])
			if err != nil {
				t.Fatal(err)
			}
			if inner.Get("RPID") != "https://sso.example.com/saml/default/metadata" {
				t.Errorf("the relying party is %q", inner.Get("RPID"))
			}
			for _, raw := range []string{inner.Get("RelayState"), strings.TrimPrefix(u.RawQuery, "RelayState=")} {
				if got := c.Resolve(raw); got.URL != deepURL {
					t.Errorf("%q leads to %q", raw, got.URL)
				}
			}
		})
	}
}

func TestLinksSayATargetShortly(t *testing.T) {
	c := catalog(t)
	for _, tc := range []struct{ app, path, want, url string }{
		{"grafana", "", "grafana", "https://grafana.example.com/"},
		{"grafana", "/", "grafana/", "https://grafana.example.com/"},
		{"grafana", "d/abc", "grafana/d/abc", "https://grafana.example.com/d/abc"},
		{"grafana", "?orgId=2", "grafana?orgId=2", "https://grafana.example.com/?orgId=2"},
		{"grafana", " /d/\u00fcber uns ", "grafana/d/%C3%BCber%20uns", "https://grafana.example.com/d/%C3%BCber%20uns"},
		{"grafana", "https://grafana.example.com/d/abc?x=1", "grafana/d/abc?x=1", "https://grafana.example.com/d/abc?x=1"},
		{"grafana", "HTTPS://Grafana.example.com:443/d/abc", "grafana/d/abc", "https://grafana.example.com/d/abc"},
		{"grafana", "https://metrics.example.com:8443/team/a/b", "https://metrics.example.com:8443/team/a/b", "https://metrics.example.com:8443/team/a/b"},
		{"wiki", "https://apps.example.com/wiki/Main", "wiki/Main", "https://apps.example.com/wiki/Main"},
		{"wiki", "https://apps.example.com/wiki", "wiki", "https://apps.example.com/wiki"},
		{"crm", "https://apps.example.com/crm/?tenant=1", "crm", "https://apps.example.com/crm/?tenant=1"},
		{"crm", "/reports/7", "crm/reports/7", "https://apps.example.com/crm/reports/7"},
		{"workspaces", workspaces, "workspaces", workspaces},
	} {
		links := access.Links(c.Application(tc.app), tc.path, "entra", "")
		if len(links) != 1 || links[0].Value != tc.want {
			t.Errorf("Links(%s, %q) = %+v, want %q", tc.app, tc.path, links, tc.want)
			continue
		}
		if got := c.Resolve(links[0].Value); got.URL != tc.url {
			t.Errorf("%q leads to %q, want %q", links[0].Value, got.URL, tc.url)
		}
	}
}

// TestLinksLeadNowhereElse: no path makes a link that the application does not
// allow.
func TestLinksLeadNowhereElse(t *testing.T) {
	c := catalog(t)
	paths := []string{"//evil.example.net", "/../x", "/%2e%2e/x", "/\\evil", "/a\nb", "/\x00", "https://evil.example.net/", "https://grafana.example.com.evil.example.net/",
		"https://grafana.example.com@evil.example.net/", "http://grafana.example.com/", "https://apps.example.com/wiki", "javascript://x", "/" + strings.Repeat("a", 5000)}
	for _, path := range paths {
		if links := access.Links(c.Application("grafana"), path, "okta", "https://acme.okta.com/x"); links != nil {
			t.Errorf("Links(%q) = %+v, want none", path, links)
		}
	}
}

func TestLinksWarnOfLongRelayStates(t *testing.T) {
	c := catalog(t)
	fits := "/" + strings.Repeat("a", 80-len("grafana/"))
	for _, tc := range []struct {
		vendor, path string
		tooLong      bool
	}{
		{"entra", fits, false},
		{"entra", fits + "a", true},
		{"google", fits, true}, // its field takes whole addresses
		{"adfs", fits, false},  // what wraps it doesn't count
		{"adfs", fits + "a", true},
		{"pingfederate", strings.Repeat("\u00fc", 20), true}, // six bytes each
	} {
		links := access.Links(c.Application("grafana"), tc.path, tc.vendor, "https://id.example.com/x?RelayState=RPID=https://sso.example.com")
		if len(links) != 2 {
			t.Fatalf("Links = %+v", links)
		}
		for _, l := range links {
			if l.TooLong != tc.tooLong || l.TooLong != strings.Contains(l.Note, "SAML promises to carry 80") {
				t.Errorf("%s, %d bytes: %+v, want too long: %v", tc.vendor, len(tc.path), l, tc.tooLong)
			}
		}
	}
}

func TestLinksWithoutAGoodAccessURL(t *testing.T) {
	c := catalog(t)
	for _, raw := range []string{"acme.okta.com/app", "javascript:alert(1)", "http://acme.okta.com/app", "https://u:p@acme.okta.com/app", "https://acme.okta.com/app#x", "https://", "https://acme.okta.com/\\x", "https://acme.okta.com/a b"} {
		links := access.Links(c.Application("grafana"), "", "okta", raw)
		if len(links) != 2 || links[0].Value != "grafana" || links[1].Value != "" || links[1].Note == "" {
			t.Errorf("Links(%q) = %+v, want the field, and a note in place of the address", raw, links)
		}
	}
	for _, raw := range []string{"https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=crm"} {
		for _, l := range access.Links(c.Application("grafana"), "", "adfs", raw) {
			if l.Value != "" || !strings.Contains(l.Note, "RelayState=RPID=ENTITY-ID") {
				t.Errorf("AD FS without a relying party: %+v", l)
			}
		}
	}
}

// TestLinksOfAll: without a vendor, each one's field is there once.
func TestLinksOfAll(t *testing.T) {
	c := catalog(t)
	seen := map[string]bool{}
	for _, l := range access.Links(c.Application("grafana"), "/d/abc", "", "") {
		if seen[l.Vendor] || l.Label == "" || (l.Value == "") != (l.Vendor == "adfs") {
			t.Errorf("%+v", l)
		}
		seen[l.Vendor] = true
		if l.Value != "" && c.Resolve(l.Value).URL != "https://grafana.example.com/d/abc" {
			t.Errorf("%+v leads elsewhere", l)
		}
	}
	for _, v := range []string{"entra", "onelogin", "okta", "adfs", "pingfederate", "pingone", "duo", "google", "keycloak", "jumpcloud", "auth0", "other"} {
		if !seen[v] {
			t.Errorf("nothing for %s", v)
		}
	}
}

// FuzzLinks: whatever is typed, a printed relay state leads to the very
// application, and an address stays at the identity provider.
func FuzzLinks(f *testing.F) {
	c := catalog(f)
	f.Add("/d/abc?x=1#y", "entra", "https://myapps.microsoft.com/signin/1?tenantId=2")
	f.Add("https://metrics.example.com:8443/team/a", "adfs", "https://fs.example.com/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=https%3A%2F%2Fsso.example.com")
	f.Add("d/\u00fcber uns", "adfs", "https://fs.example.com/x?loginToRp=urn:x&RelayState=RPID%3D%26RelayState%3Dcrm")
	f.Add("%2e%2e/x", "ping", "https://ping.example.com/idp/startSSO.ping?TargetResource=&targetresource=%")
	for _, path := range hostile {
		f.Add(path, "okta", path)
	}
	app := c.Application("grafana")
	f.Fuzz(func(t *testing.T, path, vendor, userAccessURL string) {
		for _, l := range access.Links(app, path, vendor, userAccessURL) {
			if l.Vendor == "" || l.Label == "" || (l.Value == "" && l.Note == "") {
				t.Errorf("half a link: %+v", l)
			}
			value := l.Value
			if strings.HasPrefix(l.Label, "Address") && value != "" {
				given, err := url.Parse(strings.TrimSpace(userAccessURL))
				if err != nil {
					t.Fatalf("made %q from %q: %v", l.Value, userAccessURL, err)
				}
				u, err := url.Parse(l.Value)
				if err != nil || u.Scheme != "https" || u.Hostname() != strings.ToLower(given.Hostname()) || browserOrigin(l.Value) != "https://"+u.Host {
					t.Fatalf("%q leads elsewhere than %q (%v)", l.Value, userAccessURL, err)
				}
				// The last parameter is ours.
				_, value, _ = strings.Cut(u.RawQuery[strings.LastIndex(u.RawQuery, "&")+1:], "=")
				if value, err = url.QueryUnescape(value); err != nil {
					t.Fatal(err)
				}
			}
			if value == "" {
				continue
			}
			if got := c.Resolve(value); got.Application == nil || got.Application.Name != "grafana" || got.Unknown {
				t.Errorf("Links(%q, %q, %q) gives %q, which leads to %+v", path, vendor, userAccessURL, l.Value, got)
			}
		}
	})
}
