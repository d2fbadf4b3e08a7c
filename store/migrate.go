package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrateAttempts is how often Migrate looks again after losing a race
// against another process on the same SQLite file.
const migrateAttempts = 3

// MigrationsPending reports whether Migrate has something to do. It fails
// where a newer version of this program has written the database.
func (d *DB) MigrationsPending(ctx context.Context) (bool, error) {
	p, end, err := d.migrator()
	if err != nil {
		return false, err
	}
	pending, err := isPending(ctx, p)
	if err == nil && !pending {
		pending, err = d.userKeysMissing(ctx)
	}
	return pending, errors.Join(err, end())
}

// Migrate brings the schema to what this program needs, forward only; where
// nothing is pending it does nothing. A SQLite file that holds data is copied
// first, to a file beside it that says when. PostgreSQL is migrated under an
// advisory lock, so that several instances may start at once.
func (d *DB) Migrate(ctx context.Context) error {
	p, end, err := d.migrator()
	if err != nil {
		return err
	}
	if err := errors.Join(d.migrate(ctx, p), end()); err != nil {
		return err
	}
	return d.fillUserKeys(ctx)
}

func (d *DB) migrate(ctx context.Context, p *goose.Provider) error {
	pending, err := isPending(ctx, p)
	if err != nil || !pending {
		return err
	}
	if err := d.copyBefore(ctx, p); err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		_, err = p.Up(ctx)
		if err == nil {
			return nil
		}
		// Another process may have been faster: then its work is as good.
		pending, pendingErr := isPending(ctx, p)
		if pendingErr == nil && !pending {
			return nil
		}
		if d.engine != sqlite || attempt == migrateAttempts || ctx.Err() != nil {
			return wrap(err, "migrate the database")
		}
	}
}

// migrator works on connections of its own, beside the writer's.
func (d *DB) migrator() (*goose.Provider, func() error, error) {
	options := []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
		goose.WithTableName("schema_migrations"),
	}
	dialect, pool := goose.DialectSQLite3, d.pool
	end := func() error { return nil }
	if d.engine == postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
		if err != nil {
			return nil, nil, fmt.Errorf("prepare the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	} else {
		var err error
		if pool, err = sql.Open("sqlite", d.dsn); err != nil {
			return nil, nil, fmt.Errorf("open SQLite database %s: %w", d.path, err)
		}
		end = pool.Close
	}
	p, err := goose.NewProvider(dialect, pool, d.migrations, options...)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("read the embedded migrations: %w", err), end())
	}
	return p, end, nil
}

func isPending(ctx context.Context, p *goose.Provider) (bool, error) {
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return false, wrap(err, "read the schema version")
	}
	if current > target {
		return false, fmt.Errorf("the database has schema version %d, this program knows versions up to %d: run a newer version of the program", current, target)
	}
	return current < target, nil
}

// copyBefore saves a SQLite file that has been migrated before.
func (d *DB) copyBefore(ctx context.Context, p *goose.Provider) error {
	if d.engine != sqlite {
		return nil
	}
	current, err := p.GetDBVersion(ctx)
	if err != nil {
		return wrap(err, "read the schema version")
	}
	if current == 0 {
		return nil
	}
	path := fmt.Sprintf("%s.before-%s", d.path, time.Now().UTC().Format("20060102T150405.000Z"))
	if err := createPrivate(path); err != nil {
		return err
	}
	if _, err := d.pool.ExecContext(ctx, "VACUUM INTO $1", path); err != nil {
		return errors.Join(wrap(err, "copy the database to %s", path), os.Remove(path))
	}
	return nil
}
