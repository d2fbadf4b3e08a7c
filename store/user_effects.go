package store

import (
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/directory"
)

// What follows elsewhere from what becomes of a person, in the same act. The
// acts on people call these and know no more of it.

// userCreated: a person of that name is not removed any more. A robot says so
// of whom its own connection removed: another's trace outlives what it makes.
func userCreated(t tx, u *directory.User, scope directory.Scope) error {
	if _, err := forgetRemoval(t, u.UserName, scope); err != nil {
		return fmt.Errorf("forget the removal of a former person: %w", err)
	}
	return nil
}

// userChanged: live sessions carry what the directory says now, lists know
// since when somebody is inactive, and a taken name is not removed any more.
func userChanged(t tx, before, after *directory.User, scope directory.Scope, now time.Time) error {
	if directory.Fold(before.UserName) != directory.Fold(after.UserName) {
		if err := userCreated(t, after, scope); err != nil {
			return err
		}
	}
	if before.Active != after.Active {
		since := now
		if after.Active {
			since = time.Time{}
		}
		if _, err := t.exec("UPDATE users SET inactive_since = $2 WHERE id = $1", after.ID, millis(since)); err != nil {
			return fmt.Errorf("note since when user %s is inactive: %w", after.ID, err)
		}
	}
	return retagSessions(t, before, after, now)
}

// userRemoved: the name is remembered, and nothing is held against it any more.
func userRemoved(t tx, u *directory.User, act directory.Act, now time.Time) error {
	at, err := removalTime(t, now)
	if err != nil {
		return fmt.Errorf("find the last removal: %w", err)
	}
	_, err = t.exec(`INSERT INTO removals (folded_name, user_name, idp, at, actor) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (folded_name) DO UPDATE SET user_name = $2, idp = $3, at = $4, actor = $5`,
		directory.Fold(u.UserName), u.UserName, u.IDP, at, act.Event.Actor)
	if err != nil {
		return fmt.Errorf("remember the removal of user %s: %w", u.ID, err)
	}
	if _, err := t.exec("DELETE FROM held_changes WHERE user_id = $1", u.ID); err != nil {
		return fmt.Errorf("forget what was held of user %s: %w", u.ID, err)
	}
	return nil
}

// removalTime is now, or a little later where people were removed in the same
// moment: lists page by it.
func removalTime(t tx, now time.Time) (int64, error) {
	var last int64
	if err := t.row("SELECT COALESCE(MAX(at), 0) FROM removals").Scan(&last); err != nil {
		return 0, err
	}
	at := millis(now)
	if ahead := last - at; ahead >= 0 && ahead < time.Minute.Milliseconds() {
		return last + 1, nil
	}
	return at, nil
}

// changeEvent is the event of a change: one that ends or begins somebody's
// being active is told as that, whatever else it changed, and a new userName
// is its reason.
func changeEvent(e audit.Event, before, after *directory.User) audit.Event {
	if before.UserName != after.UserName && e.Reason == "" {
		e.Reason = "renamed"
	}
	switch {
	case e.Action != audit.UserChanged || before.Active == after.Active:
	case after.Active:
		e.Action = audit.UserReactivated
	default:
		e.Action = audit.UserDeactivated
	}
	return e
}
