package idp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// MaxMetadata is how large a metadata document may be, in bytes.
const MaxMetadata = 5 << 20

// Import is one metadata document to be taken as a draft.
type Import struct {
	Slug       string // created where missing
	Raw        []byte
	EntityID   string // which one, where Raw is an aggregate; "" otherwise
	Source     Source
	SourceName string
	Actor      string
}

// ImportMetadata parses a document into the connection's draft. A refusal is
// fault.Invalid around a *saml.MetadataError, and nothing has changed.
func (r *Registry) ImportMetadata(ctx context.Context, in Import) (*Provider, error) {
	if err := checkSlug(in.Slug); err != nil {
		return nil, err
	}
	t, name, err := readMetadata(in)
	if err != nil {
		return nil, err
	}
	return r.saveDraft(ctx, in.Slug, name, t, "")
}

// readMetadata makes a Trust of a document, and gives the name that the
// identity provider has for people, or "".
func readMetadata(in Import) (*Trust, string, error) {
	if len(in.Raw) > MaxMetadata {
		return nil, "", refuse(&saml.MetadataError{Sentence: fmt.Sprintf("The metadata is larger than %d MB. Ask for the metadata of the one identity provider rather than of a whole federation.", MaxMetadata>>20)})
	}
	meta, err := saml.ParseMetadata(in.Raw, in.EntityID, now())
	if err != nil {
		return nil, "", refuse(err)
	}
	t := &Trust{
		EntityID:                meta.EntityID,
		SSO:                     meta.SSO,
		SLO:                     meta.SLO,
		NameIDFormats:           meta.NameIDFormats,
		WantAuthnRequestsSigned: meta.WantAuthnRequestsSigned,
		ValidUntil:              meta.ValidUntil,
		Source:                  in.Source,
		SourceName:              in.SourceName,
		Certificates:            distinct(meta.Certificates),
		CreatedAt:               now(),
		CreatedBy:               in.Actor,
	}
	t.Vendor = vendor(t)
	// What the document itself shows, the parser has said.
	t.Warnings = append(slices.Clone(meta.Warnings), soonWarnings(t.Certificates, t.CreatedAt)...)
	t.Warnings = append(t.Warnings, encryptionOnly(distinct(meta.EncryptionOnly), t.Certificates)...)
	if w := missingApplication(t); w != "" {
		t.Warnings = append(t.Warnings, w)
	}
	return t, meta.DisplayName, nil
}

// refuse wraps the reason why a document is not taken.
func refuse(err error) error {
	var refusal *saml.MetadataError
	if errors.As(err, &refusal) {
		return fault.Wrap(fault.Invalid, refusal.Sentence, refusal)
	}
	return fmt.Errorf("parse metadata: %w", err)
}

// missingApplication warns of Entra metadata that is the tenant's rather than
// the application's: the application's own certificate is not in it.
func missingApplication(t *Trust) string {
	if t.Vendor != "entra" || t.Source != FromURL || isTemplate(t) || strings.Contains(strings.ToLower(t.SourceName), "appid=") {
		return ""
	}
	return "The metadata URL has no appid=... in it, so the certificate of your application may be missing. Copy the \"App Federation Metadata Url\" of your application instead."
}

// isTemplate recognises Entra's "common" metadata.
func isTemplate(t *Trust) bool {
	const placeholder = "{tenantid}"
	holds := func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, placeholder) || strings.Contains(s, "%7btenantid%7d")
	}
	return holds(t.EntityID) || slices.ContainsFunc(t.SSO, func(e saml.Endpoint) bool { return holds(e.Location) })
}

// saveDraft puts t into the connection, which is created where missing.
func (r *Registry) saveDraft(ctx context.Context, slug, name string, t *Trust, metadataURL string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if fault.KindOf(err) == fault.NotFound {
		if name = strings.TrimSpace(name); checkName(name) != nil {
			name = slug
		}
		p, err = r.create(ctx, slug, name, t.CreatedBy)
	}
	if err != nil {
		return nil, err
	}
	e := audit.New(audit.IDPImported, t.CreatedBy)
	if e.Detail, err = json.Marshal(map[string]string{
		"entity_id": t.EntityID, "source": string(t.Source), "source_name": t.SourceName, "vendor": t.Vendor,
	}); err != nil {
		return nil, fmt.Errorf("describe import: %w", err)
	}
	return r.update(ctx, p, 0, func(p *Provider) error {
		draft := *t // change may run twice, and the store numbers what it saves
		p.Draft = &draft
		if metadataURL != "" {
			p.MetadataURL, p.RefreshedAt, p.RefreshFailed = metadataURL, t.CreatedAt, ""
		}
		return nil
	}, e)
}
