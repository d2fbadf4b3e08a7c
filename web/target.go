package web

import (
	"net/url"
	"strings"

	"sallyport/access"
)

// unknownTarget is the portal with a notice: a relay state said something that
// no application takes.
const unknownTarget = "/?notice=target"

// maxRelayState bounds what is looked at, and what a sign-in carries. The
// specification allows 80 bytes (Bindings section 3.4.3); identity providers
// send whole addresses, and what they hold is escaped on its way.
const maxRelayState = 4 << 10

// goPrefix begins the links to applications.
const goPrefix = "/go/"

// Parameters that a link, or a relay state, may carry beside the place itself.
// They are ours: applications do not see them.
const (
	setParameter  = "permission_set"
	roleParameter = "role_arn"
)

// destination is where somebody wants to go, checked: a path of ours, or a
// place that an application allows. It says nothing of whether they may.
type destination struct {
	local  string // path of ours; "" for a place in an application
	target access.Target
	place  string    // what named it, without our parameters
	set    string    // permission set by name, or ""
	role   string    // ARN, or ""
	step   *doorstep // of the application's host, where somebody waits; nil: nobody does
}

// destination reads what a stranger said about where to go: a relay state, or
// one of our links with a permission set. Never anything else.
func (s *Server) destination(text string) destination {
	text = strings.TrimPrefix(text, stepMark)
	if query, ok := strings.CutPrefix(text, enterPath+"?"); ok {
		return s.atDoorstep(query)
	}
	switch text {
	case "", "/":
		return destination{local: "/"}
	case "/session", "/admin", unknownTarget:
		return destination{local: text}
	}
	if len(text) > maxRelayState {
		return destination{local: unknownTarget}
	}
	var d destination
	place, ours := s.unlink(text)
	d.takeParameters("?" + ours)
	if strings.HasPrefix(place, "RPID") { // AD FS's wrapping: what is ours stands inside
		inner := s.o.Applications.Resolve(place)
		if inner.Unknown {
			return destination{local: unknownTarget}
		}
		place = inner.URL
	}
	d.place = d.takeParameters(place)
	d.target = s.o.Applications.Resolve(d.place)
	switch {
	case d.target.Unknown:
		return destination{local: unknownTarget}
	case d.target.URL == "":
		return destination{local: "/"}
	}
	if !d.named() {
		d.place = s.nameOf(d.target, d.place)
	}
	if len(d.link()) > maxRelayState {
		return destination{local: unknownTarget} // it would not be read again
	}
	return d
}

// nameOf says a place by the name of its application, where that leads to the
// same address: links are for people to read.
func (s *Server) nameOf(t access.Target, place string) string {
	rest, ok := strings.CutPrefix(t.URL, strings.TrimRight(t.Application.URL, "/"))
	if !ok {
		return place
	}
	for _, short := range []string{t.Application.Name, t.Application.Name + rest} {
		if s.o.Applications.Resolve(short) == t {
			return short
		}
	}
	return place
}

// unlink takes the place out of one of our links; any other text is one. A
// whole address stands in a link as one segment (destination.link), and what
// follows it there is ours alone.
func (s *Server) unlink(text string) (place, ours string) {
	link, ok := strings.CutPrefix(text, goPrefix)
	if !ok {
		link, ok = strings.CutPrefix(text, s.o.BaseURL+goPrefix)
	}
	if !ok {
		return text, ""
	}
	segment, query, _ := strings.Cut(link, "?")
	if folded := strings.ToLower(segment); !strings.HasPrefix(folded, "https:%2f%2f") && !strings.HasPrefix(folded, "http:%2f%2f") {
		return link, ""
	}
	address, err := url.PathUnescape(segment)
	if err != nil {
		return link, ""
	}
	return address, query
}

// takeParameters takes ours out of a place's query; of several the first one
// counts. What it does not take stays as it was, to the letter.
func (d *destination) takeParameters(place string) string {
	rest, fragment, hasFragment := strings.Cut(place, "#")
	path, query, hasQuery := strings.Cut(rest, "?")
	if !hasQuery {
		return place
	}
	var kept []string
	taken := false
	for pair := range strings.SplitSeq(query, "&") {
		key, value, _ := strings.Cut(pair, "=")
		into := d.parameter(key)
		if into == nil {
			kept = append(kept, pair)
			continue
		}
		taken = true
		if said, err := url.QueryUnescape(value); err == nil && *into == "" {
			*into = said
		}
	}
	if !taken {
		return place
	}
	if len(kept) > 0 {
		path += "?" + strings.Join(kept, "&")
	}
	if hasFragment {
		path += "#" + fragment
	}
	return path
}

func (d *destination) parameter(key string) *string {
	switch key {
	case setParameter:
		return &d.set
	case roleParameter:
		return &d.role
	}
	return nil
}

// link is the path of ours that decides and leads there. destination reads the
// same again: a sign-in carries it, and does not tell where it leads.
func (d destination) link() string {
	if d.local != "" {
		return d.local
	}
	if d.step != nil {
		return d.stepLink()
	}
	link := goPrefix + url.PathEscape(d.target.URL)
	if d.named() {
		link = goPrefix + d.place
	}
	ours := url.Values{}
	if d.set != "" {
		ours.Set(setParameter, d.set)
	}
	if d.role != "" {
		ours.Set(roleParameter, d.role)
	}
	switch {
	case len(ours) == 0:
		return link
	case strings.Contains(link, "?"):
		return link + "&" + ours.Encode()
	}
	return link + "?" + ours.Encode()
}

// named reports whether the place is an application's name with a path that
// can stand in a link as it is.
func (d destination) named() bool {
	name, _, _ := strings.Cut(d.place, "/")
	name, _, _ = strings.Cut(name, "?")
	if strings.ContainsAny(name, ":=%") || strings.ContainsAny(d.place, "# \"<>^`{|}") {
		return false
	}
	u, err := url.Parse(goPrefix + d.place)
	return err == nil && u.String() == goPrefix+d.place
}

// with is the same place with a permission set.
func (d destination) with(set string) destination {
	d.set = set
	return d
}

// as is the same place with a role.
func (d destination) as(role string) destination {
	d.role = role
	return d
}

// applicationAt is what people call the application that a relay state leads
// to, or "".
func (s *Server) applicationAt(relayState string) string {
	if d := s.destination(relayState); d.target.Application != nil {
		return titleOf(d.target.Application)
	}
	return ""
}

// openAt is applicationAt for strangers: only what is for everyone is named.
func (s *Server) openAt(relayState string) string {
	if d := s.destination(relayState); d.target.Application != nil && d.target.Application.Entry == access.Everyone {
		return titleOf(d.target.Application)
	}
	return ""
}
