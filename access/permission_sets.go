package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// PermissionSets gives all, by name. Do not change them.
func (c *Catalog) PermissionSets() []*PermissionSet {
	sets := slices.Clone(c.snapshot.Load().held.sets)
	slices.SortFunc(sets, func(a, b *PermissionSet) int { return strings.Compare(foldName(a.Name), foldName(b.Name)) })
	return sets
}

// PermissionSet finds one by ID; nil where there is none. Do not change it.
func (c *Catalog) PermissionSet(id string) *PermissionSet { return c.snapshot.Load().setByID[id] }

// PermissionSetNamed finds one by name, case aside; nil where there is none.
// Do not change it.
func (c *Catalog) PermissionSetNamed(name string) *PermissionSet {
	return c.snapshot.Load().setNamed[foldName(name)]
}

// AddPermissionSet saves a new one after checking it; fault.Invalid,
// fault.Conflict. It fills in what the store needs.
func (c *Catalog) AddPermissionSet(ctx context.Context, s *PermissionSet, actor string) error {
	if err := checkPermissionSet(s); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	s.ID = uuid.Must(uuid.NewV7()).String()
	s.CreatedAt, s.UpdatedAt, s.Version = now, now, 1
	s.Rules = withRuleIDs(s.Rules, nil)
	e, err := objectEvent(audit.PermissionSetCreated, actor, "permission_set:"+s.ID, s.Name, nil)
	if err != nil {
		return err
	}
	if err := c.store.CreatePermissionSet(ctx, s, e); err != nil {
		return fmt.Errorf("add permission set %s: %w", s.Name, err)
	}
	return c.Reload(ctx)
}

// ChangePermissionSet replaces all that the permission set s.ID says, as it
// was at s.Version; fault.Invalid, fault.NotFound, and fault.Conflict where
// somebody else has changed it since, or another one has the name.
func (c *Catalog) ChangePermissionSet(ctx context.Context, s *PermissionSet, actor string) error {
	if err := checkPermissionSet(s); err != nil {
		return err
	}
	now, err := current(ctx, c, func() *PermissionSet { return c.PermissionSet(s.ID) }, func(now *PermissionSet) bool { return now.Version == s.Version })
	if err != nil {
		return err
	}
	if now == nil {
		return fault.New(fault.NotFound, "There is no such permission set. Somebody may have removed it meanwhile.")
	}
	s.CreatedAt, s.UpdatedAt = now.CreatedAt, time.Now().UTC().Truncate(time.Millisecond)
	s.Rules = withRuleIDs(s.Rules, now.Rules)
	e, err := objectEvent(audit.PermissionSetChanged, actor, "permission_set:"+s.ID, s.Name, changedInSet(now, s))
	if err != nil {
		return err
	}
	if err := c.store.UpdatePermissionSet(ctx, s, e); err != nil {
		return fmt.Errorf("change permission set %s: %w", s.Name, err)
	}
	return c.Reload(ctx)
}

// RemovePermissionSet deletes one by ID; fault.NotFound; fault.Conflict while
// an assignment that has not ended names it.
func (c *Catalog) RemovePermissionSet(ctx context.Context, id, actor string) error {
	name := ""
	if s := c.PermissionSet(id); s != nil {
		name = s.Name
	}
	e, err := objectEvent(audit.PermissionSetRemoved, actor, "permission_set:"+id, name, nil)
	if err != nil {
		return err
	}
	if err := c.store.DeletePermissionSet(ctx, id, e); err != nil {
		return fmt.Errorf("remove permission set %s: %w", id, err)
	}
	return c.Reload(ctx)
}
