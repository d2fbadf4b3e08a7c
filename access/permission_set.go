package access

import (
	"context"
	"time"

	"sallyport/audit"
)

// PermissionSet is what a person may be inside an application. Its ID stays
// the same when its content changes. Its rules are those of IAM Identity Center: Name
// 1 to 32 of [\w+=,.@-], Description up to 700, RelayState up to 240.
type PermissionSet struct {
	ID              string
	Name            string // unique, case aside
	Description     string
	SessionDuration time.Duration // an hour to twelve; 0: an hour
	RelayState      string        // where in the application one lands; "": its URL
	Tags            []Tag         // added to the session's for this application, and winning over them; at most 50
	Rules           []Rule
	CreatedAt       time.Time
	UpdatedAt       time.Time
	Version         int64
}

// Tag is a session tag as this room sees it.
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// PermissionSets keeps them.
type PermissionSets interface {
	PermissionSets(ctx context.Context) ([]*PermissionSet, error) // by Name
	// CreatePermissionSet saves a new one; fault.Conflict where the name is taken.
	CreatePermissionSet(ctx context.Context, s *PermissionSet, e audit.Event) error
	// UpdatePermissionSet saves s over the version it names, and sets the new
	// one; fault.NotFound, fault.Conflict.
	UpdatePermissionSet(ctx context.Context, s *PermissionSet, e audit.Event) error
	// DeletePermissionSet removes one by ID, and assignments of it that have
	// ended; fault.NotFound, fault.Conflict while another assignment names it.
	DeletePermissionSet(ctx context.Context, id string, e audit.Event) error
}
