package store

import (
	"context"
	"time"

	"sallyport/directory"
)

// brake counts the deactivation or removal of u by a connection's robot, or
// stops it: with directory.ErrHeld or directory.ErrStopped. It is called with
// u locked, before anything is changed, only where act has a Scope and where
// u is removed or was active and will not be. An act that it stops must fail
// with its error and pass it through hold.
func (d *DB) brake(t tx, u *directory.User, removal bool, act directory.Act, now time.Time) error {
	panic("unwritten")
}

// hold saves what the brake held, where err says that it did, after the act
// that failed by it has left nothing behind. It gives err, or why the holding
// could not be saved: return nil, d.hold(ctx, wrap(err, ...)).
func (d *DB) hold(ctx context.Context, err error) error { panic("unwritten") }

// unhold forgets what was held or rejected of u where change, which a robot
// sent, says that u is active. It is called with u locked, before change is.
func unhold(t tx, u *directory.User, change func(*directory.User) error, act directory.Act) error {
	panic("unwritten")
}
