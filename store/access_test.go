package store

import (
	"io/fs"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sallyport/access"
)

// TestApplicationsOfOlderDatabases: what was there before there were
// assignments stays open for everyone.
func TestApplicationsOfOlderDatabases(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "house.db"))
	all := db.migrations
	older := fstest.MapFS{}
	for _, name := range []string{"0001_house.sql", "0002_console.sql", "0003_directory.sql"} {
		text, err := fs.ReadFile(all, name)
		if err != nil {
			t.Fatal(err)
		}
		older[name] = &fstest.MapFile{Data: text}
	}
	db.migrations = older
	migrate(t, db)
	exec(t, db, "INSERT INTO applications (id, name, title, description, url, allowed, created_at, updated_at, version) VALUES ('1', 'wiki', 'Wiki', '', 'https://wiki.example.com/', '', 1, 2, 7)")
	db.migrations = all
	migrate(t, db)
	got, err := db.Applications(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []*access.Application{{
		ID: "1", Name: "wiki", Title: "Wiki", URL: "https://wiki.example.com/", Kind: access.KindWeb, Entry: access.Everyone,
		CreatedAt: fromMillis(1), UpdatedAt: fromMillis(2), Version: 7,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestNoOrphanedAssignment: whatever a program does, the schema refuses an
// assignment of nothing, to nobody, or to several.
func TestNoOrphanedAssignment(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "house.db"))
	migrate(t, db)
	exec(t, db, "INSERT INTO applications (id, name, title, description, url, allowed, created_at, updated_at, version) VALUES ('a', 'a', '', '', '', '', 0, 0, 1)")
	exec(t, db, "INSERT INTO permission_sets (id, name, folded_name, description, session_duration, relay_state, tags, rules, created_at, updated_at, version) VALUES ('s', 's', 's', '', 0, '', '', '', 0, 0, 1)")
	exec(t, db, "INSERT INTO groups (id, display_name, external_id, source, idp, members, name_key, created_at, updated_at, version) VALUES ('g', 'g', '', 'hand', '', 0, 'g', 0, 0, 1)")
	exec(t, db, "INSERT INTO idps (id, slug, name, state, settings, live_number, draft_number, metadata_url, refreshed_at, refresh_failed, created_at, updated_at, version) VALUES ('c', 'corp', '', 'draft', '', 0, 0, '', 0, '', 0, 0, 1)")
	insert := func(id string, application, set, user, group, idp, claim any) error {
		_, err := db.pool.ExecContext(t.Context(), `INSERT INTO assignments (id, application_id, permission_set_id, user_id, group_id, claim_idp, claim_name,
			ends_at, ended, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, FALSE, 0, '')`, id, application, set, user, group, idp, claim)
		return err
	}
	if err := insert("good", "a", "s", nil, "g", nil, nil); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"no application":     insert("1", "none", "s", nil, "g", nil, nil),
		"no permission set":  insert("2", "a", "none", nil, "g", nil, nil),
		"no such person":     insert("3", "a", "s", "none", nil, nil, nil),
		"no such group":      insert("4", "a", "s", nil, "none", nil, nil),
		"no such connection": insert("5", "a", "s", nil, nil, "none", "x"),
		"nobody":             insert("6", "a", "s", nil, nil, nil, nil),
		"two":                insert("7", "a", "s", nil, "g", "corp", "x"),
		"half a claim":       insert("8", "a", "s", nil, nil, "corp", nil),
		"an empty claim":     insert("9", "a", "s", nil, nil, "corp", ""),
		"twice":              insert("10", "a", "s", nil, "g", nil, nil),
	} {
		if err == nil {
			t.Errorf("%s: it is stored", name)
		}
	}
	if _, err := db.pool.ExecContext(t.Context(), "DELETE FROM permission_sets WHERE id = 's'"); err == nil {
		t.Error("a permission set went from under an assignment")
	}
	exec(t, db, "DELETE FROM groups WHERE id = 'g'")
	if all, err := db.Assignments(t.Context(), access.AssignmentFilter{}); err != nil || len(all) != 0 {
		t.Errorf("after the group went: %v, %v", all, err)
	}
}

func exec(t *testing.T, db *DB, query string) {
	t.Helper()
	if _, err := db.pool.ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}
