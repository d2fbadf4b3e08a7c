package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/idp"
	"sallyport/session"
	"sallyport/web/ui"
)

// NewIDP is the form for a new connection.
func (c *Console) NewIDP(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	return c.show(w, r, ui.NewIDP{Guides: idp.Guides()})
}

// CreateIDP makes an empty draft connection.
func (c *Console) CreateIDP(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	slug, name := strings.TrimSpace(r.PostForm.Get("slug")), strings.TrimSpace(r.PostForm.Get("name"))
	p, err := c.Registry.Create(r.Context(), slug, name, actor(ses))
	if again(err) {
		return c.showRefusal(w, r, err, ui.NewIDP{Slug: slug, Name: name, Error: public(err), Vendor: r.PostForm.Get("vendor"), Guides: idp.Guides()})
	}
	if err != nil {
		return err
	}
	if vendor := r.PostForm.Get("vendor"); vendor != "" {
		http.Redirect(w, r, pathOf(p.Slug)+"/setup?"+url.Values{"vendor": {vendor}, "done": {"created"}}.Encode(), http.StatusSeeOther)
		return nil
	}
	return seeOther(w, r, pathOf(p.Slug), "created")
}

// IDP is the page of one connection.
func (c *Console) IDP(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.idpPage(r, p, ui.ImportForm{})
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

func (c *Console) idpPage(r *http.Request, p *idp.Provider, form ui.ImportForm) (ui.IDP, error) {
	links, err := c.Registry.SetupLinks(r.Context(), p.Slug)
	if err != nil {
		return ui.IDP{}, err
	}
	values := c.values(p)
	return ui.IDP{
		Provider:    p,
		EntityID:    values.EntityID,
		ACSURL:      values.ACSURL,
		MetadataURL: values.MetadataURL,
		LoginURL:    values.LoginURL,
		SLOURL:      values.SLOURL,
		Form:        form,
		SetupLinks:  slices.DeleteFunc(links, func(l idp.SetupLinkInfo) bool { return !time.Now().Before(l.ExpiresAt) }),
		Guides:      idp.Guides(),
		Now:         time.Now(),
	}, nil
}

// values are ours, which the identity provider is to be told.
func (c *Console) values(p *idp.Provider) idp.GuideValues {
	base := c.BaseURL + "/saml/" + p.Slug
	v := idp.GuideValues{MetadataURL: base + "/metadata", LoginURL: base + "/login", SLOURL: base + "/slo", SCIMURL: c.scimURL()}
	if connection := c.Registry.Connection(p.Slug); connection != nil && connection.SP != nil {
		v.EntityID = connection.SP.EntityID
		if len(connection.SP.ACSURLs) > 0 {
			v.ACSURL = connection.SP.ACSURLs[0]
		}
	}
	return v
}

// Disable refuses the connection everywhere at once.
func (c *Console) Disable(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if _, err := c.Registry.Disable(r.Context(), p.Slug, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "disabled")
}

// Discard throws away what waits for review.
func (c *Console) Discard(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	if err := unchanged(r, p); err != nil {
		return c.reviewAgain(w, r, p, err)
	}
	if _, err := c.Registry.DiscardDraft(r.Context(), p.Slug, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "discarded")
}
