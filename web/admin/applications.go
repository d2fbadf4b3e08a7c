package admin

import (
	"net/http"
	"slices"
	"strings"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/session"
	"sallyport/web/ui"
)

// ApplicationList shows the targets with the relay state to paste for each.
func (c *Console) ApplicationList(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	page := c.applicationsPage(r, ui.ApplicationForm{Entry: access.Assigned})
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// AddApplication adds one: for those who are assigned, unless the form says
// that it is for everyone.
func (c *Console) AddApplication(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	app := typedApplication(r, &access.Application{
		Name: strings.TrimSpace(r.PostForm.Get("name")), Kind: access.KindWeb, Entry: access.Assigned,
	})
	err := c.Applications.Add(r.Context(), app, actor(ses))
	if again(err) {
		return c.showRefusal(w, r, err, c.applicationsPage(r, refusedForm(app, err)))
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/admin/applications", "added")
}

// RemoveApplication removes one; links to it lead to the portal from then on.
// Where assignments or rules go with it, that is shown before.
func (c *Console) RemoveApplication(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	if app := c.Applications.Application(r.PathValue("name")); app != nil && !confirmed(r.PostForm) {
		closed := *app
		closed.Entry = access.Assigned
		p := access.Proposal{Application: &closed}
		for _, a := range c.Applications.Assignments(access.AssignmentFilter{ApplicationID: app.ID}) {
			p.Revoke = append(p.Revoke, a.ID)
		}
		if len(p.Revoke)+len(app.Rules) > 0 {
			return c.showChanges(w, r, ui.Changes{
				Question: "Remove " + titleOf(app) + "?", Button: "Remove " + app.Name, Back: applicationPath(app.Name),
				What: "The application goes for good, and with it its assignments (" + count(len(p.Revoke)) + ") and rules (" + count(len(app.Rules)) + "). Links to it lead to the portal from then on.",
			}, p)
		}
	}
	if err := c.Applications.Remove(r.Context(), r.PathValue("name"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/applications", "removed")
}

// applicationsPage is a page of the list, by title.
func (c *Console) applicationsPage(r *http.Request, form ui.ApplicationForm) ui.Applications {
	query := r.URL.Query()
	page := ui.Applications{Search: strings.TrimSpace(query.Get("search")), BaseURL: c.BaseURL, Form: form}
	wanted := directory.Fold(page.Search)
	found := slices.DeleteFunc(c.Applications.Applications(), func(a *access.Application) bool {
		return wanted != "" && !strings.Contains(a.Name, wanted) && !strings.Contains(directory.Fold(a.Title), wanted)
	})
	// The place is the last name of the page before; where that is gone, the
	// list begins anew.
	if after := slices.IndexFunc(found, func(a *access.Application) bool { return a.Name == query.Get("after") }); after >= 0 {
		found = found[after+1:]
	}
	page.Applications, page.Older = cutBy("after", found, "/admin/applications", query, func(a *access.Application) string { return a.Name })
	return page
}
