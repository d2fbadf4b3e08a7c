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

// Deactivate stops a person by userName from signing in and ends their
// sessions at once; fault.NotFound.
func (d *Directory) Deactivate(ctx context.Context, userName, actor string) (*User, error) {
	panic("unwritten")
}

// Reactivate lets a person sign in again; fault.NotFound.
func (d *Directory) Reactivate(ctx context.Context, userName, actor string) (*User, error) {
	panic("unwritten")
}

// Fold is the form under which userNames are unique: NFKC, case-folded.
func Fold(userName string) string { panic("unwritten") }

// Value reads one attribute for access control by its path, such as
// "${path:enterprise.costCenter}"; false where u has none. Paths lists them all.
func (u *User) Value(path string) (string, bool) { panic("unwritten") }

// Paths are the 23 sources that Value knows.
var Paths []string
