package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"sallyport/internal/fault"
)

// batchSize bounds how many acts share one transaction, and so how long the
// first of them waits and how much a failing disk takes with it.
const batchSize = 64

// writer is the one goroutine that writes to SQLite. It takes what is queued,
// runs it in one transaction, and answers after the commit. An act may be run
// twice, so it must begin from what it reads. The writer never waits for
// company: a lone act is a batch of one.
type writer struct {
	changes
	pool  *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	queue chan *act

	closing sync.RWMutex // held for reading while queueing
	closed  bool
	done    chan struct{}
}

// act is one caller's transaction on its way through the queue.
type act struct {
	run      func(tx) error
	state    atomic.Int32 // waiting, then either begun or left
	err      error
	panicked any
	done     chan struct{}
}

const (
	waiting int32 = iota
	begun
	left
)

func startWriter(dsn string) (*writer, error) {
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(context.Background())
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w := &writer{
		pool:  pool,
		conn:  conn,
		stmts: map[string]*sql.Stmt{},
		queue: make(chan *act, 4*batchSize),
		done:  make(chan struct{}),
	}
	go w.loop()
	return w, nil
}

// do queues run and waits for its commit. A ctx that ends while the act still
// waits takes it out of the queue; once it has begun, its answer is awaited.
func (w *writer) do(ctx context.Context, run func(tx) error) error {
	if err := ctx.Err(); err != nil {
		return err // a select below could as well choose the queue
	}
	a := &act{run: run, done: make(chan struct{})}
	if err := w.enqueue(ctx, a); err != nil {
		return err
	}
	select {
	case <-a.done:
	case <-ctx.Done():
		if a.state.CompareAndSwap(waiting, left) {
			return ctx.Err()
		}
		<-a.done
	}
	if a.panicked != nil {
		panic(a.panicked)
	}
	return a.err
}

func (w *writer) enqueue(ctx context.Context, a *act) error {
	w.closing.RLock()
	defer w.closing.RUnlock()
	if w.closed {
		return stopping()
	}
	select {
	case w.queue <- a:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func stopping() error {
	return fault.New(fault.Unavailable, "The service is stopping. Try again in a moment.")
}

func (w *writer) close() error {
	w.closing.Lock()
	already := w.closed
	if !already {
		w.closed = true
		close(w.queue)
	}
	w.closing.Unlock()
	<-w.done
	if already {
		return nil
	}
	var failed error
	for _, stmt := range w.stmts {
		failed = errors.Join(failed, stmt.Close())
	}
	return errors.Join(failed, w.conn.Close(), w.pool.Close())
}

func (w *writer) loop() {
	defer close(w.done)
	batch := make([]*act, 0, batchSize)
	for first := range w.queue {
		batch = append(batch[:0], first)
		batch = w.gather(batch)
		w.runBatch(batch)
		clear(batch)
	}
}

// gather adds what is queued at this moment and was not given up. Yielding
// first lets callers that are about to queue do so; where none is running, it
// costs next to nothing.
func (w *writer) gather(batch []*act) []*act {
	runtime.Gosched()
	if !batch[0].state.CompareAndSwap(waiting, begun) {
		batch = batch[:0]
	}
	for len(batch) < batchSize {
		select {
		case a, open := <-w.queue:
			if !open {
				return batch
			}
			if a.state.CompareAndSwap(waiting, begun) {
				batch = append(batch, a)
			}
		default:
			return batch
		}
	}
	return batch
}

// runBatch runs the acts in one transaction and tells every caller how it went.
func (w *writer) runBatch(batch []*act) {
	if len(batch) == 0 {
		return
	}
	err := w.transact(batch)
	for _, a := range batch {
		// An act that failed by itself keeps its own reason; those that had
		// succeeded share the fate of the transaction.
		if err != nil && a.err == nil && a.panicked == nil {
			a.err = err
		}
		close(a.done)
	}
}

// transact runs a batch twice at most. Savepoints cost a copy of every page an
// act touches, and acts hardly ever fail: so all are run without first. Where
// one fails the transaction is rolled back and run again with a savepoint
// around each, so that the failure touches no other.
func (w *writer) transact(batch []*act) error {
	if len(batch) > 1 {
		again, err := w.attempt(batch, false)
		if !again {
			return err
		}
		for _, a := range batch {
			a.err, a.panicked = nil, nil
		}
	}
	_, err := w.attempt(batch, len(batch) > 1)
	return err
}

// attempt is one transaction. Without savepoints it gives up at the first act
// that fails among several, and says that it must be run again.
func (w *writer) attempt(batch []*act, savepoints bool) (again bool, err error) {
	if err := w.control("BEGIN IMMEDIATE"); err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	kept := 0
	for _, a := range batch {
		succeeded, err := w.runAct(a, savepoints)
		if err != nil {
			// The savepoint is lost, as after a full disk, and with it the whole
			// transaction, which SQLite may have rolled back already.
			_ = w.control("ROLLBACK")
			return false, fmt.Errorf("roll back one act: %w", err)
		}
		if succeeded {
			kept++
		} else if len(batch) > 1 && !savepoints {
			_ = w.control("ROLLBACK")
			return true, nil
		}
	}
	end := "COMMIT"
	if kept == 0 {
		end = "ROLLBACK"
	}
	if err := w.control(end); err != nil {
		_ = w.control("ROLLBACK")
		return false, fmt.Errorf("commit: %w", err)
	}
	return false, nil
}

// runAct runs one act, behind a savepoint where its failure must touch no other.
func (w *writer) runAct(a *act, savepoint bool) (succeeded bool, err error) {
	if savepoint {
		if err := w.control("SAVEPOINT act"); err != nil {
			return false, err
		}
	}
	a.err = w.guarded(a)
	succeeded = a.err == nil && a.panicked == nil
	if !savepoint {
		return succeeded, nil
	}
	if !succeeded {
		if err := w.control("ROLLBACK TO act"); err != nil {
			return false, err
		}
	}
	return succeeded, w.control("RELEASE act")
}

// guarded keeps a panic for the caller's own goroutine.
func (w *writer) guarded(a *act) error {
	defer func() { a.panicked = recover() }()
	return w.changes.run(w, a.run)
}

func (w *writer) control(statement string) error {
	_, err := w.exec(statement)
	return err
}

func (w *writer) exec(query string, args ...any) (int64, error) {
	stmt, err := w.prepared(query)
	if err != nil {
		return 0, err
	}
	r, err := stmt.Exec(args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

func (w *writer) row(query string, args ...any) *sql.Row {
	stmt, err := w.prepared(query)
	if err != nil {
		// Row has no room for an error of ours: let the query say it itself.
		return w.conn.QueryRowContext(context.Background(), query, args...)
	}
	return stmt.QueryRow(args...)
}

func (w *writer) rows(query string, args ...any) (*sql.Rows, error) {
	stmt, err := w.prepared(query)
	if err != nil {
		return nil, err
	}
	return stmt.Query(args...)
}

func (w *writer) forUpdate(query string) string { return query }
func (w *writer) forShare(query string) string  { return query }
func (w *writer) forChange(query string) string { return query }
func (w *writer) forKeep(query string) string   { return query }

// prepared keeps statements by their text. The texts are few: acts vary their
// arguments, and only the filters of EndSessions vary the text.
func (w *writer) prepared(query string) (*sql.Stmt, error) {
	if stmt, ok := w.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = stmt
	return stmt, nil
}
