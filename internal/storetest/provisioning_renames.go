package storetest

import (
	"fmt"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testRenames(t *testing.T, url URL) {
	t.Run("end sessions", func(t *testing.T) { testRenameEndsSessions(t, corp(t, url)) })
	t.Run("are braked", func(t *testing.T) { testRenamesBraked(t, corp(t, url)) })
}

func rename(t testing.TB, db *store.DB, u *directory.User, name string) error {
	t.Helper()
	_, err := db.UpdateUser(t.Context(), u.ID, func(u *directory.User) error { u.UserName = name; return nil }, robot(audit.UserChanged))
	return err
}

func testRenameEndsSessions(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	for _, name := range []string{"ada.l@example.com", "Ada.L@example.com"} { // another case is another NameID
		now, err := db.User(ctx, ada.ID)
		must(t, err)
		s := signIn(now.UserName)
		must(t, db.RecordSignIn(ctx, s))
		must(t, rename(t, db, ada, name))
		ended, err := db.Session(ctx, s.Session.TokenHash)
		must(t, err)
		if ended.EndedAt.IsZero() || ended.EndedWhy != "user renamed" {
			t.Errorf("renamed to %s: the session ended at %v, %q", name, ended.EndedAt, ended.EndedWhy)
		}
		told := actions(t, db, audit.UserChanged)
		if told[0].Reason != "renamed" || told[0].Person != name {
			t.Errorf("told: %+v", told[0])
		}
	}
}

// testRenamesBraked: who is called otherwise can't sign in, so renames count
// and are held as deactivations are, but for that nothing is kept to be done.
func testRenamesBraked(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := staff(t, db, 50)
	for i, u := range people[:10] {
		must(t, rename(t, db, u, fmt.Sprintf("gone-%d", i)))
	}
	s := signIn(people[10].UserName)
	must(t, db.RecordSignIn(ctx, s))
	for range 2 { // the robot tries again
		wantHeld(t, rename(t, db, people[10], "gone-10"))
	}
	if live, err := db.Session(ctx, s.Session.TokenHash); err != nil || !live.EndedAt.IsZero() {
		t.Errorf("the session of who is held: %+v, %v", live, err)
	}
	b, err := db.Brake(ctx, "corp")
	must(t, err)
	if b.HeldSince.IsZero() || b.Passed != 10 || len(b.Held) != 0 {
		t.Errorf("the brake: %+v", b)
	}
	if told := actions(t, db, audit.ProvisioningHeld); len(told) != 1 {
		t.Errorf("told %d times", len(told))
	}
	wantHeld(t, deactivate(t, db, people[11]))
	// Who changes otherwise, and who renames by hand, passes.
	_, err = db.UpdateUser(ctx, people[12].ID, func(u *directory.User) error { u.Profile.Title = "Dr"; return nil }, robot(audit.UserChanged))
	must(t, err)
	_, err = db.UpdateUser(ctx, people[13].ID, func(u *directory.User) error { u.UserName = "by-hand"; return nil }, directory.Act{})
	must(t, err)

	_, err = db.RejectBrake(ctx, "corp", false, event(audit.ProvisioningRejected))
	must(t, err)
	wantStopped(t, rename(t, db, people[11], "gone-11")) // no way around the rejection
}

// testAnothersTrace: a robot that takes a removed person's name leaves the
// trace of another connection.
func testAnothersTrace(t *testing.T, db *store.DB) {
	ctx := t.Context()
	elsewhere := directory.Act{Event: audit.New(audit.UserCreated, "scim_token:2"), Scope: "other"}
	remove := func(slug string, act directory.Act) string {
		u := user(id() + "@example.com")
		u.IDP = slug
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		act.Event = audit.New(audit.UserRemoved, act.Event.Actor)
		must(t, db.RemoveUser(ctx, u.ID, act))
		return u.UserName
	}
	traces := func() int {
		t.Helper()
		all, err := db.Removals(ctx, time.Time{}, 0)
		must(t, err)
		return len(all)
	}
	for _, c := range []struct {
		name, slug string
		by         directory.Act
		act        directory.Act
		left       int
	}{
		{"its own", "corp", robot(""), robot(audit.UserCreated), 0},
		{"of none", "", directory.Act{Event: audit.New("", "user:9")}, robot(audit.UserCreated), 0},
		{"another's, by hand", "other", elsewhere, directory.Act{Event: audit.New(audit.UserCreated, "user:9")}, 0},
		{"another's", "other", elsewhere, robot(audit.UserCreated), 1},
	} {
		before := traces()
		name := remove(c.slug, c.by)
		u := user(name)
		must(t, db.CreateUser(ctx, u, c.act))
		if got := traces() - before; got != c.left {
			t.Errorf("%s: %d traces left, want %d", c.name, got, c.left)
		}
		if c.left == 0 {
			continue
		}
		must(t, rename(t, db, u, id()+"@example.com"))
		if got := traces() - before; got != c.left {
			t.Errorf("%s, renamed: %d traces left, want %d", c.name, got, c.left)
		}
		if _, err := db.UserByUserName(ctx, name); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
