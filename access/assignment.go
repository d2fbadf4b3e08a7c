package access

import (
	"context"
	"time"
)

// PrincipalKind says whom an assignment is for.
type PrincipalKind string

const (
	ToUser  PrincipalKind = "user"  // ID is a directory.User's
	ToGroup PrincipalKind = "group" // ID is a directory.Group's
	ToClaim PrincipalKind = "claim" // whoever connection IDP's assertions say is in group Name
)

// Principal is whom an assignment is for.
type Principal struct {
	Kind PrincipalKind
	ID   string // of a user or group
	IDP  string // of a claim: slug
	Name string // of a claim: the group as the assertion spells it; else what the store found for showing
}

// Assignment lets a principal enter an application with a permission set. It
// goes with any of the three: an orphaned one cannot exist.
type Assignment struct {
	ID              string
	Principal       Principal
	ApplicationID   string
	PermissionSetID string
	EndsAt          time.Time // zero: never
	CreatedAt       time.Time
	CreatedBy       string
}

// AssignmentFilter selects assignments by ID. Zero fields don't restrict.
type AssignmentFilter struct {
	ApplicationID   string
	PermissionSetID string
	UserID          string // direct ones only
	GroupID         string
	After           string
	Limit           int // 0: all
}

// Assignments keeps them.
type Assignments interface {
	Assignments(ctx context.Context, f AssignmentFilter) ([]*Assignment, error) // by ID
	// CreateAssignments saves all or none; one that is there already is left as
	// it is, but for EndsAt, and all[i] becomes what is stored of it. A zero
	// EndsAt leaves an end that is still to come. It gives how many are new, also
	// those that had ended and do not any more.
	// fault.NotFound where a principal, application or permission set is gone.
	// Events are one for each that is new or ends at another time
	// (assignment.granted).
	CreateAssignments(ctx context.Context, all []*Assignment, actor string) (int, error)
	// DeleteAssignments ends those with these IDs and gives how many there were
	// (assignment.revoked, one for each). Those that go with a person, group or
	// application, or whose end has passed, are told as assignment.ended.
	DeleteAssignments(ctx context.Context, ids []string, actor string) (int, error)
}
