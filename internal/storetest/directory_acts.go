package storetest

import (
	"errors"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testUserActs(t *testing.T, url URL) {
	t.Run("a robot sees its own", func(t *testing.T) { testRobotScope(t, corp(t, url)) })
	t.Run("a robot makes people its own", func(t *testing.T) { testRobotOwns(t, corp(t, url)) })
	t.Run("a change that changes nothing", func(t *testing.T) { testNoChange(t, corp(t, url)) })
	t.Run("version", func(t *testing.T) { testUserVersion(t, corp(t, url)) })
	t.Run("dry run", func(t *testing.T) { testUserDryRun(t, corp(t, url)) })
	t.Run("remove", func(t *testing.T) { testRemoveUser(t, corp(t, url)) })
	t.Run("keys of a first sign-in", func(t *testing.T) { testSignInKeys(t, corp(t, url)) })
	t.Run("list by what they are", func(t *testing.T) { testListByState(t, corp(t, url)) })
}

func testRobotScope(t *testing.T, db *store.DB) {
	ctx := t.Context()
	theirs := user("theirs@example.com")
	theirs.IDP = "other"
	must(t, db.CreateUser(ctx, theirs, directory.Act{}))
	robot := directory.Act{Scope: "corp", Event: event(audit.UserChanged)}
	_, err := db.UpdateUser(ctx, theirs.ID, func(u *directory.User) error { u.Profile.Title = "Mine"; return nil }, robot)
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.RemoveUser(ctx, theirs.ID, robot), fault.NotFound)
	wantKind(t, db.CreateUser(ctx, user("THEIRS@example.com"), robot), fault.Conflict)
	stored, err := db.User(ctx, theirs.ID)
	must(t, err)
	equal(t, stored, theirs)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	equal(t, len(events), 0)
}

func testRobotOwns(t *testing.T, db *store.DB) {
	ctx := t.Context()
	came := user("came@example.com")
	came.IDP = ""
	must(t, db.CreateUser(ctx, came, directory.Act{}))
	robot := directory.Act{Scope: "corp", Event: audit.Event{Action: audit.UserChanged}}
	owned, err := db.UpdateUser(ctx, came.ID, func(*directory.User) error { return nil }, robot)
	must(t, err)
	if owned.IDP != "corp" || owned.Source != directory.FromSCIM || owned.Version != 2 {
		t.Errorf("after the robot's first write: %+v", owned)
	}
	again, err := db.UpdateUser(ctx, came.ID, func(*directory.User) error { return nil }, robot)
	must(t, err)
	equal(t, again, owned)
	made := user("made@example.com")
	made.IDP, made.Source = "other", directory.FromHand
	must(t, db.CreateUser(ctx, made, directory.Act{Scope: "corp"}))
	if made.IDP != "corp" || made.Source != directory.FromSCIM {
		t.Errorf("made by a robot: %+v", made)
	}
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 || events[0].Object != "user:"+came.ID || events[0].Person != came.UserName || events[0].IDP != "corp" {
		t.Errorf("events %+v, want that of the one change, filled in", events)
	}
}

func testNoChange(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	ada.Profile.Emails = []directory.MultiValue{{Value: "ada@example.com"}}
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	same, err := db.UpdateUser(ctx, ada.ID, func(u *directory.User) error {
		u.Active, u.Profile.Emails[0].Value = true, "ada@example.com"
		u.Profile.Addresses, u.Version, u.ID = []directory.Address{}, 99, "another"
		return nil
	}, directory.Act{Event: event(audit.UserChanged)})
	must(t, err)
	equal(t, same, ada)
	stored, err := db.User(ctx, ada.ID)
	must(t, err)
	equal(t, stored, ada)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	equal(t, len(events), 0)
}

func testUserVersion(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	title := func(title string, version int64) error {
		_, err := db.UpdateUser(ctx, ada.ID, func(u *directory.User) error { u.Profile.Title = title; return nil }, directory.Act{Version: version})
		return err
	}
	must(t, title("one", 1))
	for _, err := range []error{title("two", 1), title("two", 3), db.RemoveUser(ctx, ada.ID, directory.Act{Version: 1})} {
		wantKind(t, err, fault.Conflict)
		if !errors.Is(err, directory.ErrVersion) {
			t.Errorf("got %v, want that the version is another", err)
		}
	}
	must(t, title("two", 2))
	must(t, db.RemoveUser(ctx, ada.ID, directory.Act{Version: 3}))
}

// testUserDryRun: everything is answered, and nothing is kept.
func testUserDryRun(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := signIn("ada@example.com")
	must(t, db.RecordSignIn(ctx, s))
	before, err := db.User(ctx, s.Session.UserID)
	must(t, err)
	try := directory.Act{DryRun: true, Event: event(audit.UserDeactivated)}
	tried, err := db.UpdateUser(ctx, before.ID, func(u *directory.User) error { u.Active = false; return nil }, try)
	must(t, err)
	if tried.Active || tried.Version != 2 {
		t.Errorf("tried %+v, want what it would be", tried)
	}
	must(t, db.RemoveUser(ctx, before.ID, try))
	must(t, db.CreateUser(ctx, user("eve@example.com"), try))
	wantKind(t, db.CreateUser(ctx, user("ADA@example.com"), try), fault.Conflict)
	wantKind(t, db.RemoveUser(ctx, "nobody", try), fault.NotFound)

	stored, err := db.User(ctx, before.ID)
	must(t, err)
	equal(t, stored, before)
	equal(t, liveNames(t, db), []string{"ada@example.com"})
	_, err = db.UserByUserName(ctx, "eve@example.com")
	wantKind(t, err, fault.NotFound)
	events, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.UserDeactivated}})
	must(t, err)
	equal(t, len(events), 0)
}

func testRemoveUser(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s, other := signIn("ada@example.com"), signIn("eve@example.com")
	must(t, db.RecordSignIn(ctx, s))
	must(t, db.RecordSignIn(ctx, other))
	adaID := s.Session.UserID
	g := group("Engineers", "corp")
	must(t, db.CreateGroup(ctx, g, []string{adaID, other.Session.UserID}, directory.Act{}))

	must(t, db.RemoveUser(ctx, adaID, directory.Act{Event: event(audit.UserRemoved)}))
	wantKind(t, db.RemoveUser(ctx, adaID, directory.Act{}), fault.NotFound)
	_, err := db.User(ctx, adaID)
	wantKind(t, err, fault.NotFound)
	equal(t, liveNames(t, db), []string{"eve@example.com"})
	equal(t, membersOf(t, db, g.ID), []string{other.Session.UserID})
	if n := count(t, db, directory.Present{Attr: "id"}); n != 1 {
		t.Errorf("%d people are found, want the one who is left", n)
	}
	changed, err := db.Group(ctx, "", g.ID)
	must(t, err)
	if changed.Version != 2 {
		t.Errorf("the group has version %d, want 2: its members changed", changed.Version)
	}
	events, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.UserRemoved}})
	must(t, err)
	if len(events) != 1 || events[0].Object != "user:"+adaID || events[0].Person != "ada@example.com" {
		t.Errorf("events %+v", events)
	}
}

// testSignInKeys: who came by a first sign-in is found as anybody else.
func testSignInKeys(t *testing.T, db *store.DB) {
	s := signIn("Ada@Example.com")
	s.CreateUser.Profile.Emails = []directory.MultiValue{{Value: "Ada@Example.com", Primary: true}}
	must(t, db.RecordSignIn(t.Context(), s))
	for _, attr := range []directory.Attribute{"userName", "emails"} {
		e := directory.Compare{Attr: attr, Op: directory.EQ, Value: directory.Value{Text: "ADA@example.com"}}
		page, err := db.QueryUsers(t.Context(), "corp", directory.Query{Where: e, Limit: 2})
		must(t, err)
		if len(page.Found) != 1 || page.Found[0].ID != s.Session.UserID {
			t.Errorf("by %s: %+v", attr, page)
		}
	}
}

func testListByState(t *testing.T, db *store.DB) {
	ctx := t.Context()
	yes, no := true, false
	for name, change := range map[string]func(*directory.User){
		"in@example.com":    func(*directory.User) {},
		"out@example.com":   func(u *directory.User) { u.Active = false },
		"robot@example.com": func(u *directory.User) { u.Source = directory.FromSCIM },
		"other@example.com": func(u *directory.User) { u.IDP = "other" },
	} {
		u := user(name)
		change(u)
		must(t, db.CreateUser(ctx, u, directory.Act{}))
	}
	for _, tc := range []struct {
		f    directory.Filter
		want []string
	}{
		{directory.Filter{Active: &no}, []string{"out@example.com"}},
		{directory.Filter{Active: &yes, IDP: "corp"}, []string{"in@example.com", "robot@example.com"}},
		{directory.Filter{Source: directory.FromSCIM}, []string{"robot@example.com"}},
		{directory.Filter{IDP: "other", Search: "other"}, []string{"other@example.com"}},
	} {
		all, err := db.Users(ctx, tc.f)
		must(t, err)
		var names []string
		for _, u := range all {
			names = append(names, u.UserName)
		}
		equal(t, names, tc.want)
	}
}
