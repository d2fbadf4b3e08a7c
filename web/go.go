package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// goTo is a link to a place in an application, as a relay state would name it,
// with ?permission_set= where the link says as what one enters. It signs in
// first where that is needed, and carries both along.
func (s *Server) goTo(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	link := r.URL.EscapedPath()
	if r.URL.RawQuery != "" {
		link += "?" + r.URL.RawQuery
	}
	ses, err := s.o.Cookies.Session(r)
	if fault.KindOf(err) == fault.Unauthenticated {
		if len(link) > maxRelayState {
			link = unknownTarget
		}
		// As it was said: a stranger does not learn where a name leads, nor
		// whether there is such a name.
		return redirect("/signin?target=" + url.QueryEscape(link))
	}
	if err != nil {
		return err
	}
	return s.enter(w, r, ses, s.destination(link))
}

// choose lets a person say as what they enter: a permission set first, then a
// role. Each choice is a link, so that it can be kept.
func (s *Server) choose(w http.ResponseWriter, r *http.Request, ses *session.Session, e *entry) error {
	app := e.to.target.Application
	page := ui.Choose{Application: titleOf(app), Mark: markOf(app)}
	if len(e.sets) == 0 {
		page.Roles = roleChoices(e)
		return s.ui.Render(w, http.StatusOK, ses.UserName, page)
	}
	last, err := s.lastSet(r, e)
	if err != nil {
		return err
	}
	page.Sets = setChoices(e.to, e.sets, last)
	for i, set := range e.sets {
		page.Sets[i].Again = slices.Contains(e.later, set)
		page.Sets[i].Asked = e.asked != nil && set.ID == e.asked.ID
	}
	return s.ui.Render(w, http.StatusOK, ses.UserName, page)
}

func setChoices(to destination, sets []*access.PermissionSet, last string) []ui.SetChoice {
	var out []ui.SetChoice
	for _, set := range sets {
		out = append(out, ui.SetChoice{Name: set.Name, Description: set.Description, URL: to.with(set.Name).link(), Last: set.ID == last})
	}
	return out
}

func roleChoices(e *entry) []ui.RoleChoice {
	var out []ui.RoleChoice
	for _, one := range e.roles {
		_, name, _ := strings.Cut(one.role.ARN, ":role/")
		out = append(out, ui.RoleChoice{
			Name: name, Account: one.role.Account(), Description: one.role.Description,
			URL: e.to.as(one.role.ARN).link(), Lasts: one.lasts,
		})
	}
	return out
}

// shelf is what somebody's portal remembers: nothing for a stranger, who has
// no user ID.
func (s *Server) shelf(r *http.Request, userID string) ([]access.ShelfItem, error) {
	if userID == "" {
		return nil, nil
	}
	return s.o.Applications.Shelf(r.Context(), userID)
}

// lastSet is the ID of the permission set with which the person entered an
// application last, or "".
func (s *Server) lastSet(r *http.Request, e *entry) (string, error) {
	items, err := s.shelf(r, e.shelf)
	if err != nil {
		return "", err
	}
	for _, item := range items {
		if item.ApplicationID == e.to.target.Application.ID && !item.EnteredAt.IsZero() {
			return item.PermissionSet, nil
		}
	}
	return "", nil
}
