package directory

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"sallyport/internal/fault"
)

// Create saves a new person, after checking what every way in must keep:
// userName and lengths. It gives ID, times and Version. fault.Invalid,
// fault.Conflict.
func (d *Directory) Create(ctx context.Context, u *User, act Act) error {
	if err := checkUser(u, 0); err != nil {
		return err
	}
	if err := checkNewName(u.UserName); err != nil {
		return err
	}
	now := present()
	u.ID, u.CreatedAt, u.UpdatedAt, u.LastSignInAt = newID(), now, now, time.Time{}
	u.Source, u.IDP = arrived(act, u.IDP)
	if err := d.store.CreateUser(ctx, u, act); err != nil {
		return fmt.Errorf("create user: %w", err)
	}
	return nil
}

// Update changes a person; see People.UpdateUser. What change leaves is
// checked as Create does.
func (d *Directory) Update(ctx context.Context, id string, change func(*User) error, act Act) (*User, error) {
	u, err := d.store.UpdateUser(ctx, id, func(u *User) error {
		kept := u.size()
		before := u.UserName
		if err := change(u); err != nil {
			return err
		}
		if u.UserName != before {
			if err := checkNewName(u.UserName); err != nil {
				return err
			}
		}
		return checkUser(u, kept)
	}, act)
	if err != nil {
		return nil, fmt.Errorf("update user: %w", err)
	}
	return u, nil
}

// Remove deletes a person; see People.RemoveUser.
func (d *Directory) Remove(ctx context.Context, id string, act Act) error {
	if err := d.store.RemoveUser(ctx, id, act); err != nil {
		return fmt.Errorf("remove user: %w", err)
	}
	return nil
}

// checkNewName refuses what looks like another person's name and is not.
func checkNewName(userName string) error {
	if strings.TrimSpace(userName) != userName {
		return fault.New(fault.Invalid, "The userName must not begin or end with white space.")
	}
	return nil
}

// arrived says how a record that act makes came, and whose it is: a robot's is
// its connection's.
func arrived(act Act, idp string) (Source, string) {
	if act.Scope != "" {
		return FromSCIM, string(act.Scope)
	}
	return FromHand, idp
}

// newID makes a public handle that sorts by time.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// present is the time in the store's precision.
func present() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }
