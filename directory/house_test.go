package directory_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/keyring"
	"sallyport/store"
)

// house is a Directory over a real database, with the connections "corp" and
// "other".
type house struct {
	t    testing.TB
	db   *store.DB
	dir  *directory.Directory
	logs *bytes.Buffer
}

// newHouse opens a database that lasts as long as t; in a bubble it must be
// closed there.
func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, logs: &bytes.Buffer{}}
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h.db = db
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, slug := range []string{"corp", "other"} {
		p := &idp.Provider{ID: slug + "-id", Slug: slug, Name: slug, State: idp.Active}
		if err := db.CreateProvider(t.Context(), p, audit.Event{}); err != nil {
			t.Fatal(err)
		}
	}
	h.dir = h.over(db)
	return h
}

// over is a Directory over another store than the real one.
func (h *house) over(s directory.Store) *directory.Directory {
	h.t.Helper()
	ring, err := keyring.New(bytes.Repeat([]byte{7}, keyring.SecretSize))
	if err != nil {
		h.t.Fatal(err)
	}
	return directory.New(s, directory.Options{Logger: slog.New(slog.NewTextHandler(h.logs, nil)), Sealer: ring})
}

func (h *house) events(a audit.Action) []audit.Event {
	h.t.Helper()
	all, err := h.db.Events(h.t.Context(), audit.Filter{Actions: []audit.Action{a}, Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

func robot(a audit.Action) directory.Act {
	return directory.Act{Event: audit.New(a, "scim_token:1"), Scope: "corp"}
}

func administrator(a audit.Action) directory.Act {
	return directory.Act{Event: audit.New(a, "user:9")}
}

// staff makes n people of "corp".
func (h *house) staff(n int) []*directory.User {
	h.t.Helper()
	all := make([]*directory.User, n)
	for i := range all {
		all[i] = &directory.User{UserName: fmt.Sprintf("person-%03d@example.com", i), Active: true}
		h.must(h.dir.Create(h.t.Context(), all[i], robot(audit.UserCreated)))
	}
	return all
}

func (h *house) setActive(u *directory.User, active bool, act directory.Act) error {
	h.t.Helper()
	_, err := h.dir.Update(h.t.Context(), u.ID, func(u *directory.User) error {
		u.Active = active
		return nil
	}, act)
	return err
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func wantKind(t testing.TB, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); got != want {
		t.Errorf("got %q (%v), want %q", got, err, want)
	}
}
