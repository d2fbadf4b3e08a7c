package access

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sallyport/internal/fault"
)

const (
	maxLinks      = 50
	maxUserAccess = 20
)

var vendorForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// checkLinks sees that each deep link leads to an address that a allows.
func checkLinks(a *Application) error {
	if len(a.Links) > maxLinks {
		return fault.New(fault.Invalid, fmt.Sprintf("An application takes up to %d deep links.", maxLinks))
	}
	if len(a.Links) == 0 {
		return nil
	}
	if a.Kind == KindWorkSpaces {
		return fault.New(fault.Invalid, "A WorkSpaces directory has no places in it: it takes no deep links.")
	}
	a.Links = slices.Clone(a.Links)
	s := newSnapshot(0, held{applications: []*Application{{Name: a.Name, URL: a.URL, Allowed: a.Allowed}}})
	names := map[string]bool{}
	for i := range a.Links {
		l := &a.Links[i]
		l.Name, l.Title, l.Path = strings.TrimSpace(l.Name), strings.TrimSpace(l.Title), strings.TrimSpace(l.Path)
		what := "Deep link " + quoted(l.Name)
		switch {
		case !nameForm.MatchString(l.Name):
			return fault.New(fault.Invalid, "The name of a deep link takes 1 to 63 small letters, digits and hyphens, and begins with a letter or digit; "+quoted(l.Name)+" does not.")
		case names[l.Name]:
			return fault.New(fault.Invalid, "There are two deep links named "+l.Name+".")
		case !isText(l.Title, maxTitle):
			return fault.New(fault.Invalid, fmt.Sprintf("%s: the title takes up to %d characters in one line.", what, maxTitle))
		case l.Path == "" || !strings.ContainsAny(l.Path[:1], "/?#"):
			return fault.New(fault.Invalid, what+": the path follows the application's address and begins with a slash, such as /d/abc?x=1.")
		case len(l.Path) > maxURL || !s.reaches(a.Name, l.Path):
			return fault.New(fault.Invalid, fmt.Sprintf("%s: the path leads to no address that the application allows: its URL and further URLs, and what lies below them. It takes up to %d characters, no backslash, no \"..\" and no \"//\".", what, maxURL))
		}
		names[l.Name] = true
	}
	return nil
}

// reaches reports whether the application of that name has such a place.
func (s *snapshot) reaches(name, path string) bool {
	text, ok := escape(path)
	if !ok {
		return false
	}
	t, ok := s.within(s.byName[name], text)
	return ok && len(t.URL) <= maxRelayState
}

func checkUserAccess(a *Application) error {
	if len(a.UserAccess) > maxUserAccess {
		return fault.New(fault.Invalid, fmt.Sprintf("An application takes up to %d user access URLs.", maxUserAccess))
	}
	a.UserAccess = slices.Clone(a.UserAccess)
	vendors := map[string]bool{}
	for i := range a.UserAccess {
		ua := &a.UserAccess[i]
		ua.URL = strings.TrimSpace(ua.URL)
		switch _, ok := accessURL(ua.URL); {
		case !vendorForm.MatchString(ua.Vendor):
			return fault.New(fault.Invalid, "Say whose user access URL it is, such as entra, onelogin or okta.")
		case vendors[ua.Vendor]:
			return fault.New(fault.Invalid, "There are two user access URLs of "+ua.Vendor+".")
		case !ok || len(ua.URL) > maxURL:
			return fault.New(fault.Invalid, "The user access URL of "+ua.Vendor+" must be a plain address that begins with https:// and has no #.")
		}
		vendors[ua.Vendor] = true
	}
	return nil
}
