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
	page := c.applicationPage(r, app)
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// ChangeApplication replaces title, description and URLs.
func (c *Console) ChangeApplication(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	app, err := c.application(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return fault.Wrap(fault.Invalid, "The form does not say which version it was made for. Go back, reload the page and try again.", err)
	}
	form := applicationForm(r)
	err = c.Applications.Change(r.Context(), &access.Application{
		Name: app.Name, Title: form.Title, Description: form.Description, URL: form.URL, Allowed: lines(form.Allowed), Version: version,
	}, actor(ses))
	if again(err) {
		page := c.applicationPage(r, c.Applications.Application(app.Name))
		form.Error = public(err)
		page.Form, page.Editing = form, true
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, "/admin/applications/"+app.Name, "changed")
}

// application is the one that the path names.
func (c *Console) application(r *http.Request) (*access.Application, error) {
	if app := c.Applications.Application(r.PathValue("name")); app != nil {
		return app, nil
	}
	return nil, fault.New(fault.NotFound, "There is no application of this name. It may have been removed: look at the list.")
}

func (c *Console) applicationPage(r *http.Request, app *access.Application) ui.Application {
	query := r.URL.Query()
	page := ui.Application{Application: app, BaseURL: c.BaseURL, IDPs: c.providers(), Vendors: vendorChoices()}
	page.Form = ui.ApplicationForm{Title: app.Title, Description: app.Description, URL: app.URL, Allowed: strings.Join(app.Allowed, "\n")}
	page.Builder = c.linkForm(query, page.IDPs)
	page.Links = access.Links(app, page.Builder.Path, page.Builder.Vendor, page.Builder.UserAccessURL)
	relayState := relayStateOf(app, page.Builder.Path)
	if len(page.Links) > 0 {
		page.Leads = c.Applications.Resolve(relayState).URL
	}
	page.Go = goLink(c.BaseURL, relayState)
	page.Test = page.Go
	for _, l := range page.Links[min(1, len(page.Links)):] { // behind the field's: the address that starts there
		if l.Value != "" {
			page.Test = l.Value
		}
	}
	return page
}

// linkForm fills in what was not chosen: the first active connection, its
// vendor, and its user access URL where that is its sign-in address.
func (c *Console) linkForm(query url.Values, all []*idp.Provider) ui.LinkForm {
	form := ui.LinkForm{
		IDP:           query.Get("idp"),
		Path:          strings.TrimSpace(query.Get("path")),
		Vendor:        query.Get("vendor"),
		UserAccessURL: strings.TrimSpace(query.Get("access")),
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
