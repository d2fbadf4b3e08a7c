package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"sallyport/access"
	"sallyport/config"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/keyring"
	"sallyport/session"
	"sallyport/store"
)

// actor of everything that a command does, as in audit.Event.
const actor = "command"

// house is the rooms, wired to one database.
type house struct {
	config         *config.Config
	logger         *slog.Logger
	db             *store.DB
	idps           *idp.Registry
	apps           *access.Catalog
	administrators *access.Administrators
	people         *directory.Directory
	sessions       *session.Manager
	secret         string // file of the secret where this start made it
}

// build says how a house differs from the usual one.
type build struct {
	// privateMetadata lets metadata URLs point at this machine: the demo.
	privateMetadata bool
	// counted counts sign-ins; nil: nobody does.
	counted *signInCounter
}

// openHouse opens the database, migrates it, and loads every room.
func openHouse(ctx context.Context, c *config.Config, logger *slog.Logger, b build) (*house, error) {
	if err := makeDataDir(c); err != nil {
		return nil, err
	}
	secret, made, err := sealingSecret(c)
	if err != nil {
		return nil, err
	}
	keys, err := keyring.New(secret)
	if err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	db, err := store.Open(ctx, c.Store.URL.Reveal(), store.Options{})
	if err != nil {
		return nil, err
	}
	h := &house{config: c, logger: logger, db: db, secret: made}
	if err := h.furnish(ctx, keys, b); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return h, nil
}

func (h *house) furnish(ctx context.Context, keys idp.Sealer, b build) (err error) {
	if err := h.db.Migrate(ctx); err != nil {
		return err
	}
	h.idps, err = idp.Open(ctx, h.db, idp.Options{
		BaseURL:              h.config.BaseURL,
		Sealer:               keys,
		Logger:               h.logger,
		AllowPrivateMetadata: b.privateMetadata,
		KnownTagPath:         directory.KnownPath,
	})
	if err != nil {
		return fmt.Errorf("open connections: %w", err)
	}
	h.apps, err = access.Open(ctx, h.db)
	if err != nil {
		return fmt.Errorf("open applications: %w", err)
	}
	h.administrators, err = access.OpenAdministrators(ctx, h.db)
	if err != nil {
		return fmt.Errorf("open administrators: %w", err)
	}
	h.people = directory.New(h.db, directory.Options{Logger: h.logger, Sealer: keys})
	var begins session.Store = h.db
	var events session.Events = h.db
	if b.counted != nil {
		begins, events = b.counted.over(h.db)
	}
	h.sessions = session.New(begins, h.db, events, session.Options{Logger: h.logger, Sealer: keys})
	return nil
}

func (h *house) Close() error { return h.db.Close() }

// inHouse runs a command's work in the house that the configuration names.
func (p *program) inHouse(ctx context.Context, work func(*house) error) error {
	c, err := p.load(nil)
	if err != nil {
		return err
	}
	level := new(slog.LevelVar)
	level.Set(slog.LevelWarn) // a command's own words are enough
	h, err := openHouse(ctx, c, newLogger(p.err, c.Log.Format, level), build{})
	if err != nil {
		return err
	}
	p.sayMadeSecret(h)
	return errors.Join(work(h), h.Close())
}

func (p *program) sayMadeSecret(h *house) {
	if h.secret != "" {
		p.say("Made the secret that seals this service's private keys: %s. Keep a copy of it.", h.secret)
	}
}
