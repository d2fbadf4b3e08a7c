package directory

import (
	"context"
	"fmt"

	"sallyport/audit"
)

// Deactivate stops a person by userName from signing in and ends their
// sessions at once; fault.NotFound. Once more changes nothing.
func (d *Directory) Deactivate(ctx context.Context, userName, actor string) (*User, error) {
	u, err := d.setActive(ctx, userName, false, audit.New(audit.UserDeactivated, actor))
	if err != nil {
		return nil, fmt.Errorf("deactivate user: %w", err)
	}
	return u, nil
}

// Reactivate lets a person sign in again; fault.NotFound. Once more changes
// nothing.
func (d *Directory) Reactivate(ctx context.Context, userName, actor string) (*User, error) {
	u, err := d.setActive(ctx, userName, true, audit.New(audit.UserReactivated, actor))
	if err != nil {
		return nil, fmt.Errorf("reactivate user: %w", err)
	}
	return u, nil
}

func (d *Directory) setActive(ctx context.Context, userName string, active bool, e audit.Event) (*User, error) {
	u, err := d.store.UserByUserName(ctx, userName)
	if err != nil {
		return nil, err
	}
	if u.Active == active {
		return u, nil
	}
	e.Object, e.Person, e.IDP = "user:"+u.ID, u.UserName, u.IDP
	return d.store.UpdateUser(ctx, u.ID, func(u *User) error {
		u.Active = active
		return nil
	}, Act{Event: e})
}
