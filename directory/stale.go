package directory

import (
	"context"
	"time"
)

// Staleness is a reason to look at a person again.
type Staleness string

const (
	StaleDisabled      Staleness = "disabled"        // deactivated for so long
	StaleNeverSignedIn Staleness = "never_signed_in" // here for so long, and never came
	StaleNotSeen       Staleness = "not_seen"        // came, but not for so long
	StaleUngrouped     Staleness = "ungrouped"       // provisioned, and in no group
	StaleUnprovisioned Staleness = "unprovisioned"   // signed in through a connection that is provisioned, without having been provisioned
)

// StaleFilter selects people by ID. Since is the moment since which it has been so.
type StaleFilter struct {
	Kind  Staleness
	Since time.Time
	IDP   string // "": all
	After string // ID of the last one of the page before
	Limit int    // 0: 50
}

// Removal is the trace of a removed person: no sign-in makes them anew.
type Removal struct {
	UserName string // as it was
	IDP      string
	At       time.Time
	Actor    string
}

// Leftovers finds what nobody needs any more.
type Leftovers interface {
	Stale(ctx context.Context, f StaleFilter) ([]*User, error)
	CountStale(ctx context.Context, f StaleFilter) (int, error)
	// Removals lists removed people, newest first; before pages by time.
	Removals(ctx context.Context, before time.Time, limit int) ([]Removal, error)
	// ForgetRemoval lets a sign-in make that person anew; fault.NotFound.
	ForgetRemoval(ctx context.Context, userName string, act Act) error
}
