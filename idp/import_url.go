package idp

import (
	"context"
	"strings"
)

// ImportURL fetches metadata, imports it, and remembers the URL so that it is
// kept fresh. A failed fetch is fault.Invalid with a sentence, and nothing has
// changed.
func (r *Registry) ImportURL(ctx context.Context, slug, url, entityID, actor string) (*Provider, error) {
	if err := checkSlug(slug); err != nil {
		return nil, err
	}
	url = strings.TrimSpace(url)
	raw, err := r.fetch.get(ctx, url)
	if err != nil {
		return nil, err
	}
	t, name, err := readMetadata(Import{
		Slug: slug, Raw: raw, EntityID: entityID, Source: FromURL, SourceName: url, Actor: actor,
	})
	if err != nil {
		return nil, err
	}
	return r.saveDraft(ctx, slug, name, t, url)
}
