package directory

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// CreateGroup saves a new group: a robot's where act has a Scope, else a local
// one. It gives ID, times and Version. fault.Invalid, fault.Conflict.
func (d *Directory) CreateGroup(ctx context.Context, g *Group, members []string, act Act) error {
	if err := (&GroupChange{DisplayName: &g.DisplayName, ExternalID: &g.ExternalID}).check(); err != nil {
		return err
	}
	now := present()
	g.ID, g.CreatedAt, g.UpdatedAt = newID(), now, now
	g.Source, g.IDP = arrived(act, "")
	if err := d.store.CreateGroup(ctx, g, members, act); err != nil {
		return fmt.Errorf("create group: %w", err)
	}
	return nil
}

// ChangeGroup applies c; see Groups.ChangeGroup. An administrator changes
// local groups, and those of a connection that is no longer provisioned:
// elsewhere a robot would undo it (fault.Forbidden).
func (d *Directory) ChangeGroup(ctx context.Context, id string, c GroupChange, act Act) (*Group, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if act.Scope == "" {
		if err := d.requireUnkept(ctx, id); err != nil {
			return nil, err
		}
	}
	g, err := d.store.ChangeGroup(ctx, id, c, act)
	if err != nil {
		return nil, fmt.Errorf("change group: %w", err)
	}
	return g, nil
}

// RemoveGroup deletes a group; for administrators as ChangeGroup.
func (d *Directory) RemoveGroup(ctx context.Context, id string, act Act) error {
	if act.Scope == "" {
		if err := d.requireUnkept(ctx, id); err != nil {
			return err
		}
	}
	if err := d.store.RemoveGroup(ctx, id, act); err != nil {
		return fmt.Errorf("remove group: %w", err)
	}
	return nil
}

func (c *GroupChange) check() error {
	if c.DisplayName != nil {
		if err := checkGroupName(*c.DisplayName); err != nil {
			return err
		}
	}
	if c.ExternalID != nil {
		return checkText("externalId", *c.ExternalID)
	}
	return nil
}

// requireUnkept refuses where a robot keeps the group.
func (d *Directory) requireUnkept(ctx context.Context, id string) error {
	g, err := d.store.Group(ctx, "", id)
	if err != nil {
		return fmt.Errorf("find group: %w", err)
	}
	if g.IDP == "" {
		return nil
	}
	tokens, err := d.store.Tokens(ctx, g.IDP)
	if err != nil {
		return fmt.Errorf("find the provisioning tokens of connection %s: %w", g.IDP, err)
	}
	for _, t := range tokens {
		if t.live(time.Now()) {
			return keptByRobot(g)
		}
	}
	return nil
}

func keptByRobot(g *Group) error {
	return fault.New(fault.Forbidden, "The identity provider of connection "+g.IDP+" keeps this group. Change it there, or make a local group.")
}
