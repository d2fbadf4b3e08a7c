package store

import (
	"context"
	"time"

	"sallyport/access"
	"sallyport/audit"
)

func (d *DB) PermissionSets(ctx context.Context) ([]*access.PermissionSet, error) { return nil, nil }
func (d *DB) CreatePermissionSet(ctx context.Context, s *access.PermissionSet, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) UpdatePermissionSet(ctx context.Context, s *access.PermissionSet, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) DeletePermissionSet(ctx context.Context, id string, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) Assignments(ctx context.Context, f access.AssignmentFilter) ([]*access.Assignment, error) {
	return nil, nil
}
func (d *DB) CreateAssignments(ctx context.Context, all []*access.Assignment, actor string) (int, error) {
	panic("unwritten")
}
func (d *DB) DeleteAssignments(ctx context.Context, ids []string, actor string) (int, error) {
	panic("unwritten")
}
func (d *DB) Roles(ctx context.Context) ([]*access.Role, error) { return nil, nil }
func (d *DB) CreateRole(ctx context.Context, r *access.Role, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) UpdateRole(ctx context.Context, r *access.Role, e audit.Event) error {
	panic("unwritten")
}
func (d *DB) DeleteRole(ctx context.Context, id string, e audit.Event) error { panic("unwritten") }
func (d *DB) Shelf(ctx context.Context, userID string) ([]access.ShelfItem, error) {
	panic("unwritten")
}
func (d *DB) Pin(ctx context.Context, userID, applicationID string, pinned bool, at time.Time) error {
	panic("unwritten")
}
func (d *DB) Entered(ctx context.Context, userID, applicationID, permissionSetID string, at time.Time) error {
	panic("unwritten")
}
