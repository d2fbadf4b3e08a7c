package admin

import (
	"net/http"
	"strconv"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/session"
	"sallyport/web/ui"
)

// MakeSetupLink makes a link to the guided page of one connection, and shows
// it this once.
func (c *Console) MakeSetupLink(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	hours, err := strconv.Atoi(r.PostForm.Get("valid_hours"))
	if err != nil || hours < 1 || hours > 24*365 {
		hours = -1 // no length of time at all: the registry says which are
	}
	token, refused := c.Registry.MakeSetupLink(r.Context(), p.Slug, time.Duration(hours)*time.Hour, actor(ses))
	if refused != nil && !again(refused) {
		return refused
	}
	page, err := c.idpPage(r, p, ui.ImportForm{})
	if err != nil {
		return err
	}
	if refused != nil {
		page.LinkError = public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	page.NewLink = c.BaseURL + "/setup/" + token
	return c.show(w, r, page)
}

// RevokeSetupLink ends one at once.
func (c *Console) RevokeSetupLink(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := c.Registry.RevokeSetupLink(r.Context(), r.PathValue("id"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "link_revoked")
}

// PublicSetup is the guided page for the holder of a setup link, who is nobody
// here: it shows our side of that one connection, takes theirs as a draft, and
// never activates.
func (c *Console) PublicSetup(w http.ResponseWriter, r *http.Request, link idp.SetupLinkInfo) error {
	connection := c.Registry.Connection(link.IDP)
	if connection == nil {
		return fault.New(fault.NotFound, "The connection behind this link is gone. Ask whoever sent it to you.")
	}
	p := connection.Provider
	if r.Method != http.MethodPost {
		page := c.publicPage(r, p, link, r.URL.Query().Get("vendor"), ui.ImportForm{})
		return c.UI.Render(w, http.StatusOK, "", page)
	}
	form, choice, err := c.handIn(w, r, p, "setup_link:"+link.ID)
	vendor := r.PostForm.Get("vendor")
	if choice != nil {
		choice.Action, choice.Vendor, choice.Guided, choice.Public = r.URL.Path, vendor, true, true
		choice.Provider = &idp.Provider{Slug: p.Slug, Name: p.Name}
		return c.UI.Render(w, http.StatusOK, "", *choice)
	}
	page := c.publicPage(r, p, link, vendor, form)
	if err != nil {
		if !again(err) && fault.KindOf(err) != fault.Unavailable {
			return err
		}
		page.Form.Error = public(err)
		return c.UI.Render(w, http.StatusUnprocessableEntity, "", page)
	}
	e := audit.New(audit.SetupLinkUsed, "setup_link:"+link.ID)
	e.IDP, e.Object, e.ClientIP = p.Slug, "setup_link:"+link.ID, reqctx.ClientIP(r.Context())
	if err := c.Events.AppendEvent(r.Context(), e); err != nil {
		return err
	}
	page.Form, page.Handed = ui.ImportForm{}, c.handed(p.Slug)
	return c.UI.Render(w, http.StatusOK, "", page)
}

func (c *Console) publicPage(r *http.Request, p *idp.Provider, link idp.SetupLinkInfo, vendor string, form ui.ImportForm) ui.PublicSetup {
	return ui.PublicSetup{
		Name:        p.Name,
		Guide:       idp.GuideFor(vendor),
		Values:      c.values(p),
		Certificate: c.encryptionCertificate(p.Slug),
		Guides:      idp.Guides(),
		Action:      r.URL.Path,
		Until:       link.ExpiresAt,
		Form:        form,
	}
}

// handed reads back what came in just now.
func (c *Console) handed(slug string) *ui.Handed {
	connection := c.Registry.Connection(slug)
	if connection == nil || connection.Provider.Draft == nil {
		return nil
	}
	t := connection.Provider.Draft
	return &ui.Handed{EntityID: t.EntityID, Certificates: t.Certificates, Vendor: t.Vendor, Now: time.Now()}
}
