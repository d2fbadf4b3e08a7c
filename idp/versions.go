package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Versions gives every trust that the connection ever had, newest first;
// fault.NotFound.
func (r *Registry) Versions(ctx context.Context, slug string) ([]*Trust, error) {
	all, err := r.store.Trusts(ctx, slug)
	if err != nil {
		return nil, fmt.Errorf("load versions of connection %s: %w", slug, err)
	}
	return all, nil
}

// Restore makes a version the draft, to be reviewed and activated again. It is
// a copy that no metadata URL speaks for: what is fetched later neither
// replaces it nor adds to it unasked. What waited for review stays among the
// versions. fault.NotFound; fault.Conflict for the version that is live.
func (r *Registry) Restore(ctx context.Context, slug string, number int, actor string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	old, err := r.version(ctx, slug, number)
	if err != nil {
		return nil, err
	}
	if old == nil {
		return nil, fault.New(fault.NotFound, "Versions begin with 1.")
	}
	e := audit.New(audit.IDPRestored, actor)
	if e.Detail, err = json.Marshal(map[string]any{"trust": number, "entity_id": old.EntityID}); err != nil {
		return nil, fmt.Errorf("describe restoring: %w", err)
	}
	return r.update(ctx, p, 0, func(p *Provider) error {
		if numberOf(p.Live) == number {
			return fault.New(fault.Conflict, fmt.Sprintf("Version %d is what is trusted now.", number))
		}
		p.Draft = restored(old, actor)
		return nil
	}, e)
}

func restored(old *Trust, actor string) *Trust {
	t := *old
	t.Number, t.ActivatedAt = 0, time.Time{}
	t.Source, t.SourceName = FromVersion, fmt.Sprintf("version %d", old.Number)
	t.CreatedAt, t.CreatedBy = now(), actor
	t.Warnings = append(slices.Clone(old.Warnings), aged(old.Certificates, old.CreatedAt, t.CreatedAt)...)
	return &t
}
