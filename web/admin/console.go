// Package admin is the administrators' console: one file per screen.
package admin

import (
	"context"
	"net/http"
	"net/url"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// Console holds the rooms that its screens show. Its handlers are reached
// through the route table of package web, which asks Admit who may enter and
// refuses forms of other sites.
type Console struct {
	BaseURL        string
	UI             *ui.Renderer
	Registry       *idp.Registry
	Sessions       *session.Manager
	Cookies        *session.Cookies
	Applications   *access.Catalog
	Administrators *access.Administrators // nil: one-time links are the only way in
	Directory      *directory.Directory
	Events         audit.Store
	Version        string

	// Replay works out what a recorded provisioning request would do now,
	// keeping nothing; nil: requests can't be tried again.
	Replay func(ctx context.Context, r *directory.Record) (*directory.Record, error)

	// CheckToken says what a token of the gateway for an application of that
	// name is worth now; nil: tokens can't be checked here. It keeps nothing.
	CheckToken func(application, token string) *ui.TokenReport

	// Send lets the browser carry a request to an identity provider.
	Send func(http.ResponseWriter, *http.Request, *idp.Connection, *saml.RequestMessage) error
}

const (
	perPage = 50
	maxForm = 256 << 10
)

func (c *Console) show(w http.ResponseWriter, r *http.Request, page ui.Page) error {
	return c.UI.RenderConsole(w, http.StatusOK, c.chrome(r), page)
}

func (c *Console) showRefusal(w http.ResponseWriter, r *http.Request, err error, page ui.Page) error {
	status := http.StatusUnprocessableEntity
	if fault.KindOf(err) == fault.Conflict {
		status = http.StatusConflict
	}
	return c.UI.RenderConsole(w, status, c.chrome(r), page)
}

// again reports whether err belongs beside the form it came from.
func again(err error) bool {
	kind := fault.KindOf(err)
	return kind == fault.Invalid || kind == fault.Conflict
}

// seeOther goes on to a page after something was done; done names the
// sentence that the page then shows.
func seeOther(w http.ResponseWriter, r *http.Request, path, done string) error {
	if done != "" {
		path += "?done=" + url.QueryEscape(done)
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

var sentences = map[string]string{
	"activated":     "The connection is active. People can sign in through it now.",
	"disabled":      "The connection is disabled. It is refused everywhere, and its sessions have ended.",
	"discarded":     "What waited for review was discarded. Nothing else changed.",
	"imported":      "The metadata was read. Nothing is trusted yet: review it, then activate.",
	"saved":         "The settings are saved and apply from now on.",
	"created":       "The connection was made. Hand our metadata to the identity provider, and import theirs.",
	"added":         "The application was added.",
	"removed":       "The application was removed.",
	"deactivated":   "The person can no longer sign in, and all of their sessions have ended.",
	"reactivated":   "The person can sign in again.",
	"revoked":       "The session has ended.",
	"signed_out":    "All sessions of this person have ended here.",
	"link_revoked":  "The setup link does not work any more.",
	"restored":      "That version is the draft now. Nothing changed yet: review it, then activate.",
	"key_published": "The next key is in our metadata now. Give the identity providers time to fetch it.",
	"key_promoted":  "The next key is in use now. The one before is retired.",
	"key_retired":   "The retired key is gone for good.",
	"granted":       "They may enter the console from their next page on.",
	"ungranted":     "They may not enter the console any more.",
	"dismissed":     "The notice is gone from every page. That you dismissed it is recorded.",
	"changed":       "The application was changed.",

	"token_revoked":   "The token does not work any more.",
	"provisioned_off": "Provisioning is off. People and groups stay as they are, and you keep them from now on.",
	"brake_saved":     "The brake is set.",
	"brake_released":  "What was held is done. The robot may go on for an hour.",
	"brake_rejected":  "These people stay as they are.",
	"attributes":      "The attributes are saved. Live sessions keep their tags until their person changes in the directory or signs in again.",
	"group_made":      "The group was made.",
	"group_renamed":   "The group has its new name.",
	"group_removed":   "The group is gone.",
	"members_added":   "They are in the group now.",
	"member_removed":  "They are out of the group.",
	"user_access":     "The user access URLs are saved.",
	"assigned":        "The assignments are made. They count from the next page on.",
	"unassigned":      "The assignments have ended.",
	"set_made":        "The permission set was made. Now assign it.",
	"sets_made":       "The permission sets were made. Now assign them.",
	"set_changed":     "The permission set was changed.",
	"set_removed":     "The permission set is gone.",
	"rule_saved":      "The rule is saved, and decides from now on.",
	"rule_removed":    "The rule is gone.",
	"role_made":       "The role is registered, and decides from now on.",
	"role_changed":    "The role was changed, and decides from now on.",
	"role_removed":    "The role is gone.",
	"proxy_saved":     "The settings are saved, and count from the next request on.",
	"token_rotated":   "The next token key signs now. What the old one signed stays good, and another next one is published.",
	"token_replaced":  "All token keys are new. Tokens by the old ones are refused once applications have fetched the keys again, within minutes.",
	"forgotten":       "The removal is forgotten. A sign-in may make that person anew.",
}

func notice(r *http.Request) string { return sentences[r.URL.Query().Get("done")] }

// readForm bounds and parses a small form.
func readForm(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, "The form could not be read. Go back, reload the page and try again.", err)
	}
	return nil
}

// actor is how events name an administrator.
func actor(ses *session.Session) string {
	if ses.Kind == session.Link {
		return "link:" + ses.ID
	}
	return "user:" + ses.UserID
}

// provider is the connection that the path names.
func (c *Console) provider(r *http.Request) (*idp.Provider, error) {
	connection := c.Registry.Connection(r.PathValue("idp"))
	if connection == nil {
		return nil, fault.New(fault.NotFound, "There is no connection of this name. It may be spelt differently: look at the list.")
	}
	return connection.Provider, nil
}

func (c *Console) providers() []*idp.Provider {
	var out []*idp.Provider
	for _, connection := range c.Registry.Connections() {
		out = append(out, connection.Provider)
	}
	return out
}

func pathOf(slug string) string { return "/admin/idps/" + slug }

// SignOut ends the administrator's session.
func (c *Console) SignOut(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	if err := c.Sessions.SignOut(r.Context(), c.Cookies.AdminToken(r), reqctx.ClientIP(r.Context())); err != nil {
		return err
	}
	c.Cookies.ClearAdmin(w, r)
	return seeOther(w, r, "/signin", "")
}
