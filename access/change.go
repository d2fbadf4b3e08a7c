package access

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Change replaces all that the application that a names says, as it was at
// a.Version; fault.Invalid, fault.NotFound, and fault.Conflict where somebody
// else has changed it since. Its name stays: tiles at identity providers say
// it. An empty Kind or Entry stays what it is.
func (c *Catalog) Change(ctx context.Context, a *Application, actor string) error {
	now, err := current(ctx, c, func() *Application { return c.Application(a.Name) }, func(now *Application) bool { return now.Version == a.Version })
	if err != nil {
		return err
	}
	if now == nil {
		return fault.New(fault.NotFound, "There is no application named "+a.Name+".")
	}
	a.Kind, a.Entry = cmp.Or(a.Kind, now.Kind), cmp.Or(a.Entry, now.Entry)
	if err := check(a); err != nil {
		return err
	}
	a.ID, a.CreatedAt, a.Rules = now.ID, now.CreatedAt, withRuleIDs(a.Rules, now.Rules)
	a.UpdatedAt = time.Now().UTC().Truncate(time.Millisecond)
	if a.Title == "" {
		a.Title = a.Name
	}
	e, err := objectEvent(audit.ApplicationChanged, actor, "application:"+a.ID, a.Name, changedInApplication(now, a))
	if err != nil {
		return err
	}
	if err := c.store.UpdateApplication(ctx, a, e); err != nil {
		return fmt.Errorf("change application %s: %w", a.Name, err)
	}
	return c.Reload(ctx)
}

// current finds what is to be changed. Where it is not what the caller saw,
// memory may be behind the store: it is read again before.
func current[T any](ctx context.Context, c *Catalog, find func() *T, seen func(*T) bool) (*T, error) {
	if now := find(); now != nil && seen(now) {
		return now, nil
	}
	if err := c.Reload(ctx); err != nil {
		return nil, err
	}
	return find(), nil
}
