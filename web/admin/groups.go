package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/session"
	"sallyport/web/ui"
)

// Groups lists groups by name.
func (c *Console) Groups(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	page, err := c.groupsPage(r)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// CreateGroup makes a local one.
func (c *Console) CreateGroup(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	name := strings.TrimSpace(r.PostForm.Get("name"))
	group := &directory.Group{DisplayName: name}
	refused := c.Directory.CreateGroup(r.Context(), group, nil, c.act(r, ses, audit.GroupCreated))
	if again(refused) {
		page, err := c.groupsPage(r)
		if err != nil {
			return err
		}
		page.Form = ui.GroupForm{Name: name, Error: public(refused)}
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, groupPath(group.ID), "group_made")
}

func (c *Console) groupsPage(r *http.Request) (ui.Groups, error) {
	query := r.URL.Query()
	page := ui.Groups{Search: strings.TrimSpace(query.Get("search")), IDP: query.Get("idp"), IDPs: c.providers()}
	asked := directory.Query{SortBy: "displayName", Limit: perPage}
	if page.Search != "" {
		asked.Where = directory.Compare{Attr: "displayName", Op: directory.CO, Value: directory.Value{Text: directory.Fold(page.Search)}}
	}
	if offset, err := strconv.Atoi(query.Get("offset")); err == nil && offset > 0 {
		asked.Offset = offset
	}
	found, err := c.Directory.QueryGroups(r.Context(), directory.Scope(page.IDP), asked)
	if err != nil {
		return page, err
	}
	for _, g := range found.Found {
		page.Groups = append(page.Groups, ui.GroupRow{Group: g, Keeper: c.keeper(g)})
	}
	if found.More {
		next := url.Values{"offset": {strconv.Itoa(asked.Offset + perPage)}}
		if page.Search != "" {
			next.Set("search", page.Search)
		}
		if page.IDP != "" {
			next.Set("idp", page.IDP)
		}
		page.Older = "/admin/groups?" + next.Encode()
	}
	return page, nil
}

// keeper is the name of the connection whose robot keeps g; "" for a local one.
func (c *Console) keeper(g *directory.Group) string {
	if g.IDP == "" {
		return ""
	}
	return c.nameOf(g.IDP)
}

// act is what an administrator does to a record.
func (c *Console) act(r *http.Request, ses *session.Session, action audit.Action) directory.Act {
	e := audit.New(action, actor(ses))
	e.ClientIP = clientIP(r)
	return directory.Act{Event: e}
}

func groupPath(id string) string { return "/admin/groups/" + id }
