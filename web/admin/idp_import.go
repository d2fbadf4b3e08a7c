package admin

import (
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
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
	// maxDrained is how much of a body that is too large is read and dropped,
	// so that the browser is still listening when it is told so.
	maxDrained = 64 << 20
)

// Import takes the identity provider's metadata as a draft: a file, an
// address, or values typed in. A refusal changes nothing and stands beside the
// field it belongs to, on the page that the form came from.
func (c *Console) Import(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	form, choice, err := c.handIn(w, r, p, actor(ses))
	vendor, guided := r.PostForm.Get("vendor"), r.PostForm.Has("vendor")
	switch {
	case choice != nil:
		choice.Action, choice.Vendor, choice.Guided = pathOf(p.Slug)+"/imports", vendor, guided
		return c.show(w, r, *choice)
	case err == nil:
		return seeOther(w, r, pathOf(p.Slug)+"/review", "imported")
	case !again(err) && fault.KindOf(err) != fault.Unavailable:
		return err
	}
	form.Error = public(err)
	if guided {
		return c.showRefusal(w, r, err, c.setupPage(p, vendor, form))
	}
	page, failed := c.idpPage(r, p, form)
	if failed != nil {
		return failed
	}
	return c.showRefusal(w, r, err, page)
}

// handIn takes what a form brings of an identity provider. The form comes back
// as it was typed; a choice where the document holds several.
func (c *Console) handIn(w http.ResponseWriter, r *http.Request, p *idp.Provider, by string) (ui.ImportForm, *ui.ChooseEntity, error) {
	form := ui.ImportForm{Kind: "file"}
	body := r.Body
	r.Body = http.MaxBytesReader(w, body, maxUpload)
	if err := r.ParseMultipartForm(maxUpload); err != nil {
		_, _ = io.CopyN(io.Discard, body, maxDrained) // whatever it is, it is dropped
		return form, nil, tooLargeOr(err)
	}
	if kind := r.PostForm.Get("kind"); kind == "url" || kind == "hand" {
		form.Kind = kind
	}
	form.URL = strings.TrimSpace(r.PostForm.Get("url"))
	form.EntityID = strings.TrimSpace(r.PostForm.Get("entity_id"))
	form.SSOURL = strings.TrimSpace(r.PostForm.Get("sso_url"))
	form.Binding = r.PostForm.Get("binding")
	form.Certificate = strings.TrimSpace(r.PostForm.Get("certificate"))
	var raw []byte
	if form.Kind == "file" {
		var err error
		if raw, form.FileName, err = upload(r); err != nil {
			return form, nil, err
		}
	}
	if err := unchanged(r, p); err != nil {
		form.Raw = base64.StdEncoding.EncodeToString(raw)
		return form, nil, err
	}
	err := c.importForm(r, p, form, raw, by)
	if ids := several(err); ids != nil {
		return form, &ui.ChooseEntity{Provider: p, EntityIDs: ids, URL: form.URL, Raw: base64.StdEncoding.EncodeToString(raw), FileName: form.FileName}, err
	}
	return form, nil, err
}

func (c *Console) importForm(r *http.Request, p *idp.Provider, form ui.ImportForm, raw []byte, by string) (err error) {
	switch form.Kind {
	case "url":
		_, err = c.Registry.ImportURL(r.Context(), p.Slug, form.URL, form.EntityID, by)
	case "hand":
		_, err = c.Registry.ImportByHand(r.Context(), idp.ByHand{
			Slug:           p.Slug,
			EntityID:       form.EntityID,
			SSOURL:         form.SSOURL,
			SSOBinding:     form.Binding,
			CertificatePEM: form.Certificate,
			Actor:          by,
		})
	default:
		_, err = c.Registry.ImportMetadata(r.Context(), idp.Import{
			Slug:       p.Slug,
			Raw:        raw,
			EntityID:   form.EntityID,
			Source:     idp.FromUpload,
			SourceName: form.FileName,
			Actor:      by,
		})
	}
	return err
}

// unchanged refuses a form that was made for an older version of p than it has
// now: somebody else was quicker, and must not be overruled unseen. A form
// that names none is taken.
func unchanged(r *http.Request, p *idp.Provider) error {
	seen, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || seen >= p.Version {
		return nil
	}
	return fault.New(fault.Conflict, "Somebody else changed this connection while you had the page open, so nothing was done yet. The page now shows how it stands; what you entered is still here. Send it once more if you still want it.")
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
