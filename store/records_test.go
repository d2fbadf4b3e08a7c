package store_test

import (
	"database/sql"
	"strings"
	"testing"
	"time"

	"sallyport/store"
)

// TestProvisioningLogKeepsTheNewest: of a young log that has grown too long,
// the oldest go.
func TestProvisioningLogKeepsTheNewest(t *testing.T) {
	const kept, more = 200_000, 1_234
	ctx := t.Context()
	url := sqliteURL(t)
	db, err := store.Open(ctx, url, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	// Written past the store, to be quick.
	raw, err := sql.Open("sqlite", strings.TrimPrefix(url, "sqlite://"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	_, err = raw.ExecContext(ctx, `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
		INSERT INTO scim_requests (id, idp, token_id, at, took, method, path, status, scim_type, detail, resource, object_id,
			person, folded_person, changes, client_ip, user_agent)
		SELECT printf('ffffffff-%09d', i), '', '', 0, 0, 'GET', '', 200, '', '', '', '', '', '', '', '', '' FROM n`, kept+more)
	if err != nil {
		t.Fatal(err)
	}
	n, err := db.Prune(ctx, time.Now())
	if err != nil || n != more {
		t.Errorf("%d are gone, %v; want %d", n, err, more)
	}
	var left int
	if err := raw.QueryRowContext(ctx, "SELECT COUNT(*) FROM scim_requests WHERE id > $1", "ffffffff-000001234").Scan(&left); err != nil || left != kept {
		t.Errorf("%d of the newest are left, %v; want %d", left, err, kept)
	}
}
