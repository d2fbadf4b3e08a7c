package idp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// followEvery is how soon a change by another instance or a command is seen.
	followEvery = 2 * time.Second
	// followFor bounds one reading: others wait for it.
	followFor = 10 * time.Second
	// lookEvery is how often Run asks which metadata is due.
	lookEvery = 10 * time.Second
	// tendEvery is how often Run asks whether a token key is due to change.
	tendEvery = time.Minute
	// remindEvery is how often Run asks which certificates come to their end.
	remindEvery = time.Minute
)

// Run follows the store (every 2 s), takes back activations that nobody
// confirmed in time, rotates the keys of tokens, refreshes metadata and reminds
// of certificates' ends, until ctx ends. While the store does not answer, the last known connections
// stay.
func (r *Registry) Run(ctx context.Context) error {
	var all sync.WaitGroup
	all.Go(func() {
		r.tryEvery(ctx, followEvery, "can't read the connections; those known last stay", r.follow)
	})
	all.Go(func() {
		r.tryEvery(ctx, followEvery, "can't take back an activation that nobody confirmed", r.revertDue)
	})
	all.Go(func() {
		r.tryEvery(ctx, tendEvery, "can't rotate the token keys; those known last stay", r.tendTokenKeys)
	})
	all.Go(func() {
		said := map[string]bool{}
		r.tryEvery(ctx, remindEvery, "can't remind of a certificate's end", func(ctx context.Context) error { return r.remind(ctx, said) })
	})
	all.Go(func() { r.keepFresh(ctx) })
	all.Wait()
	return nil
}

// tryEvery runs act at each tick, and logs the first of failures in a row.
func (r *Registry) tryEvery(ctx context.Context, interval time.Duration, failure string, act func(context.Context) error) {
	failing := false
	every(ctx, interval, func() {
		err := act(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			r.options.Logger.WarnContext(ctx, failure, "error", err)
		}
		failing = err != nil
	})
}

func (r *Registry) follow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, followFor)
	defer cancel()
	revision, err := r.store.Revision(ctx)
	if err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	if revision == r.snapshot.Load().revision {
		return nil
	}
	return r.Reload(ctx)
}

// keepFresh refreshes each connection whose metadata came by URL, once per
// RefreshEvery and a random tenth more, so that instances and connections
// don't come at once. A refresh by another instance counts.
func (r *Registry) keepFresh(ctx context.Context) {
	tried := map[string]time.Time{}
	jitter := map[string]time.Duration{}
	every(ctx, min(lookEvery, r.options.RefreshEvery), func() {
		for _, c := range r.Connections() {
			p := c.Provider
			last := p.RefreshedAt
			if tried[p.ID].After(last) {
				last = tried[p.ID]
			}
			if p.MetadataURL == "" || p.State == Disabled || time.Since(last) < r.options.RefreshEvery+jitter[p.ID] {
				continue
			}
			tried[p.ID] = time.Now()
			jitter[p.ID] = rand.N(r.options.RefreshEvery/10 + 1)
			if _, err := r.Refresh(ctx, p.Slug, "system"); err != nil && ctx.Err() == nil {
				r.options.Logger.WarnContext(ctx, "can't refresh metadata; what is known stays", "idp", p.Slug, "error", err)
			}
		}
	})
}

// every calls act at each tick until ctx ends.
func every(ctx context.Context, interval time.Duration, act func()) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			act()
		}
	}
}
