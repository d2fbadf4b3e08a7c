package store_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"sallyport/audit"
	"sallyport/internal/pgtest"
	"sallyport/store"
)

func TestOpenRefusesURL(t *testing.T) {
	const secret = "hunter2"
	for _, url := range []string{
		"", "file.db", "mysql://u:" + secret + "@h/db", "sqlite://", "sqlite:///var/lib/", "sqlite:///x.db?mode=" + secret,
		"sqlite:///x.db#" + secret, "postgres://u:" + secret + "@h:port/db",
	} {
		t.Run(url, func(t *testing.T) {
			db, err := store.Open(t.Context(), url, store.Options{})
			if err == nil {
				db.Close()
				t.Fatal("opened")
			}
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error repeats the address: %v", err)
			}
		})
	}
}

func TestOpenLeavesNothingBehind(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	db, err := store.Open(t.Context(), sqliteURL(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time does nothing
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestUnreachablePostgreSQL(t *testing.T) {
	url := pgtest.URL(t)
	if _, err := store.Open(t.Context(), url+"&dbname=nothing_here", store.Options{}); err == nil {
		t.Error("opened a database that does not exist")
	}
}

// TestSQLiteFilesArePrivate: the file holds who signed in, from where.
func TestSQLiteFilesArePrivate(t *testing.T) {
	dir := t.TempDir()
	db := migrated(t, "sqlite://"+filepath.Join(dir, "house.db"))
	defer db.Close()
	if err := db.AppendEvent(t.Context(), audit.Event{Action: audit.KeyMade}); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 3 {
		t.Errorf("want the file, its log and its index, got %v", files)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", f.Name(), info.Mode().Perm())
		}
	}
}

func opened(t *testing.T, url string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func migrated(t *testing.T, url string) *store.DB {
	t.Helper()
	db := opened(t, url)
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}
