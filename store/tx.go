package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"sallyport/session"
)

// statements is what an act and a lone read have in common.
type statements interface {
	row(query string, args ...any) *sql.Row
	rows(query string, args ...any) (*sql.Rows, error)
}

// tx is one act in its transaction. Its context lives as long as it does.
type tx interface {
	statements
	// exec gives the number of rows that it changed.
	exec(query string, args ...any) (int64, error)
	// forUpdate and forShare are query with the rows it reads locked until the
	// act is over. SQLite, which has one writer, needs no locks and knows none.
	forUpdate(query string) string
	forShare(query string) string
	// forChange is forUpdate for rows that will be changed and stay; forKeep
	// only keeps rows from being deleted. These two get on with one another.
	forChange(query string) string
	forKeep(query string) string
	// changed notes whose answers about live sessions may be others after the act.
	changed(some ...session.Change)
}

// write runs act in a transaction: all of it or nothing. It may run act again
// where PostgreSQL gave it up for another one, so act must begin from what it
// reads in tx. act must not call DB's own methods that write: on SQLite it
// would wait for itself.
//
// A ctx that ends before the act began stops it. One that ends later does not
// on SQLite: the answer is awaited, so that it is always the true one.
func (d *DB) write(ctx context.Context, act func(tx) error) error {
	if d.writer != nil {
		return d.writer.do(ctx, act)
	}
	const attempts = 4
	var err error
	for range attempts {
		err = d.transaction(ctx, act)
		if !rerunnable(err) {
			return err
		}
	}
	return err
}

func (d *DB) transaction(ctx context.Context, act func(tx) error) error {
	t, err := d.pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer t.Rollback() // after Commit it does nothing; it also serves a panic
	one := &poolTx{ctx: ctx, tx: t}
	if err := one.run(one, act); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// poolTx is a transaction of the pool: an act on PostgreSQL, whose driver keeps
// prepared statements itself, or a snapshot on either engine.
type poolTx struct {
	changes
	ctx context.Context
	tx  *sql.Tx
}

func (t *poolTx) exec(query string, args ...any) (int64, error) {
	r, err := t.tx.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (t *poolTx) row(query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(t.ctx, query, args...)
}

func (t *poolTx) rows(query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(t.ctx, query, args...)
}

func (t *poolTx) forUpdate(query string) string { return query + " FOR UPDATE" }
func (t *poolTx) forShare(query string) string  { return query + " FOR SHARE" }
func (t *poolTx) forChange(query string) string { return query + " FOR NO KEY UPDATE" }
func (t *poolTx) forKeep(query string) string   { return query + " FOR KEY SHARE" }

// reads are statements outside of any transaction.
type reads struct {
	ctx context.Context
	d   *DB
}

func (d *DB) read(ctx context.Context) reads { return reads{ctx: ctx, d: d} }

// row runs a query whose text never varies, prepared once. On SQLite it is not
// interrupted halfway: it takes microseconds, watching for the end of ctx more.
func (r reads) row(query string, args ...any) *sql.Row {
	if r.d.writer == nil || r.ctx.Err() != nil {
		return r.d.pool.QueryRowContext(r.ctx, query, args...)
	}
	stmt, err := r.d.prepared(query)
	if err != nil {
		// Row has no room for an error of ours: let the query say it itself.
		return r.d.pool.QueryRowContext(r.ctx, query, args...)
	}
	return stmt.QueryRow(args...)
}

func (r reads) rows(query string, args ...any) (*sql.Rows, error) {
	return r.d.pool.QueryContext(r.ctx, query, args...)
}

// prepared is rows for one of a few texts, prepared once. What it reads must
// be little: on SQLite it is not interrupted.
func (r reads) prepared(query string, args ...any) (*sql.Rows, error) {
	if r.d.writer == nil || r.ctx.Err() != nil {
		return r.rows(query, args...)
	}
	stmt, err := r.d.prepared(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

// snapshot runs read on the database as it stands at one moment.
func (d *DB) snapshot(ctx context.Context, read func(statements) error) error {
	o := &sql.TxOptions{ReadOnly: true}
	if d.engine == postgres {
		o.Isolation = sql.LevelRepeatableRead
	}
	t, err := d.pool.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin reading: %w", err)
	}
	defer t.Rollback() // nothing was written
	return read(&poolTx{ctx: ctx, tx: t})
}

func (d *DB) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := d.cache.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := d.pool.Prepare(query)
	if err != nil {
		return nil, err
	}
	kept, loaded := d.cache.LoadOrStore(query, stmt)
	if loaded {
		return kept.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// collect scans all rows and closes them.
func collect[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, one)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(into ...any) error }
