package main

import (
	"context"
	"time"

	"sallyport/store"
)

// provisioning says which tokens end soon, and where the brake holds.
func (f *findings) provisioning(ctx context.Context, db *store.DB) {
	tokens, err := db.Tokens(ctx, "")
	if err != nil {
		f.result("provisioning", err, "")
		return
	}
	for _, t := range tokens {
		what := "provisioning " + t.IDP
		switch left := time.Until(t.ExpiresAt); {
		case left <= 0:
			f.note(what, "token %s has expired at %s", t.ID, shown(t.ExpiresAt))
		case left < expirySoon:
			f.note(what, "token %s expires at %s: make a second one and change to it", t.ID, shown(t.ExpiresAt))
		default:
			f.good(what, "token %s until %s", t.ID, shown(t.ExpiresAt))
		}
	}
	brakes, err := db.Brakes(ctx)
	if err != nil {
		f.result("provisioning", err, "")
		return
	}
	for _, b := range brakes {
		f.note("provisioning "+b.IDP, "the brake holds since %s: release or reject it in the console", shown(b.Since))
	}
}
