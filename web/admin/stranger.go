package admin

import (
	"context"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
)

// Stranger is the person of a session who is another connection's
// (session.Stranger), or nil where they are not. The directory is asked only
// where there is another connection.
func (c *Console) Stranger(ctx context.Context, ses *session.Session) (*directory.User, error) {
	if ses.UserID == "" || !othersActive(c.Registry, ses.IDP) {
		return nil, nil
	}
	user, err := c.Directory.User(ctx, ses.UserID)
	if fault.KindOf(err) == fault.NotFound { // just removed: nothing is theirs any more
		return &directory.User{UserName: ses.UserName}, nil
	}
	if err != nil || !session.Stranger(c.Registry, ses.IDP, user) {
		return nil, err
	}
	return user, nil
}

// GroupsOf are session.Manager.Groups, and of a stranger what the assertion
// claims alone.
func (c *Console) GroupsOf(ctx context.Context, ses *session.Session) ([]string, error) {
	stranger, err := c.Stranger(ctx, ses)
	if err != nil {
		return nil, err
	}
	if stranger != nil {
		return c.Sessions.Claimed(ctx, ses)
	}
	return c.Sessions.Groups(ctx, ses)
}

// estrange takes from p what is not for whoever another connection calls u.
func (c *Console) estrange(p *access.Person, u *directory.User) bool {
	if !session.Stranger(c.Registry, p.IDP, u) {
		return false
	}
	p.UserID, p.Groups = "", nil
	return true
}

func othersActive(r *idp.Registry, slug string) bool {
	for _, c := range r.Connections() {
		if c.Provider.Slug != slug && c.Active() {
			return true
		}
	}
	return false
}
