package access

import (
	"context"
	"time"
)

// ShelfItem is what a person's portal remembers of one application.
type ShelfItem struct {
	ApplicationID string
	PinnedAt      time.Time // zero: not pinned
	EnteredAt     time.Time // zero: never
	PermissionSet string    // ID of the one entered with last, or ""
}

// Shelves keeps what portals remember: pins and the last 50 entered of each person.
type Shelves interface {
	// Shelf gives the pinned ones first, newest pin last, then those entered,
	// latest first.
	Shelf(ctx context.Context, userID string) ([]ShelfItem, error)
	// Pin and Entered give fault.NotFound where the person or the application is
	// gone.
	Pin(ctx context.Context, userID, applicationID string, pinned bool, at time.Time) error
	Entered(ctx context.Context, userID, applicationID, permissionSetID string, at time.Time) error
}
