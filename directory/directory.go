package directory

import (
	"context"
	"log/slog"
)

// Options of a Directory.
type Options struct {
	Logger *slog.Logger // nil: slog.Default()
	Sealer Sealer       // makes recorded request bodies unreadable at rest; nil: they are not kept
}

// Sealer encrypts what must not be readable in a copy of the database.
type Sealer interface {
	Seal(plain []byte) ([]byte, error)
	Open(sealed []byte) ([]byte, error)
}

// Directory is the room's door for edges.
type Directory struct {
	store   Store
	options Options
	touches touches
	waiting *waiting
}

// New makes a Directory. Its workers run in Run.
func New(store Store, o Options) *Directory {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	return &Directory{store: store, options: o, waiting: newWaiting()}
}

// User finds one by ID; fault.NotFound.
func (d *Directory) User(ctx context.Context, id string) (*User, error) { return d.store.User(ctx, id) }

// Users lists people by userName.
func (d *Directory) Users(ctx context.Context, f Filter) ([]*User, error) {
	return d.store.Users(ctx, f)
}

// Query finds the people in scope that q selects.
func (d *Directory) Query(ctx context.Context, scope Scope, q Query) (*Page[*User], error) {
	return d.store.QueryUsers(ctx, scope, q)
}

// GroupsOf gives the groups of each of these users; see Groups.GroupsOf.
func (d *Directory) GroupsOf(ctx context.Context, userIDs ...string) (map[string][]GroupRef, error) {
	return d.store.GroupsOf(ctx, userIDs...)
}

// Group finds one by ID; fault.NotFound.
func (d *Directory) Group(ctx context.Context, scope Scope, id string) (*Group, error) {
	return d.store.Group(ctx, scope, id)
}

// QueryGroups finds the groups in scope that q selects.
func (d *Directory) QueryGroups(ctx context.Context, scope Scope, q Query) (*Page[*Group], error) {
	return d.store.QueryGroups(ctx, scope, q)
}

// Members lists direct members of a group; see Groups.Members.
func (d *Directory) Members(ctx context.Context, groupID, after string, limit int) ([]Member, error) {
	return d.store.Members(ctx, groupID, after, limit)
}
