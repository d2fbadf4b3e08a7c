package store

import (
	"context"
	"fmt"

	"sallyport/audit"
	"sallyport/idp"
)

// fetchesKept is how many fetches of one connection's metadata are kept.
const fetchesKept = 200

// SaveFetch keeps f, once for its ID, and the newest 200 of its connection.
func (d *DB) SaveFetch(ctx context.Context, f idp.Fetch) error {
	keys, err := encodeList(f.Keys)
	if err != nil {
		return err
	}
	err = d.write(ctx, func(t tx) error {
		n, err := t.exec(`INSERT INTO metadata_fetches (id, idp, at, client_ip, user_agent, keys) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (id) DO NOTHING`, f.ID, f.IDP, millis(f.At), f.ClientIP, f.UserAgent, keys)
		if err != nil || n == 0 {
			return err
		}
		_, err = t.exec(`DELETE FROM metadata_fetches WHERE idp = $1 AND id NOT IN
			(SELECT id FROM metadata_fetches WHERE idp = $1 ORDER BY at DESC, id DESC LIMIT $2)`, f.IDP, fetchesKept)
		return err
	})
	return wrap(err, "save a fetch of the metadata of %s", f.IDP)
}

// Fetches gives those of one connection, newest first.
func (d *DB) Fetches(ctx context.Context, slug string) ([]idp.Fetch, error) {
	rows, err := d.read(ctx).rows(`SELECT id, idp, at, client_ip, user_agent, keys FROM metadata_fetches
		WHERE idp = $1 ORDER BY at DESC, id DESC`, slug)
	all, err := collect(rows, err, scanFetch)
	return all, wrap(err, "list fetches of the metadata of %s", slug)
}

func scanFetch(from scanner) (idp.Fetch, error) {
	var f idp.Fetch
	var at int64
	var keys string
	if err := from.Scan(&f.ID, &f.IDP, &at, &f.ClientIP, &f.UserAgent, &keys); err != nil {
		return idp.Fetch{}, err
	}
	f.At = fromMillis(at)
	var err error
	if f.Keys, err = decodeList[string](keys); err != nil {
		return idp.Fetch{}, fmt.Errorf("keys of fetch %s: %w", f.ID, err)
	}
	return f, nil
}

// Remind saves e unless something was saved under name before.
func (d *DB) Remind(ctx context.Context, name string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		n, err := t.exec("INSERT INTO reminders (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", name, millis(e.At))
		if err != nil || n == 0 {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "remind of %s", name)
}
