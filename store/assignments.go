package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"sallyport/access"
)

// The principal of an assignment is found for showing: people and groups are
// named by what they are called now.
const (
	assignmentColumns = `a.id, a.application_id, a.permission_set_id, a.user_id, a.group_id, a.claim_idp,
		COALESCE(u.user_name, g.display_name, a.claim_name), a.ends_at, a.created_at, a.created_by`
	assignmentTables = ` FROM assignments a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN groups g ON g.id = a.group_id`
)

// Assignments gives those that f selects, by ID.
func (d *DB) Assignments(ctx context.Context, f access.AssignmentFilter) ([]*access.Assignment, error) {
	w := &where{}
	for _, c := range [][2]string{
		{"a.application_id = ?", f.ApplicationID}, {"a.permission_set_id = ?", f.PermissionSetID},
		{"a.user_id = ?", f.UserID}, {"a.group_id = ?", f.GroupID}, {"a.id > ?", f.After},
	} {
		if c[1] != "" {
			w.add(c[0], c[1])
		}
	}
	query := "SELECT " + assignmentColumns + assignmentTables + w.String() + " ORDER BY a.id"
	if f.Limit > 0 {
		w.args = append(w.args, f.Limit)
		query += fmt.Sprintf(" LIMIT $%d", len(w.args))
	}
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanAssignment)
	return all, wrap(err, "list assignments")
}

func scanAssignment(from scanner) (*access.Assignment, error) {
	var a access.Assignment
	var user, group, idp sql.NullString
	var ends, created int64
	err := from.Scan(&a.ID, &a.ApplicationID, &a.PermissionSetID, &user, &group, &idp, &a.Principal.Name, &ends, &created, &a.CreatedBy)
	if err != nil {
		return nil, err
	}
	a.EndsAt, a.CreatedAt = fromMillis(ends), fromMillis(created)
	switch p := &a.Principal; {
	case user.Valid:
		p.Kind, p.ID = access.ToUser, user.String
	case group.Valid:
		p.Kind, p.ID = access.ToGroup, group.String
	default:
		p.Kind, p.IDP = access.ToClaim, idp.String
	}
	return &a, nil
}

// DeleteAssignments ends those with these IDs and gives how many there were.
func (d *DB) DeleteAssignments(ctx context.Context, ids []string, actor string) (int, error) {
	ids = without(ids, nil)
	var gone int
	err := d.write(ctx, func(t tx) error {
		gone = 0
		found, err := toldOf(t, "a.id", ids)
		if err != nil {
			return err
		}
		for _, a := range found {
			// Another act may have ended it meanwhile, and told so.
			n, err := t.exec("DELETE FROM assignments WHERE id = $1", a.ID)
			if err != nil {
				return err
			}
			if n == 0 {
				continue
			}
			gone++
			if err := d.tell(t, revoked, a, "", actor, time.Now()); err != nil {
				return err
			}
		}
		if gone == 0 {
			return nil
		}
		return bumpRevision(t)
	})
	if err != nil {
		return 0, wrap(err, "delete %d assignments", len(ids))
	}
	return gone, nil
}
