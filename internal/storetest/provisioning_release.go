package storetest

import (
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

// seenBrake is the list of "corp" as somebody sees it now.
func seenBrake(t testing.TB, db *store.DB) string {
	t.Helper()
	b, err := db.Brake(t.Context(), "corp")
	if err != nil {
		t.Error(err)
		return ""
	}
	return b.Fingerprint()
}

// testReleaseSeen: only what somebody has looked at is done. Neither that as
// many people wait nor that they are the same ones is enough.
func testReleaseSeen(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := braked(t, db)
	e := audit.New(audit.ProvisioningReleased, "user:9")
	release := func(seen string) error {
		_, err := db.ReleaseBrake(ctx, "corp", seen, soon(directory.BrakeWindow), e)
		return err
	}
	asked := func(u *directory.User) directory.HeldChange {
		t.Helper()
		b, err := db.Brake(ctx, "corp")
		must(t, err)
		for _, h := range b.Held {
			if h.UserID == u.ID {
				return h
			}
		}
		t.Fatalf("%s is not held", u.UserName)
		return directory.HeldChange{}
	}
	wantKind(t, release(""), fault.Conflict)

	// A deactivation has become a removal: it is asked anew.
	seen, before := seenBrake(t, db), asked(people[10])
	time.Sleep(2 * time.Millisecond) // times are in milliseconds
	wantHeld(t, deactivate(t, db, people[10]))
	equal(t, asked(people[10]), before) // the same wish again
	equal(t, seenBrake(t, db), seen)
	wantHeld(t, db.RemoveUser(ctx, people[10].ID, robot(audit.UserRemoved)))
	if now := asked(people[10]); !now.Removal || !now.At.After(before.At) {
		t.Errorf("asked at %v, and something else since %v", before.At, now.At)
	}
	wantKind(t, release(seen), fault.Conflict)
	wantActive(t, db, people[10], true)
	wantActive(t, db, people[11], true)

	// Somebody else waits in another's place.
	seen = seenBrake(t, db)
	must(t, setActive(t, db, people[11], true, robot(audit.UserChanged)))
	wantHeld(t, db.RemoveUser(ctx, people[12].ID, robot(audit.UserRemoved)))
	wantKind(t, release(seen), fault.Conflict)
	wantActive(t, db, people[10], true)
	wantActive(t, db, people[12], true)
	if told := actions(t, db, audit.ProvisioningReleased); len(told) != 0 {
		t.Errorf("told %d times, and nothing was released", len(told))
	}

	must(t, release(seenBrake(t, db)))
	wantActive(t, db, people[11], true)
	_, err := db.User(ctx, people[12].ID)
	wantKind(t, err, fault.NotFound)
}

// testReleaseBesideGroups: people are removed while others put them into
// groups and take them out again. Both get through, and groups know how many
// members they have.
func testReleaseBesideGroups(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := braked(t, db)
	var groups []*directory.Group
	for _, name := range []string{"one", "two", "three"} {
		g := &directory.Group{ID: id(), DisplayName: name, Source: directory.FromHand, CreatedAt: soon(0), UpdatedAt: soon(0)}
		must(t, db.CreateGroup(ctx, g, []string{people[11].ID, people[40].ID}, directory.Act{}))
		groups = append(groups, g)
	}
	for _, u := range people[12:30] {
		wantHeld(t, db.RemoveUser(ctx, u.ID, robot(audit.UserRemoved)))
	}
	together(24, func(i int) {
		if i == 12 {
			if _, err := db.ReleaseBrake(ctx, "corp", seenBrake(t, db), soon(directory.BrakeWindow), event(audit.ProvisioningReleased)); err != nil {
				t.Error(err)
			}
			return
		}
		some := []string{people[12+i%15].ID, people[12+(i*7)%18].ID}
		change := directory.GroupChange{Add: some}
		if i%3 == 0 {
			change = directory.GroupChange{Remove: some}
		}
		// Who is removed by now is no possible member.
		if _, err := db.ChangeGroup(ctx, groups[i%3].ID, change, directory.Act{}); err != nil && fault.KindOf(err) != fault.Invalid {
			t.Error(err)
		}
	})
	for _, g := range groups {
		now, err := db.Group(ctx, "", g.ID)
		must(t, err)
		members, err := db.Members(ctx, g.ID, "", 0)
		must(t, err)
		if now.Members != 1 || len(members) != 1 {
			t.Errorf("group %s says %d members and has %d, want the one who stays", g.DisplayName, now.Members, len(members))
		}
	}
}
