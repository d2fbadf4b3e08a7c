package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/store"
)

func testChanges(t *testing.T, url URL) {
	t.Run("are told", func(t *testing.T) { testChangesTold(t, corp(t, url)) })
	t.Run("nobody is there", func(t *testing.T) { testChangesOfNobody(t, corp(t, url)) })
	t.Run("too many", func(t *testing.T) { testTooManyChanges(t, corp(t, url)) })
	t.Run("are forgotten", func(t *testing.T) { testChangesForgotten(t, corp(t, url)) })
	t.Run("of a dry run", func(t *testing.T) { testChangesOfDryRun(t, corp(t, url)) })
	t.Run("name whatever changes", func(t *testing.T) { testChangesProperty(t, corp(t, url)) })
	t.Run("can be followed", func(t *testing.T) { testChangesFollowed(t, corp(t, url)) })
}

func revisions(t testing.TB, db *store.DB) session.Revisions {
	t.Helper()
	r, err := db.Revisions(context.WithoutCancel(t.Context()))
	must(t, err)
	return r
}

// during gives the changes that act makes, without their numbers.
func during(t testing.TB, db *store.DB, act func()) []session.Change {
	t.Helper()
	before := revisions(t, db)
	act()
	changes, err := db.ChangesAfter(t.Context(), before.Sessions)
	must(t, err)
	for i := range changes {
		if want := before.Sessions + int64(i) + 1; changes[i].Number != want {
			t.Errorf("change %d has number %d, want %d", i, changes[i].Number, want)
		}
		changes[i].Number = 0
	}
	if now := revisions(t, db).Sessions; now != before.Sessions+int64(len(changes)) {
		t.Errorf("revision %d after %d and %d changes", now, before.Sessions, len(changes))
	}
	return changes
}

func testChangesTold(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada, eve := signIn("ada@example.com"), signIn("eve@example.com")
	beginning := during(t, db, func() {
		must(t, db.RecordSignIn(ctx, ada))
		must(t, db.RecordSignIn(ctx, eve))
	})
	equal(t, beginning, []session.Change{}) // nothing was answered about either before
	ofAda, everybody := []session.Change{{UserID: ada.Session.UserID}}, []session.Change{{}}

	staff, local := group("Staff", "corp"), group("Local", "")
	inner := group("Inner", "corp")
	change := func(u string, f func(*directory.User)) {
		_, err := db.UpdateUser(ctx, u, func(u *directory.User) error { f(u); return nil }, directory.Act{})
		must(t, err)
	}
	member := func(c directory.GroupChange) {
		_, err := db.ChangeGroup(ctx, staff.ID, c, directory.Act{})
		must(t, err)
	}
	name := "Employees"
	for _, c := range []struct {
		name string
		act  func()
		want []session.Change
	}{
		{"e-mail address", func() {
			change(ada.Session.UserID, func(u *directory.User) { u.Profile.Emails = []directory.MultiValue{{Value: "a@example.com"}} })
		}, ofAda},
		{"the same again", func() { change(ada.Session.UserID, func(*directory.User) {}) }, []session.Change{}},
		{"group without members", func() { must(t, db.CreateGroup(ctx, staff, nil, robot(audit.GroupCreated))) }, []session.Change{}},
		{"joins", func() { member(directory.GroupChange{Add: []string{ada.Session.UserID}}) }, ofAda},
		{"joins again", func() { member(directory.GroupChange{Add: []string{ada.Session.UserID}}) }, []session.Change{}},
		{"external id of a group", func() { member(directory.GroupChange{ExternalID: &name}) }, []session.Change{}},
		{"group renamed", func() { member(directory.GroupChange{DisplayName: &name}) }, ofAda},
		{"replaced by the same", func() {
			member(directory.GroupChange{Replace: true, Add: []string{ada.Session.UserID}})
		}, []session.Change{}},
		{"group with members", func() {
			must(t, db.CreateGroup(ctx, inner, []string{ada.Session.UserID}, robot(audit.GroupCreated)))
		}, ofAda},
		{"group in a group", func() { member(directory.GroupChange{Add: []string{inner.ID}}) }, everybody},
		{"outer group renamed", func() { member(directory.GroupChange{DisplayName: ptr("Staff")}) }, everybody},
		{"group out of a group", func() { member(directory.GroupChange{Remove: []string{inner.ID}}) }, everybody},
		{"leaves", func() { member(directory.GroupChange{Remove: []string{ada.Session.UserID, eve.Session.UserID}}) }, ofAda},
		{"group removed", func() { must(t, db.RemoveGroup(ctx, inner.ID, directory.Act{})) }, ofAda},
		{"local group", func() { must(t, db.CreateGroup(ctx, local, nil, directory.Act{})) }, everybody},
		{"choice", func() { must(t, db.Choose(ctx, eve.Session.ID, "app", "set")) }, []session.Change{{SessionID: eve.Session.ID}}},
		{"same choice", func() { must(t, db.Choose(ctx, eve.Session.ID, "app", "set")) }, []session.Change{}},
		{"ended", func() {
			_, err := db.EndSessions(ctx, session.Filter{UserID: eve.Session.UserID}, "test", audit.Event{})
			must(t, err)
		}, []session.Change{{SessionID: eve.Session.ID}}},
		{"nothing ended", func() {
			_, err := db.EndSessions(ctx, session.Filter{UserID: eve.Session.UserID}, "test", audit.Event{})
			must(t, err)
		}, []session.Change{}},
	} {
		if got := during(t, db, c.act); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: changes %+v, want %+v", c.name, got, c.want)
		}
	}
	live, err := db.Sessions(ctx, session.Filter{Live: true})
	must(t, err)
	for _, act := range []func(){
		func() { change(ada.Session.UserID, func(u *directory.User) { u.Active = false }) },
		func() { setState(t, db, idp.Disabled) },
	} {
		if len(live) != 1 {
			t.Fatalf("%d live sessions, want one to be ended", len(live))
		}
		equal(t, during(t, db, act), []session.Change{{SessionID: live[0].ID}})
		change(ada.Session.UserID, func(u *directory.User) { u.Active = true })
		if providers, err := db.Providers(ctx); err != nil || providers[0].State == idp.Disabled {
			break
		}
		must(t, db.RecordSignIn(ctx, signIn("ada@example.com")))
		live, err = db.Sessions(ctx, session.Filter{Live: true})
		must(t, err)
	}
}

func ptr[T any](v T) *T { return &v }

// testChangesOfNobody: provisioning, before anybody signs in, meets nobody at
// the one row of the number.
func testChangesOfNobody(t *testing.T, db *store.DB) {
	ctx := t.Context()
	over := signIn("over@example.com")
	over.Session.ExpiresAt = soon(-time.Second)
	must(t, db.RecordSignIn(ctx, over))
	equal(t, during(t, db, func() {
		people := append(persons(t, db, 30), over.Session.UserID)
		g := group("Staff", "corp")
		must(t, db.CreateGroup(ctx, g, people[:20], robot(audit.GroupCreated)))
		for _, c := range []directory.GroupChange{
			{Add: people[20:]}, {Remove: people[:5]}, {DisplayName: ptr("Employees")}, {Replace: true, Add: people[:10]},
		} {
			_, err := db.ChangeGroup(ctx, g.ID, c, robot(audit.GroupChanged))
			must(t, err)
		}
		for _, id := range people {
			_, err := db.UpdateUser(ctx, id, func(u *directory.User) error { u.Profile.Title = "Dr"; return nil }, directory.Act{})
			must(t, err)
		}
		must(t, db.RemoveUser(ctx, people[0], directory.Act{}))
		must(t, db.RemoveGroup(ctx, g.ID, robot(audit.GroupRemoved)))
	}), []session.Change{})
}

func testTooManyChanges(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := persons(t, db, 201)
	staff := group("Staff", "corp")
	must(t, db.CreateGroup(ctx, staff, people[:200], robot(audit.GroupCreated)))
	for _, id := range people {
		u, err := db.User(ctx, id)
		must(t, err)
		must(t, db.RecordSignIn(ctx, signIn(u.UserName)))
	}
	rename := func(name string) func() {
		return func() {
			_, err := db.ChangeGroup(ctx, staff.ID, directory.GroupChange{DisplayName: &name}, robot(audit.GroupChanged))
			must(t, err)
		}
	}
	if changes := during(t, db, rename("two hundred")); len(changes) != 200 {
		t.Errorf("%d changes, want one for each of 200 people", len(changes))
	}
	_, err := db.ChangeGroup(ctx, staff.ID, directory.GroupChange{Add: people[200:]}, robot(audit.GroupChanged))
	must(t, err)
	equal(t, during(t, db, rename("more")), []session.Change{{}})
	equal(t, during(t, db, func() {
		if n, err := db.EndSessions(ctx, session.Filter{}, "test", audit.Event{}); err != nil || n != 201 {
			t.Errorf("%d ended, %v", n, err)
		}
	}), []session.Change{{}})
}

func testChangesForgotten(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := signIn("ada@example.com")
	must(t, db.RecordSignIn(ctx, s))
	start := revisions(t, db).Sessions
	for i := range 3 {
		must(t, db.Choose(ctx, s.Session.ID, "app", fmt.Sprint(i)))
	}
	forgotten := func(after int64, want bool) {
		t.Helper()
		changes, err := db.ChangesAfter(ctx, after)
		if want {
			wantKind(t, err, fault.NotFound)
			return
		}
		must(t, err)
		if int64(len(changes)) != revisions(t, db).Sessions-after {
			t.Errorf("%d changes after %d", len(changes), after)
		}
	}
	prune := func(now time.Time) {
		t.Helper()
		_, err := db.Prune(ctx, now)
		must(t, err)
	}
	prune(time.Now().Add(59 * time.Minute))
	forgotten(start, false)
	forgotten(start+3, false)
	forgotten(start+4, true) // of a time that never was, as after a restored backup
	forgotten(0, true)
	prune(time.Now().Add(time.Hour + time.Second))
	forgotten(start, true)
	forgotten(start+2, true)
	forgotten(start+3, false)
	must(t, db.Choose(ctx, s.Session.ID, "app", "another"))
	forgotten(start+3, false)
	forgotten(start+2, true)

	after := revisions(t, db).Sessions
	for i := range 1001 {
		must(t, db.Choose(ctx, s.Session.ID, "app", fmt.Sprint("more ", i)))
	}
	forgotten(after, true) // more than are worth telling
	forgotten(after+1, false)
}

func testChangesOfDryRun(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := signIn("ada@example.com")
	must(t, db.RecordSignIn(ctx, s))
	equal(t, during(t, db, func() {
		act := robot(audit.GroupCreated)
		act.DryRun = true
		must(t, db.CreateGroup(ctx, group("Staff", "corp"), []string{s.Session.UserID}, act))
	}), []session.Change{})
}
