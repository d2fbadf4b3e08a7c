package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

const (
	permissionSetColumns = `id, name, description, session_duration, relay_state, tags, rules, created_at, updated_at, version`

	noPermissionSet = "There is no such permission set. Somebody may have removed it meanwhile."
)

// PermissionSets gives all, by name, case aside.
func (d *DB) PermissionSets(ctx context.Context) ([]*access.PermissionSet, error) {
	rows, err := d.read(ctx).rows("SELECT " + permissionSetColumns + " FROM permission_sets")
	all, err := collect(rows, err, scanPermissionSet)
	slices.SortFunc(all, func(a, b *access.PermissionSet) int {
		return cmp.Compare(directory.Fold(a.Name), directory.Fold(b.Name))
	})
	return all, wrap(err, "list permission sets")
}

// CreatePermissionSet saves a new one and sets its Version.
func (d *DB) CreatePermissionSet(ctx context.Context, s *access.PermissionSet, e audit.Event) error {
	tags, rules, err := encodePermissionSet(s)
	if err != nil {
		return wrap(err, "create permission set %s", s.Name)
	}
	err = d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO permission_sets ("+permissionSetColumns+`, folded_name)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)`,
			s.ID, s.Name, s.Description, seconds(s.SessionDuration), s.RelayState, tags, rules, millis(s.CreatedAt),
			millis(s.UpdatedAt), directory.Fold(s.Name))
		if err != nil {
			return permissionSetTaken(err, s.Name)
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "create permission set %s", s.Name)
	}
	s.Version = 1
	return nil
}

// UpdatePermissionSet saves s over the version it names, and sets the new one.
func (d *DB) UpdatePermissionSet(ctx context.Context, s *access.PermissionSet, e audit.Event) error {
	tags, rules, err := encodePermissionSet(s)
	if err != nil {
		return wrap(err, "update permission set %s", s.ID)
	}
	err = d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE permission_sets SET name = $3, folded_name = $4, description = $5, session_duration = $6,
			relay_state = $7, tags = $8, rules = $9, updated_at = $10, version = version + 1 WHERE id = $1 AND version = $2`,
			s.ID, s.Version, s.Name, directory.Fold(s.Name), s.Description, seconds(s.SessionDuration), s.RelayState, tags, rules,
			millis(s.UpdatedAt))
		if err != nil {
			return permissionSetTaken(err, s.Name)
		}
		if n == 0 {
			if err := t.row("SELECT id FROM permission_sets WHERE id = $1", s.ID).Scan(new(string)); err != nil {
				return missing(err, noPermissionSet)
			}
			return changedMeanwhile("permission set")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "update permission set %s", s.ID)
	}
	s.Version++
	return nil
}

// DeletePermissionSet removes one by ID, unless an assignment names it.
// Assignments that have ended let nobody in: they go with it.
func (d *DB) DeletePermissionSet(ctx context.Context, id string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		// The lock keeps assignments of it from being made meanwhile.
		if err := t.row(t.forUpdate("SELECT id FROM permission_sets WHERE id = $1"), id).Scan(new(string)); err != nil {
			return missing(err, noPermissionSet)
		}
		now := time.Now()
		var assigned int
		err := t.row("SELECT COUNT(*) FROM assignments WHERE permission_set_id = $1 AND (ends_at = 0 OR ends_at > $2)", id, millis(now)).Scan(&assigned)
		if err != nil {
			return err
		}
		if assigned > 0 {
			return fault.New(fault.Conflict, "This permission set is assigned "+times(assigned)+". Revoke these assignments first, then remove it.")
		}
		if _, err := d.takeAssignments(t, ofPermissionSet, id, "permission set removed", e.Actor, now); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM permission_sets WHERE id = $1", id); err != nil {
			return err
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "delete permission set %s", id)
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

func permissionSetTaken(err error, name string) error {
	return taken(err, "A permission set named "+name+" exists already. Capital and small letters make no difference.")
}

func encodePermissionSet(s *access.PermissionSet) (tags, rules string, err error) {
	if tags, err = encodeList(s.Tags); err != nil {
		return "", "", err
	}
	rules, err = encodeList(s.Rules)
	return tags, rules, err
}

func scanPermissionSet(from scanner) (*access.PermissionSet, error) {
	var s access.PermissionSet
	var tags, rules string
	var duration, created, updated int64
	err := from.Scan(&s.ID, &s.Name, &s.Description, &duration, &s.RelayState, &tags, &rules, &created, &updated, &s.Version)
	if err != nil {
		return nil, err
	}
	s.SessionDuration = time.Duration(duration) * time.Second
	s.CreatedAt, s.UpdatedAt = fromMillis(created), fromMillis(updated)
	if s.Tags, err = decodeList[access.Tag](tags); err != nil {
		return nil, err
	}
	s.Rules, err = decodeList[access.Rule](rules)
	return &s, err
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
