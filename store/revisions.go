package store

import (
	"context"
	"sync/atomic"
	"time"

	"sallyport/session"
)

const selectRevisions = `SELECT number, (SELECT s.number FROM revision s WHERE s.name = 'sessions')
	FROM revision WHERE name = 'house'`

// Revisions reads both numbers as they stand now. It is asked at every request
// that a proxy asks about, so callers who come while one read is under way share
// the next: an answer is always that of a read which began after its caller came.
func (d *DB) Revisions(ctx context.Context) (session.Revisions, error) {
	if d.index == nil {
		r, err := d.revisions.get(ctx, d.readRevisions)
		return r, wrap(err, "read the revisions")
	}
	h, relied := d.index.look()
	if relied && ctx.Err() == nil {
		if r, ok := d.index.known(h); ok {
			return r, nil
		}
	}
	r, err := d.revisions.get(ctx, d.readRevisions)
	if err == nil && relied {
		d.index.keep(h, r)
	}
	return r, wrap(err, "read the revisions")
}

func (d *DB) readRevisions(ctx context.Context) (r session.Revisions, err error) {
	if d.look != nil {
		return d.look.revisions()
	}
	for range revisionsTries {
		once, cancel := context.WithTimeout(ctx, revisionsFor)
		err = d.pool.QueryRowContext(once, selectRevisions).Scan(&r.House, &r.Sessions)
		hung := once.Err() != nil && ctx.Err() == nil
		cancel()
		if err == nil || !hung {
			break
		}
	}
	return r, err
}

// A read that takes longer than revisionsFor hangs, as on a connection whose far
// side is gone, and is tried once more on another one: everybody waits for it.
const (
	revisionsFor   = time.Second
	revisionsTries = 2
)

// sharedReads lets one read at a time serve all who waited for it to begin.
type sharedReads struct {
	turn  chan struct{} // holds one while somebody reads
	begun atomic.Int64  // how many reads have

	// Of the last read that was not given up; guarded by turn.
	number int64
	last   session.Revisions
	err    error
}

func newSharedReads() sharedReads { return sharedReads{turn: make(chan struct{}, 1)} }

func (s *sharedReads) get(ctx context.Context, read func(context.Context) (session.Revisions, error)) (session.Revisions, error) {
	before := s.begun.Load()
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return session.Revisions{}, ctx.Err()
	}
	defer func() { <-s.turn }()
	if s.number > before {
		return s.last, s.err
	}
	if err := ctx.Err(); err != nil {
		return session.Revisions{}, err
	}
	number := s.begun.Add(1)
	r, err := read(ctx)
	if ctx.Err() == nil { // or else it may be this caller alone whose read failed
		s.number, s.last, s.err = number, r, err
	}
	return r, err
}
