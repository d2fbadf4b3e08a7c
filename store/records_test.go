package store_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"sallyport/directory"
	"sallyport/store"
)

// TestProvisioningLogKeepsTheNewest: of a young log that has grown too long,
// the oldest go: of each connection by itself, so that one in a flood pushes
// nothing of another's out. Long before records, bodies go.
func TestProvisioningLogKeepsTheNewest(t *testing.T) {
	const kept, bodies, more = 20_000, 5_000, 1_234
	ctx := t.Context()
	url := sqliteURL(t)
	db, err := store.Open(ctx, url, store.Options{Records: kept})
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
	fill := func(slug string, first, n int) {
		t.Helper()
		_, err := raw.ExecContext(ctx, `WITH RECURSIVE n (i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i < $1 + $2 - 1)
			INSERT INTO scim_requests (id, idp, token_id, at, took, method, path, status, scim_type, detail, resource, object_id,
				person, folded_person, changes, client_ip, user_agent, sealed)
			SELECT printf('ffffffff-%09d', i), $3, '', 0, 0, 'GET', '', 200, '', '', '', '', '', '', '', '', '', X'00' FROM n`, first, n, slug)
		if err != nil {
			t.Fatal(err)
		}
	}
	count := func(want int, where string) {
		t.Helper()
		var n int
		if err := raw.QueryRowContext(ctx, "SELECT COUNT(*) FROM scim_requests WHERE "+where).Scan(&n); err != nil || n != want {
			t.Errorf("%d where %s, %v; want %d", n, where, err, want)
		}
	}
	fill("calm", 0, 100) // older than all of the other's
	fill("flood", 1_000, kept+more)
	n, err := db.Prune(ctx, time.Now())
	if err != nil || n != more {
		t.Errorf("%d are gone, %v; want %d", n, err, more)
	}
	count(kept, "idp = 'flood' AND id > 'ffffffff-000002233'")
	count(bodies, "idp = 'flood' AND sealed IS NOT NULL")
	count(bodies, "sealed IS NOT NULL AND id > 'ffffffff-000017233'")
	count(100, "idp = 'calm' AND sealed IS NOT NULL")

	// In a flood it is not left for the next pruning.
	sealed := make([]directory.SealedRecord, 1_000)
	for i := range sealed {
		sealed[i] = directory.SealedRecord{Record: directory.Record{ID: fmt.Sprintf("ffffffff-%09d", 900_000+i), IDP: "flood"}, Sealed: []byte{1}}
	}
	if err := db.SaveRecords(ctx, sealed); err != nil {
		t.Fatal(err)
	}
	count(bodies, "idp = 'flood' AND sealed IS NOT NULL")
	count(bodies-1_000, "idp = 'flood' AND sealed = X'00'")
}
