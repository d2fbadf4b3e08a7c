package admin

import (
	"net/http"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/session"
	"sallyport/web/ui"
)

// Overview shows the connections, what is left to set up, and the newest refusals.
func (c *Console) Overview(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	refusals, err := c.Events.Events(r.Context(), audit.Filter{Actions: []audit.Action{audit.SignInRefused}, Limit: 5})
	if err != nil {
		return err
	}
	page := ui.Overview{
		Connections: c.providers(),
		Refusals:    refusals,
		Apps:        len(c.Applications.Applications()) > 0,
		Default:     pathOf(idp.Default),
		Version:     c.Version,
		Notice:      notice(r),
	}
	if page.Tokens, err = c.tokenNotices(r.Context()); err != nil {
		return err
	}
	for _, p := range page.Connections {
		page.Active = page.Active || p.State == idp.Active
		page.Imported = page.Imported || p.Live != nil || p.Draft != nil
	}
	return c.show(w, r, page)
}
