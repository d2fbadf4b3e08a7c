package access

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Change replaces title, description and URLs of the application that a names,
// as it was at a.Version; fault.Invalid, fault.NotFound, and fault.Conflict
// where somebody else has changed it since. Its name stays: tiles at identity
// providers say it.
func (c *Catalog) Change(ctx context.Context, a *Application, actor string) error {
	if err := check(a); err != nil {
		return err
	}
	now := c.Application(a.Name)
	if now == nil {
		return fault.New(fault.NotFound, "There is no application named "+a.Name+".")
	}
	a.ID, a.CreatedAt = now.ID, now.CreatedAt
	a.UpdatedAt = time.Now().UTC().Truncate(time.Millisecond)
	if a.Title == "" {
		a.Title = a.Name
	}
	e := audit.New(audit.ApplicationChanged, actor)
	e.Object = "application:" + a.ID
	if err := c.store.UpdateApplication(ctx, a, e); err != nil {
		return fmt.Errorf("change application %s: %w", a.Name, err)
	}
	return c.Reload(ctx)
}
