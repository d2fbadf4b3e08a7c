package admin

import (
	"net/http"
	"net/url"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// PermissionSet is the page of one.
func (c *Console) PermissionSet(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	set, err := c.permissionSet(r)
	if err != nil {
		return err
	}
	page, err := c.permissionSetPage(r, set)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// ChangePermissionSet replaces all but its rules; its ID stays.
func (c *Console) ChangePermissionSet(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	now, err := c.permissionSet(r)
	if err != nil {
		return err
	}
	version, err := readVersion(w, r)
	if err != nil {
		return err
	}
	set, form, refused := typedSet(r, *now)
	if refused == nil {
		set.Version = version
		refused = c.Applications.ChangePermissionSet(r.Context(), set, actor(ses))
	}
	if again(refused) {
		if now, err = c.permissionSet(r); err != nil {
			return err
		}
		page, err := c.permissionSetPage(r, now)
		if err != nil {
			return err
		}
		form.Error = public(refused)
		page.Form, page.Editing = form, true
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, setPath(set.ID), "set_changed")
}

// RemovePermissionSet removes one that no assignment names.
func (c *Console) RemovePermissionSet(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Applications.RemovePermissionSet(r.Context(), r.PathValue("id"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/permission-sets", "set_removed")
}

// permissionSet is the one that the path names.
func (c *Console) permissionSet(r *http.Request) (*access.PermissionSet, error) {
	if set := c.Applications.PermissionSet(r.PathValue("id")); set != nil {
		return set, nil
	}
	return nil, fault.New(fault.NotFound, "There is no such permission set. It may have been removed: look at the list.")
}

func (c *Console) permissionSetPage(r *http.Request, set *access.PermissionSet) (ui.PermissionSet, error) {
	page := ui.PermissionSet{Set: set, Form: ui.PermissionSetForm{
		Name: set.Name, Description: set.Description, RelayState: set.RelayState, Hours: hoursText(set.SessionDuration), Tags: tagsText(set.Tags),
	}}
	var err error
	page.Assignments, err = c.assignmentTable(r.Context(), access.AssignmentFilter{PermissionSetID: set.ID}, url.Values{"set": {set.Name}})
	page.Assignments.NoSet, page.Assignments.Nothing = true, "Nobody."
	return page, err
}
