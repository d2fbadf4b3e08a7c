package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
)

const applicationColumns = `id, name, title, description, url, allowed, kind, entry, icon, ask_whom, links, workspaces, rules,
	user_access, step_up, gateway, created_at, updated_at, version`

// Applications gives all, by name.
func (d *DB) Applications(ctx context.Context) ([]*access.Application, error) {
	rows, err := d.read(ctx).rows("SELECT " + applicationColumns + " FROM applications")
	all, err := collect(rows, err, scanApplication)
	slices.SortFunc(all, func(a, b *access.Application) int { return cmp.Compare(a.Name, b.Name) })
	return all, wrap(err, "list applications")
}

// CreateApplication saves a new one and sets its Version.
func (d *DB) CreateApplication(ctx context.Context, a *access.Application, e audit.Event) error {
	lists, err := encodeApplication(a)
	if err != nil {
		return wrap(err, "create application %s", a.Name)
	}
	err = d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO applications ("+applicationColumns+`)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 1)`,
			a.ID, a.Name, a.Title, a.Description, a.URL, lists.allowed, string(a.Kind), string(a.Entry), a.Icon, a.AskWhom,
			lists.links, lists.workspaces, lists.rules, lists.userAccess, lists.stepUp, lists.gateway, millis(a.CreatedAt), millis(a.UpdatedAt))
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

// DeleteApplication removes one by name, and its assignments.
func (d *DB) DeleteApplication(ctx context.Context, name string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		var id string
		err := t.row(t.forUpdate("SELECT id FROM applications WHERE name = $1"), name).Scan(&id)
		if err != nil {
			return missing(err, "There is no application named "+name+".")
		}
		if _, err := d.takeAssignments(t, ofApplication, id, "application removed", e.Actor, time.Now()); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM applications WHERE id = $1", id); err != nil {
			return err
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "delete application %s", name)
}

// applicationLists are the parts of an application that are stored as JSON.
type applicationLists struct{ allowed, links, workspaces, rules, userAccess, stepUp, gateway string }

func encodeApplication(a *access.Application) (l applicationLists, err error) {
	if l.allowed, err = encodeList(a.Allowed); err != nil {
		return l, err
	}
	if l.links, err = encodeList(a.Links); err != nil {
		return l, err
	}
	if l.rules, err = encodeList(a.Rules); err != nil {
		return l, err
	}
	if l.userAccess, err = encodeList(a.UserAccess); err != nil {
		return l, err
	}
	if !a.StepUp.None() {
		if l.stepUp, err = encode(a.StepUp); err != nil {
			return l, err
		}
	}
	if a.Gateway != (access.Gateway{}) {
		if l.gateway, err = encode(a.Gateway); err != nil {
			return l, err
		}
	}
	if a.WorkSpaces != nil {
		l.workspaces, err = encode(a.WorkSpaces)
	}
	return l, err
}

func (l *applicationLists) decode(a *access.Application) (err error) {
	if a.Allowed, err = decodeList[string](l.allowed); err != nil {
		return err
	}
	if a.Links, err = decodeList[access.DeepLink](l.links); err != nil {
		return err
	}
	if a.Rules, err = decodeList[access.Rule](l.rules); err != nil {
		return err
	}
	if a.UserAccess, err = decodeList[access.UserAccess](l.userAccess); err != nil {
		return err
	}
	if l.stepUp != "" {
		if err = decode(l.stepUp, &a.StepUp); err != nil {
			return err
		}
	}
	if l.gateway != "" {
		if err = decode(l.gateway, &a.Gateway); err != nil {
			return err
		}
	}
	if l.workspaces != "" {
		a.WorkSpaces = &access.WorkSpaces{}
		err = decode(l.workspaces, a.WorkSpaces)
	}
	return err
}

func scanApplication(from scanner) (*access.Application, error) {
	var a access.Application
	var l applicationLists
	var created, updated int64
	err := from.Scan(&a.ID, &a.Name, &a.Title, &a.Description, &a.URL, &l.allowed, &a.Kind, &a.Entry, &a.Icon, &a.AskWhom,
		&l.links, &l.workspaces, &l.rules, &l.userAccess, &l.stepUp, &l.gateway, &created, &updated, &a.Version)
	if err != nil {
		return nil, err
	}
	a.CreatedAt, a.UpdatedAt = fromMillis(created), fromMillis(updated)
	return &a, l.decode(&a)
}

// changedMeanwhile is for an update of a version that is not there any more.
func changedMeanwhile(what string) error {
	return fault.New(fault.Conflict, "Somebody else has changed this "+what+" since you opened it. Nothing of yours was saved: look at what it says now, then change it again.")
}
