package access

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// shortRelayState is the most that SAML Bindings section 3.4.3 allows, in bytes.
const shortRelayState = 80

// Link is one text to paste at an identity provider, or to give to people.
type Link struct {
	Vendor  string // "entra", "onelogin", "okta", "adfs", "pingfederate", ...
	Label   string // the field in that vendor's console, or what the address is for
	Value   string // to be copied as it is; "" where it can't be made, and Note says why
	Note    string // what to mind; may be ""
	TooLong bool   // the relay state in it is longer than 80 bytes; Note says so too
}

// Links gives the texts that lead to app, and to path within it: first the one
// for the vendor's own relay state field, then, where userAccessURL is given,
// an address for people that starts at the identity provider.
//
// path is "", "/d/abc?x=1", or an absolute URL that app allows; Links gives
// nothing where app allows no such target. vendor is one of those that
// idp.Guides names, or "auth0"; any other one is served in general terms, and
// "" gives the relay state fields of all. userAccessURL is the address under
// which the identity provider starts a sign-in here by itself.
func Links(app *Application, path, vendor, userAccessURL string) []Link {
	short, long, ok := relayStates(app, strings.TrimSpace(path))
	if !ok {
		return nil
	}
	if vendor == "" {
		var all []Link
		for _, v := range linkVendors {
			all = append(all, v.field(v.relayState(short, long), userAccessURL))
		}
		return all
	}
	v := linkVendorOf(vendor, userAccessURL)
	relayState := v.relayState(short, long)
	links := []Link{v.field(relayState, userAccessURL)}
	if strings.TrimSpace(userAccessURL) != "" {
		links = append(links, v.deepLink(relayState, userAccessURL))
	}
	return links
}

// relayStates gives what Resolve takes to one and the same target: as short as
// it can be said, and as an absolute URL. ok is false where app has no such
// target.
func relayStates(app *Application, path string) (short, long string, ok bool) {
	text, ok := escape(path)
	if !ok {
		return "", "", false
	}
	s := newSnapshot(0, held{applications: []*Application{app}})
	if !isAbsolute(text) {
		if text != "" && !strings.ContainsAny(text[:1], "/?#") {
			text = "/" + text
		}
		short = app.Name + text
		t, ok := s.byNameAndPath(short)
		return short, t.URL, ok && len(t.URL) <= maxRelayState
	}
	t, ok := s.resolve(text)
	if !ok || len(t.URL) > maxRelayState {
		return "", "", false
	}
	return s.shorten(app, t.URL), t.URL, true
}

func isAbsolute(text string) bool {
	folded := strings.ToLower(text)
	return strings.HasPrefix(folded, "https://") || strings.HasPrefix(folded, "http://")
}

// shorten says an address by the application's name, where that leads to the
// same address.
func (s *snapshot) shorten(app *Application, address string) string {
	base, ok := split(app.URL)
	if !ok {
		return address
	}
	rest, ok := strings.CutPrefix(address, base.origin+strings.TrimRight(base.path, "/"))
	if !ok {
		return address
	}
	for _, short := range []string{app.Name, app.Name + rest} {
		if t, ok := s.byNameAndPath(short); ok && t.URL == address {
			return short
		}
	}
	return address
}

// linkVendor is how one vendor's identity provider takes relay states.
type linkVendor struct {
	id        string
	label     string // their field
	parameter string // of the user access URL
	wantsURL  bool   // their field takes addresses only
	note      string
}

var linkVendors = []linkVendor{
	{id: "entra", label: "Single sign-on › Basic SAML Configuration › Relay State (Optional)", parameter: "RelayState",
		note: "The user access URL stands in the application's Properties."},
	{id: "onelogin", label: "Configuration › RelayState", parameter: "RelayState"},
	{id: "okta", label: "General › SAML Settings › Default RelayState", parameter: "RelayState"},
	{id: "adfs", label: "RelayState of the IdP-initiated sign-on page", parameter: "RelayState",
		note: "AD FS has no field for it. It takes it from the address, once an administrator has run: Set-AdfsProperties -EnableIdPInitiatedSignonPage $true -EnableRelayStateForIdpInitiatedSignOn $true"},
	{id: "pingfederate", label: "TargetResource", parameter: "TargetResource",
		note: "PingFederate has no field for it. It takes it from the address, and sends it as RelayState."},
	{id: "pingone", label: "Configuration › Target Application URL", parameter: "TargetResource", wantsURL: true,
		note: "In PingOne for Enterprise it is the parameter TargetResource of the address."},
	{id: "duo", label: "Service Provider › Default Relay State", parameter: "RelayState"},
	{id: "google", label: "Service provider details › Start URL (optional)", parameter: "RelayState", wantsURL: true},
	{id: "keycloak", label: "Settings › IDP Initiated SSO Relay State", parameter: "RelayState",
		note: "It needs the field IDP-Initiated SSO URL name beside it."},
	{id: "jumpcloud", label: "SSO › Default RelayState", parameter: "RelayState"},
	{id: "auth0", label: "RelayState", parameter: "RelayState", note: "Auth0 has no field for it. It takes it from the address."},
	{id: "other", label: "RelayState", parameter: "RelayState", note: "Also called default relay state, target or start URL."},
}

// linkVendorOf finds one by name. The two of Ping, where metadata did not tell
// which, by the address.
func linkVendorOf(vendor, userAccessURL string) linkVendor {
	if vendor == "ping" {
		vendor = "pingone"
		if strings.Contains(userAccessURL, "/startSSO.ping") {
			vendor = "pingfederate"
		}
	}
	i := slices.IndexFunc(linkVendors, func(v linkVendor) bool { return v.id == vendor })
	if i < 0 {
		i = len(linkVendors) - 1
	}
	return linkVendors[i]
}

func (v linkVendor) relayState(short, long string) string {
	if v.wantsURL {
		return long
	}
	return short
}

func (v linkVendor) link(label, value, relayState string) Link {
	l := Link{Vendor: v.id, Label: label, Value: value}
	if len(relayState) > shortRelayState {
		l.TooLong = true
		l.Note = fmt.Sprintf("The relay state has %d bytes; SAML promises to carry %d. Many identity providers carry more, some cut it: try it, or take a shorter path.", len(relayState), shortRelayState)
	}
	return l
}

func (l Link) noted(note string) Link {
	l.Note = strings.TrimSpace(l.Note + " " + note)
	return l
}

// field gives what belongs into the vendor's own field.
func (v linkVendor) field(relayState, userAccessURL string) Link {
	if v.id != "adfs" {
		return v.link(v.label, relayState, relayState).noted(v.note)
	}
	value := ""
	if u, ok := accessURL(userAccessURL); ok {
		value = wrapADFS(u, relayState)
	}
	l := v.link(v.label, value, relayState).noted(v.note)
	if value == "" {
		l = l.noted(needsRPID)
	}
	return l
}

// deepLink gives the address for people.
func (v linkVendor) deepLink(relayState, userAccessURL string) Link {
	const label = "Address for people, by way of the identity provider"
	u, ok := accessURL(userAccessURL)
	if !ok {
		return v.link(label, "", relayState).noted("The user access URL must be a plain address that begins with https:// and has no #.")
	}
	parameter, value := v.parameter, relayState
	switch {
	case v.id == "adfs":
		if value = wrapADFS(u, relayState); value == "" {
			return v.link(label, "", relayState).noted(needsRPID)
		}
		u.query = "" // AD FS drops all beside RelayState
	case strings.HasSuffix(u.path, "/saml20/idp/startsso"):
		parameter = "applicationUrl" // PingOne's own, beside that of PingOne for Enterprise
	}
	u.query, u.hasQuery = withParameter(u.query, parameter, value), true
	return v.link(label, u.String(), relayState)
}

// accessURL reads a user access URL as somebody pasted it.
func accessURL(raw string) (address, bool) {
	u, ok := split(strings.TrimSpace(raw))
	return u, ok && u.parsesTheSame() && u.fragment == "" && strings.HasPrefix(u.origin, "https://")
}

// withParameter puts name=value, encoded, at the end of query, in place of what
// the query said of name.
func withParameter(query, name, value string) string {
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(part, "=")
		if part != "" && !strings.EqualFold(key, name) {
			kept = append(kept, part)
		}
	}
	return strings.Join(append(kept, name+"="+url.QueryEscape(value)), "&")
}

const needsRPID = "Give the address of AD FS with our entity ID in it: https://HOST/adfs/ls/idpinitiatedsignon.aspx?RelayState=RPID=ENTITY-ID"

// wrapADFS gives RPID=...&RelayState=..., each part encoded once, for the
// relying party that the address names; "" where it names none. In an address
// it is encoded once more.
func wrapADFS(u address, relayState string) string {
	rpid := rpidOf(u.query)
	if rpid == "" {
		return ""
	}
	return "RPID=" + url.QueryEscape(rpid) + "&RelayState=" + url.QueryEscape(relayState)
}

// rpidOf finds the relying party in AD FS's RelayState=RPID=... or loginToRp=...,
// however often somebody encoded it.
func rpidOf(query string) string {
	for part := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(part, "=")
		for range 2 {
			value = Unescape(value)
		}
		switch strings.ToLower(key) {
		case "relaystate":
			if rpid, ok := strings.CutPrefix(value, "RPID="); ok {
				rpid, _, _ = strings.Cut(rpid, "&RelayState=")
				return rpid
			}
		case "logintorp":
			return value
		}
	}
	return ""
}
