package admin

import (
	"context"
	"net/http"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Viewer is who looks at the console.
type Viewer struct {
	Name string // user name, or what stands for one
	Set  access.AdminSet
	Link bool // came in by a one-time link
}

// Errors of Admit. Each has a page of its own.
var (
	ErrNoAdministrator = fault.New(fault.Forbidden, "You are signed in, and nobody has made you an administrator here.")
	ErrLooksOnly       = fault.New(fault.Forbidden, "You are an Auditor: you may see everything here and change nothing. Ask an Administrator to do it.")
)

// Admit decides whether the holder of a live session may enter the console,
// and whether to change anything. It gives the request with the viewer in it.
// The grant is asked for each time: one that was taken away is gone at once.
func (c *Console) Admit(r *http.Request, ses *session.Session, toChange bool) (*http.Request, error) {
	v, ok, err := c.viewer(r.Context(), ses)
	switch {
	case err != nil:
		return r, err
	case !ok:
		return r, ErrNoAdministrator
	case toChange && v.Set != access.Administrator:
		return r, ErrLooksOnly
	}
	return r.WithContext(context.WithValue(r.Context(), viewerKey{}, v)), nil
}

func (c *Console) viewer(ctx context.Context, ses *session.Session) (Viewer, bool, error) {
	if ses.Kind == session.Link {
		return Viewer{Name: "One-time link", Set: access.Administrator, Link: true}, true, nil
	}
	set, ok, err := c.SetOf(ctx, ses)
	return Viewer{Name: ses.UserName, Set: set}, ok, err
}

// SetOf is the permission set that a person's session has here, by the groups
// as they are now.
func (c *Console) SetOf(ctx context.Context, ses *session.Session) (access.AdminSet, bool, error) {
	if c.Administrators == nil || ses.Kind != session.Person {
		return "", false, nil
	}
	groups, err := c.GroupsOf(ctx, ses)
	if err != nil {
		return "", false, err
	}
	set, ok := c.Administrators.For(ses.IDP, ses.UserName, groups)
	return set, ok, nil
}

type viewerKey struct{}

func viewerOf(r *http.Request) Viewer {
	v, _ := r.Context().Value(viewerKey{}).(Viewer)
	return v
}

// chrome is what surrounds every page of the console.
func (c *Console) chrome(r *http.Request) ui.Chrome {
	v := viewerOf(r)
	links, linksErr := c.openLinkUses(r.Context())
	brakes, brakesErr := c.brakeNotices(r.Context())
	return ui.Chrome{
		Viewer: v.Name, Set: string(v.Set), Link: v.Link,
		Links: links, LinksUnread: linksErr != nil,
		Brakes: brakes, BrakesUnread: brakesErr != nil,
		Waiting: c.waiting(),
	}
}

// waiting are the activations that revert unless an Administrator signs in
// through them.
func (c *Console) waiting() []ui.Waiting {
	var all []ui.Waiting
	for _, p := range c.providers() {
		if p.Confirm == nil {
			continue
		}
		all = append(all, ui.Waiting{
			Slug: p.Slug, Name: p.Name, Until: p.Confirm.Until, Now: time.Now(),
			SignIn: "/saml/" + p.Slug + "/login?target=%2Fadmin",
		})
	}
	return all
}
