package directory

import "context"

// Brake is that of one connection.
func (d *Directory) Brake(ctx context.Context, idp string) (*Brake, error) {
	return d.store.Brake(ctx, idp)
}

// Brakes are those that hold at present.
func (d *Directory) Brakes(ctx context.Context) ([]*Brake, error) { return d.store.Brakes(ctx) }

// SetBrake changes from how many people on the brake of a connection holds.
// share is in percent, 1 to 100, 0 for DefaultShare or OffShare; fault.Invalid.
func (d *Directory) SetBrake(ctx context.Context, idp string, share, least int, actor string) error {
	panic("unwritten")
}

// Release does what is held and lets the robot go on for BrakeWindow. It
// gives the number of people; fault.Conflict where nothing is held.
func (d *Directory) Release(ctx context.Context, idp, actor string) (int, error) { panic("unwritten") }

// Reject keeps the people who are held; undo also reactivates those whom the
// robot deactivated in the hour before. fault.Conflict where nothing is held.
func (d *Directory) Reject(ctx context.Context, idp string, undo bool, actor string) (int, error) {
	panic("unwritten")
}
