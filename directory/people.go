package directory

import "context"

// Create saves a new person, after checking what every way in must keep:
// userName and lengths. It gives ID, times and Version. fault.Invalid,
// fault.Conflict.
func (d *Directory) Create(ctx context.Context, u *User, act Act) error { panic("unwritten") }

// Update changes a person; see People.UpdateUser. What change leaves is
// checked as Create does.
func (d *Directory) Update(ctx context.Context, id string, change func(*User) error, act Act) (*User, error) {
	panic("unwritten")
}

// Remove deletes a person; see People.RemoveUser.
func (d *Directory) Remove(ctx context.Context, id string, act Act) error { panic("unwritten") }
