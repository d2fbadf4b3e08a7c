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

const noRole = "There is no such role. Somebody may have removed it meanwhile."

// Roles gives all, by ARN. Do not change them.
func (c *Catalog) Roles() []*Role { return slices.Clone(c.snapshot.Load().held.roles) }

// Role finds one by its ARN, exactly; nil where there is none. Do not change it.
func (c *Catalog) Role(arn string) *Role { return c.snapshot.Load().role[arn] }

// AddRole saves a new one after CheckRole; fault.Invalid, fault.Conflict. It
// fills in what the store needs.
func (c *Catalog) AddRole(ctx context.Context, r *Role, actor string) error {
	r.ARN, r.Description = strings.TrimSpace(r.ARN), strings.TrimSpace(r.Description)
	if err := CheckRole(r); err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	r.ID = uuid.Must(uuid.NewV7()).String()
	r.CreatedAt, r.UpdatedAt, r.Version = now, now, 1
	e, err := objectEvent(audit.RoleCreated, actor, "role:"+r.ID, r.ARN, nil)
	if err != nil {
		return err
	}
	if err := c.store.CreateRole(ctx, r, e); err != nil {
		return fmt.Errorf("add role %s: %w", r.ARN, err)
	}
	return c.Reload(ctx)
}

// ChangeRole replaces what the role r.ID says, as it was at r.Version;
// fault.Invalid, fault.NotFound, and fault.Conflict where somebody else has
// changed it since. Its ARN stays: assertions say it.
func (c *Catalog) ChangeRole(ctx context.Context, r *Role, actor string) error {
	now, err := current(ctx, c, func() *Role { return c.roleByID(r.ID) }, func(now *Role) bool { return now.Version == r.Version })
	if err != nil {
		return err
	}
	if now == nil {
		return fault.New(fault.NotFound, noRole)
	}
	r.ARN, r.Description = now.ARN, strings.TrimSpace(r.Description)
	if err := CheckRole(r); err != nil {
		return err
	}
	r.CreatedAt, r.UpdatedAt = now.CreatedAt, time.Now().UTC().Truncate(time.Millisecond)
	e, err := objectEvent(audit.RoleChanged, actor, "role:"+r.ID, r.ARN, changedInRole(now, r))
	if err != nil {
		return err
	}
	if err := c.store.UpdateRole(ctx, r, e); err != nil {
		return fmt.Errorf("change role %s: %w", r.ARN, err)
	}
	return c.Reload(ctx)
}

// RemoveRole deletes one by ID; fault.NotFound.
func (c *Catalog) RemoveRole(ctx context.Context, id, actor string) error {
	arn := ""
	if r := c.roleByID(id); r != nil {
		arn = r.ARN
	}
	e, err := objectEvent(audit.RoleRemoved, actor, "role:"+id, arn, nil)
	if err != nil {
		return err
	}
	if err := c.store.DeleteRole(ctx, id, e); err != nil {
		return fmt.Errorf("remove role %s: %w", id, err)
	}
	return c.Reload(ctx)
}

func (c *Catalog) roleByID(id string) *Role {
	for _, r := range c.snapshot.Load().held.roles {
		if r.ID == id {
			return r
		}
	}
	return nil
}
