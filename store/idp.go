package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
)

const selectProviders = `SELECT id, slug, name, state, settings, live_number, draft_number, metadata_url, refreshed_at,
	refresh_failed, confirm, created_at, updated_at, version FROM idps`

// Providers gives all, by slug, each with its live trust and its draft.
func (d *DB) Providers(ctx context.Context) ([]*idp.Provider, error) {
	var all []*idp.Provider
	// One snapshot: a provider must not meet the trusts of another moment.
	err := d.snapshot(ctx, func(from statements) error {
		rows, err := from.rows(selectProviders)
		stored, err := collect(rows, err, scanProvider)
		if err != nil {
			return err
		}
		all, err = withTrusts(from, stored)
		return err
	})
	if err != nil {
		return nil, wrap(err, "list connections")
	}
	slices.SortFunc(all, func(a, b *idp.Provider) int { return cmp.Compare(a.Slug, b.Slug) })
	return all, nil
}

// CreateProvider saves a new one, sets its Version and numbers its trusts.
func (d *DB) CreateProvider(ctx context.Context, p *idp.Provider, e audit.Event) error {
	saved := *p
	err := d.write(ctx, func(t tx) error {
		saved = *p
		settings, err := encode(p.Settings)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO idps (id, slug, name, state, settings, live_number, draft_number, metadata_url,
			refreshed_at, refresh_failed, created_at, updated_at, version)
			VALUES ($1, $2, $3, $4, $5, 0, 0, $6, $7, $8, $9, $10, 1)`,
			p.ID, p.Slug, p.Name, string(p.State), settings, p.MetadataURL, millis(p.RefreshedAt), p.RefreshFailed,
			millis(p.CreatedAt), millis(p.UpdatedAt))
		if err != nil {
			return taken(err, "A connection named "+p.Slug+" exists already.")
		}
		saved.Version = 1
		if err := saveTrusts(t, &saved); err != nil {
			return err
		}
		if err := updateProvider(t, &saved); err != nil {
			return err
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return wrap(err, "create connection %s", p.Slug)
	}
	*p = saved
	return nil
}

// UpdateProvider changes one by slug in a transaction; the stored version grows
// by one, UpdatedAt becomes the present. ID, Slug, CreatedAt and Version are
// not change's to change. change may run twice and must not write to the store
// itself.
func (d *DB) UpdateProvider(ctx context.Context, slug string, version int64, change func(*idp.Provider) error, e audit.Event) (*idp.Provider, error) {
	var p *idp.Provider
	err := d.write(ctx, func(t tx) error {
		var err error
		if p, err = lockProvider(t, slug); err != nil {
			return err
		}
		if version != 0 && version != p.Version {
			return fault.New(fault.Conflict, "Somebody else changed this connection meanwhile. Look at it again before you change it.")
		}
		before := *p
		if err := change(p); err != nil {
			return err
		}
		now := time.Now()
		p.ID, p.Slug, p.CreatedAt = before.ID, before.Slug, before.CreatedAt
		p.Version, p.UpdatedAt = before.Version+1, fromMillis(millis(now))
		if err := saveTrusts(t, p); err != nil {
			return err
		}
		if err := updateProvider(t, p); err != nil {
			return err
		}
		if err := shortenRecordings(t, &before, p, now); err != nil {
			return err
		}
		if before.State == idp.Active && p.State != idp.Active {
			w := ending(now, "connection disabled")
			w.add("idp = ?", slug)
			if _, err := endSessions(t, w); err != nil {
				return err
			}
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	if err != nil {
		return nil, wrap(err, "update connection %s", slug)
	}
	return p, nil
}

func lockProvider(t tx, slug string) (*idp.Provider, error) {
	s, err := scanProvider(t.row(t.forUpdate(selectProviders+" WHERE slug = $1"), slug))
	if err != nil {
		return nil, missing(err, "There is no connection named "+slug+".")
	}
	all, err := withTrusts(t, []storedProvider{s})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// updateProvider writes what can change; saveTrusts has numbered the trusts.
func updateProvider(t tx, p *idp.Provider) error {
	settings, err := encode(p.Settings)
	if err != nil {
		return err
	}
	confirm, err := encodeConfirm(p.Confirm)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE idps SET name = $2, state = $3, settings = $4, live_number = $5, draft_number = $6,
		metadata_url = $7, refreshed_at = $8, refresh_failed = $9, updated_at = $10, version = $11, confirm = $12 WHERE id = $1`,
		p.ID, p.Name, string(p.State), settings, number(p.Live), number(p.Draft), p.MetadataURL,
		millis(p.RefreshedAt), p.RefreshFailed, millis(p.UpdatedAt), p.Version, confirm)
	return err
}

// storedProvider is a row, with the numbers of its trusts rather than them.
type storedProvider struct {
	*idp.Provider
	live  int
	draft int
}

func scanProvider(from scanner) (storedProvider, error) {
	s := storedProvider{Provider: &idp.Provider{}}
	p := s.Provider
	var settings, confirm string
	var refreshed, created, updated int64
	err := from.Scan(&p.ID, &p.Slug, &p.Name, &p.State, &settings, &s.live, &s.draft, &p.MetadataURL, &refreshed,
		&p.RefreshFailed, &confirm, &created, &updated, &p.Version)
	if err != nil {
		return storedProvider{}, err
	}
	p.RefreshedAt, p.CreatedAt, p.UpdatedAt = fromMillis(refreshed), fromMillis(created), fromMillis(updated)
	if err := decode(settings, &p.Settings); err != nil {
		return storedProvider{}, fmt.Errorf("settings of connection %s: %w", p.Slug, err)
	}
	if p.Confirm, err = decodeConfirm(confirm); err != nil {
		return storedProvider{}, fmt.Errorf("confirmation of connection %s: %w", p.Slug, err)
	}
	return s, nil
}
