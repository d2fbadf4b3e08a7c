package store

import (
	"context"
	"time"
)

const (
	// recordsKept and bodiesKept bound the provisioning log of one connection in
	// number, recordsFor that of all in time. A body may be a thousand times as
	// long as the rest of its record.
	recordsKept = 200_000
	bodiesKept  = 5_000
	recordsFor  = 30 * 24 * time.Hour
	// recordsPerPrune and bodiesPerPrune spread the cost of dropping the oldest
	// in a flood.
	recordsPerPrune = 20_000
	bodiesPerPrune  = 1_000
)

const (
	oldestKept = "SELECT id FROM scim_requests WHERE idp = $1 ORDER BY id DESC LIMIT 1 OFFSET $2"
	dropRecord = `DELETE FROM scim_requests WHERE id IN (
		SELECT id FROM scim_requests WHERE idp = $1 AND id <= $3 ORDER BY id LIMIT $2)`
	oldestBodyKept = "SELECT id FROM scim_requests WHERE idp = $1 AND sealed IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET $2"
	dropBody       = `UPDATE scim_requests SET sealed = NULL WHERE id IN (
		SELECT id FROM scim_requests WHERE idp = $1 AND sealed IS NOT NULL AND id <= $3 ORDER BY id LIMIT $2)`
)

// pruneRecords drops what is older than 30 days, and all but the newest of
// each connection. It gives the number of records that are gone.
func (d *DB) pruneRecords(ctx context.Context, now time.Time) (gone int64, err error) {
	gone, err = d.deleteInSteps(ctx, "DELETE FROM scim_requests WHERE id IN (SELECT id FROM scim_requests WHERE id < $1 ORDER BY id LIMIT $2)",
		firstID(now.Add(-recordsFor)), pruneStep)
	if err != nil {
		return gone, err
	}
	more, err := d.keepNewest(ctx, oldestKept, d.kept, dropRecord)
	if gone += more; err != nil {
		return gone, err
	}
	_, err = d.keepNewest(ctx, oldestBodyKept, bodiesKept, dropBody)
	return gone, err
}

// shortenLog is called once n more records are saved.
func (d *DB) shortenLog(ctx context.Context, n int64) error {
	after := d.records.Add(n)
	if after/bodiesPerPrune != (after-n)/bodiesPerPrune {
		if _, err := d.keepNewest(ctx, oldestBodyKept, bodiesKept, dropBody); err != nil {
			return err
		}
	}
	if after/recordsPerPrune == (after-n)/recordsPerPrune {
		return nil
	}
	_, err := d.keepNewest(ctx, oldestKept, d.kept, dropRecord)
	return err
}

// keepNewest drops, of each connection, what is as old as the first that is
// too much.
func (d *DB) keepNewest(ctx context.Context, oldest string, kept int, drop string) (gone int64, err error) {
	logged, err := d.loggedConnections(ctx)
	if err != nil {
		return 0, err
	}
	for _, slug := range logged {
		rows, err := d.read(ctx).rows(oldest, slug, kept)
		last, err := collect(rows, err, scanID)
		if err != nil {
			return gone, err
		}
		if len(last) == 0 {
			continue
		}
		n, err := d.deleteInSteps(ctx, drop, slug, pruneStep, last[0])
		if gone += n; err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// loggedConnections steps from one to the next through an index, which takes
// no longer for a long log than for a short one.
func (d *DB) loggedConnections(ctx context.Context) ([]string, error) {
	var all []string
	query, after := "SELECT idp FROM scim_requests WHERE idp >= $1 ORDER BY idp LIMIT 1", ""
	for {
		rows, err := d.read(ctx).rows(query, after)
		next, err := collect(rows, err, scanID)
		if err != nil || len(next) == 0 {
			return all, err
		}
		all, after = append(all, next[0]), next[0]
		query = "SELECT idp FROM scim_requests WHERE idp > $1 ORDER BY idp LIMIT 1"
	}
}
