package store

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const sqliteReaders = 8

// openSQLite opens the readers and starts the writer.
//
// The pragmas: WAL lets readers go on beside the writer. synchronous is FULL,
// because a one-time record that a power failure takes back could be used
// twice. Transactions are immediate, because one that begins by reading and
// then writes can fail at once as busy, whatever the timeout.
func (d *DB) openSQLite(o Options) error {
	if err := createPrivate(d.path); err != nil {
		return err
	}
	d.dsn = sqliteDSN(d.path)
	pool, err := sql.Open("sqlite", d.dsn)
	if err != nil {
		return fmt.Errorf("open SQLite database %s: %w", d.path, err)
	}
	readers := o.Connections
	if readers <= 0 {
		readers = sqliteReaders
	}
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	d.pool = pool
	d.look = &look{driver: pool.Driver(), dsn: d.dsn}
	d.index = newWALIndex(d.path)

	d.writer, err = startWriter(d.dsn)
	if err != nil {
		return errors.Join(fmt.Errorf("open SQLite database %s: %w", d.path, err), pool.Close())
	}
	return nil
}

func sqliteDSN(path string) string {
	options := url.Values{
		"_pragma": {
			"busy_timeout(5000)",
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"foreign_keys(1)",
			"wal_autocheckpoint(4000)",
			"journal_size_limit(67108864)",
			"cache_size(-8000)",
		},
		"_txlock": {"immediate"},
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

// createPrivate makes the file before SQLite does, whose files everybody may
// read; SQLite gives its side files the mode of this one.
func createPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("create SQLite database: %w", err)
	}
	return f.Close()
}
