package access

import (
	"context"
	"fmt"
	"time"
)

// Shelf gives what a person's portal remembers, of applications that are
// there: first the pinned ones, newest pin last, then those entered, latest
// first.
func (c *Catalog) Shelf(ctx context.Context, userID string) ([]ShelfItem, error) {
	all, err := c.store.Shelf(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("read the portal of user %s: %w", userID, err)
	}
	s := c.snapshot.Load()
	kept := all[:0]
	for _, item := range all {
		if s.appByID[item.ApplicationID] == nil {
			continue
		}
		if s.setByID[item.PermissionSet] == nil {
			item.PermissionSet = ""
		}
		kept = append(kept, item)
	}
	return kept, nil
}

// Pin puts an application in front on a person's portal, or takes it back;
// fault.NotFound where the person or the application is gone.
func (c *Catalog) Pin(ctx context.Context, userID, applicationID string, pinned bool) error {
	if err := c.store.Pin(ctx, userID, applicationID, pinned, time.Now()); err != nil {
		return fmt.Errorf("pin application %s for user %s: %w", applicationID, userID, err)
	}
	return nil
}

// Entered remembers that a person has entered an application, with a
// permission set or "" for none; fault.NotFound where the person or the
// application is gone.
func (c *Catalog) Entered(ctx context.Context, userID, applicationID, permissionSetID string) error {
	if err := c.store.Entered(ctx, userID, applicationID, permissionSetID, time.Now()); err != nil {
		return fmt.Errorf("remember application %s for user %s: %w", applicationID, userID, err)
	}
	return nil
}
