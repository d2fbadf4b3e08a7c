package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/access"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// Application is the page of one target, with what to paste at the identity
// provider so that a tile leads to it, and links for people.
func (c *Console) Application(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	app, err := c.application(r)
	if err != nil {
		return err
	}
	page, err := c.applicationPage(r, app)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// ChangeApplication replaces what its form asks for. Who would get in or be
// kept out by another entry is shown before it is saved.
func (c *Console) ChangeApplication(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	app, version, err := c.versionedApplication(w, r)
	if err != nil {
		return err
	}
	changed := typedApplication(r, app)
	changed.Version = version
	if what, known := entryWords[changed.Entry]; known && changed.Entry != app.Entry && version == app.Version && !confirmed(r.PostForm) {
		return c.showChanges(w, r, ui.Changes{
			Question: "Change who may enter " + titleOf(app) + "?", What: what, Button: "Save", Back: applicationPath(app.Name),
		}, access.Proposal{Application: changed})
	}
	refused := c.Applications.Change(r.Context(), changed, actor(ses))
	if again(refused) {
		// Somebody may have changed it meanwhile: the page shows it as it is.
		if app, err = c.application(r); err != nil {
			return err
		}
		page, err := c.applicationPage(r, app)
		if err != nil {
			return err
		}
		page.Form, page.Editing = refusedForm(changed, refused), true
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, applicationPath(app.Name), "changed")
}

var entryWords = map[access.Entry]string{
	access.Everyone: "Any signed-in person may enter, unless a rule keeps them out.",
	access.Assigned: "Only who has an assignment may enter.",
}

// versionedApplication is the one that the path names, with the version that
// the form was made for.
func (c *Console) versionedApplication(w http.ResponseWriter, r *http.Request) (*access.Application, int64, error) {
	app, err := c.application(r)
	if err != nil {
		return nil, 0, err
	}
	version, err := readVersion(w, r)
	return app, version, err
}

// readVersion parses a form that says which version it was made for.
func readVersion(w http.ResponseWriter, r *http.Request) (int64, error) {
	if err := readForm(w, r); err != nil {
		return 0, err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return 0, fault.Wrap(fault.Invalid, "The form does not say which version it was made for. Go back, reload the page and try again.", err)
	}
	return version, nil
}

// application is the one that the path names.
func (c *Console) application(r *http.Request) (*access.Application, error) {
	if app := c.Applications.Application(r.PathValue("name")); app != nil {
		return app, nil
	}
	return nil, fault.New(fault.NotFound, "There is no application of this name. It may have been removed: look at the list.")
}

func (c *Console) applicationPage(r *http.Request, app *access.Application) (ui.Application, error) {
	query := r.URL.Query()
	page := ui.Application{Application: app, BaseURL: c.BaseURL, IDPs: c.providers(), Vendors: vendorChoices(), Sets: c.Applications.PermissionSets(), Form: ui.FormOf(app), Proxy: ui.ProxyFormOf(app)}
	page.Builder = c.linkForm(query, page.IDPs)
	if saved := accessURLOf(app.UserAccess, page.Builder.Vendor); saved != "" && !query.Has("access") {
		page.Builder.UserAccessURL = saved
	}
	page.Access, page.Roles = userAccess(app, page.Builder.Path, app.UserAccess), c.Applications.EntryRoles(app)
	var err error
	page.Assignments, err = c.assignmentTable(r.Context(), access.AssignmentFilter{ApplicationID: app.ID}, url.Values{"app": {app.Name}})
	if err != nil {
		return page, err
	}
	page.Assignments.NoApp = true
	page.Assignments.Nothing = "Nobody."
	page.Links = access.Links(app, page.Builder.Path, page.Builder.Vendor, page.Builder.UserAccessURL)
	relayState := relayStateOf(app, page.Builder.Path)
	if len(page.Links) > 0 {
		page.Leads = c.Applications.Resolve(relayState).URL
	}
	page.Go = goLink(c.BaseURL, relayState)
	if page.Builder.Set != "" {
		page.Go = withSet(page.Go, page.Builder.Set)
	}
	page.Test = page.Go
	for _, l := range page.Links[min(1, len(page.Links)):] { // behind the field's: the address that starts there
		if l.Value != "" {
			page.Test = l.Value
		}
	}
	return page, nil
}

// linkForm fills in what was not chosen: the first active connection, its
// vendor, and its user access URL where that is its sign-in address.
func (c *Console) linkForm(query url.Values, all []*idp.Provider) ui.LinkForm {
	form := ui.LinkForm{
		IDP:           query.Get("idp"),
		Path:          strings.TrimSpace(query.Get("path")),
		Vendor:        query.Get("vendor"),
		UserAccessURL: strings.TrimSpace(query.Get("access")),
		Set:           query.Get("set"),
	}
	var chosen *idp.Provider
	for _, p := range all {
		if form.IDP == p.Slug || form.IDP == "" && chosen == nil && p.State == idp.Active {
			chosen = p
		}
	}
	if chosen == nil {
		return form
	}
	form.IDP = chosen.Slug
	vendor := known(vendorOf(chosen))
	if form.Vendor == "" {
		form.Vendor = vendor
	}
	if !query.Has("access") && form.Vendor == vendor {
		form.UserAccessURL = accessAddress(chosen.Live, vendor)
	}
	return form
}

// accessAddress is the address under which an identity provider starts a
// sign-in by itself, where metadata gives it away: these take the same one for
// requests.
func accessAddress(t *idp.Trust, vendor string) string {
	switch vendor {
	case "onelogin", "okta", "duo", "jumpcloud":
	default:
		return ""
	}
	if t == nil {
		return ""
	}
	for _, e := range t.SSO {
		if e.Binding == saml.BindingRedirect || e.Binding == saml.BindingPOST {
			return e.Location
		}
	}
	return ""
}

// relayStateOf is how a page of app is named in a relay state.
func relayStateOf(app *access.Application, path string) string {
	switch {
	case path == "":
		return app.Name
	case strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "http://"):
		return path
	case strings.ContainsAny(path[:1], "/?#"):
		return app.Name + path
	}
	return app.Name + "/" + path
}

// goLink is our own link to what a relay state names.
func goLink(base, relayState string) string {
	path, query, hasQuery := strings.Cut(relayState, "?")
	if strings.Contains(relayState, "://") {
		return base + "/go/" + url.PathEscape(relayState)
	}
	link := base + "/go/" + (&url.URL{Path: path}).EscapedPath()
	if hasQuery {
		link += "?" + query
	}
	return link
}

// withSet makes a link say as what to enter.
func withSet(link, set string) string {
	parameter := "permission_set=" + url.QueryEscape(set)
	if strings.Contains(link, "?") {
		return link + "&" + parameter
	}
	return link + "?" + parameter
}
