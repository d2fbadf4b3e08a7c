package access

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/directory"
)

// AdminSet is a permission set of the administrator's console.
type AdminSet string

const (
	Administrator AdminSet = "Administrator" // may see and change everything
	Auditor       AdminSet = "Auditor"       // may see everything and change nothing
)

// AdminGrant gives one set to one person, or to everybody in a group, as one
// connection names them: what another identity provider says of people and
// groups, a customer's for instance, makes nobody an administrator.
type AdminGrant struct {
	ID        string
	IDP       string // slug of the connection through which they sign in
	Set       AdminSet
	Group     bool   // Principal is the name of a group
	Principal string // a userName, or a group's name as the identity provider sends it
	CreatedAt time.Time
	CreatedBy string // actor, as in audit.Event
}

// Folded is what no two grants of a set share: people are found by userName
// whatever its case, groups by their exact name.
func (g *AdminGrant) Folded() string {
	if g.Group {
		return g.Principal
	}
	return directory.Fold(g.Principal)
}

// AdminStore keeps grants of the console's sets.
type AdminStore interface {
	AdminGrants(ctx context.Context) ([]*AdminGrant, error) // in the order they were made
	// CreateAdminGrant saves a new one; fault.Conflict where the principal has
	// that set through that connection already.
	CreateAdminGrant(ctx context.Context, g *AdminGrant, e audit.Event) error
	// DeleteAdminGrant removes one by ID; fault.NotFound; fault.Conflict where
	// it is the last Administrator, decided in the transaction that deletes.
	DeleteAdminGrant(ctx context.Context, id string, e audit.Event) error
	// Revision grows with every change of grants too.
	Revision(ctx context.Context) (int64, error)
}
