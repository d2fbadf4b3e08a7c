package access

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
)

// Catalog answers for all applications from memory and follows the store.
type Catalog struct {
	store    Store
	reload   turn // one reload at a time, so that none overtakes a later one
	snapshot atomic.Pointer[snapshot]
	flights  flights
}

// Open loads all applications.
func Open(ctx context.Context, store Store) (*Catalog, error) {
	c := &Catalog{store: store, reload: make(turn, 1)}
	if err := c.Reload(ctx); err != nil {
		return nil, err
	}
	return c, nil
}

// Run follows the store (every 2 s) until ctx ends. While the store does not
// answer, the last known applications stay.
func (c *Catalog) Run(ctx context.Context) error {
	return follow(ctx, c.store, c, "the applications")
}

func (c *Catalog) known() int64 { return c.snapshot.Load().revision }

// Reload reads everything again now.
func (c *Catalog) Reload(ctx context.Context) error {
	if err := c.reload.take(ctx); err != nil {
		return fmt.Errorf("wait for another reading: %w", err)
	}
	defer c.reload.give()
	// The revision comes first: a change in between is read again, not missed.
	revision, err := c.store.Revision(ctx)
	if err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	var now held
	if now.applications, err = c.store.Applications(ctx); err != nil {
		return fmt.Errorf("load applications: %w", err)
	}
	if now.sets, err = c.store.PermissionSets(ctx); err != nil {
		return fmt.Errorf("load permission sets: %w", err)
	}
	if now.assignments, err = c.store.Assignments(ctx, AssignmentFilter{}); err != nil {
		return fmt.Errorf("load assignments: %w", err)
	}
	if now.roles, err = c.store.Roles(ctx); err != nil {
		return fmt.Errorf("load roles: %w", err)
	}
	c.snapshot.Store(c.snapshot.Load().next(revision, now))
	return nil
}

func (a *Application) title() string {
	if a.Title == "" {
		return a.Name
	}
	return a.Title
}

// Applications gives all, by title. Do not change them.
func (c *Catalog) Applications() []*Application { return slices.Clone(c.snapshot.Load().byTitle) }

// Application finds one by name; nil where there is none. Do not change it.
func (c *Catalog) Application(name string) *Application { return c.snapshot.Load().byName[name] }

// Add saves a new application after checking it; fault.Invalid, fault.Conflict.
// It fills in what the store needs, and where they are empty Title, Kind (web)
// and Entry (everyone).
func (c *Catalog) Add(ctx context.Context, a *Application, actor string) error {
	a.Kind, a.Entry = cmp.Or(a.Kind, KindWeb), cmp.Or(a.Entry, Everyone)
	if err := check(a); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	a.ID = uuid.Must(uuid.NewV7()).String()
	a.CreatedAt, a.UpdatedAt, a.Version = now, now, 1
	if a.Title == "" {
		a.Title = a.Name
	}
	a.Rules = withRuleIDs(a.Rules, nil)
	e, err := objectEvent(audit.ApplicationAdded, actor, "application:"+a.ID, a.Name, nil)
	if err != nil {
		return err
	}
	if err := c.store.CreateApplication(ctx, a, e); err != nil {
		return fmt.Errorf("add application %s: %w", a.Name, err)
	}
	return c.Reload(ctx)
}

// Remove deletes one by name; fault.NotFound.
func (c *Catalog) Remove(ctx context.Context, name, actor string) error {
	object := "application:" + name
	if a := c.Application(name); a != nil {
		object = "application:" + a.ID
	}
	e, err := objectEvent(audit.ApplicationRemoved, actor, object, name, nil)
	if err != nil {
		return err
	}
	if err := c.store.DeleteApplication(ctx, name, e); err != nil {
		return fmt.Errorf("remove application %s: %w", name, err)
	}
	return c.Reload(ctx)
}
