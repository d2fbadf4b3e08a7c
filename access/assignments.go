package access

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"sallyport/internal/fault"
)

// maxGrant bounds one bulk of assignments, and so how long other writers wait.
const maxGrant = 1000

// Assignments gives those that f selects, by ID, also those that have ended:
// they are kept for 30 days. Do not change them.
func (c *Catalog) Assignments(f AssignmentFilter) []*Assignment {
	s := c.snapshot.Load()
	among := s.held.assignments
	switch {
	case f.UserID != "":
		among = s.toUser[f.UserID]
	case f.GroupID != "":
		among = s.toGroup[f.GroupID]
	}
	var found []*Assignment
	for _, a := range among {
		if f.Limit > 0 && len(found) == f.Limit {
			break
		}
		if f.selects(a) {
			found = append(found, a)
		}
	}
	return found
}

func (f AssignmentFilter) selects(a *Assignment) bool {
	return (f.ApplicationID == "" || a.ApplicationID == f.ApplicationID) &&
		(f.PermissionSetID == "" || a.PermissionSetID == f.PermissionSetID) &&
		(f.UserID == "" || a.Principal.Kind == ToUser && a.Principal.ID == f.UserID) &&
		(f.GroupID == "" || a.Principal.Kind == ToGroup && a.Principal.ID == f.GroupID) &&
		a.ID > f.After
}

// Grant saves assignments, all or none, and gives how many are new: one that
// is there already gets the EndsAt given here and nothing else, and keeps the
// end it has where none is given. It fills in what the store needs; up to
// 1,000 at once. fault.Invalid; fault.NotFound where a principal, application
// or permission set is gone.
func (c *Catalog) Grant(ctx context.Context, all []*Assignment, actor string) (int, error) {
	if len(all) == 0 {
		return 0, fault.New(fault.Invalid, "Choose at least one person or group, one application and one permission set.")
	}
	if len(all) > maxGrant {
		return 0, fault.New(fault.Invalid, fmt.Sprintf("These are %d assignments. Make up to %d at once.", len(all), maxGrant))
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	for _, a := range all {
		if err := checkAssignment(a, now); err != nil {
			return 0, err
		}
	}
	for _, a := range all {
		a.ID = uuid.Must(uuid.NewV7()).String()
		a.CreatedAt, a.CreatedBy = now, actor
	}
	n, err := c.store.CreateAssignments(ctx, all, actor)
	if err != nil {
		return 0, fmt.Errorf("grant %d assignments: %w", len(all), err)
	}
	return n, c.Reload(ctx)
}

// RevokeAssignments ends those with these IDs and gives how many there were.
func (c *Catalog) RevokeAssignments(ctx context.Context, ids []string, actor string) (int, error) {
	if len(ids) > maxGrant {
		return 0, fault.New(fault.Invalid, fmt.Sprintf("These are %d assignments. Revoke up to %d at once.", len(ids), maxGrant))
	}
	n, err := c.store.DeleteAssignments(ctx, ids, actor)
	if err != nil {
		return 0, fmt.Errorf("revoke %d assignments: %w", len(ids), err)
	}
	return n, c.Reload(ctx)
}

func checkAssignment(a *Assignment, now time.Time) error {
	if a.ApplicationID == "" || a.PermissionSetID == "" {
		return fault.New(fault.Invalid, "Choose an application and a permission set.")
	}
	a.EndsAt = a.EndsAt.UTC().Truncate(time.Millisecond)
	if !a.EndsAt.IsZero() && !a.EndsAt.After(now) {
		return fault.New(fault.Invalid, "The end of the assignment has passed already. Choose a later one, or none.")
	}
	switch p := &a.Principal; p.Kind {
	case ToUser, ToGroup:
		if p.ID == "" || p.IDP != "" {
			return fault.New(fault.Invalid, "Choose the person or group.")
		}
	case ToClaim:
		if p.ID != "" || p.IDP == "" {
			return fault.New(fault.Invalid, "Choose the connection whose assertions name the group.")
		}
		if p.Name == "" || !isText(p.Name, maxPrincipal) {
			return fault.New(fault.Invalid, fmt.Sprintf("Give the name of the group, exactly as the identity provider sends it: 1 to %d characters in one line.", maxPrincipal))
		}
	default:
		return fault.New(fault.Invalid, "An assignment is for a person, for a group, or for a group that a connection's assertions name.")
	}
	return nil
}
