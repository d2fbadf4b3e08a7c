// Package store keeps everything that outlives the process, in SQLite or in
// PostgreSQL, by one text of SQL. A [DB] implements the Store interface of
// every room; one file here serves one room, and an act that several rooms
// share has a file of its own.
//
// Every act is one transaction, its audit event included. On SQLite one
// goroutine writes: acts that wait at the same time share a transaction, and
// so one flush to the disk, each behind a savepoint of its own. Nobody hears of
// success before that flush. On PostgreSQL each act is its own transaction.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/session"
)

var (
	_ idp.Store       = (*DB)(nil)
	_ session.Store   = (*DB)(nil)
	_ session.Changes = (*DB)(nil)
	_ session.Doors   = (*DB)(nil)
	_ session.Logouts = (*DB)(nil)
	_ directory.Store = (*DB)(nil)
	_ access.Store    = (*DB)(nil)
	_ audit.Store     = (*DB)(nil)
)

// Options of a DB. The zero value is right for a service.
type Options struct {
	// Connections is how many the pool may open: readers on SQLite (0: 8, and
	// one writer beside them), all on PostgreSQL (0: 16).
	Connections int

	// QueryTime is how long one query of the directory may take, its wait for
	// other costly ones included; 0: 5 s.
	QueryTime time.Duration

	// Records is how many the provisioning log keeps of one connection; 0:
	// 200,000.
	Records int
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	engine engine
	path   string  // of the SQLite file
	dsn    string  // as the driver takes it
	pool   *sql.DB // readers on SQLite, everything on PostgreSQL
	cache  sync.Map
	writer *writer // nil on PostgreSQL
	costly costly  // queries that no index serves

	revisions sharedReads
	look      *look     // nil on PostgreSQL
	index     *walIndex // nil on PostgreSQL

	kept       int          // records of the provisioning log, of one connection
	migrations fs.FS        // what Migrate applies
	refusals   atomic.Int64 // saved by this process; says when to drop old ones
	records    atomic.Int64 // of the provisioning log, likewise
	domains    atomic.Pointer[emailDomains]
}

// Open opens the database that url names: sqlite:///absolute/path/file.db,
// sqlite://relative/file.db, or postgres://..., which the driver gets as it
// stands. A SQLite file is created, readable by its owner alone, where it is
// missing. Open changes no schema: see [DB.Migrate].
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	where, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	migrations, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read the embedded migrations: %w", err)
	}
	d := &DB{engine: where.engine, path: where.path, migrations: migrations, costly: newCostly(o), kept: cmp.Or(o.Records, recordsKept), revisions: newSharedReads()}
	switch d.engine {
	case sqlite:
		err = d.openSQLite(o)
	case postgres:
		d.dsn = url
		err = d.openPostgres(o)
	}
	if err != nil {
		return nil, err
	}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Ping reports whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	var one int64
	if err := d.pool.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return wrap(err, "reach the database")
	}
	return nil
}

// Engine is "sqlite" or "postgres".
func (d *DB) Engine() string { return string(d.engine) }

// Close waits for the acts that have begun and closes all connections. Acts
// that come later fail with fault.Unavailable.
func (d *DB) Close() error {
	var failed error
	if d.writer != nil {
		failed = d.writer.close()
	}
	if d.look != nil {
		d.revisions.turn <- struct{}{}
		failed = errors.Join(failed, d.look.end(), d.index.close())
		<-d.revisions.turn
	}
	d.cache.Range(func(_, stmt any) bool {
		failed = errors.Join(failed, stmt.(*sql.Stmt).Close())
		return true
	})
	failed = errors.Join(failed, d.pool.Close())
	if failed != nil {
		return fmt.Errorf("close the database: %w", failed)
	}
	return nil
}
