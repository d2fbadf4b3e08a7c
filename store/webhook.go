package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// EventsAfter gives events of these actions with an ID above after, oldest
// first.
func (d *DB) EventsAfter(ctx context.Context, after string, actions []audit.Action, limit int) ([]audit.Event, error) {
	w := &where{}
	in(w, "action", actions)
	w.add("id > ?", after)
	w.args = append(w.args, limit)
	query := fmt.Sprintf("SELECT %s FROM events%s ORDER BY id LIMIT $%d", eventColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanEvent)
	return all, wrap(err, "follow events")
}

// WebhookPosition gives how far the audit trail was told; "" before the first
// time.
func (d *DB) WebhookPosition(ctx context.Context) (string, error) {
	var position string
	err := d.read(ctx).row("SELECT position FROM webhook").Scan(&position)
	return position, wrap(err, "read the webhook's position")
}

// ClaimWebhook makes holder the only one to send until that time, and gives
// the position; fault.Conflict while another holder's time lasts.
func (d *DB) ClaimWebhook(ctx context.Context, holder string, until time.Time) (position string, err error) {
	err = d.write(ctx, func(t tx) error {
		err := t.row("UPDATE webhook SET holder = $1, held_until = $2 WHERE holder = $1 OR held_until <= $3 RETURNING position",
			holder, millis(until), millis(time.Now())).Scan(&position)
		return heldByAnother(err)
	})
	return position, wrap(err, "claim the webhook")
}

// SaveWebhookPosition saves the position and prolongs the claim; fault.Conflict
// where holder has lost it.
func (d *DB) SaveWebhookPosition(ctx context.Context, holder string, until time.Time, position string) error {
	err := d.write(ctx, func(t tx) error {
		var saved string
		err := t.row("UPDATE webhook SET position = $1, held_until = $2 WHERE holder = $3 RETURNING position",
			position, millis(until), holder).Scan(&saved)
		return heldByAnother(err)
	})
	return wrap(err, "save the webhook's position")
}

func heldByAnother(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.Conflict, "Another instance sends the webhook.")
	}
	return err
}
