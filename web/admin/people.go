package admin

import (
	"net/http"
	"strings"

	"sallyport/directory"
	"sallyport/session"
	"sallyport/web/ui"
)

// People lists people by userName.
func (c *Console) People(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	page := ui.People{
		Search: strings.TrimSpace(query.Get("search")), Source: query.Get("source"), IDP: query.Get("idp"),
		State: query.Get("state"), IDPs: c.providers(), Notice: notice(r),
	}
	if said := cleaned(r); said != "" {
		page.Notice = said
	}
	users, err := c.Directory.Users(r.Context(), directory.Filter{
		Search: page.Search,
		Source: directory.Source(page.Source),
		IDP:    page.IDP,
		Active: stateAsked(page.State),
		After:  query.Get("after"),
		Limit:  perPage + 1,
	})
	if err != nil {
		return err
	}
	page.Users, page.Older = cutBy("after", users, "/admin/people", query, func(u *directory.User) string { return directory.Fold(u.UserName) })
	return c.show(w, r, page)
}

func stateAsked(state string) *bool {
	switch state {
	case "active", "inactive":
		active := state == "active"
		return &active
	}
	return nil
}
