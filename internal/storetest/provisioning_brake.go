package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

func testBrake(t *testing.T, url URL) {
	t.Run("holds", func(t *testing.T) { testBrakeHolds(t, corp(t, url)) })
	t.Run("a share of many", func(t *testing.T) { testBrakeShare(t, corp(t, url)) })
	t.Run("of each connection", func(t *testing.T) { testBrakeOfEach(t, corp(t, url)) })
	t.Run("counts a person once", func(t *testing.T) { testBrakeOnce(t, corp(t, url)) })
	t.Run("is not for administrators", func(t *testing.T) { testBrakeAdministrator(t, corp(t, url)) })
	t.Run("dry run", func(t *testing.T) { testBrakeDryRun(t, corp(t, url)) })
	t.Run("set", func(t *testing.T) { testSetBrake(t, corp(t, url)) })
	t.Run("release", func(t *testing.T) { testReleaseBrake(t, corp(t, url)) })
	t.Run("release what was seen", func(t *testing.T) { testReleaseSeen(t, corp(t, url)) })
	t.Run("release beside group changes", func(t *testing.T) { testReleaseBesideGroups(t, corp(t, url)) })
	t.Run("reject", func(t *testing.T) { testRejectBrake(t, corp(t, url)) })
	t.Run("reject and undo", func(t *testing.T) { testUndoBrake(t, corp(t, url)) })
	t.Run("at once", func(t *testing.T) { testBrakeAtOnce(t, corp(t, url)) })
	t.Run("released while it goes on", func(t *testing.T) { testReleaseAtOnce(t, corp(t, url)) })
}

// staff makes n active people of "corp".
func staff(t testing.TB, db *store.DB, n int) []*directory.User {
	t.Helper()
	all := make([]*directory.User, n)
	for i := range all {
		all[i] = user(fmt.Sprintf("person-%03d@example.com", i))
		must(t, db.CreateUser(t.Context(), all[i], directory.Act{}))
	}
	return all
}

func robot(a audit.Action) directory.Act {
	return directory.Act{Event: audit.New(a, "scim_token:1"), Scope: "corp"}
}

func setActive(t testing.TB, db *store.DB, u *directory.User, active bool, act directory.Act) error {
	t.Helper()
	_, err := db.UpdateUser(t.Context(), u.ID, func(u *directory.User) error {
		u.Active = active
		return nil
	}, act)
	return err
}

func deactivate(t testing.TB, db *store.DB, u *directory.User) error {
	t.Helper()
	return setActive(t, db, u, false, robot(audit.UserChanged))
}

func wantHeld(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, directory.ErrHeld) || fault.KindOf(err) != fault.Unavailable {
		t.Fatalf("got %v, want that it is held", err)
	}
}

func wantStopped(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, directory.ErrStopped) || fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("got %v, want that it is stopped", err)
	}
}

func wantActive(t testing.TB, db *store.DB, u *directory.User, want bool) {
	t.Helper()
	now, err := db.User(t.Context(), u.ID)
	must(t, err)
	if now.Active != want {
		t.Errorf("%s is active: %v, want %v", now.UserName, now.Active, want)
	}
}

// braked is a store in which the brake of "corp" holds: ten of fifty people
// were deactivated, the eleventh's deactivation and the twelfth's removal are
// held.
func braked(t testing.TB, db *store.DB) []*directory.User {
	t.Helper()
	people := staff(t, db, 50)
	for _, u := range people[:10] {
		must(t, deactivate(t, db, u))
	}
	wantHeld(t, deactivate(t, db, people[10]))
	wantHeld(t, db.RemoveUser(t.Context(), people[11].ID, robot(audit.UserRemoved)))
	return people
}

func actions(t testing.TB, db *store.DB, a audit.Action) []audit.Event {
	t.Helper()
	events, err := db.Events(t.Context(), audit.Filter{Actions: []audit.Action{a}, Limit: 1000})
	must(t, err)
	return events
}

func testBrakeHolds(t *testing.T, db *store.DB) {
	ctx := t.Context()
	before := soon(0)
	people := braked(t, db)
	s := signIn(people[10].UserName)
	must(t, db.RecordSignIn(ctx, s))
	wantHeld(t, deactivate(t, db, people[10])) // the robot tries again
	wantActive(t, db, people[10], true)
	wantActive(t, db, people[11], true)
	if live, err := db.Session(ctx, s.Session.TokenHash); err != nil || !live.EndedAt.IsZero() {
		t.Errorf("the session of who is held: %+v, %v", live, err)
	}

	b, err := db.Brake(ctx, "corp")
	must(t, err)
	if b.HeldSince.Before(before) || b.Passed != 10 || len(b.Held) != 2 {
		t.Fatalf("brake %+v, want 10 passed and 2 held", b)
	}
	for i, h := range b.Held {
		if want := people[10+i]; h.UserID != want.ID || h.UserName != want.UserName || h.Removal != (i == 1) || h.Rejected || h.At.Before(before) {
			t.Errorf("held: %+v", h)
		}
	}
	all, err := db.Brakes(ctx)
	must(t, err)
	equal(t, all, []directory.Holding{{IDP: "corp", Since: b.HeldSince, People: 2}})

	// It is told once, in numbers.
	told := actions(t, db, audit.ProvisioningHeld)
	if len(told) != 1 || told[0].IDP != "corp" || told[0].Person != "" {
		t.Fatalf("told: %+v", told)
	}
	var detail map[string]int
	must(t, json.Unmarshal(told[0].Detail, &detail))
	equal(t, detail, map[string]int{"passed": 10, "people": 50, "share": 20, "least": 10})

	// Whoever stays may be changed, and who was inactive for long may go on
	// being so; everybody else is held.
	if _, err := db.UpdateUser(ctx, people[20].ID, func(u *directory.User) error { u.Profile.Title = "Dr."; return nil }, robot(audit.UserChanged)); err != nil {
		t.Errorf("a change that puts nobody out: %v", err)
	}
	wantHeld(t, db.RemoveUser(ctx, people[0].ID, robot(audit.UserRemoved)))
}

func testBrakeShare(t *testing.T, db *store.DB) {
	people := staff(t, db, 100)
	for _, u := range people[:20] {
		must(t, deactivate(t, db, u))
	}
	wantHeld(t, deactivate(t, db, people[20]))
}

func testBrakeOfEach(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	u := user("somebody@example.com")
	u.IDP = "other"
	must(t, db.CreateUser(ctx, u, directory.Act{}))
	braked(t, db)
	act := robot(audit.UserChanged)
	act.Scope = "other"
	must(t, setActive(t, db, u, false, act))
	b, err := db.Brake(ctx, "other")
	must(t, err)
	if !b.HeldSince.IsZero() || b.Passed != 1 {
		t.Errorf("brake of the other connection: %+v", b)
	}
	_, err = db.Brake(ctx, "nowhere")
	wantKind(t, err, fault.NotFound)
}

func testBrakeOnce(t *testing.T, db *store.DB) {
	people := staff(t, db, 20)
	for range 30 {
		must(t, deactivate(t, db, people[0]))
		must(t, setActive(t, db, people[0], true, robot(audit.UserChanged)))
	}
	// One counts, so nine more pass.
	for _, u := range people[1:10] {
		must(t, deactivate(t, db, u))
	}
	wantHeld(t, deactivate(t, db, people[10]))
}

func testBrakeAdministrator(t *testing.T, db *store.DB) {
	people := staff(t, db, 40)
	for _, u := range people[:20] {
		must(t, setActive(t, db, u, false, directory.Act{Event: event(audit.UserDeactivated)}))
	}
	must(t, deactivate(t, db, people[20])) // the robot's first
	b, err := db.Brake(t.Context(), "corp")
	must(t, err)
	if b.Passed != 1 {
		t.Errorf("%d counted, want the robot's alone", b.Passed)
	}
	// While it holds, administrators still do what they like.
	for _, u := range people[21:30] {
		must(t, deactivate(t, db, u))
	}
	wantHeld(t, deactivate(t, db, people[30]))
	must(t, setActive(t, db, people[30], false, directory.Act{Event: event(audit.UserDeactivated)}))
	must(t, db.RemoveUser(t.Context(), people[31].ID, directory.Act{Event: event(audit.UserRemoved)}))
}

func testBrakeDryRun(t *testing.T, db *store.DB) {
	people := staff(t, db, 50)
	try := robot(audit.UserChanged)
	try.DryRun = true
	for _, u := range people {
		must(t, setActive(t, db, u, false, try))
	}
	for _, u := range people[:10] {
		must(t, deactivate(t, db, u))
	}
	wantHeld(t, setActive(t, db, people[10], false, try))
	b, err := db.Brake(t.Context(), "corp")
	must(t, err)
	if !b.HeldSince.IsZero() || len(b.Held) != 0 || len(actions(t, db, audit.ProvisioningHeld)) != 0 {
		t.Errorf("a dry run makes the brake hold: %+v", b)
	}
}

func testSetBrake(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.SetBrake(ctx, "corp", directory.OffShare, 0, event(audit.BrakeChanged)))
	wantKind(t, db.SetBrake(ctx, "nowhere", 0, 0, event(audit.BrakeChanged)), fault.NotFound)
	people := staff(t, db, 40)
	for _, u := range people[:20] {
		must(t, deactivate(t, db, u))
	}
	must(t, db.SetBrake(ctx, "corp", 50, 2, event(audit.BrakeChanged)))
	for _, u := range people[20:30] { // of 20, off did not count
		must(t, deactivate(t, db, u))
	}
	wantHeld(t, deactivate(t, db, people[30]))
	b, err := db.Brake(ctx, "corp")
	must(t, err)
	if b.Share != 50 || b.Least != 2 || b.Passed != 10 {
		t.Errorf("brake %+v", b)
	}
	must(t, db.SetBrake(ctx, "corp", 50, 2, event(audit.BrakeChanged))) // changes nothing
	if told := actions(t, db, audit.BrakeChanged); len(told) != 2 {
		t.Errorf("told %d times, want 2", len(told))
	}
}

func testReleaseBrake(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := braked(t, db)
	wantHeld(t, deactivate(t, db, people[49]))
	_, err := db.UpdateUser(ctx, people[49].ID, func(u *directory.User) error { u.IDP = "other"; return nil }, directory.Act{})
	must(t, err)
	s := signIn(people[10].UserName)
	must(t, db.RecordSignIn(ctx, s))
	until := soon(directory.BrakeWindow)
	e := audit.New(audit.ProvisioningReleased, "user:9")
	n, err := db.ReleaseBrake(ctx, "corp", seenBrake(t, db), until, e)
	must(t, err)
	if n != 2 {
		t.Errorf("%d people, want 2", n)
	}
	wantActive(t, db, people[10], false)
	wantActive(t, db, people[49], true)
	if ended, err := db.Session(ctx, s.Session.TokenHash); err != nil || ended.EndedAt.IsZero() {
		t.Errorf("the session goes on: %+v, %v", ended, err)
	}
	_, err = db.User(ctx, people[11].ID)
	wantKind(t, err, fault.NotFound)
	wantReason(t, db.RecordSignIn(ctx, signIn(people[11].UserName)), saml.UserInactive)
	for _, a := range []audit.Action{audit.UserDeactivated, audit.UserRemoved, audit.ProvisioningReleased} {
		if told := actions(t, db, a); len(told) == 0 || told[0].Actor != "user:9" {
			t.Errorf("%s is told as %+v", a, told)
		}
	}

	b, err := db.Brake(ctx, "corp")
	must(t, err)
	if !b.HeldSince.IsZero() || len(b.Held) != 0 || !b.ReleasedUntil.Equal(until) {
		t.Errorf("brake %+v", b)
	}
	for _, u := range people[12:49] { // the robot goes on
		must(t, deactivate(t, db, u))
	}
	_, err = db.ReleaseBrake(ctx, "corp", seenBrake(t, db), until, e)
	wantKind(t, err, fault.Conflict)
	_, err = db.RejectBrake(ctx, "corp", true, e)
	wantKind(t, err, fault.Conflict)
}

func testRejectBrake(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := braked(t, db)
	n, err := db.RejectBrake(ctx, "corp", false, audit.New(audit.ProvisioningRejected, "user:9"))
	must(t, err)
	if n != 2 {
		t.Errorf("%d people, want 2", n)
	}
	wantActive(t, db, people[0], false)
	wantActive(t, db, people[10], true)
	all, err := db.Brakes(ctx)
	must(t, err)
	if len(all) != 0 {
		t.Errorf("still holds: %+v", all)
	}
	b, err := db.Brake(ctx, "corp")
	must(t, err)
	if len(b.Held) != 2 || !b.Held[0].Rejected || !b.Held[1].Rejected {
		t.Errorf("rejected: %+v", b.Held)
	}
	// Neither way out is open to the robot, and it holds nothing.
	wantStopped(t, deactivate(t, db, people[10]))
	wantStopped(t, db.RemoveUser(ctx, people[10].ID, robot(audit.UserRemoved)))
	wantStopped(t, deactivate(t, db, people[11]))
	wantActive(t, db, people[10], true)

	// A change that does not say so is not enough; one that does is.
	_, err = db.UpdateUser(ctx, people[10].ID, func(u *directory.User) error { u.Profile.Title = "Dr."; return nil }, robot(audit.UserChanged))
	must(t, err)
	wantStopped(t, deactivate(t, db, people[10]))
	must(t, setActive(t, db, people[10], true, robot(audit.UserChanged)))
	// The hour is not over: those who passed in it still count.
	wantHeld(t, deactivate(t, db, people[10]))
	all, err = db.Brakes(ctx)
	must(t, err)
	if len(all) != 1 || all[0].People != 1 {
		t.Errorf("%+v; want one who waits beside one who is kept", all)
	}
}

func testUndoBrake(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := braked(t, db)
	// Somebody else whom an administrator had put out stays out.
	must(t, setActive(t, db, people[40], false, directory.Act{Event: event(audit.UserDeactivated)}))
	// So does one whom the robot had put out, and an administrator again.
	must(t, setActive(t, db, people[9], true, directory.Act{Event: event(audit.UserReactivated)}))
	time.Sleep(2 * time.Millisecond) // times are in milliseconds
	must(t, setActive(t, db, people[9], false, directory.Act{Event: event(audit.UserDeactivated)}))
	n, err := db.RejectBrake(ctx, "corp", true, audit.New(audit.ProvisioningRejected, "user:9"))
	must(t, err)
	if n != 2 {
		t.Errorf("%d people, want 2", n)
	}
	for i, u := range people[:12] {
		if i == 9 {
			continue
		}
		wantActive(t, db, u, true)
		wantStopped(t, deactivate(t, db, u))
	}
	wantActive(t, db, people[9], false)
	wantActive(t, db, people[40], false)
	if told := actions(t, db, audit.UserReactivated); len(told) != 9+1 || told[0].Actor != "user:9" {
		t.Errorf("told %d times: %+v", len(told), told)
	}
	must(t, deactivate(t, db, people[20])) // those who are back count no more
}

// testBrakeAtOnce: of acts that meet, exactly as many pass as may.
func testBrakeAtOnce(t *testing.T, db *store.DB) {
	people := staff(t, db, 50)
	var passed, held atomic.Int64
	together(40, func(i int) {
		switch err := deactivate(t, db, people[i]); {
		case err == nil:
			passed.Add(1)
		case errors.Is(err, directory.ErrHeld):
			held.Add(1)
		default:
			t.Error(err)
		}
	})
	b, err := db.Brake(t.Context(), "corp")
	must(t, err)
	if passed.Load() != 10 || held.Load() != 30 || len(b.Held) != 30 || b.Passed != 10 {
		t.Errorf("%d passed, %d were held, the brake says %d and %d; want 10 and 30", passed.Load(), held.Load(), b.Passed, len(b.Held))
	}
	if told := actions(t, db, audit.ProvisioningHeld); len(told) != 1 {
		t.Errorf("told %d times, want once", len(told))
	}
}

// testReleaseAtOnce: a release meets a robot that goes on; nobody is left both
// active and neither held nor refused.
func testReleaseAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := braked(t, db)
	together(30, func(i int) {
		if i == 15 {
			// More may be held between looking and releasing: at most all of them.
			err := error(fault.New(fault.Conflict, ""))
			for range 30 {
				if fault.KindOf(err) != fault.Conflict {
					break
				}
				_, err = db.ReleaseBrake(ctx, "corp", seenBrake(t, db), time.Now().Add(directory.BrakeWindow), event(audit.ProvisioningReleased))
			}
			if err != nil {
				t.Error(err)
			}
			return
		}
		if err := deactivate(t, db, people[12+i]); err != nil && !errors.Is(err, directory.ErrHeld) {
			t.Error(err)
		}
	})
	b, err := db.Brake(ctx, "corp")
	must(t, err)
	if !b.HeldSince.IsZero() || len(b.Held) != 0 {
		t.Errorf("released, but the brake says %+v", b)
	}
	sessions, err := db.Sessions(ctx, session.Filter{})
	must(t, err)
	if len(sessions) != 0 {
		t.Errorf("sessions: %+v", sessions)
	}
}
