package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"sallyport/store"
)

func (p *program) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to what this version needs",
		Long: `Brings the database to what this version needs, forward only. "serve" does
the same at its start. A SQLite file is copied beside itself first; on
PostgreSQL an advisory lock lets several instances start at once.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load(nil)
			if err != nil {
				return err
			}
			if err := makeDataDir(c); err != nil {
				return err
			}
			db, err := store.Open(cmd.Context(), c.Store.URL.Reveal(), store.Options{})
			if err != nil {
				return err
			}
			return errors.Join(p.migrate(cmd.Context(), db), db.Close())
		},
	}
}

func (p *program) migrate(ctx context.Context, db *store.DB) error {
	pending, err := db.MigrationsPending(ctx)
	if err != nil {
		return err
	}
	if !pending {
		p.say("The database is up to date.")
		return nil
	}
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	p.say("The database was migrated.")
	return nil
}
