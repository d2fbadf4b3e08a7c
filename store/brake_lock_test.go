package store_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/pgtest"
	"sallyport/store"
)

// TestReleaseLocksGroupsBeforeTheirMembers: an act on a group locks it and then
// its members. A release that had the members already would wait for the group
// for ever, and the act for them.
func TestReleaseLocksGroupsBeforeTheirMembers(t *testing.T) {
	ctx := t.Context()
	url := pgtest.URL(t)
	db, err := store.Open(ctx, url, store.Options{})
	must(t, err)
	defer db.Close()
	must(t, db.Migrate(ctx))
	must(t, db.CreateProvider(ctx, &idp.Provider{ID: "1", Slug: "corp", Name: "corp", State: idp.Active}, audit.Event{}))
	must(t, db.SetBrake(ctx, "corp", 1, 1, audit.New(audit.BrakeChanged, "test")))
	robot := directory.Act{Event: audit.New(audit.UserRemoved, "scim_token:1"), Scope: "corp"}
	var people []string
	for i := range 4 {
		u := &directory.User{ID: fmt.Sprint(i), UserName: fmt.Sprintf("%d@example.com", i), Active: true, IDP: "corp", CreatedAt: time.Now(), UpdatedAt: time.Now()}
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		people = append(people, u.ID)
	}
	must(t, db.CreateGroup(ctx, &directory.Group{ID: "g", DisplayName: "g", CreatedAt: time.Now(), UpdatedAt: time.Now()}, people, directory.Act{}))
	must(t, db.RemoveUser(ctx, people[0], robot))
	for _, id := range people[1:3] {
		if err := db.RemoveUser(ctx, id, robot); err == nil {
			t.Fatal("it is not held")
		}
	}
	brake, err := db.Brake(ctx, "corp")
	must(t, err)

	raw, err := sql.Open("pgx", url)
	must(t, err)
	defer raw.Close()
	act, err := raw.BeginTx(ctx, nil)
	must(t, err)
	defer act.Rollback()
	_, err = act.ExecContext(ctx, "SELECT id FROM groups WHERE id = 'g' FOR NO KEY UPDATE")
	must(t, err)
	released := make(chan error, 1)
	go func() {
		_, err := db.ReleaseBrake(ctx, "corp", brake.Fingerprint(), time.Now(), audit.New(audit.ProvisioningReleased, "test"))
		released <- err
	}()
	for waits := false; !waits; {
		must(t, raw.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)").Scan(&waits))
	}
	if _, err := act.ExecContext(ctx, "SELECT id FROM users ORDER BY id FOR KEY SHARE NOWAIT"); err != nil {
		t.Errorf("a release that waits for a group holds its members: %v", err)
	}
	must(t, act.Rollback())
	must(t, <-released)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
