package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
)

// recentsKept is how many applications a portal remembers as entered.
const recentsKept = 50

// Shelf gives the pinned ones first, newest pin last, then those entered,
// latest first.
func (d *DB) Shelf(ctx context.Context, userID string) ([]access.ShelfItem, error) {
	rows, err := d.read(ctx).prepared("SELECT application_id, pinned_at, entered_at, permission_set_id FROM shelf WHERE user_id = $1", userID)
	all, err := collect(rows, err, scanShelfItem)
	slices.SortFunc(all, func(a, b access.ShelfItem) int {
		if a.PinnedAt.IsZero() != b.PinnedAt.IsZero() {
			return b.PinnedAt.Compare(a.PinnedAt) // the zero time is the lesser
		}
		return cmp.Or(a.PinnedAt.Compare(b.PinnedAt), b.EnteredAt.Compare(a.EnteredAt), cmp.Compare(a.ApplicationID, b.ApplicationID))
	})
	return all, wrap(err, "read the shelf of user %s", userID)
}

// Pin pins an application, or takes the pin away. Pinning again changes
// nothing, so that the order stays.
func (d *DB) Pin(ctx context.Context, userID, applicationID string, pinned bool, at time.Time) error {
	err := d.write(ctx, func(t tx) error {
		if !pinned {
			if _, err := t.exec("UPDATE shelf SET pinned_at = 0 WHERE user_id = $1 AND application_id = $2", userID, applicationID); err != nil {
				return err
			}
			_, err := t.exec("DELETE FROM shelf WHERE user_id = $1 AND application_id = $2 AND pinned_at = 0 AND entered_at = 0", userID, applicationID)
			return err
		}
		_, err := t.exec(`INSERT INTO shelf (user_id, application_id, pinned_at, entered_at, permission_set_id) VALUES ($1, $2, $3, 0, '')
			ON CONFLICT (user_id, application_id) DO UPDATE SET pinned_at = $3 WHERE shelf.pinned_at = 0`, userID, applicationID, millis(at))
		return offShelf(err)
	})
	return wrap(err, "pin application %s for user %s", applicationID, userID)
}

// Entered remembers an entry, and forgets all but the latest 50 that are not
// pinned.
func (d *DB) Entered(ctx context.Context, userID, applicationID, permissionSetID string, at time.Time) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec(`INSERT INTO shelf (user_id, application_id, pinned_at, entered_at, permission_set_id) VALUES ($1, $2, 0, $3, $4)
			ON CONFLICT (user_id, application_id) DO UPDATE SET entered_at = $3, permission_set_id = $4`,
			userID, applicationID, millis(at), permissionSetID)
		if err != nil {
			return offShelf(err)
		}
		_, err = t.exec(`DELETE FROM shelf WHERE user_id = $1 AND pinned_at = 0 AND entered_at <= (
			SELECT entered_at FROM shelf WHERE user_id = $1 AND pinned_at = 0 ORDER BY entered_at DESC LIMIT 1 OFFSET $2)`, userID, recentsKept)
		return err
	})
	return wrap(err, "remember application %s for user %s", applicationID, userID)
}

// offShelf: the person or the application went meanwhile.
func offShelf(err error) error {
	if foreignKeyViolation(err) {
		return fault.Wrap(fault.NotFound, "This person or application is gone.", err)
	}
	return err
}

func scanShelfItem(from scanner) (access.ShelfItem, error) {
	var i access.ShelfItem
	var pinned, entered int64
	err := from.Scan(&i.ApplicationID, &pinned, &entered, &i.PermissionSet)
	i.PinnedAt, i.EnteredAt = fromMillis(pinned), fromMillis(entered)
	return i, err
}
