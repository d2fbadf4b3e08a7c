package directory

import (
	"context"
)

// Directory is the room's door for edges.
type Directory struct{ store Store }

// New makes a Directory.
func New(store Store) *Directory { return &Directory{store: store} }

// User finds one by ID; fault.NotFound.
func (d *Directory) User(ctx context.Context, id string) (*User, error) { return d.store.User(ctx, id) }

// Users lists people by userName.
func (d *Directory) Users(ctx context.Context, f Filter) ([]*User, error) {
	return d.store.Users(ctx, f)
}
