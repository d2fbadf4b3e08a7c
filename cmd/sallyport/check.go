package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sallyport/config"
	"sallyport/idp"
	"sallyport/store"
)

// expirySoon is how long before its end a certificate is worth a word.
const expirySoon = 30 * 24 * time.Hour

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Check configuration, database and connections, changing nothing",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load(nil)
			if err != nil {
				return err
			}
			f := &findings{program: p}
			f.good("configuration", "%s", orDash(p.file()))
			if c.InsecureHTTP {
				f.note("base_url", "%s is plain http: for a closed test network only", c.BaseURL)
			}
			if c.TLS.On() {
				_, err := newCertificate(c.TLS)
				f.result("tls", err, "certificate and key fit")
			}
			f.database(cmd.Context(), c)
			if f.bad > 0 {
				return fmt.Errorf("%d of the checks failed", f.bad)
			}
			return nil
		},
	}
}

// findings prints one line per check and counts what is wrong.
type findings struct {
	*program
	bad int
}

func (f *findings) line(mark, what, format string, args ...any) {
	_, _ = fmt.Fprintf(f.out, "%-5s %s: %s\n", mark, what, fmt.Sprintf(format, args...))
}

func (f *findings) good(what, format string, args ...any) { f.line("ok", what, format, args...) }
func (f *findings) note(what, format string, args ...any) { f.line("note", what, format, args...) }

func (f *findings) result(what string, err error, good string) {
	if err != nil {
		f.bad++
		f.line("FAIL", what, "%s", explain(err))
		return
	}
	f.good(what, "%s", good)
}

func (f *findings) database(ctx context.Context, c *config.Config) {
	where := shownURL(c.Store.URL.Reveal())
	if file, ok := strings.CutPrefix(c.Store.URL.Reveal(), "sqlite://"); ok {
		if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
			f.note("database", "%s is not there yet; the first start makes it", where)
			return
		}
	}
	db, err := store.Open(ctx, c.Store.URL.Reveal(), store.Options{})
	f.result("database", err, where)
	if err != nil {
		return
	}
	pending, err := db.MigrationsPending(ctx)
	switch {
	case err != nil:
		f.result("schema", err, "")
	case pending:
		f.bad++
		f.line("FAIL", "schema", "older than this version needs: run sallyport migrate, or serve, which does it")
	default:
		f.good("schema", "up to date")
		f.connections(ctx, db)
		f.provisioning(ctx, db)
	}
	if err := db.Close(); err != nil {
		f.result("database", err, "")
	}
}

func (f *findings) connections(ctx context.Context, db *store.DB) {
	providers, err := db.Providers(ctx)
	if err != nil {
		f.result("connections", err, "")
		return
	}
	now := time.Now()
	for _, one := range providers {
		what := "connection " + one.Slug
		switch {
		case one.State != idp.Active || one.Live == nil:
			f.note(what, "%s: nobody can sign in through it", one.State)
		case expired(one.Live, now) && !one.Settings.AllowExpiredCertificates:
			f.bad++
			f.line("FAIL", what, "all of its certificates are outside their dates: import current metadata")
		case firstExpiry(one.Live).Before(now.Add(expirySoon)):
			f.note(what, "active, but a certificate ends at %s", shown(firstExpiry(one.Live)))
		default:
			f.good(what, "active, trusts %s", one.Live.EntityID)
		}
		if one.RefreshFailed != "" {
			f.note(what, "metadata could not be refreshed: %s", one.RefreshFailed)
		}
	}
}

// expired reports whether no certificate of t is within its dates.
func expired(t *idp.Trust, now time.Time) bool {
	for _, c := range t.Certificates {
		if now.After(c.NotBefore) && now.Before(c.NotAfter) {
			return false
		}
	}
	return true
}

// shownURL is a store.url without its password.
func shownURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "store.url"
	}
	return u.Redacted()
}
