package store

import (
	"context"
	"time"

	"sallyport/audit"
)

// MarkRefreshed notes how the last fetch of a connection's metadata went,
// without a new version of the connection: nothing that anybody edits has
// changed. The revision grows, so that other instances need not fetch it too.
func (d *DB) MarkRefreshed(ctx context.Context, slug, url string, at time.Time, failed string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE idps SET refreshed_at = CASE WHEN CAST($3 AS BIGINT) = 0 THEN refreshed_at ELSE CAST($3 AS BIGINT) END, refresh_failed = $4
			WHERE slug = $1 AND metadata_url = $2`, slug, url, millis(at), failed)
		if err != nil || n == 0 {
			return err
		}
		if err := d.appendEvent(t, e); err != nil {
			return err
		}
		return bumpRevision(t)
	})
	return wrap(err, "note the refresh of connection %s", slug)
}
