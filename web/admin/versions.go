package admin

import (
	"net/http"
	"strconv"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Versions lists every trust that a connection ever had.
func (c *Console) Versions(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	all, err := c.Registry.Versions(r.Context(), p.Slug)
	if err != nil {
		return err
	}
	return c.show(w, r, ui.Versions{Provider: p, Versions: all, Now: time.Now(), Notice: notice(r)})
}

// RestoreVersion makes one the draft, to be reviewed like any other.
func (c *Console) RestoreVersion(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil {
		return fault.Wrap(fault.NotFound, "There is no such version. Look at the list.", err)
	}
	if err := unchanged(r, p); err != nil {
		return err
	}
	if _, err := c.Registry.Restore(r.Context(), p.Slug, number, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug)+"/review", "restored")
}
