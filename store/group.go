package store

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

const (
	groupColumns = "id, display_name, external_id, source, idp, members, created_at, updated_at, version"
	selectGroup  = "SELECT " + groupColumns + " FROM groups WHERE id = $1"

	noGroup   = "There is no such group."
	nameTaken = "A group with that name exists already."
)

// Group finds one by ID.
func (d *DB) Group(ctx context.Context, scope directory.Scope, id string) (*directory.Group, error) {
	g, err := scanGroup(d.read(ctx).row(selectGroup, id))
	if err == nil && !seesGroup(scope, g) {
		return nil, fault.New(fault.NotFound, noGroup)
	}
	if err != nil {
		return nil, wrap(missing(err, noGroup), "find group %s", id)
	}
	return g, nil
}

// CreateGroup saves a new one and sets its Members and Version; a robot's is
// its connection's.
func (d *DB) CreateGroup(ctx context.Context, g *directory.Group, members []string, act directory.Act) error {
	if act.Scope != "" {
		g.IDP, g.Source = string(act.Scope), directory.FromSCIM
	}
	var joined moved
	err := d.act(ctx, act, func(t tx) error {
		if err := freeName(t, g); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO groups ("+groupColumns+`, name_key, external_key)
			VALUES ($1, $2, $3, $4, $5, 0, $6, $7, 1, $8, $9)`, g.ID, g.DisplayName, g.ExternalID, string(g.Source), g.IDP,
			millis(g.CreatedAt), millis(g.UpdatedAt), folded(g.DisplayName), exact(g.ExternalID))
		if err != nil {
			return taken(err, nameTaken)
		}
		if joined, err = join(t, g.ID, members, act.Scope); err != nil {
			return err
		}
		if _, err := t.exec("UPDATE groups SET members = $2 WHERE id = $1", g.ID, joined.count()); err != nil {
			return err
		}
		if err := groupNamed(t, g, time.Now()); err != nil {
			return err
		}
		return d.appendEvent(t, eventOnGroup(act, g))
	})
	if err != nil {
		return wrap(err, "create group %s", g.ID)
	}
	g.Members, g.Version = joined.count(), 1
	return nil
}

// RemoveGroup deletes one, its assignments, and its memberships, in it and of
// it.
func (d *DB) RemoveGroup(ctx context.Context, id string, act directory.Act) error {
	err := d.act(ctx, act, func(t tx) error {
		if err := lockGroupsOf(t, id); err != nil {
			return err
		}
		g, err := groupOf(t, t.forUpdate(selectGroup), id, act)
		if err != nil {
			return err
		}
		now := time.Now()
		if err := groupNamed(t, g, now); err != nil {
			return err
		}
		if err := leaveGroups(t, id, now); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM group_members WHERE group_id = $1", id); err != nil {
			return err
		}
		assigned, err := d.takeAssignments(t, ofGroup, id, "group removed", act.Event.Actor, now)
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM groups WHERE id = $1", id); err != nil {
			return err
		}
		if err := d.appendEvent(t, eventOnGroup(act, g)); err != nil || assigned == 0 {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "remove group %s", id)
}

// groupOf gives the group that act is about, locked as query says, if act sees
// one of that version.
func groupOf(t tx, query, id string, act directory.Act) (*directory.Group, error) {
	g, err := scanGroup(t.row(query, id))
	if err == nil && !seesGroup(act.Scope, g) {
		return nil, fault.New(fault.NotFound, noGroup)
	}
	if err != nil {
		return nil, missing(err, noGroup)
	}
	return g, atVersion(act, g.Version)
}

// seesGroup: a connection's robot sees its own groups only.
func seesGroup(scope directory.Scope, g *directory.Group) bool {
	return scope == "" || g.IDP == string(scope)
}

func eventOnGroup(act directory.Act, g *directory.Group) audit.Event {
	e := act.Event
	if e.Object == "" {
		e.Object = "group:" + g.ID
	}
	if e.IDP == "" {
		e.IDP = g.IDP
	}
	return e
}

func scanGroup(from scanner) (*directory.Group, error) {
	var g directory.Group
	var created, updated int64
	err := from.Scan(&g.ID, &g.DisplayName, &g.ExternalID, &g.Source, &g.IDP, &g.Members, &created, &updated, &g.Version)
	g.CreatedAt, g.UpdatedAt = fromMillis(created), fromMillis(updated)
	return &g, err
}
