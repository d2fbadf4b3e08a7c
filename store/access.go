package store

import (
	"cmp"
	"context"
	"slices"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

const applicationColumns = "id, name, title, description, url, allowed, created_at, updated_at, version"

// Applications gives all, by name.
func (d *DB) Applications(ctx context.Context) ([]*access.Application, error) {
	rows, err := d.read(ctx).rows("SELECT " + applicationColumns + " FROM applications")
	all, err := collect(rows, err, scanApplication)
	slices.SortFunc(all, func(a, b *access.Application) int { return cmp.Compare(a.Name, b.Name) })
	return all, wrap(err, "list applications")
}

// CreateApplication saves a new one and sets its Version.
func (d *DB) CreateApplication(ctx context.Context, a *access.Application, e audit.Event) error {
	allowed, err := encodeList(a.Allowed)
	if err != nil {
		return wrap(err, "create application %s", a.Name)
	}
	err = d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO applications ("+applicationColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
			a.ID, a.Name, a.Title, a.Description, a.URL, allowed, millis(a.CreatedAt), millis(a.UpdatedAt))
		if err != nil {
			return taken(err, "An application named "+a.Name+" exists already.")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "create application %s", a.Name)
	}
	a.Version = 1
	return nil
}

// DeleteApplication removes one by name.
func (d *DB) DeleteApplication(ctx context.Context, name string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		n, err := t.exec("DELETE FROM applications WHERE name = $1", name)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "There is no application named "+name+".")
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "delete application %s", name)
}

func scanApplication(from scanner) (*access.Application, error) {
	var a access.Application
	var allowed string
	var created, updated int64
	err := from.Scan(&a.ID, &a.Name, &a.Title, &a.Description, &a.URL, &allowed, &created, &updated, &a.Version)
	if err != nil {
		return nil, err
	}
	a.CreatedAt, a.UpdatedAt = fromMillis(created), fromMillis(updated)
	a.Allowed, err = decodeList[string](allowed)
	return &a, err
}
