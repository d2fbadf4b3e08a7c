package store

import (
	"context"
	"fmt"
	"time"
)

// assignmentKept is how long an assignment that has ended is still shown.
const assignmentKept = 30 * 24 * time.Hour

// What assignments go with.
const (
	ofApplication   = "application_id"
	ofPermissionSet = "permission_set_id"
	ofUser          = "user_id"
	ofGroup         = "group_id"
)

// takeAssignments removes the assignments of what is about to be removed,
// which the caller has locked, and tells it of each whose end was not told
// yet. It gives how many went; then the caller moves the revision.
func (d *DB) takeAssignments(t tx, of, id, why, actor string, now time.Time) (int, error) {
	found, err := toldOf(t, "a."+of, []string{id})
	if err != nil || len(found) == 0 {
		return 0, err
	}
	if _, err := t.exec("DELETE FROM assignments WHERE "+of+" = $1", id); err != nil {
		return 0, fmt.Errorf("remove assignments by %s: %w", of, err)
	}
	for _, a := range found {
		if a.ended {
			continue
		}
		if err := d.tell(t, ended, a, why, actor, now); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// renamed moves the revision where what has a new name is assigned something:
// memory shows the name.
func renamed(t tx, of, id string) error {
	var assigned bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM assignments WHERE "+of+" = $1)", id).Scan(&assigned); err != nil || !assigned {
		return err
	}
	return bumpRevision(t)
}

// pruneAssignments tells of those whose end has passed, once each, and drops
// them 30 days later.
func (d *DB) pruneAssignments(ctx context.Context, now time.Time) (gone int64, err error) {
	for {
		n, err := d.tellEnded(ctx, now)
		if err != nil {
			return 0, err
		}
		if n < pruneStep {
			break
		}
	}
	for {
		var n int64
		err := d.write(ctx, func(t tx) error {
			var err error
			n, err = t.exec(`DELETE FROM assignments WHERE id IN (
				SELECT id FROM assignments WHERE ends_at > 0 AND ends_at <= $1 AND ended = TRUE LIMIT $2)`, millis(now.Add(-assignmentKept)), pruneStep)
			if err != nil || n == 0 {
				return err
			}
			return bumpRevision(t)
		})
		if err != nil {
			return gone, err
		}
		if gone += n; n < pruneStep {
			return gone, nil
		}
	}
}

// tellEnded looks at pruneStep of them at most and gives how many it looked at.
// Decisions look at the time themselves: no revision moves.
func (d *DB) tellEnded(ctx context.Context, now time.Time) (int, error) {
	var looked int
	err := d.write(ctx, func(t tx) error {
		rows, err := t.rows("SELECT id FROM assignments WHERE ends_at > 0 AND ends_at <= $1 AND ended = FALSE LIMIT $2", millis(now), pruneStep)
		ids, err := collect(rows, err, scanID)
		if err != nil {
			return err
		}
		looked = len(ids)
		over, err := toldOf(t, "a.id", ids)
		if err != nil {
			return err
		}
		for _, a := range over {
			// Another instance may look at the same ones.
			n, err := t.exec("UPDATE assignments SET ended = TRUE WHERE id = $1 AND ended = FALSE AND ends_at > 0 AND ends_at <= $2", a.ID, millis(now))
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			if err := d.tell(t, ended, a, "end date", "system", now); err != nil {
				return err
			}
		}
		return nil
	})
	return looked, err
}
