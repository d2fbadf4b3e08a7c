package directory

import "context"

// CreateGroup saves a new group: a robot's where act has a Scope, else a local
// one. It gives ID, times and Version. fault.Invalid, fault.Conflict.
func (d *Directory) CreateGroup(ctx context.Context, g *Group, members []string, act Act) error {
	panic("unwritten")
}

// ChangeGroup applies c; see Groups.ChangeGroup. An administrator changes
// local groups only: a robot would undo it (fault.Forbidden).
func (d *Directory) ChangeGroup(ctx context.Context, id string, c GroupChange, act Act) (*Group, error) {
	panic("unwritten")
}

// RemoveGroup deletes a group; for administrators as ChangeGroup, but of a
// connection that is no longer provisioned they may delete groups too.
func (d *Directory) RemoveGroup(ctx context.Context, id string, act Act) error { panic("unwritten") }
