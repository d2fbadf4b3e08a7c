package store

import (
	"cmp"
	"context"
	"slices"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

const adminGrantColumns = "id, idp, admin_set, is_group, principal, created_at, created_by"

// AdminGrants gives all, in the order they were made.
func (d *DB) AdminGrants(ctx context.Context) ([]*access.AdminGrant, error) {
	rows, err := d.read(ctx).rows("SELECT " + adminGrantColumns + " FROM admin_grants")
	all, err := collect(rows, err, scanAdminGrant)
	slices.SortFunc(all, func(a, b *access.AdminGrant) int { return cmp.Compare(a.ID, b.ID) })
	return all, wrap(err, "list administrators")
}

// CreateAdminGrant saves a new one.
func (d *DB) CreateAdminGrant(ctx context.Context, g *access.AdminGrant, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO admin_grants ("+adminGrantColumns+", folded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			g.ID, g.IDP, string(g.Set), g.Group, g.Principal, millis(g.CreatedAt), g.CreatedBy, g.Folded())
		if err != nil {
			return taken(err, g.Principal+" is "+string(g.Set)+" already.")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "create administrator's grant %s", g.ID)
}

// DeleteAdminGrant removes one by ID, unless it is the last Administrator.
func (d *DB) DeleteAdminGrant(ctx context.Context, id string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		if err := notLastAdministrator(t, id); err != nil {
			return err
		}
		n, err := t.exec("DELETE FROM admin_grants WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "There is no such administrator. Somebody may have removed them meanwhile.")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "delete administrator's grant %s", id)
}

// notLastAdministrator locks all Administrators until the act is over, so that
// of two removals that meet the second one sees what the first one left.
func notLastAdministrator(t tx, id string) error {
	rows, err := t.rows(t.forUpdate("SELECT id FROM admin_grants WHERE admin_set = $1 ORDER BY id"), string(access.Administrator))
	ids, err := collect(rows, err, scanID)
	if err != nil {
		return err
	}
	if len(ids) == 1 && ids[0] == id {
		return fault.New(fault.Conflict, "The last Administrator can't be removed. Make somebody else Administrator first.")
	}
	return nil
}

func scanID(from scanner) (string, error) {
	var id string
	err := from.Scan(&id)
	return id, err
}

func scanAdminGrant(from scanner) (*access.AdminGrant, error) {
	var g access.AdminGrant
	var created int64
	if err := from.Scan(&g.ID, &g.IDP, &g.Set, &g.Group, &g.Principal, &created, &g.CreatedBy); err != nil {
		return nil, err
	}
	g.CreatedAt = fromMillis(created)
	return &g, nil
}
