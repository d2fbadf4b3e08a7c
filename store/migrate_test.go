package store

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"sallyport/access"
	"sallyport/audit"
)

// TestSQLiteIsCopiedBeforeMigrating brings a file with data to a version that
// does not exist yet, and one that cannot be reached.
func TestSQLiteIsCopiedBeforeMigrating(t *testing.T) {
	path := filepath.Join(t.TempDir(), "house.db")
	db := open(t, path)
	migrate(t, db)
	if err := db.CreateApplication(t.Context(), &access.Application{ID: "1", Name: "grafana", Kind: access.KindWeb, Entry: access.Everyone}, audit.Event{}); err != nil {
		t.Fatal(err)
	}
	if copies := copiesOf(t, path); len(copies) != 0 {
		t.Fatalf("copied although there was nothing to save: %v", copies)
	}

	next := fstest.MapFS{"9001_next.sql": {Data: []byte("-- +goose Up\nDROP TABLE applications;\n")}}
	released, err := fs.Glob(db.migrations, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range released {
		text, err := fs.ReadFile(db.migrations, name)
		if err != nil {
			t.Fatal(err)
		}
		next[name] = &fstest.MapFile{Data: text}
	}
	db.migrations = next
	migrate(t, db)
	copies := copiesOf(t, path)
	if len(copies) != 1 {
		t.Fatalf("want one copy, got %v", copies)
	}
	info, err := os.Stat(copies[0])
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has mode %v, want 0600", info.Mode().Perm())
	}
	saved, err := open(t, copies[0]).Applications(t.Context())
	if err != nil || len(saved) != 1 {
		t.Errorf("the copy holds %v (%v), want what was there before", saved, err)
	}

	migrate(t, db)
	if again := copiesOf(t, path); len(again) != 1 {
		t.Errorf("copied again although nothing was pending: %v", again)
	}

	next["9002_wrong.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE fine (id TEXT);\nDROP TABLE nothing;\n")}
	if err := db.Migrate(t.Context()); err == nil {
		t.Error("a migration that fails is called done")
	}
	if _, err := db.pool.ExecContext(t.Context(), "SELECT id FROM fine"); err == nil {
		t.Error("half of a migration stays")
	}
}

// TestNewerSchema: an old program must not write to a database whose shape it
// does not know.
func TestNewerSchema(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "house.db"))
	migrate(t, db)
	first, err := fs.ReadFile(db.migrations, "0001_house.sql")
	if err != nil {
		t.Fatal(err)
	}
	known := db.migrations
	db.migrations = fstest.MapFS{
		"0001_house.sql": {Data: first},
		"9001_next.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE more (id TEXT);\n")},
	}
	migrate(t, db)

	db.migrations = known
	for name, act := range map[string]func() error{
		"Migrate":           func() error { return db.Migrate(t.Context()) },
		"MigrationsPending": func() error { _, err := db.MigrationsPending(t.Context()); return err },
	} {
		if err := act(); err == nil || !strings.Contains(err.Error(), "newer version") {
			t.Errorf("%s: got %v, want to be told to run a newer program", name, err)
		}
	}
}

func open(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), "sqlite://"+path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func migrate(t *testing.T, db *DB) {
	t.Helper()
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func copiesOf(t *testing.T, path string) []string {
	t.Helper()
	copies, err := filepath.Glob(path + ".before-*Z")
	if err != nil {
		t.Fatal(err)
	}
	return copies
}
