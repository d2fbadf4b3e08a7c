package admin

import (
	"context"
	"net/http"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// SessionList shows who is signed in now.
func (c *Console) SessionList(w http.ResponseWriter, r *http.Request, own *session.Session) error {
	query := r.URL.Query()
	page := ui.Sessions{Own: own.ID, IDPs: c.providers(), Search: strings.TrimSpace(query.Get("search")), IDP: query.Get("idp"), Notice: notice(r)}
	page.Filtering = page.Search != "" || page.IDP != ""
	sessions, err := c.Sessions.Sessions(r.Context(), session.Filter{
		Search: page.Search,
		IDP:    page.IDP,
		Live:   true,
		Before: query.Get("before"),
		Limit:  perPage + 1,
	})
	if err != nil {
		return err
	}
	sessions, page.Older = cut(sessions, "/admin/sessions", query, func(s *session.Session) string { return s.ID })
	page.Now = time.Now()
	for _, s := range sessions {
		open, err := c.openAt(r.Context(), s)
		if err != nil {
			return err
		}
		page.Sessions = append(page.Sessions, ui.SessionRow{Session: s, Open: open})
	}
	return c.show(w, r, page)
}

// RevokeSession ends one. The form may name the person whose page it stood on.
func (c *Console) RevokeSession(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	n, err := c.Sessions.Revoke(r.Context(), session.Filter{ID: r.PathValue("id")}, actor(ses))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "This session is over already.")
	}
	if id := r.PostForm.Get("person"); id != "" {
		if user, err := c.Directory.User(r.Context(), id); err == nil {
			return seeOther(w, r, personPath(user.ID), "revoked")
		}
	}
	return seeOther(w, r, "/admin/sessions", "revoked")
}

// openAt are the hosts of applications at which a session is open.
func (c *Console) openAt(ctx context.Context, s *session.Session) ([]ui.OpenHost, error) {
	if s.Kind != session.Person {
		return nil, nil
	}
	hosts, err := c.Sessions.Hosts(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	var all []ui.OpenHost
	for _, host := range hosts {
		open := ui.OpenHost{Host: host}
		for _, app := range c.Applications.Applications() {
			if app.Kind == access.KindWeb && (hostOf(app.URL) == "https://"+host || hostOf(app.URL) == "http://"+host) {
				open.Applications = append(open.Applications, app)
			}
		}
		all = append(all, open)
	}
	return all, nil
}
