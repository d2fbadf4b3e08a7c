package store

import (
	"errors"
	"time"

	"sallyport/directory"
)

// brakeRename counts or stops a robot's new userName for an active u as brake
// does a deactivation: who is called otherwise cannot sign in by the old name.
// What it stops is not kept for an administrator to do: the robot tries again.
func (d *DB) brakeRename(t tx, u *directory.User, act directory.Act, now time.Time) error {
	err := d.brake(t, u, false, act, now)
	var h *heldAct
	if errors.As(err, &h) {
		h.rename = true
	}
	return err
}
