package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

// Brake is that of one connection, with everything that is held or rejected.
func (d *DB) Brake(ctx context.Context, slug string) (*directory.Brake, error) {
	var b *directory.Brake
	err := d.snapshot(ctx, func(from statements) error {
		if _, err := scanID(from.row("SELECT id FROM idps WHERE slug = $1", slug)); err != nil {
			return missing(err, "There is no connection named "+slug+".")
		}
		row, err := scanBrake(from.row(selectBrake, slug))
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		b, err = fullBrake(from, slug, row)
		return err
	})
	return b, wrap(err, "read the brake of connection %s", slug)
}

// Brakes are those that hold at present, in numbers.
func (d *DB) Brakes(ctx context.Context) ([]directory.Holding, error) {
	rows, err := d.read(ctx).rows(`SELECT b.idp, b.held_since,
		(SELECT COUNT(*) FROM held_changes h WHERE h.idp = b.idp AND h.rejected = FALSE)
		FROM brakes b WHERE b.held_since > 0 ORDER BY b.idp`)
	all, err := collect(rows, err, scanHolding)
	return all, wrap(err, "list brakes that hold")
}

func scanHolding(from scanner) (h directory.Holding, err error) {
	var since int64
	err = from.Scan(&h.IDP, &since, &h.People)
	h.Since = fromMillis(since)
	return h, err
}

func fullBrake(from statements, slug string, row brakeRow) (*directory.Brake, error) {
	b := &directory.Brake{
		IDP: slug, Share: int(row.share), Least: int(row.least),
		HeldSince: fromMillis(row.heldSince), ReleasedUntil: fromMillis(row.releasedUntil),
	}
	until := b.HeldSince
	if until.IsZero() {
		until = time.Now()
	}
	err := from.row("SELECT COUNT(*) FROM robot_acts WHERE idp = $1 AND at > $2", slug, millis(until.Add(-directory.BrakeWindow))).Scan(&b.Passed)
	if err != nil {
		return nil, err
	}
	rows, err := from.rows("SELECT user_id, user_name, removal, at, rejected FROM held_changes WHERE idp = $1 ORDER BY at, user_id", slug)
	b.Held, err = collect(rows, err, scanHeld)
	return b, err
}

// SetBrake changes share and least. What is held stays held until somebody
// decides.
func (d *DB) SetBrake(ctx context.Context, slug string, share, least int, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		if _, err := scanID(t.row(t.forShare("SELECT id FROM idps WHERE slug = $1"), slug)); err != nil {
			return missing(err, "There is no connection named "+slug+".")
		}
		b, err := lockBrake(t, slug)
		if err != nil || (b.share == int64(share) && b.least == int64(least)) {
			return err
		}
		if _, err := t.exec("UPDATE brakes SET share = $2, least = $3 WHERE idp = $1", slug, share, least); err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "set the brake of connection %s", slug)
}

// errMoved: something was held, or somebody joined a group, between looking
// and locking.
var errMoved = errors.New("what is held moved meanwhile")

// ReleaseBrake does what was held, if it is still what seen stands for. It
// gives the number of people.
func (d *DB) ReleaseBrake(ctx context.Context, slug, seen string, until time.Time, e audit.Event) (int, error) {
	const attempts = 10
	var people int
	err := errMoved
	for range attempts {
		if !errors.Is(err, errMoved) {
			break
		}
		err = d.write(ctx, func(t tx) error {
			var err error
			people, err = d.releaseBrake(t, slug, seen, until, e, time.Now())
			return err
		})
	}
	if err != nil {
		return 0, wrap(err, "release the brake of connection %s", slug)
	}
	return people, nil
}

// releaseBrake locks in the order in which a robot's acts do: groups, people,
// brake. Who has become another connection's meanwhile is not this one's to
// stop.
func (d *DB) releaseBrake(t tx, slug, seen string, until time.Time, e audit.Event, now time.Time) (int, error) {
	groups, err := groupsOfHeld(t, slug, t.forChange)
	if err != nil {
		return 0, err
	}
	rows, err := t.rows(t.forUpdate(`SELECT id FROM users WHERE id IN (
		SELECT h.user_id FROM held_changes h WHERE h.idp = $1 AND h.rejected = FALSE) ORDER BY id`), slug)
	ids, err := collect(rows, err, scanID)
	if err != nil {
		return 0, err
	}
	if err := lockHolding(t, slug); err != nil {
		return 0, err
	}
	if err := stillSeen(t, slug, seen); err != nil {
		return 0, err
	}
	again, err := groupsOfHeld(t, slug, asIs)
	if err != nil {
		return 0, err
	}
	if len(without(again, groups)) > 0 {
		return 0, errMoved
	}
	locked := make(map[string]bool, len(ids))
	for _, id := range ids {
		locked[id] = true
	}
	rows, err = t.rows(`SELECT h.user_id, h.user_name, h.removal, h.at, h.rejected FROM held_changes h JOIN users u ON u.id = h.user_id
		WHERE h.idp = $1 AND h.rejected = FALSE AND u.idp IN ('', $1) ORDER BY h.user_id`, slug)
	held, err := collect(rows, err, scanHeld)
	if err != nil {
		return 0, err
	}
	for _, h := range held {
		if !locked[h.UserID] {
			return 0, errMoved
		}
		if err := d.doHeld(t, h, e, now); err != nil {
			return 0, fmt.Errorf("do what was held of user %s: %w", h.UserID, err)
		}
	}
	if _, err := t.exec("DELETE FROM held_changes WHERE idp = $1 AND rejected = FALSE", slug); err != nil {
		return 0, err
	}
	_, err = t.exec("UPDATE brakes SET held_since = 0, released_until = $2 WHERE idp = $1", slug, millis(until))
	if err != nil {
		return 0, err
	}
	if e.Detail, err = numbers(map[string]int{"people": len(held)}); err != nil {
		return 0, err
	}
	return len(held), d.appendEvent(t, e)
}

func (d *DB) doHeld(t tx, h directory.HeldChange, e audit.Event, now time.Time) error {
	act := directory.Act{Event: audit.New(audit.UserDeactivated, e.Actor)}
	act.Event.IDP, act.Event.ClientIP = e.IDP, e.ClientIP
	if h.Removal {
		act.Event.Action = audit.UserRemoved
		return d.removeUser(t, h.UserID, act, nil, now)
	}
	_, err := d.updateUser(t, h.UserID, func(u *directory.User) error {
		u.Active = false
		return nil
	}, act, nil, now)
	return err
}

// RejectBrake keeps the people. It gives the number of those who were held.
func (d *DB) RejectBrake(ctx context.Context, slug string, undo bool, e audit.Event) (int, error) {
	var people int
	err := d.write(ctx, func(t tx) error {
		var err error
		people, err = d.rejectBrake(t, slug, undo, e, time.Now())
		return err
	})
	if err != nil {
		return 0, wrap(err, "reject what the brake of connection %s holds", slug)
	}
	return people, nil
}

func (d *DB) rejectBrake(t tx, slug string, undo bool, e audit.Event, now time.Time) (int, error) {
	var undone []string
	if undo { // those whom nobody else has deactivated since
		rows, err := t.rows(t.forUpdate(`SELECT id FROM users WHERE active = FALSE AND id IN (
			SELECT a.user_id FROM robot_acts a JOIN brakes b ON b.idp = a.idp
			WHERE a.idp = $1 AND a.removal = FALSE AND b.held_since > 0 AND a.at > b.held_since - $2)
			AND inactive_since IN (SELECT a.at FROM robot_acts a WHERE a.idp = $1 AND a.user_id = users.id) ORDER BY id`),
			slug, directory.BrakeWindow.Milliseconds())
		if undone, err = collect(rows, err, scanID); err != nil {
			return 0, err
		}
	}
	if err := lockHolding(t, slug); err != nil {
		return 0, err
	}
	people, err := t.exec("UPDATE held_changes SET rejected = TRUE WHERE idp = $1 AND rejected = FALSE", slug)
	if err != nil {
		return 0, err
	}
	for _, id := range undone {
		if err := d.undoDeactivation(t, slug, id, e, now); err != nil {
			return 0, fmt.Errorf("reactivate user %s: %w", id, err)
		}
	}
	if _, err := t.exec("UPDATE brakes SET held_since = 0 WHERE idp = $1", slug); err != nil {
		return 0, err
	}
	if e.Detail, err = numbers(map[string]int{"people": int(people), "undone": len(undone)}); err != nil {
		return 0, err
	}
	return int(people), d.appendEvent(t, e)
}

// undoDeactivation makes active again whom the robot deactivated before it was
// held, and rejects its doing so again.
func (d *DB) undoDeactivation(t tx, slug, id string, e audit.Event, now time.Time) error {
	act := directory.Act{Event: audit.New(audit.UserReactivated, e.Actor)}
	act.Event.IDP, act.Event.ClientIP = e.IDP, e.ClientIP
	u, err := d.updateUser(t, id, func(u *directory.User) error {
		u.Active = true
		return nil
	}, act, nil, now)
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM robot_acts WHERE idp = $1 AND user_id = $2", slug, id); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO held_changes (user_id, idp, user_name, removal, at, rejected) VALUES ($1, $2, $3, FALSE, $4, TRUE)
		ON CONFLICT (user_id, idp) DO UPDATE SET rejected = TRUE`, id, slug, u.UserName, millis(now))
	return err
}

// lockHolding locks the brake of a connection that must hold.
func lockHolding(t tx, slug string) error {
	b, err := scanBrake(t.row(t.forUpdate(selectBrake), slug))
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if b.heldSince == 0 {
		return fault.New(fault.Conflict, "Nothing is held any more. Somebody may have decided meanwhile.")
	}
	return nil
}

// numbers is a detail of an event that names nobody.
func numbers[N int | int64](of map[string]N) ([]byte, error) {
	text, err := encode(of)
	return []byte(text), err
}

func scanHeld(from scanner) (h directory.HeldChange, err error) {
	var at int64
	err = from.Scan(&h.UserID, &h.UserName, &h.Removal, &at, &h.Rejected)
	h.At = fromMillis(at)
	return h, err
}
