package admin

import (
	"net/http"
	"strings"
	"time"

	"sallyport/idp"
	"sallyport/session"
	"sallyport/web/ui"
)

// NewIDP is the form for a new connection.
func (c *Console) NewIDP(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	return c.show(w, r, ui.NewIDP{})
}

// CreateIDP makes an empty draft connection.
func (c *Console) CreateIDP(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	slug, name := strings.TrimSpace(r.PostForm.Get("slug")), strings.TrimSpace(r.PostForm.Get("name"))
	p, err := c.Registry.Create(r.Context(), slug, name, actor(ses))
	if again(err) {
		return c.showRefusal(w, r, err, ui.NewIDP{Slug: slug, Name: name, Error: public(err)})
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "created")
}

// IDP is the page of one connection.
func (c *Console) IDP(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page := c.idpPage(p, ui.ImportForm{})
	page.Notice = notice(r)
	return c.show(w, r, page)
}

func (c *Console) idpPage(p *idp.Provider, form ui.ImportForm) ui.IDP {
	page := ui.IDP{Provider: p, Form: form, Now: time.Now()}
	if connection := c.Registry.Connection(p.Slug); connection != nil && connection.SP != nil {
		page.EntityID = connection.SP.EntityID
		if len(connection.SP.ACSURLs) > 0 {
			page.ACSURL = connection.SP.ACSURLs[0]
		}
	}
	page.MetadataURL = c.BaseURL + "/saml/" + p.Slug + "/metadata"
	page.LoginURL = c.BaseURL + "/saml/" + p.Slug + "/login"
	return page
}

// Activate makes what was reviewed live, or a disabled connection active again.
func (c *Console) Activate(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, version, err := c.versioned(w, r)
	if err != nil {
		return err
	}
	if _, err := c.Registry.Activate(r.Context(), p.Slug, version, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "activated")
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
	if _, err := c.Registry.DiscardDraft(r.Context(), p.Slug, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "discarded")
}
