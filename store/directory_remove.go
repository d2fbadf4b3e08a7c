package store

import (
	"context"
	"time"

	"sallyport/directory"
)

// RemoveUser deletes one: sessions end, memberships and assignments go, a
// Removal stays.
// fault.NotFound, also where act's scope does not show the person.
func (d *DB) RemoveUser(ctx context.Context, id string, act directory.Act) error {
	err := d.robotAct(ctx, act, func(t tx, domains *emailDomains) error { return d.removeUser(t, id, act, domains, time.Now()) })
	return d.hold(ctx, wrap(err, "remove user %s", id))
}

func (d *DB) removeUser(t tx, id string, act directory.Act, domains *emailDomains, now time.Time) error {
	if err := lockGroupsOf(t, id); err != nil {
		return err
	}
	u, err := userForUpdate(t, id, act)
	if err != nil {
		return err
	}
	if act.Scope != "" {
		if u.IDP == "" {
			if err := domains.mayTake(act.Scope, u); err != nil {
				return err
			}
		}
		if err := d.brake(t, u, true, act, now); err != nil {
			return err
		}
	}
	if err := endSessionsOf(t, id, "user removed", now); err != nil {
		return err
	}
	if err := leaveGroups(t, id, now); err != nil {
		return err
	}
	if err := deleteKeys(t, id); err != nil {
		return err
	}
	assigned, err := d.takeAssignments(t, ofUser, id, "user removed", act.Event.Actor, now)
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM users WHERE id = $1", id); err != nil {
		return err
	}
	if err := userRemoved(t, u, act, now); err != nil {
		return err
	}
	if err := d.appendEvent(t, eventOn(act, u)); err != nil || assigned == 0 {
		return err
	}
	return bumpRevision(t)
}
