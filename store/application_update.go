package store

import (
	"context"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

// UpdateApplication saves a over the version it names, and sets the new one.
func (d *DB) UpdateApplication(ctx context.Context, a *access.Application, e audit.Event) error {
	allowed, err := encodeList(a.Allowed)
	if err != nil {
		return wrap(err, "update application %s", a.Name)
	}
	err = d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE applications SET title = $3, description = $4, url = $5, allowed = $6, updated_at = $7,
			version = version + 1 WHERE name = $1 AND version = $2`,
			a.Name, a.Version, a.Title, a.Description, a.URL, allowed, millis(a.UpdatedAt))
		if err != nil {
			return err
		}
		if n == 0 {
			return d.notThatVersion(t, a.Name)
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "update application %s", a.Name)
	}
	a.Version++
	return nil
}

// notThatVersion says why an application of a version was not found.
func (d *DB) notThatVersion(t tx, name string) error {
	var version int64
	err := t.row("SELECT version FROM applications WHERE name = $1", name).Scan(&version)
	if err != nil {
		return missing(err, "There is no application named "+name+".")
	}
	return fault.New(fault.Conflict, "Somebody else has changed this application since you opened it. Nothing of yours was saved: look at what it says now, then change it again.")
}
