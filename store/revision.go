package store

import (
	"context"
)

const selectRevision = "SELECT number FROM revision WHERE name = 'house'"

// Revision grows whenever connections, keys, applications, permission sets,
// assignments, roles or administrators change.
func (d *DB) Revision(ctx context.Context) (int64, error) {
	var number int64
	err := d.read(ctx).row(selectRevision).Scan(&number)
	return number, wrap(err, "read the revision")
}

// bumpRevision belongs at the end of an act: on PostgreSQL it holds the row
// until the commit, so that revisions become visible in their order.
func bumpRevision(t tx) error {
	_, err := t.exec("UPDATE revision SET number = number + 1 WHERE name = 'house'")
	return err
}
