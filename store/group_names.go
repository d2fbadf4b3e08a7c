package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// freeName refuses g's name where it would mean two things: who is in a local
// group and who a robot says is in one of that name must not be confused, for
// rules go by names.
func freeName(t tx, g *directory.Group) error {
	local := g.IDP == ""
	if err := lockGroupNames(t, local); err != nil {
		return err
	}
	query := "SELECT idp FROM groups WHERE name_key = $1 AND idp = ''"
	if local {
		query = "SELECT idp FROM groups WHERE name_key = $1 AND idp <> '' ORDER BY idp LIMIT 1"
	}
	var keeper string
	err := t.row(query, folded(g.DisplayName)).Scan(&keeper)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("look for groups named as group %s: %w", g.ID, err)
	case local:
		return fault.New(fault.Conflict, "The identity provider of connection "+keeper+" keeps a group of that name. Give this one another name.")
	}
	return fault.New(fault.Conflict, "Administrators keep a local group of that name here. Give this one another name.")
}

// lockGroupNames lets no act name a local group beside one that names a group
// at all: neither would see the other's.
func lockGroupNames(t tx, local bool) error {
	if _, err := t.exec("INSERT INTO revision (name, number) VALUES ('group_names', 0) ON CONFLICT (name) DO NOTHING"); err != nil {
		return err
	}
	query := "SELECT number FROM revision WHERE name = 'group_names'"
	lock := t.forShare
	if local {
		lock = t.forUpdate
	}
	var number int64
	return t.row(lock(query)).Scan(&number)
}

// LocalNames gives those of names that local groups have, folded.
func (d *DB) LocalNames(ctx context.Context, names ...string) (map[string]bool, error) {
	byKey := map[string][]string{}
	for _, name := range names {
		if key, ok := folded(name).([]byte); ok {
			byKey[string(key)] = append(byKey[string(key)], name)
		}
	}
	keys := make([]string, 0, len(byKey))
	for key := range byKey {
		keys = append(keys, key)
	}
	local := map[string]bool{}
	_, err := inBunches(keys, func(bunch []any) (int64, error) {
		for i, key := range bunch {
			bunch[i] = []byte(key.(string))
		}
		rows, err := d.read(ctx).prepared("SELECT name_key FROM groups WHERE idp = '' AND name_key IN ("+placeholders(1, len(bunch))+")", bunch...)
		_, err = collect(rows, err, func(from scanner) (struct{}, error) {
			var key []byte
			err := from.Scan(&key)
			for _, name := range byKey[string(key)] {
				local[name] = true
			}
			return struct{}{}, err
		})
		return 0, err
	})
	return local, wrap(err, "find local groups by %d names", len(names))
}
