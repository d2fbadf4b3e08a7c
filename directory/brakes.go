package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// maxLeast bounds what can be set: a brake that never holds is OffShare.
const maxLeast = 1_000_000

// Brake is that of one connection; fault.NotFound.
func (d *Directory) Brake(ctx context.Context, idp string) (*Brake, error) {
	return d.store.Brake(ctx, idp)
}

// Brakes are those that hold at present, in numbers.
func (d *Directory) Brakes(ctx context.Context) ([]Holding, error) { return d.store.Brakes(ctx) }

// SetBrake changes from how many people on the brake of a connection holds.
// share is in percent, 1 to 100, 0 for DefaultShare or OffShare; least is a
// number of people, 0 for DefaultLeast; fault.Invalid, fault.NotFound. What is
// held already stays held.
func (d *Directory) SetBrake(ctx context.Context, idp string, share, least int, actor string) error {
	if share < OffShare || share > 100 {
		return fault.New(fault.Invalid, "The share is 1 to 100 percent, 0 for the default, or -1 for a brake that never holds.")
	}
	if least < 0 || least > maxLeast {
		return fault.New(fault.Invalid, fmt.Sprintf("The least number of people is 1 to %d, or 0 for the default.", maxLeast))
	}
	e := audit.New(audit.BrakeChanged, actor)
	e.IDP, e.Object = idp, "idp:"+idp
	var err error
	if e.Detail, err = json.Marshal(map[string]int{"share": share, "least": least}); err != nil {
		return fmt.Errorf("tell of the brake: %w", err)
	}
	if err := d.store.SetBrake(ctx, idp, share, least, e); err != nil {
		return fmt.Errorf("set the brake: %w", err)
	}
	return nil
}

// Release does what is held and lets the robot go on for BrakeWindow. seen is
// the Fingerprint of the list that was looked at. It gives the number of
// people; fault.Conflict, and nothing done, where nothing is held or something
// else than was seen: other people, or removals in place of deactivations.
func (d *Directory) Release(ctx context.Context, idp, seen, actor string) (int, error) {
	e := audit.New(audit.ProvisioningReleased, actor)
	e.IDP, e.Object = idp, "idp:"+idp
	n, err := d.store.ReleaseBrake(ctx, idp, seen, time.Now().Add(BrakeWindow), e)
	if err != nil {
		return 0, fmt.Errorf("release the brake: %w", err)
	}
	return n, nil
}

// Reject keeps the people who are held; undo also reactivates those whom the
// robot deactivated in the hour before. None of them can the robot deactivate
// or remove from then on, until it says that they are active. It gives the
// number of people who were held; fault.Conflict where nothing is.
func (d *Directory) Reject(ctx context.Context, idp string, undo bool, actor string) (int, error) {
	e := audit.New(audit.ProvisioningRejected, actor)
	e.IDP, e.Object = idp, "idp:"+idp
	n, err := d.store.RejectBrake(ctx, idp, undo, e)
	if err != nil {
		return 0, fmt.Errorf("reject what the brake holds: %w", err)
	}
	return n, nil
}
