package admin

import (
	"net/http"
	"strconv"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Review shows what was imported, beside what is live.
func (c *Console) Review(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	review, err := c.Registry.Review(p.Slug)
	if fault.KindOf(err) == fault.NotFound {
		return seeOther(w, r, pathOf(p.Slug), "")
	}
	if err != nil {
		return err
	}
	return c.show(w, r, ui.Review{Provider: p, Review: review, Now: time.Now(), Notice: notice(r)})
}

// versioned is the connection that the path names and the version of it that
// the form was made for.
func (c *Console) versioned(w http.ResponseWriter, r *http.Request) (*idp.Provider, int64, error) {
	p, err := c.provider(r)
	if err != nil {
		return nil, 0, err
	}
	if err := readForm(w, r); err != nil {
		return nil, 0, err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || version <= 0 {
		return nil, 0, fault.New(fault.Invalid, "The form does not say which version it was made for. Go back, reload the page and try again.")
	}
	return p, version, nil
}
