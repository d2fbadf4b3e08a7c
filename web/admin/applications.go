package admin

import (
	"net/http"
	"strings"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/ui"
)

// ApplicationList shows the targets with the relay state to paste for each.
func (c *Console) ApplicationList(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	return c.show(w, r, c.applicationsPage(ui.ApplicationForm{}, notice(r)))
}

// AddApplication adds one.
func (c *Console) AddApplication(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	form := applicationForm(r)
	err := c.Applications.Add(r.Context(), &access.Application{
		Name:        form.Name,
		Title:       form.Title,
		Description: form.Description,
		URL:         form.URL,
		Allowed:     lines(form.Allowed),
	}, actor(ses))
	if again(err) {
		form.Error = public(err)
		return c.showRefusal(w, r, err, c.applicationsPage(form, ""))
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/admin/applications", "added")
}

// RemoveApplication removes one; links to it lead to the portal from then on.
func (c *Console) RemoveApplication(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Applications.Remove(r.Context(), r.PathValue("name"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/applications", "removed")
}

// applicationForm is what was typed.
func applicationForm(r *http.Request) ui.ApplicationForm {
	return ui.ApplicationForm{
		Name:        strings.TrimSpace(r.PostForm.Get("name")),
		Title:       strings.TrimSpace(r.PostForm.Get("title")),
		Description: strings.TrimSpace(r.PostForm.Get("description")),
		URL:         strings.TrimSpace(r.PostForm.Get("url")),
		Allowed:     r.PostForm.Get("allowed"),
	}
}

func (c *Console) applicationsPage(form ui.ApplicationForm, done string) ui.Applications {
	return ui.Applications{Applications: c.Applications.Applications(), BaseURL: c.BaseURL, Form: form, Notice: done}
}
