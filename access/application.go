// Package access knows the applications, the targets that a relay state can
// name, and decides who may enter them.
package access

import (
	"context"
	"time"

	"sallyport/audit"
)

// Application is a target of sign-ins.
type Application struct {
	ID          string
	Name        string // unique; [a-z0-9][a-z0-9-]{0,62}; what a relay state says
	Title       string // for people; Name where empty
	Description string
	URL         string   // where it lives; the base of paths in relay states
	Allowed     []string // further URL prefixes (scheme and host exact, path by whole segments) that a relay state may name
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Version     int64
}

// Store keeps applications.
type Store interface {
	Applications(ctx context.Context) ([]*Application, error) // by Name
	// CreateApplication saves a new one; fault.Conflict where the name is taken.
	CreateApplication(ctx context.Context, a *Application, e audit.Event) error
	// UpdateApplication saves a over the version it names, and sets the new
	// one; fault.NotFound, fault.Conflict where it has another version by now.
	UpdateApplication(ctx context.Context, a *Application, e audit.Event) error
	// DeleteApplication removes one by name; fault.NotFound.
	DeleteApplication(ctx context.Context, name string, e audit.Event) error
	// Revision grows whenever connections or applications change.
	Revision(ctx context.Context) (int64, error)
}
