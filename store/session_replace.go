package store

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/session"
)

// ReplaceSession ends the live session old, and lets by inherit what was
// chosen in it, where both are of one person through one connection. Tokens of
// hosts are not inherited: a stolen one would get what the person signed in
// again for.
func (d *DB) ReplaceSession(ctx context.Context, old, by, why string, e audit.Event) (ended bool, err error) {
	err = d.write(ctx, func(t tx) error {
		now := time.Now()
		w := ending(now, why)
		w.add("id = ?", old)
		n, err := endSessions(t, w)
		ended = n > 0
		if err != nil || !ended {
			return err
		}
		if err := inheritChoices(t, old, by, now); err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	if err != nil {
		return false, wrap(err, "replace session %s", old)
	}
	return ended, nil
}

func inheritChoices(t tx, old, by string, now time.Time) error {
	n, err := t.exec(`INSERT INTO choices (session_id, application_id, permission_set_id)
		SELECT b.id, c.application_id, c.permission_set_id
		FROM choices c JOIN sessions o ON o.id = c.session_id JOIN sessions b ON b.user_id = o.user_id AND b.idp = o.idp
		WHERE o.id = $1 AND b.id = $2 AND b.kind = 'person' AND b.completed = TRUE AND b.ended_at = 0 AND b.expires_at > $3
		ON CONFLICT (session_id, application_id) DO NOTHING`, old, by, millis(now))
	if err != nil {
		return fmt.Errorf("inherit choices: %w", err)
	}
	if n > 0 {
		t.changed(session.Change{SessionID: by})
	}
	return nil
}
