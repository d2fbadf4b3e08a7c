package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sallyport/config"
	"sallyport/session"
	"sallyport/web"
)

// pruneEvery is how often what has expired is forgotten.
const pruneEvery = time.Hour

func (p *program) serveCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve people and administrators",
		Long: `Serves until it is told to stop (SIGTERM, SIGINT). SIGHUP reads the TLS
certificate and the log level again. The database is migrated first.`,
		Args: arguments(),
	}
	given := cmd.Flags()
	flags := map[string]*string{
		"base_url":       given.String("base-url", "", "base_url of the configuration"),
		"listen":         given.String("listen", "", "listen of the configuration"),
		"metrics.listen": given.String("metrics-listen", "", "metrics.listen of the configuration"),
		"log.level":      given.String("log-level", "", "log.level of the configuration"),
		"log.format":     given.String("log-format", "", "log.format of the configuration"),
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		overrides := map[string]string{}
		for key, value := range flags {
			if *value != "" {
				overrides[key] = *value
			}
		}
		c, err := p.load(overrides)
		if err != nil {
			return err
		}
		s := &service{program: p, config: c, overrides: overrides}
		return s.run(cmd.Context())
	}
	return cmd
}

// service is one running instance.
type service struct {
	*program
	config    *config.Config
	overrides map[string]string
	demo      *demo // nil: serve in earnest

	logger      *slog.Logger
	level       slog.LevelVar
	certificate *certificate // nil: plain http
	house       *house
	metrics     *metrics
}

// run serves until ctx ends, then stops in order: not ready any more, no new
// requests, requests under way, workers, database.
func (s *service) run(ctx context.Context) (err error) {
	setLevel(&s.level, s.config.Log.Level)
	s.logger = newLogger(s.err, s.config.Log.Format, &s.level)
	s.metrics = newMetrics()
	if s.config.TLS.On() {
		if s.certificate, err = newCertificate(s.config.TLS); err != nil {
			return err
		}
	}
	s.house, err = openHouse(ctx, s.config, s.logger, build{privateMetadata: s.demo != nil, counted: s.metrics.signIns})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.house.Close()) }()
	s.metrics.watch(s.house)

	var leaving leaving
	handler, err := s.handler(&leaving)
	if err != nil {
		return err
	}
	servers, err := s.listen(handler)
	if err != nil {
		return err
	}
	workers, stopWorkers := context.WithCancel(context.WithoutCancel(ctx))
	var done sync.WaitGroup
	defer done.Wait()
	defer stopWorkers()
	s.work(workers, &done)
	broken := servers.serve()
	failed := s.welcome(context.WithoutCancel(ctx)) // short, and all or nothing
	if failed == nil {
		select {
		case failed = <-broken:
		case <-ctx.Done():
		}
	}
	s.logger.Info("stopping")
	leaving.begin()
	pause(context.WithoutCancel(ctx), s.config.ShutdownDelay)
	return errors.Join(failed, servers.stop(context.WithoutCancel(ctx), s.config.ShutdownTimeout))
}

func (s *service) handler(leaving *leaving) (http.Handler, error) {
	trusted, err := s.config.Proxies()
	if err != nil {
		return nil, err
	}
	robots, err := s.robots(trusted)
	if err != nil {
		return nil, err
	}
	edge, err := web.New(web.Options{
		BaseURL:        s.config.BaseURL,
		Registry:       s.house.idps,
		Sessions:       s.house.sessions,
		Cookies:        session.NewCookies(s.house.sessions, s.config.Secure()),
		Applications:   s.house.apps,
		Administrators: s.house.administrators,
		Directory:      s.house.people,
		Events:         s.house.db,
		Ready: func(ctx context.Context) error {
			if leaving.begun() {
				return errors.New("stopping")
			}
			return s.house.db.Ping(ctx)
		},
		Logger:         s.logger,
		TrustedProxies: trusted,
		Version:        version,
		Demo:           s.demo != nil,
		Served:         s.metrics.served,
		Replay:         robots.Replay,
		CheckToken:     checkToken(tokenKeys{s.house.idps}, s.config.BaseURL),
	})
	if err != nil {
		return nil, err
	}
	proxies, err := s.proxies(edge, trusted)
	if err != nil {
		return nil, err
	}
	return divide(robots.Handler(), split(proxies, edge.Handler())), nil
}

// work starts everything that runs beside requests.
func (s *service) work(ctx context.Context, done *sync.WaitGroup) {
	workers := map[string]func(context.Context) error{
		"follow connections":    s.house.idps.Run,
		"follow applications":   s.house.apps.Run,
		"follow administrators": s.house.administrators.Run,
		"forget the expired":    s.prune,
		"log provisioning":      s.logProvisioning,
		"listen for signals":    s.reloads,
	}
	if s.config.Webhook.URL != "" {
		workers["tell the webhook"] = s.webhook().Run
	}
	for what, run := range workers {
		done.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				s.logger.Error("a worker stopped", "worker", what, "error", err)
			}
		})
	}
}

func (s *service) prune(ctx context.Context) error {
	for {
		if _, err := s.house.db.Prune(ctx, time.Now()); err != nil && ctx.Err() == nil {
			s.logger.Warn("could not forget what has expired; trying again in an hour", "error", err)
		}
		if !pause(ctx, pruneEvery) {
			return nil
		}
	}
}

// logProvisioning saves what robots asked, at the end too, when the others
// who work have stopped listening.
func (s *service) logProvisioning(ctx context.Context) error {
	if err := s.house.people.Run(ctx); err != nil {
		s.logger.Error("the provisioning log lacks the last requests", "error", err)
	}
	return nil
}

// reloads reads certificate and log level again at each SIGHUP.
func (s *service) reloads(ctx context.Context) error {
	hangUps := make(chan os.Signal, 1)
	signal.Notify(hangUps, syscall.SIGHUP)
	defer signal.Stop(hangUps)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangUps:
			if err := s.reload(); err != nil {
				s.logger.Error("could not reload; going on as before", "error", err)
				continue
			}
			s.logger.Info("reloaded")
		}
	}
}

func (s *service) reload() error {
	if s.certificate != nil {
		if err := s.certificate.Reload(); err != nil {
			return err
		}
	}
	c, err := s.load(s.overrides)
	if err != nil {
		return err
	}
	setLevel(&s.level, c.Log.Level)
	return nil
}

// welcome tells the person at the terminal what only the first start has to
// say, and what the demo wants to be opened.
func (s *service) welcome(ctx context.Context) error {
	if s.demo != nil {
		return s.demo.welcome(ctx, s)
	}
	s.sayMadeSecret(s.house)
	first, err := s.house.untouched(ctx)
	if err != nil || !first {
		return err
	}
	link, err := s.house.adminLink(ctx, "system")
	if err != nil {
		return fmt.Errorf("make the first administrator's link: %w", err)
	}
	s.say("\nThis is the first start. Open this link within an hour to set Sallyport up; it works once:\n\n  %s\n\nLater: sallyport admin link\n", link)
	return nil
}

// pause waits for d; false where ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
