package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
)

// CreateAssignments saves all or none and gives how many are new; one that had
// ended and does not any more counts as new. Of one that is there already only
// EndsAt changes, where there is one to give, and the caller's becomes what is
// stored.
func (d *DB) CreateAssignments(ctx context.Context, all []*access.Assignment, actor string) (int, error) {
	var saved []access.Assignment
	var created int
	err := d.write(ctx, func(t tx) error {
		g := granting{d: d, t: t, actor: actor, now: time.Now(), names: map[string]string{}}
		saved = make([]access.Assignment, len(all))
		for i, a := range all {
			saved[i] = *a
			if err := g.grant(&saved[i]); err != nil {
				return err
			}
		}
		created = g.created
		if !g.changed {
			return nil
		}
		return bumpRevision(t)
	})
	if err != nil {
		return 0, wrap(err, "create %d assignments", len(all))
	}
	for i := range all {
		*all[i] = saved[i]
	}
	return created, nil
}

// granting is one act of CreateAssignments.
type granting struct {
	d       *DB
	t       tx
	actor   string
	now     time.Time
	names   map[string]string // of what assignments are about, by query and ID
	created int
	changed bool
}

// Of each kind that an assignment is about, its name.
const (
	nameOfApplication   = "SELECT name FROM applications WHERE id = $1"
	nameOfPermissionSet = "SELECT name FROM permission_sets WHERE id = $1"
	nameOfUser          = "SELECT user_name FROM users WHERE id = $1"
	nameOfGroup         = "SELECT display_name FROM groups WHERE id = $1"
	nameOfConnection    = "SELECT name FROM idps WHERE slug = $1"
)

func (g *granting) grant(a *access.Assignment) error {
	told, err := g.describe(a)
	if err != nil {
		return err
	}
	user, group, idp, name := principalColumns(a.Principal)
	n, err := g.t.exec(`INSERT INTO assignments (id, application_id, permission_set_id, user_id, group_id, claim_idp, claim_name,
		ends_at, ended, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, FALSE, $9, $10) ON CONFLICT DO NOTHING`,
		a.ID, a.ApplicationID, a.PermissionSetID, user, group, idp, name, millis(a.EndsAt), millis(a.CreatedAt), a.CreatedBy)
	if err != nil {
		return fmt.Errorf("insert: %w", err)
	}
	if n == 1 {
		g.created++
	} else if same, err := g.extend(a); err != nil || same {
		return err
	}
	g.changed = true
	return g.d.tell(g.t, granted, told, "", g.actor, g.now)
}

// extend gives an assignment that is there already a's end, and a what is
// stored of it; same reports that it has that end. Where a names none, the end
// that is still to come stays: who repeats an assignment does not mean to make
// it last forever.
func (g *granting) extend(a *access.Assignment) (same bool, err error) {
	column, args := "user_id = $3", []any{a.ApplicationID, a.PermissionSetID, a.Principal.ID}
	switch a.Principal.Kind {
	case access.ToGroup:
		column = "group_id = $3"
	case access.ToClaim:
		column, args = "claim_idp = $3 AND claim_name = $4", []any{a.ApplicationID, a.PermissionSetID, a.Principal.IDP, a.Principal.Name}
	}
	var ends, created int64
	err = g.t.row(g.t.forUpdate("SELECT id, ends_at, created_at, created_by FROM assignments WHERE application_id = $1 AND permission_set_id = $2 AND "+column), args...).
		Scan(&a.ID, &ends, &created, &a.CreatedBy)
	if errors.Is(err, sql.ErrNoRows) {
		return false, fault.New(fault.Conflict, "Somebody else changes these assignments at this moment. Nothing was saved: try again.")
	}
	if err != nil {
		return false, fmt.Errorf("find the one there is: %w", err)
	}
	a.CreatedAt = fromMillis(created)
	over := ends > 0 && ends <= millis(g.now)
	if a.EndsAt.IsZero() && ends > 0 && !over {
		a.EndsAt = fromMillis(ends)
	}
	if ends == millis(a.EndsAt) {
		return true, nil
	}
	if over {
		g.created++
	}
	_, err = g.t.exec("UPDATE assignments SET ends_at = $2, ended = FALSE WHERE id = $1", a.ID, millis(a.EndsAt))
	return false, err
}

// describe finds what a is about, keeps it from being removed before the act
// is over, and fills in what a's principal is called.
func (g *granting) describe(a *access.Assignment) (told toldAssignment, err error) {
	told.Assignment = a
	if told.application, err = g.name(nameOfApplication, a.ApplicationID, "One of these applications"); err != nil {
		return told, err
	}
	if told.permissionSet, err = g.name(nameOfPermissionSet, a.PermissionSetID, "One of these permission sets"); err != nil {
		return told, err
	}
	switch p := &a.Principal; p.Kind {
	case access.ToUser:
		p.Name, err = g.name(nameOfUser, p.ID, "One of these people")
	case access.ToGroup:
		p.Name, err = g.name(nameOfGroup, p.ID, "One of these groups")
	case access.ToClaim:
		_, err = g.name(nameOfConnection, p.IDP, "The connection that names the group")
	default:
		err = fault.New(fault.Invalid, "An assignment is for a person, for a group, or for a group that a connection's assertions name.")
	}
	return told, err
}

func (g *granting) name(query, id, what string) (string, error) {
	if name, ok := g.names[query+id]; ok {
		return name, nil
	}
	gone := fault.New(fault.NotFound, what+" is gone. Nothing was assigned: look again, and choose from what is there.")
	if !storable(id) {
		return "", gone
	}
	var name string
	err := g.t.row(g.t.forKeep(query), id).Scan(&name)
	if errors.Is(err, sql.ErrNoRows) {
		return "", gone
	}
	if err != nil {
		return "", fmt.Errorf("find what is assigned: %w", err)
	}
	g.names[query+id] = name
	return name, nil
}

func principalColumns(p access.Principal) (user, group, idp, name sql.NullString) {
	switch p.Kind {
	case access.ToUser:
		user = sql.NullString{String: p.ID, Valid: true}
	case access.ToGroup:
		group = sql.NullString{String: p.ID, Valid: true}
	case access.ToClaim:
		idp, name = sql.NullString{String: p.IDP, Valid: true}, sql.NullString{String: p.Name, Valid: true}
	}
	return user, group, idp, name
}
