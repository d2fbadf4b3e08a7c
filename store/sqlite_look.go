package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"sallyport/session"
)

// look is a connection to a SQLite file that never writes. Its data version
// (PRAGMA data_version) is another one as soon as any other connection, of this
// process or of any, has committed: as long as it is the same, so are the
// revisions. Asking for it costs the read lock and no reading. One caller at a
// time.
type look struct {
	driver driver.Driver
	dsn    string

	ended   bool
	conn    driver.Conn // nil: not open
	version driver.Stmt
	numbers driver.Stmt
	seen    int64 // the data version before last was read; 0: nothing was
	last    session.Revisions
}

// revisions opens the connection where there is none; one that failed is not
// used again.
func (l *look) revisions() (session.Revisions, error) {
	r, err := l.read()
	if err != nil {
		return session.Revisions{}, errors.Join(err, l.close())
	}
	return r, nil
}

func (l *look) read() (session.Revisions, error) {
	if err := l.open(); err != nil {
		return session.Revisions{}, err
	}
	var row [2]driver.Value
	if err := first(l.version, row[:1]); err != nil {
		return session.Revisions{}, fmt.Errorf("read the data version: %w", err)
	}
	version, ok := row[0].(int64)
	if !ok {
		return session.Revisions{}, fmt.Errorf("the data version is a %T", row[0])
	}
	if version == l.seen {
		return l.last, nil
	}
	if err := first(l.numbers, row[:]); err != nil {
		return session.Revisions{}, err
	}
	house, ok := row[0].(int64)
	sessions, also := row[1].(int64)
	if !ok || !also {
		return session.Revisions{}, fmt.Errorf("the revisions are a %T and a %T", row[0], row[1])
	}
	// What was committed between the two reads is in last and has another
	// version: the next look reads once more than it must.
	l.seen, l.last = version, session.Revisions{House: house, Sessions: sessions}
	return l.last, nil
}

func (l *look) open() (err error) {
	if l.ended {
		return stopping()
	}
	if l.conn != nil {
		return nil
	}
	if l.conn, err = l.driver.Open(l.dsn); err != nil {
		return err
	}
	if l.version, err = l.conn.Prepare("PRAGMA data_version"); err != nil {
		return err
	}
	l.numbers, err = l.conn.Prepare(selectRevisions)
	return err
}

// end is close for ever.
func (l *look) end() error {
	l.ended = true
	return l.close()
}

func (l *look) close() error {
	var failed error
	for _, stmt := range []driver.Stmt{l.version, l.numbers} {
		if stmt != nil {
			failed = errors.Join(failed, stmt.Close())
		}
	}
	if l.conn != nil {
		failed = errors.Join(failed, l.conn.Close())
	}
	l.conn, l.version, l.numbers, l.seen = nil, nil, nil, 0
	return failed
}

// first reads the only row of a statement without arguments.
func first(stmt driver.Stmt, into []driver.Value) error {
	asked, ok := stmt.(driver.StmtQueryContext)
	if !ok {
		return fmt.Errorf("a statement of the driver is a %T", stmt)
	}
	rows, err := asked.QueryContext(context.Background(), nil) // local, and in microseconds
	if err != nil {
		return err
	}
	err = rows.Next(into)
	if errors.Is(err, io.EOF) {
		err = errors.New("there is no row")
	}
	return errors.Join(err, rows.Close())
}
