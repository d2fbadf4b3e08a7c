package directory_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

func TestDeactivateAndReactivate(t *testing.T) {
	ctx := t.Context()
	db, err := store.Open(ctx, "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.CreateUser(ctx, &directory.User{ID: "u1", UserName: "Ada@Example.com", Active: true, Source: directory.FromHand}, directory.Act{Event: audit.New(audit.UserCreated, "command")}); err != nil {
		t.Fatal(err)
	}
	d := directory.New(db, directory.Options{})

	for range 2 { // the second one changes nothing
		u, err := d.Deactivate(ctx, "ADA@example.com", "user:9")
		if err != nil || u.Active || u.UserName != "Ada@Example.com" {
			t.Fatalf("Deactivate = %+v, %v", u, err)
		}
	}
	if u, err := d.User(ctx, "u1"); err != nil || u.Active {
		t.Errorf("User = %+v, %v", u, err)
	}
	if u, err := d.Reactivate(ctx, "ada@example.com", "user:9"); err != nil || !u.Active {
		t.Errorf("Reactivate = %+v, %v", u, err)
	}
	if all, err := d.Users(ctx, directory.Filter{}); err != nil || len(all) != 1 || !all[0].Active {
		t.Errorf("Users = %+v, %v", all, err)
	}
	_, err = d.Deactivate(ctx, "bob@example.com", "user:9")
	if fault.KindOf(err) != fault.NotFound {
		t.Errorf("Deactivate of nobody = %v, want not found", err)
	}

	events, err := db.Events(ctx, audit.Filter{Person: "Ada@Example.com"})
	if err != nil {
		t.Fatal(err)
	}
	var got []audit.Action
	for _, e := range events {
		if e.Actor != "user:9" || e.Object != "user:u1" {
			continue
		}
		got = append(got, e.Action)
	}
	if diff := cmp.Diff([]audit.Action{audit.UserReactivated, audit.UserDeactivated}, got); diff != "" {
		t.Error(diff)
	}
}
