package directory

import (
	"context"
	"time"
)

// Stale lists people whom somebody should look at again.
func (d *Directory) Stale(ctx context.Context, f StaleFilter) ([]*User, error) {
	return d.store.Stale(ctx, f)
}

// CountStale counts them.
func (d *Directory) CountStale(ctx context.Context, f StaleFilter) (int, error) {
	return d.store.CountStale(ctx, f)
}

// CleanUp deactivates, or removes, people by ID, in one act for each. It
// stops at the first that fails and gives the number done; one who is gone
// already is no failure.
func (d *Directory) CleanUp(ctx context.Context, ids []string, remove bool, actor string) (int, error) {
	panic("unwritten")
}

// Removals lists removed people, newest first.
func (d *Directory) Removals(ctx context.Context, before time.Time, limit int) ([]Removal, error) {
	return d.store.Removals(ctx, before, limit)
}

// ForgetRemoval lets a sign-in make that person anew; fault.NotFound.
func (d *Directory) ForgetRemoval(ctx context.Context, userName, actor string) error {
	panic("unwritten")
}
