package session

import (
	"context"
	"log/slog"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
)

// Options of a Manager.
type Options struct {
	Logger *slog.Logger // nil: slog.Default()
	// Sealer makes recordings of responses unreadable at rest; nil: nothing is
	// recorded.
	Sealer idp.Sealer
}

// Manager begins, finds and ends sessions.
type Manager struct {
	store  Store
	users  Users
	events Events
	log    *slog.Logger

	recorder recorder
	dryRuns  chan struct{} // holds one element: a dry run at a time
}

// Users is what sign-ins and sessions ask of the directory.
type Users interface {
	// UserByUserName finds one by folded userName; fault.NotFound.
	UserByUserName(ctx context.Context, userName string) (*directory.User, error)
	// GroupsOf gives the groups that each user is in, through other groups
	// too, by folded name. A user in none is no key.
	GroupsOf(ctx context.Context, userIDs ...string) (map[string][]directory.GroupRef, error)
	// LocalNames gives those of names that local groups have, folded.
	LocalNames(ctx context.Context, names ...string) (map[string]bool, error)
}

// Events takes what changes nothing but the audit trail.
type Events interface {
	AppendEvent(ctx context.Context, e audit.Event) error
}

// New makes a Manager.
func New(store Store, users Users, events Events, o Options) *Manager {
	log := o.Logger
	if log == nil {
		log = slog.Default()
	}
	return &Manager{
		store:    store,
		users:    users,
		events:   events,
		log:      log,
		recorder: newRecorder(o.Sealer),
		dryRuns:  make(chan struct{}, 1),
	}
}
