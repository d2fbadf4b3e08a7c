package directory

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
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
// already, or inactive already where remove is false, is no failure and not
// counted.
func (d *Directory) CleanUp(ctx context.Context, ids []string, remove bool, actor string) (int, error) {
	done := 0
	for _, id := range ids {
		changed, err := d.cleanUp(ctx, id, remove, actor)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return done, fmt.Errorf("clean up user %s: %w", id, err)
		}
		if changed && err == nil {
			done++
		}
	}
	return done, nil
}

func (d *Directory) cleanUp(ctx context.Context, id string, remove bool, actor string) (changed bool, err error) {
	if remove {
		return true, d.store.RemoveUser(ctx, id, Act{Event: audit.New(audit.UserRemoved, actor)})
	}
	_, err = d.store.UpdateUser(ctx, id, func(u *User) error {
		changed, u.Active = u.Active, false
		return nil
	}, Act{Event: audit.New(audit.UserDeactivated, actor)})
	return changed, err
}

// Removals lists removed people, newest first.
func (d *Directory) Removals(ctx context.Context, before time.Time, limit int) ([]Removal, error) {
	return d.store.Removals(ctx, before, limit)
}

// ForgetRemoval lets a sign-in make that person anew; fault.NotFound.
func (d *Directory) ForgetRemoval(ctx context.Context, userName, actor string) error {
	err := d.store.ForgetRemoval(ctx, userName, Act{Event: audit.New(audit.RemovalForgotten, actor)})
	if err != nil {
		return fmt.Errorf("forget a removal: %w", err)
	}
	return nil
}
