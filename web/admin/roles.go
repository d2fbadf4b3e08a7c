package admin

import (
	"net/http"
	"strings"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Roles lists them.
func (c *Console) Roles(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	return c.show(w, r, c.rolesPage(ui.RoleForm{}, notice(r)))
}

// AddRole registers one.
func (c *Console) AddRole(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	role, form, refused := typedRole(r, access.Role{ARN: strings.TrimSpace(r.PostForm.Get("arn"))})
	if refused == nil {
		refused = c.Applications.AddRole(r.Context(), role, actor(ses))
	}
	if again(refused) {
		form.Error = public(refused)
		return c.showRefusal(w, r, refused, c.rolesPage(form, ""))
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, rolePath(role.ID), "role_made")
}

// Role is the page of one.
func (c *Console) Role(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	role, err := c.role(r)
	if err != nil {
		return err
	}
	page := c.rolePage(role)
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// ChangeRole replaces its documents; its ARN stays.
func (c *Console) ChangeRole(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	now, err := c.role(r)
	if err != nil {
		return err
	}
	version, err := readVersion(w, r)
	if err != nil {
		return err
	}
	role, form, refused := typedRole(r, *now)
	if refused == nil {
		role.Version = version
		refused = c.Applications.ChangeRole(r.Context(), role, actor(ses))
	}
	if again(refused) {
		if now, err = c.role(r); err != nil {
			return err
		}
		page := c.rolePage(now)
		form.Error, form.Inline = public(refused), spareInline(form.Inline)
		page.Form = form
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, rolePath(now.ID), "role_changed")
}

// RemoveRole removes one.
func (c *Console) RemoveRole(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Applications.RemoveRole(r.Context(), r.PathValue("id"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/roles", "role_removed")
}

// role is the one that the path names.
func (c *Console) role(r *http.Request) (*access.Role, error) {
	for _, role := range c.Applications.Roles() {
		if role.ID == r.PathValue("id") {
			return role, nil
		}
	}
	return nil, fault.New(fault.NotFound, "There is no such role. It may have been removed: look at the list.")
}

func (c *Console) rolesPage(form ui.RoleForm, done string) ui.Roles {
	form.Inline = spareInline(form.Inline)
	return ui.Roles{Roles: c.Applications.Roles(), Form: form, Notice: done}
}

func (c *Console) rolePage(role *access.Role) ui.Role {
	page := ui.Role{Role: role, Account: role.Account(), Form: ui.RoleForm{
		ARN: role.ARN, Description: role.Description, Trust: role.Trust, Hours: hoursText(role.MaxSessionDuration), Inline: spareInline(role.Inline),
	}}
	for _, a := range c.Applications.Applications() {
		if a.WorkSpaces != nil && a.WorkSpaces.AccountID == page.Account {
			page.Apps = append(page.Apps, a)
		}
	}
	// Another version of this program may have stored what this one refuses.
	if err := access.CheckRole(role); err != nil {
		page.Error = public(err)
	}
	return page
}

// spareInline are inline policies, and one empty place for another.
func spareInline(all []access.InlinePolicy) []access.InlinePolicy {
	return append(all[:len(all):len(all)], access.InlinePolicy{})
}

// typedRole is what a form makes of a role, and the form as it was typed.
func typedRole(r *http.Request, now access.Role) (*access.Role, ui.RoleForm, error) {
	form := ui.RoleForm{
		ARN: now.ARN, Description: strings.TrimSpace(r.PostForm.Get("description")), Hours: strings.TrimSpace(r.PostForm.Get("hours")), Trust: unix(r.PostForm.Get("trust")),
	}
	names, documents := r.PostForm["inline_name"], r.PostForm["inline_document"]
	if len(names) != len(documents) {
		return nil, form, fault.New(fault.Invalid, "The form came in pieces. Go back, reload the page and try again.")
	}
	for i, name := range names {
		name, document := strings.TrimSpace(name), unix(documents[i])
		if name != "" || strings.TrimSpace(document) != "" {
			form.Inline = append(form.Inline, access.InlinePolicy{Name: name, Document: document})
		}
	}
	now.Description, now.Trust, now.Inline = form.Description, form.Trust, form.Inline
	var err error
	now.MaxSessionDuration, err = typedHours(form.Hours)
	return &now, form, err
}

// unix gives a pasted text the line ends that places in it are counted by.
func unix(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

func rolePath(id string) string { return "/admin/roles/" + id }
