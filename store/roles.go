package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

const (
	roleColumns = "id, arn, description, trust, inline_policies, max_session_duration, created_at, updated_at, version"

	noRole = "There is no such role. Somebody may have removed it meanwhile."
)

// Roles gives all, by ARN.
func (d *DB) Roles(ctx context.Context) ([]*access.Role, error) {
	rows, err := d.read(ctx).rows("SELECT " + roleColumns + " FROM roles")
	all, err := collect(rows, err, scanRole)
	slices.SortFunc(all, func(a, b *access.Role) int { return cmp.Compare(a.ARN, b.ARN) })
	return all, wrap(err, "list roles")
}

// CreateRole saves a new one and sets its Version.
func (d *DB) CreateRole(ctx context.Context, r *access.Role, e audit.Event) error {
	inline, err := encodeList(r.Inline)
	if err != nil {
		return wrap(err, "create role %s", r.ARN)
	}
	err = d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO roles ("+roleColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
			r.ID, r.ARN, r.Description, r.Trust, inline, seconds(r.MaxSessionDuration), millis(r.CreatedAt), millis(r.UpdatedAt))
		if err != nil {
			return taken(err, "The role "+r.ARN+" exists already.")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "create role %s", r.ARN)
	}
	r.Version = 1
	return nil
}

// UpdateRole saves r over the version it names, and sets the new one. The ARN
// stays.
func (d *DB) UpdateRole(ctx context.Context, r *access.Role, e audit.Event) error {
	inline, err := encodeList(r.Inline)
	if err != nil {
		return wrap(err, "update role %s", r.ID)
	}
	err = d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE roles SET description = $3, trust = $4, inline_policies = $5, max_session_duration = $6,
			updated_at = $7, version = version + 1 WHERE id = $1 AND version = $2`,
			r.ID, r.Version, r.Description, r.Trust, inline, seconds(r.MaxSessionDuration), millis(r.UpdatedAt))
		if err != nil {
			return err
		}
		if n == 0 {
			if err := t.row("SELECT id FROM roles WHERE id = $1", r.ID).Scan(new(string)); err != nil {
				return missing(err, noRole)
			}
			return changedMeanwhile("role")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "update role %s", r.ID)
	}
	r.Version++
	return nil
}

// DeleteRole removes one by ID. The last one of an account stays while an
// application of Amazon WorkSpaces is entered by it: that would open then to
// people who have none.
func (d *DB) DeleteRole(ctx context.Context, id string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		if err := spareRole(t, id); err != nil {
			return err
		}
		n, err := t.exec("DELETE FROM roles WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, noRole)
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "delete role %s", id)
}

// spareRole refuses where id is the last role that closes an application. Of
// two who remove the last two at once, one waits for the other.
func spareRole(t tx, id string) error {
	account, left := "", map[string]int{}
	rows, err := t.rows(t.forUpdate("SELECT id, arn FROM roles ORDER BY id"))
	_, err = collect(rows, err, func(from scanner) (struct{}, error) {
		var one, arn string
		err := from.Scan(&one, &arn)
		of := accountOf(arn)
		if one == id {
			account = of
		} else {
			left[of]++
		}
		return struct{}{}, err
	})
	if err != nil || account == "" || left[account] > 0 {
		return err
	}
	rows, err = t.rows("SELECT " + applicationColumns + " FROM applications WHERE workspaces <> '' ORDER BY name")
	all, err := collect(rows, err, scanApplication)
	if err != nil {
		return err
	}
	for _, app := range all {
		if app.Kind == access.KindWorkSpaces && app.WorkSpaces != nil && app.WorkSpaces.AccountID == account {
			return fault.New(fault.Conflict, "This is the last role of account "+account+", and "+app.Name+
				" would be open without any role then. Remove that application first, or give it another account.")
		}
	}
	return nil
}

// accountOf is the account in a role's ARN, or "".
func accountOf(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}

func scanRole(from scanner) (*access.Role, error) {
	var r access.Role
	var inline string
	var duration, created, updated int64
	err := from.Scan(&r.ID, &r.ARN, &r.Description, &r.Trust, &inline, &duration, &created, &updated, &r.Version)
	if err != nil {
		return nil, err
	}
	r.MaxSessionDuration = time.Duration(duration) * time.Second
	r.CreatedAt, r.UpdatedAt = fromMillis(created), fromMillis(updated)
	r.Inline, err = decodeList[access.InlinePolicy](inline)
	return &r, err
}
