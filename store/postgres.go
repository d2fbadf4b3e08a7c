package store

import (
	"database/sql"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const postgresConnections = 16

func (d *DB) openPostgres(o Options) error {
	config, err := pgx.ParseConfig(d.dsn)
	if err != nil {
		// The driver's own text can repeat parts of the address.
		return errors.New("store.url is not an address that PostgreSQL understands: write postgres://user:password@host:5432/database")
	}
	connections := o.Connections
	if connections <= 0 {
		connections = postgresConnections
	}
	d.pool = sql.OpenDB(stdlib.GetConnector(*config))
	d.pool.SetMaxOpenConns(connections)
	d.pool.SetMaxIdleConns(connections)
	// So that a failover or a changed address is noticed without a restart.
	d.pool.SetConnMaxLifetime(30 * time.Minute)
	return nil
}
