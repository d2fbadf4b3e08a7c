package access_test

import (
	"context"

	"sallyport/access"
)

// The interfaces of what a store holds beside applications, under names that
// do not clash with their methods.
type (
	setStore        = access.PermissionSets
	assignmentStore = access.Assignments
	roleStore       = access.Roles
	shelfStore      = access.Shelves
)

// nothingElse is a store's other half, with nothing in it. What it does not
// answer, no test asks.
type nothingElse struct {
	setStore
	assignmentStore
	roleStore
	shelfStore
}

func (nothingElse) PermissionSets(context.Context) ([]*access.PermissionSet, error) { return nil, nil }
func (nothingElse) Assignments(context.Context, access.AssignmentFilter) ([]*access.Assignment, error) {
	return nil, nil
}
func (nothingElse) Roles(context.Context) ([]*access.Role, error) { return nil, nil }
