package directory

import (
	"context"
	"errors"
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

// Chosen is somebody to clean up, as they stood when they were chosen.
type Chosen struct {
	ID      string
	Version int64
}

// CleanedUp is what came of it, in people.
type CleanedUp struct {
	Done int
	Left int // left alone: they have changed since they were chosen
}

// CleanUp deactivates, or removes, people in one act for each, and leaves
// alone who has changed. It stops at the first that fails and says how many
// were done; one who is gone already, or inactive already where remove is
// false, is no failure and not counted.
func (d *Directory) CleanUp(ctx context.Context, chosen []Chosen, remove bool, actor string) (CleanedUp, error) {
	var sum CleanedUp
	for _, c := range chosen {
		changed, err := d.cleanUp(ctx, c, remove, actor)
		switch {
		case errors.Is(err, ErrVersion):
			sum.Left++
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return sum, stoppedAfter(sum.Done, len(chosen), remove, fmt.Errorf("clean up user %s: %w", c.ID, err))
		case changed && err == nil:
			sum.Done++
		}
	}
	return sum, nil
}

func stoppedAfter(done, of int, remove bool, err error) error {
	what := "deactivated"
	if remove {
		what = "removed"
	}
	return fault.Wrap(fault.KindOf(err), fmt.Sprintf("%d of %d people were %s, then it failed. Look at the list again, then go on with the rest.", done, of, what), err)
}

func (d *Directory) cleanUp(ctx context.Context, c Chosen, remove bool, actor string) (changed bool, err error) {
	if remove {
		return true, d.store.RemoveUser(ctx, c.ID, Act{Event: audit.New(audit.UserRemoved, actor), Version: c.Version})
	}
	_, err = d.store.UpdateUser(ctx, c.ID, func(u *User) error {
		changed, u.Active = u.Active, false
		return nil
	}, Act{Event: audit.New(audit.UserDeactivated, actor), Version: c.Version})
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
