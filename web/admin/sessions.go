package admin

import (
	"net/http"

	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// SessionList shows who is signed in now.
func (c *Console) SessionList(w http.ResponseWriter, r *http.Request, own *session.Session) error {
	query := r.URL.Query()
	sessions, err := c.Sessions.Sessions(r.Context(), session.Filter{Live: true, Before: query.Get("before"), Limit: perPage + 1})
	if err != nil {
		return err
	}
	page := ui.Sessions{Own: own.ID, Notice: notice(r)}
	page.Sessions, page.Older = cut(sessions, "/admin/sessions", query, func(s *session.Session) string { return s.ID })
	return c.show(w, r, page)
}

// RevokeSession ends one.
func (c *Console) RevokeSession(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	n, err := c.Sessions.Revoke(r.Context(), session.Filter{ID: r.PathValue("id")}, actor(ses))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "This session is over already.")
	}
	return seeOther(w, r, "/admin/sessions", "revoked")
}
