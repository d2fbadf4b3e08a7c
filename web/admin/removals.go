package admin

import (
	"net/http"
	"strconv"
	"time"

	"sallyport/directory"
	"sallyport/session"
	"sallyport/web/ui"
)

// Removals lists people whom no sign-in makes anew.
func (c *Console) Removals(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	var before time.Time
	if millis, err := strconv.ParseInt(query.Get("before"), 10, 64); err == nil {
		before = time.UnixMilli(millis)
	}
	removals, err := c.Directory.Removals(r.Context(), before, perPage+1)
	if err != nil {
		return err
	}
	page := ui.Removals{Notice: notice(r)}
	page.Removals, page.Older = cut(removals, "/admin/removals", query, func(r directory.Removal) string { return strconv.FormatInt(r.At.UnixMilli(), 10) })
	if page.Actors, err = actorsOf(r.Context(), c, page.Removals, func(r directory.Removal) string { return r.Actor }); err != nil {
		return err
	}
	return c.show(w, r, page)
}

// ForgetRemoval lets a sign-in make that person anew.
func (c *Console) ForgetRemoval(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	if err := c.Directory.ForgetRemoval(r.Context(), r.PostForm.Get("user_name"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/removals", "forgotten")
}
