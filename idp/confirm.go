package idp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Confirm makes an activation stay that waits for it: an administrator has
// signed in through it. The caller makes sure that the sign-in began after
// Live.ActivatedAt, since an earlier one proves nothing of what is live now.
// Where nothing waits, nothing happens.
func (r *Registry) Confirm(ctx context.Context, slug, actor string) error {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return err
	}
	if p.Confirm == nil {
		return nil
	}
	e := audit.New(audit.IDPConfirmed, actor)
	if e.Detail, err = json.Marshal(map[string]int{"trust": numberOf(p.Live)}); err != nil {
		return fmt.Errorf("describe confirmation: %w", err)
	}
	_, err = r.update(ctx, p, 0, func(stored *Provider) error {
		if !sameConfirm(stored.Confirm, p.Confirm) {
			return errNotWaiting // reverted, or another activation waits now
		}
		stored.Confirm = nil
		return nil
	}, e)
	if errors.Is(err, errNotWaiting) {
		return r.Reload(ctx)
	}
	return err
}

var errNotWaiting = errors.New("this activation no longer waits for confirmation")

func sameConfirm(a, b *Confirm) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Previous == b.Previous && a.Until.Equal(b.Until)
}

// revertDue takes back each activation that nobody confirmed in time.
func (r *Registry) revertDue(ctx context.Context) error {
	var failed error
	for _, c := range r.Connections() {
		if p := c.Provider; p.Confirm != nil && !time.Now().Before(p.Confirm.Until) {
			failed = errors.Join(failed, r.revert(ctx, p))
		}
	}
	return failed
}

// revert puts back what was live before. Sessions stay; what is taken back
// waits as the draft, unless something else does.
func (r *Registry) revert(ctx context.Context, p *Provider) error {
	previous, err := r.version(ctx, p.Slug, p.Confirm.Previous)
	if err != nil {
		return err
	}
	e := audit.New(audit.IDPReverted, "system")
	if e.Detail, err = json.Marshal(map[string]any{
		"trust": p.Confirm.Previous, "not_confirmed": numberOf(p.Live), "activated_by": p.Confirm.Actor,
	}); err != nil {
		return fmt.Errorf("describe revert: %w", err)
	}
	seen := p.Confirm
	_, err = r.update(ctx, p, 0, func(p *Provider) error {
		if !sameConfirm(p.Confirm, seen) {
			return errNotWaiting
		}
		takeBack(p, previous)
		return nil
	}, e)
	if errors.Is(err, errNotWaiting) {
		return r.Reload(ctx) // it was confirmed, or another instance was quicker
	}
	return err
}

func takeBack(p *Provider, previous *Trust) {
	c := p.Confirm
	if p.Draft == nil && numberOf(p.Live) != c.Previous {
		p.Draft = p.Live
	}
	p.State, p.Live, p.Confirm = c.PreviousState, nil, nil
	p.MetadataURL, p.RefreshFailed = "", ""
	if p.Draft != nil && p.Draft.Source == FromURL {
		p.MetadataURL = p.Draft.SourceName
	}
	if previous == nil {
		return
	}
	live := *previous
	live.ActivatedAt = now()
	p.Live = &live
	if live.Source == FromURL {
		p.MetadataURL = live.SourceName
	}
}

func numberOf(t *Trust) int {
	if t == nil {
		return 0
	}
	return t.Number
}

// version finds a saved trust by its number; nil for 0; fault.NotFound.
func (r *Registry) version(ctx context.Context, slug string, number int) (*Trust, error) {
	if number == 0 {
		return nil, nil
	}
	all, err := r.Versions(ctx, slug)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if t.Number == number {
			return t, nil
		}
	}
	return nil, fault.New(fault.NotFound, fmt.Sprintf("This connection has no version %d.", number))
}
