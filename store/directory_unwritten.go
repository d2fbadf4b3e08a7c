package store

import (
	"context"

	"sallyport/directory"
)

func (d *DB) QueryUsers(ctx context.Context, scope directory.Scope, q directory.Query) (*directory.Page[*directory.User], error) {
	panic("unwritten")
}
func (d *DB) RemoveUser(ctx context.Context, id string, act directory.Act) error { panic("unwritten") }
func (d *DB) Group(ctx context.Context, scope directory.Scope, id string) (*directory.Group, error) {
	panic("unwritten")
}
func (d *DB) QueryGroups(ctx context.Context, scope directory.Scope, q directory.Query) (*directory.Page[*directory.Group], error) {
	panic("unwritten")
}
func (d *DB) Members(ctx context.Context, groupID, after string, limit int) ([]directory.Member, error) {
	panic("unwritten")
}
func (d *DB) CreateGroup(ctx context.Context, g *directory.Group, members []string, act directory.Act) error {
	panic("unwritten")
}
func (d *DB) ChangeGroup(ctx context.Context, id string, c directory.GroupChange, act directory.Act) (*directory.Group, error) {
	panic("unwritten")
}
func (d *DB) RemoveGroup(ctx context.Context, id string, act directory.Act) error { panic("unwritten") }
func (d *DB) GroupsOf(ctx context.Context, userIDs ...string) (map[string][]directory.GroupRef, error) {
	panic("unwritten")
}
