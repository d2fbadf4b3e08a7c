package admin

import (
	"encoding/pem"
	"net/http"

	"sallyport/idp"
	"sallyport/session"
	"sallyport/web/ui"
)

// Setup is the guided page of one connection, in the words of one vendor's
// console.
func (c *Console) Setup(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page := c.setupPage(p, r.URL.Query().Get("vendor"), ui.ImportForm{})
	page.Notice = notice(r)
	return c.show(w, r, page)
}

func (c *Console) setupPage(p *idp.Provider, vendor string, form ui.ImportForm) ui.Setup {
	return ui.Setup{
		Provider:    p,
		Guide:       idp.GuideFor(vendorFor(p, vendor)),
		Values:      c.values(p),
		Certificate: c.encryptionCertificate(p.Slug),
		Guides:      idp.Guides(),
		Form:        form,
	}
}

// vendorFor is the one that was chosen, else the one that the metadata showed.
func vendorFor(p *idp.Provider, chosen string) string {
	switch {
	case chosen != "":
		return chosen
	case p.Draft != nil && p.Draft.Vendor != "":
		return p.Draft.Vendor
	case p.Live != nil:
		return p.Live.Vendor
	}
	return ""
}

// encryptionCertificate is ours, as PEM, for consoles that want it pasted.
func (c *Console) encryptionCertificate(slug string) string {
	connection := c.Registry.Connection(slug)
	if connection == nil || connection.SP == nil || len(connection.SP.EncryptionCertificates) == 0 {
		return ""
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: connection.SP.EncryptionCertificates[0].Raw}))
}
