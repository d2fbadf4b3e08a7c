package store

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"sallyport/directory"
	"sallyport/internal/pgtest"
)

// TestPeopleOfOlderDatabasesGetTheirKeys brings a database that knows no keys
// to the present one, on both engines.
func TestPeopleOfOlderDatabasesGetTheirKeys(t *testing.T) {
	for name, url := range map[string]func(testing.TB) string{
		"SQLite":     func(t testing.TB) string { return "sqlite://" + filepath.Join(t.TempDir(), "old.db") },
		"PostgreSQL": pgtest.URL,
	} {
		t.Run(name, func(t *testing.T) {
			db, err := Open(t.Context(), url(t), Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { db.Close() })
			testFillUserKeys(t, db)
		})
	}
}

func testFillUserKeys(t *testing.T, db *DB) {
	const people = 2*fillStep + 7
	present := db.migrations
	db.migrations = upTo(t, present, "0001_house.sql", "0002_console.sql")
	migrate(t, db)
	err := db.write(t.Context(), func(tx tx) error {
		for i := range people {
			_, err := tx.exec(`INSERT INTO users (id, user_name, folded_name, external_id, active, source, idp, profile, search,
				created_at, updated_at, last_sign_in_at, version) VALUES ($1, $2, $3, $4, TRUE, 'signin', 'corp', $5, '', 1, 1, 0, 1)`,
				fmt.Sprintf("id-%04d", i), fmt.Sprintf("Person-%d@Example.com", i), fmt.Sprintf("person-%d@example.com", i),
				fmt.Sprintf("Ext-%d", i), fmt.Sprintf(`{"displayName":"Person %d","emails":[{"value":"Mail-%d@example.com"}]}`, i, i))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	db.migrations = present
	p, end, err := db.migrator()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err != nil { // and then the process dies
		t.Fatal(err)
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if pending, err := db.MigrationsPending(t.Context()); err != nil || !pending {
		t.Errorf("people without keys, and nothing is pending (%v)", err)
	}
	err = db.write(t.Context(), func(tx tx) error { // one step was done before
		_, more, err := fillSome(tx, "")
		if !more {
			t.Error("the first step was the last")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error)
	for range 2 { // two instances
		go func() { failed <- db.Migrate(t.Context()) }()
	}
	for range 2 {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if pending, err := db.MigrationsPending(t.Context()); err != nil || pending {
		t.Errorf("still pending (%v)", err)
	}

	for attr, form := range map[directory.Attribute]string{
		"userName": "PERSON-%d@example.com", "externalId": "Ext-%d", "displayName": "person %d", "emails": "mail-%d@example.com",
	} {
		for _, i := range []int{0, fillStep - 1, fillStep, people - 1} {
			e := directory.Compare{Attr: attr, Op: directory.EQ, Value: directory.Value{Text: fmt.Sprintf(form, i)}}
			page, err := db.QueryUsers(t.Context(), "corp", directory.Query{Where: e, Limit: 2})
			if err != nil || len(page.Found) != 1 || page.Found[0].ID != fmt.Sprintf("id-%04d", i) {
				t.Errorf("by %s of person %d: %+v, %v", attr, i, page, err)
			}
		}
	}
	all, err := db.QueryUsers(t.Context(), "corp", directory.Query{Total: true})
	if err != nil || all.Total != people {
		t.Errorf("found %+v, %v; want %d people", all, err, people)
	}
}

// upTo is the migrations of an older program.
func upTo(t *testing.T, all fs.FS, names ...string) fs.FS {
	t.Helper()
	old := fstest.MapFS{}
	for _, name := range names {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		old[name] = &fstest.MapFile{Data: text}
	}
	return old
}
