package admin

import (
	"net/http"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// AdministratorList says who may enter the console, and which one-time links
// were used.
func (c *Console) AdministratorList(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	page, err := c.administratorsPage(r, ui.GrantForm{})
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// AddAdministrator lets a person or a group in.
func (c *Console) AddAdministrator(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	if c.Administrators == nil {
		return errNoGrants
	}
	form := ui.GrantForm{
		Set:       r.PostForm.Get("set"),
		Principal: strings.TrimSpace(r.PostForm.Get("principal")),
		Group:     r.PostForm.Get("group") != "",
		IDP:       c.grantConnection(r.PostForm.Get("idp")),
	}
	_, err := c.Administrators.Grant(r.Context(), form.IDP, access.AdminSet(form.Set), form.Group, form.Principal, actor(ses))
	if again(err) {
		form.Error = public(err)
		page, pageErr := c.administratorsPage(r, form)
		if pageErr != nil {
			return pageErr
		}
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/admin/administrators", "granted")
}

// RemoveAdministrator takes a grant away. The last Administrator stays.
func (c *Console) RemoveAdministrator(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if c.Administrators == nil {
		return errNoGrants
	}
	err := c.Administrators.Revoke(r.Context(), r.PathValue("id"), actor(ses))
	if again(err) {
		page, pageErr := c.administratorsPage(r, ui.GrantForm{})
		if pageErr != nil {
			return pageErr
		}
		page.Error = public(err)
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/admin/administrators", "ungranted")
}

// grantConnection is the connection that a form names; where there is only one,
// forms need not.
func (c *Console) grantConnection(slug string) string {
	all := c.Registry.Connections()
	if slug == "" && len(all) == 1 {
		return all[0].Provider.Slug
	}
	if c.Registry.Connection(slug) == nil {
		return ""
	}
	return slug
}

var errNoGrants = fault.New(fault.Unavailable, "This service lets administrators in by one-time links alone.")

func (c *Console) administratorsPage(r *http.Request, form ui.GrantForm) (ui.Administrators, error) {
	page := ui.Administrators{Form: form}
	for _, one := range c.Registry.Connections() {
		page.Connections = append(page.Connections, ui.GrantConnection{Slug: one.Provider.Slug, Name: one.Provider.Name})
	}
	if v := viewerOf(r); !v.Link {
		page.Viewer = v.Name
	}
	if c.Administrators != nil {
		page.Grants = c.Administrators.Grants()
	}
	makers := make([]string, len(page.Grants))
	for i, g := range page.Grants {
		makers[i] = g.CreatedBy
	}
	names, err := c.actorNames(r.Context(), makers)
	if err != nil {
		return page, err
	}
	for i, m := range makers {
		makers[i] = names[m]
	}
	page.Makers = makers
	page.Links, err = c.linkUses(r.Context())
	return page, err
}
