package store

import (
	"context"
	"database/sql"
	"errors"

	"sallyport/directory"
)

// fillStep bounds one act of fillUserKeys, and so how long others wait for it.
const fillStep = 200

const selectWithoutKeys = "SELECT " + userColumns + ` FROM users WHERE id > $1
	AND NOT EXISTS (SELECT 1 FROM user_keys WHERE user_id = users.id) ORDER BY id LIMIT $2`

// userKeysMissing reports whether people of a database from before there were
// keys may still be without.
func (d *DB) userKeysMissing(ctx context.Context) (bool, error) {
	var filled int64
	err := d.pool.QueryRowContext(ctx, "SELECT number FROM revision WHERE name = 'user_keys'").Scan(&filled)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return filled == 0, wrap(err, "read whether people have their keys")
}

// fillUserKeys gives them their keys, in steps between which others write. It
// may be interrupted, and run in several instances at once.
func (d *DB) fillUserKeys(ctx context.Context) error {
	missing, err := d.userKeysMissing(ctx)
	if err != nil || !missing {
		return err
	}
	for after, more := "", true; more; {
		err := d.write(ctx, func(t tx) error {
			var err error
			after, more, err = fillSome(t, after)
			return err
		})
		if err != nil {
			return wrap(err, "give people their keys")
		}
	}
	return nil
}

// fillSome takes the first people behind after, and says who came last and
// whether there may be more.
func fillSome(t tx, after string) (last string, more bool, err error) {
	rows, err := t.rows(t.forUpdate(selectWithoutKeys), after, fillStep)
	people, err := collect(rows, err, scanUser)
	if err != nil {
		return after, true, err
	}
	for _, u := range people {
		if err := fillOne(t, u); err != nil {
			return after, true, err
		}
		after = u.ID
	}
	if len(people) == fillStep {
		return after, true, nil
	}
	_, err = t.exec("UPDATE revision SET number = 1 WHERE name = 'user_keys'")
	return after, false, err
}

// fillOne leaves alone whom another instance was faster to fill.
func fillOne(t tx, u *directory.User) error {
	n, err := t.exec(insertKeysRow+" ON CONFLICT (user_id) DO NOTHING", keysOf(u)...)
	if err != nil || n == 0 {
		return err
	}
	return insertValues(t, u.ID, valuesOf(u))
}
