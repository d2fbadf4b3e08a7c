package admin

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path"
	"strings"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

const (
	maxMetadata = 5 << 20
	maxUpload   = maxMetadata*4/3 + maxForm // base64 comes back from the choice page
)

// Import takes the identity provider's metadata as a draft: a file, an
// address, or values typed in. A refusal changes nothing and stands beside the
// field it belongs to.
func (c *Console) Import(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	if err := r.ParseMultipartForm(maxUpload); err != nil {
		return c.refuseImport(w, r, p, ui.ImportForm{Kind: "file"}, tooLargeOr(err))
	}
	switch r.PostForm.Get("kind") {
	case "url":
		return c.importURL(w, r, p, actor(ses))
	case "hand":
		return c.importByHand(w, r, p, actor(ses))
	}
	return c.importFile(w, r, p, actor(ses))
}

func (c *Console) importFile(w http.ResponseWriter, r *http.Request, p *idp.Provider, by string) error {
	raw, name, err := upload(r)
	if err != nil {
		return c.refuseImport(w, r, p, ui.ImportForm{Kind: "file"}, err)
	}
	_, err = c.Registry.ImportMetadata(r.Context(), idp.Import{
		Slug:       p.Slug,
		Raw:        raw,
		EntityID:   r.PostForm.Get("entity_id"),
		Source:     idp.FromUpload,
		SourceName: name,
		Actor:      by,
	})
	if ids := several(err); ids != nil {
		return c.show(w, r, ui.ChooseEntity{Provider: p, EntityIDs: ids, Raw: base64.StdEncoding.EncodeToString(raw), FileName: name})
	}
	if err != nil {
		return c.refuseImport(w, r, p, ui.ImportForm{Kind: "file"}, err)
	}
	return seeOther(w, r, pathOf(p.Slug)+"/review", "imported")
}

func (c *Console) importURL(w http.ResponseWriter, r *http.Request, p *idp.Provider, by string) error {
	form := ui.ImportForm{Kind: "url", URL: strings.TrimSpace(r.PostForm.Get("url"))}
	_, err := c.Registry.ImportURL(r.Context(), p.Slug, form.URL, r.PostForm.Get("entity_id"), by)
	if ids := several(err); ids != nil {
		return c.show(w, r, ui.ChooseEntity{Provider: p, EntityIDs: ids, URL: form.URL})
	}
	if err != nil {
		return c.refuseImport(w, r, p, form, err)
	}
	return seeOther(w, r, pathOf(p.Slug)+"/review", "imported")
}

func (c *Console) importByHand(w http.ResponseWriter, r *http.Request, p *idp.Provider, by string) error {
	form := ui.ImportForm{
		Kind:        "hand",
		EntityID:    strings.TrimSpace(r.PostForm.Get("entity_id")),
		SSOURL:      strings.TrimSpace(r.PostForm.Get("sso_url")),
		Binding:     r.PostForm.Get("binding"),
		Certificate: strings.TrimSpace(r.PostForm.Get("certificate")),
	}
	_, err := c.Registry.ImportByHand(r.Context(), idp.ByHand{
		Slug:           p.Slug,
		EntityID:       form.EntityID,
		SSOURL:         form.SSOURL,
		SSOBinding:     form.Binding,
		CertificatePEM: form.Certificate,
		Actor:          by,
	})
	if err != nil {
		return c.refuseImport(w, r, p, form, err)
	}
	return seeOther(w, r, pathOf(p.Slug)+"/review", "imported")
}

func (c *Console) refuseImport(w http.ResponseWriter, r *http.Request, p *idp.Provider, form ui.ImportForm, err error) error {
	kind := fault.KindOf(err)
	if !again(err) && kind != fault.Unavailable {
		return err
	}
	form.Error = public(err)
	return c.showRefusal(w, r, err, c.idpPage(p, form))
}

// upload is the document of the form: a file, or what the choice page carried.
func upload(r *http.Request) (raw []byte, name string, err error) {
	if carried := r.PostForm.Get("raw"); carried != "" {
		raw, err := base64.StdEncoding.DecodeString(carried)
		if err != nil {
			return nil, "", fault.Wrap(fault.Invalid, "The file was lost on the way. Upload it again.", err)
		}
		return raw, fileName(r.PostForm.Get("file_name")), nil
	}
	file, header, err := r.FormFile("metadata")
	if err != nil || header.Size == 0 {
		return nil, "", fault.Wrap(fault.Invalid, "Choose the metadata file of your identity provider first.", err)
	}
	defer file.Close()
	if header.Size > maxMetadata {
		return nil, "", errTooLarge
	}
	raw, err = io.ReadAll(file)
	return raw, fileName(header.Filename), err
}

// fileName keeps what a person would recognise.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	if runes := []rune(s); len(runes) > 100 {
		s = string(runes[:100])
	}
	return strings.ToValidUTF8(s, "")
}

var errTooLarge = fault.New(fault.Invalid, "The file is larger than 5 MB. Export the metadata of this one application alone, and upload that.")

func tooLargeOr(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return errTooLarge
	}
	return fault.Wrap(fault.Invalid, "The form could not be read. Reload the page and try again.", err)
}

// several is the choice that an aggregate leaves, nil for any other outcome.
func several(err error) []string {
	var refusal *saml.MetadataError
	if errors.As(err, &refusal) {
		return refusal.EntityIDs
	}
	return nil
}

// public is the sentence of err that an administrator may read.
func public(err error) string {
	var refusal *saml.MetadataError
	if errors.As(err, &refusal) {
		return refusal.Sentence
	}
	return fault.Public(err)
}
