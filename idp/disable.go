package idp

import (
	"context"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Disable refuses the connection on every path at once and ends its sessions.
// What is trusted and what waits for review both stay; an activation that
// nobody confirms still reverts, and the connection stays disabled. Once more
// is fault.Conflict.
func (r *Registry) Disable(ctx context.Context, slug, actor string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	return r.update(ctx, p, 0, func(p *Provider) error {
		if p.State == Disabled {
			return fault.New(fault.Conflict, "The connection is disabled already.")
		}
		p.State = Disabled
		if p.Confirm != nil {
			c := *p.Confirm
			c.PreviousState = Disabled
			p.Confirm = &c
		}
		return nil
	}, audit.New(audit.IDPDisabled, actor))
}

// DiscardDraft throws away what waits for review; fault.NotFound where nothing
// does.
func (r *Registry) DiscardDraft(ctx context.Context, slug, actor string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	return r.update(ctx, p, 0, func(p *Provider) error {
		if p.Draft == nil {
			return fault.New(fault.NotFound, "Nothing waits for review.")
		}
		p.Draft = nil
		if p.Live == nil || p.Live.Source != FromURL {
			p.MetadataURL, p.RefreshFailed = "", "" // nothing from there is left
		} else {
			p.MetadataURL = p.Live.SourceName
		}
		return nil
	}, audit.New(audit.IDPDraftDiscarded, actor))
}
