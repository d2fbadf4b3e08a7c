package store

import (
	"context"

	"sallyport/audit"
)

// SaveCalendar puts a token's hash in the place of the one before.
func (d *DB) SaveCalendar(ctx context.Context, tokenHash []byte, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec(`INSERT INTO calendars (name, token_hash) VALUES ('house', $1)
			ON CONFLICT (name) DO UPDATE SET token_hash = excluded.token_hash`, tokenHash)
		if err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "save the calendar's address")
}

// Calendar reports whether it is that one's hash.
func (d *DB) Calendar(ctx context.Context, tokenHash []byte) error {
	var name string
	err := d.read(ctx).row("SELECT name FROM calendars WHERE token_hash = $1", tokenHash).Scan(&name)
	return wrap(missing(err, "There is no such calendar."), "find the calendar's address")
}
