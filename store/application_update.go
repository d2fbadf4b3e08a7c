package store

import (
	"context"

	"sallyport/access"
	"sallyport/audit"
)

// UpdateApplication saves a over the version it names, and sets the new one.
func (d *DB) UpdateApplication(ctx context.Context, a *access.Application, e audit.Event) error {
	lists, err := encodeApplication(a)
	if err != nil {
		return wrap(err, "update application %s", a.Name)
	}
	err = d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE applications SET title = $3, description = $4, url = $5, allowed = $6, kind = $7, entry = $8,
			icon = $9, ask_whom = $10, links = $11, workspaces = $12, rules = $13, user_access = $14, step_up = $15,
			gateway = $16, updated_at = $17,
			version = version + 1 WHERE name = $1 AND version = $2`,
			a.Name, a.Version, a.Title, a.Description, a.URL, lists.allowed, string(a.Kind), string(a.Entry), a.Icon, a.AskWhom,
			lists.links, lists.workspaces, lists.rules, lists.userAccess, lists.stepUp, lists.gateway, millis(a.UpdatedAt))
		if err != nil {
			return err
		}
		if n == 0 {
			return notThatVersion(t, a.Name)
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
func notThatVersion(t tx, name string) error {
	var version int64
	err := t.row("SELECT version FROM applications WHERE name = $1", name).Scan(&version)
	if err != nil {
		return missing(err, "There is no application named "+name+".")
	}
	return changedMeanwhile("application")
}
