package admin

import (
	"net/http"
	"net/url"
	"strings"

	"sallyport/directory"
	"sallyport/session"
	"sallyport/web/ui"
)

// People lists people by userName.
func (c *Console) People(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	search := strings.TrimSpace(r.URL.Query().Get("search"))
	users, err := c.Directory.Users(r.Context(), directory.Filter{
		Search: search,
		After:  r.URL.Query().Get("after"),
		Limit:  perPage + 1,
	})
	if err != nil {
		return err
	}
	page := ui.People{Users: users, Search: search, Notice: notice(r)}
	if len(users) > perPage {
		page.Users = users[:perPage]
		next := url.Values{"after": {directory.Fold(users[perPage-1].UserName)}}
		if search != "" {
			next.Set("search", search)
		}
		page.Older = "/admin/people?" + next.Encode()
	}
	return c.show(w, r, page)
}
