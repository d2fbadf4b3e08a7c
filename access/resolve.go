package access

import (
	"net/url"
	"slices"
	"strings"
)

// maxRelayState is far above the 80 bytes of SAML Bindings section 3.4.3,
// which nobody keeps to, and above any address that works in a browser.
const maxRelayState = 4096

// Target is where a relay state leads.
type Target struct {
	Application *Application // whose place it is; nil: the portal
	URL         string       // absolute; "" for the portal
	Unknown     bool         // the relay state said something that we don't take: say so on the portal
}

// Resolve reads a relay state of an unsolicited response, or the path behind
// /go/. It understands, in this order: a target's name with an optional path,
// or with "/~" and the name of one of its deep links; an absolute URL that a
// target allows; AD FS's RPID=...&RelayState=... around
// these. Empty is the portal; anything else is the portal, Unknown. It never
// gives a URL that no target allows, nor one that a server may read as the
// place of another application than the target's.
func (c *Catalog) Resolve(relayState string) Target {
	if relayState == "" {
		return Target{}
	}
	if len(relayState) > maxRelayState {
		return Target{Unknown: true}
	}
	s := c.snapshot.Load()
	if t, ok := s.resolve(relayState); ok {
		return t
	}
	if inner, ok := unwrapADFS(relayState); ok {
		if t, ok := s.resolve(inner); ok {
			return t
		}
		if again, err := url.PathUnescape(inner); err == nil {
			if t, ok := s.resolve(again); ok {
				return t
			}
		}
	}
	return Target{Unknown: true}
}

func (s *snapshot) resolve(text string) (Target, bool) {
	text, ok := escape(text)
	if !ok {
		return Target{}, false
	}
	if t, ok := s.byNameAndPath(text); ok {
		return t, true
	}
	u, ok := split(text)
	if !ok {
		return Target{}, false
	}
	return s.target(u, nil)
}

// byNameAndPath reads "grafana", "grafana/d/abc", "grafana?orgId=1", and
// "grafana/~home" where the application has a place of that name.
func (s *snapshot) byNameAndPath(text string) (Target, bool) {
	end := strings.IndexAny(text, "/?#")
	if end < 0 {
		end = len(text)
	}
	app, ok := s.byName[text[:end]]
	if !ok {
		return Target{}, false
	}
	link, behind, ok := app.place(text[end:])
	if !ok {
		return s.within(app, text[end:])
	}
	path, ok := escape(link.Path)
	if !ok || behind != "" {
		return Target{}, false // a named place is that place and nothing beside it
	}
	return s.within(app, path)
}

// place finds the deep link that rest, the part of a relay state behind the
// application's name, begins with, and what stands behind it. A tilde that is
// none of its places belongs to its paths, as in /~ann/.
func (a *Application) place(rest string) (link DeepLink, behind string, ok bool) {
	name, ok := strings.CutPrefix(rest, "/~")
	if !ok {
		return DeepLink{}, "", false
	}
	if end := strings.IndexAny(name, "/?#"); end >= 0 {
		name, behind = name[:end], name[end:]
	}
	i := slices.IndexFunc(a.Links, func(l DeepLink) bool { return l.Name == name })
	if i < 0 {
		return DeepLink{}, "", false
	}
	return a.Links[i], behind, true
}

// within reads what stands behind an application's name: a path, a query, a
// fragment, or several of them.
func (s *snapshot) within(app *Application, rest string) (Target, bool) {
	u, ok := split(app.URL)
	if !ok {
		return Target{}, false
	}
	rest, fragment, hasFragment := strings.Cut(rest, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	if path != "" {
		// The query of the application's own URL belongs to its own path.
		u.path, u.query, u.hasQuery = strings.TrimRight(u.path, "/")+path, "", false
	}
	if hasQuery {
		u.query, u.hasQuery = query, true
	}
	if hasFragment {
		u.fragment = "#" + fragment
	}
	return s.target(u, app)
}

// target is the one way out: whatever the text said, the address is clean, and
// an application allows it (app, where it is not nil). The target's application
// is the one whose URL fits closest: by the name of one nobody gets around who
// may enter another that lives below it. An address that a server may read as
// another application's place leads nowhere.
func (s *snapshot) target(u address, app *Application) (Target, bool) {
	if !u.clean() || !u.parsesTheSame() {
		return Target{}, false
	}
	var owner *Application
	closest, allowed := 0, app == nil
	at := s.origins[u.origin]
	if at == nil {
		return Target{}, false
	}
	for p := range at.allowing(u) { // the closest first
		if owner == nil || (p.app == app && p.closeness() == closest) {
			owner, closest = p.app, p.closeness()
		}
		allowed = allowed || p.app == app
		if allowed {
			break
		}
	}
	if owner == nil || !allowed {
		return Target{}, false
	}
	for _, read := range u.places() {
		if !at.owns(owner, read) {
			return Target{}, false
		}
	}
	return Target{Application: owner, URL: u.String()}, true
}

// unwrapADFS takes the inner relay state out of RPID=...&RelayState=..., which
// AD FS passes on where an address carried it, encoded once or twice.
func unwrapADFS(text string) (string, bool) {
	for range 2 {
		if inner, ok := innerRelayState(text); ok {
			return inner, true
		}
		decoded, err := url.PathUnescape(text)
		if err != nil || decoded == text {
			return "", false
		}
		text = decoded
	}
	return innerRelayState(text)
}

func innerRelayState(text string) (string, bool) {
	const marker = "&RelayState="
	if !strings.HasPrefix(text, "RPID=") {
		return "", false
	}
	// All the rest is the relay state, also where nobody encoded its "&".
	_, raw, ok := strings.Cut(text, marker)
	if !ok {
		return "", false
	}
	inner, err := url.PathUnescape(raw)
	if err != nil {
		return "", false
	}
	return inner, true
}
