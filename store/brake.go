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

// measuredFor is how long the numbers of a brake serve before they are counted
// anew. What would hold is always counted anew.
const measuredFor = time.Minute

// brake counts the deactivation or removal of u by a connection's robot, or
// stops it: with directory.ErrHeld or directory.ErrStopped. It is called with
// u locked, before anything is changed, only where act has a Scope and where
// u is removed or was active and will not be. An act that it stops must fail
// with its error and pass it through hold.
func (d *DB) brake(t tx, u *directory.User, removal bool, act directory.Act, now time.Time) error {
	slug := string(act.Scope)
	b, err := lockBrake(t, slug)
	if err != nil {
		return err
	}
	stopped, err := rejected(t, slug, u.ID)
	if err != nil {
		return err
	}
	if stopped {
		return fault.Wrap(fault.Forbidden, "An administrator has rejected to deactivate or remove this person. "+
			"Say that the person is active before you try again.", directory.ErrStopped)
	}
	held := &heldAct{
		idp: slug, userID: u.ID, userName: u.UserName, removal: removal, at: now, holding: b.heldSince, dryRun: act.DryRun, brake: b,
	}
	switch {
	case b.heldSince != 0:
		return held.fault()
	case !u.Active, b.share == directory.OffShare, b.releasedUntil > millis(now):
		return nil
	}
	_, err = t.exec(`INSERT INTO robot_acts (idp, user_id, removal, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (idp, user_id) DO UPDATE SET removal = $3, at = $4`, slug, u.ID, removal, millis(now))
	if err != nil {
		return fmt.Errorf("count an act of the robot of connection %s: %w", slug, err)
	}
	b.passed++
	if b.passed > b.leastPeople() && (b.over() || millis(now.Add(-measuredFor)) >= b.measuredAt) {
		if err := b.measure(t, slug, now); err != nil {
			return fmt.Errorf("measure the brake of connection %s: %w", slug, err)
		}
	}
	if b.over() {
		held.brake = b
		return held.fault()
	}
	_, err = t.exec("UPDATE brakes SET passed = $2, people = $3, measured_at = $4 WHERE idp = $1", slug, b.passed, b.people, b.measuredAt)
	return err
}

// hold saves what the brake held, where err says that it did, after the act
// that failed by it has left nothing behind. It gives err, or why the holding
// could not be saved: return nil, d.hold(ctx, wrap(err, ...)).
func (d *DB) hold(ctx context.Context, err error) error {
	var h *heldAct
	if !errors.As(err, &h) || h.dryRun {
		return err
	}
	if failed := d.write(ctx, func(t tx) error { return d.saveHeld(t, h) }); failed != nil {
		return wrap(failed, "hold what the robot of connection %s does", h.idp)
	}
	return err
}

func (d *DB) saveHeld(t tx, h *heldAct) error {
	b, err := lockBrake(t, h.idp)
	if err != nil {
		return err
	}
	if h.holding != b.heldSince && b.heldSince == 0 {
		return nil // decided meanwhile: the robot will try again
	}
	if b.releasedUntil > millis(h.at) {
		return nil
	}
	if !h.rename {
		_, err = t.exec(`INSERT INTO held_changes (user_id, idp, user_name, removal, at, rejected) VALUES ($1, $2, $3, $4, $5, FALSE)
			ON CONFLICT (user_id, idp) DO UPDATE SET user_name = $3, removal = $4,
				at = CASE WHEN held_changes.removal = $4 THEN held_changes.at ELSE $5 END
			WHERE held_changes.rejected = FALSE`,
			h.userID, h.idp, h.userName, h.removal, millis(h.at))
	}
	if err != nil || b.heldSince != 0 {
		return err
	}
	if _, err := t.exec("UPDATE brakes SET held_since = $2 WHERE idp = $1", h.idp, millis(h.at)); err != nil {
		return err
	}
	e := audit.New(audit.ProvisioningHeld, "system")
	e.IDP, e.Object = h.idp, "idp:"+h.idp
	e.Detail, err = numbers(map[string]int64{
		"passed": h.brake.passed - 1, "people": h.brake.people, "share": h.brake.sharePercent(), "least": h.brake.leastPeople(),
	})
	if err != nil {
		return err
	}
	return d.appendEvent(t, e)
}

// unhold forgets what was held or rejected of u where change, which a robot
// sent, says that u is active: where it makes an inactive u active. It is
// called with u locked, before change is.
func unhold(t tx, u *directory.User, change func(*directory.User) error, act directory.Act) error {
	var kept bool
	err := t.row("SELECT rejected FROM held_changes WHERE user_id = $1 AND idp = $2", u.ID, string(act.Scope)).Scan(&kept)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find what is held of user %s: %w", u.ID, err)
	}
	inactive := *u
	inactive.Active = false
	// Nothing that change does to its copy may be seen in u.
	profile, err := encode(u.Profile)
	if err != nil {
		return err
	}
	inactive.Profile = directory.Profile{}
	if err := decode(profile, &inactive.Profile); err != nil {
		return err
	}
	if change(&inactive) != nil || !inactive.Active {
		return nil // what is wrong with it is found when it is done in earnest
	}
	_, err = t.exec("DELETE FROM held_changes WHERE user_id = $1 AND idp = $2", u.ID, string(act.Scope))
	return err
}

// heldAct is what the brake held, on its way to hold.
type heldAct struct {
	idp      string
	userID   string
	userName string
	removal  bool
	at       time.Time
	holding  int64 // since when the brake held before; 0: it begins with this
	dryRun   bool
	rename   bool // nothing that an administrator could do later
	brake    brakeRow
}

func (h *heldAct) Error() string { return "connection " + h.idp + ": " + directory.ErrHeld.Error() }
func (h *heldAct) Unwrap() error { return directory.ErrHeld }

func (h *heldAct) fault() error {
	return fault.Wrap(fault.Unavailable, fmt.Sprintf("This is held, and the person stays as they are: more than %d %% of the people of connection %s "+
		"were to be deactivated, removed or renamed within an hour. An administrator releases or rejects it in the console, under Provisioning.",
		h.brake.sharePercent(), h.idp), h)
}

func rejected(t tx, slug, userID string) (bool, error) {
	var yes bool
	err := t.row("SELECT rejected FROM held_changes WHERE user_id = $1 AND idp = $2", userID, slug).Scan(&yes)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, fmt.Errorf("find what is held of user %s: %w", userID, err)
	}
	return yes, nil
}
