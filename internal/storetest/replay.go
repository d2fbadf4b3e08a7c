package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

func testReplay(t *testing.T, url URL) {
	t.Run("other connection", func(t *testing.T) { testReplayElsewhere(t, corp(t, url)) })
	t.Run("one instance", func(t *testing.T) {
		db := corp(t, url)
		testOneSuccess(t, db, db)
	})
	t.Run("two instances", func(t *testing.T) {
		where := url(t)
		one, two := open(t, where), open(t, where)
		must(t, one.CreateProvider(t.Context(), provider("corp", idp.Active), audit.Event{}))
		testOneSuccess(t, one, two)
	})
	t.Run("first sign-ins at once", func(t *testing.T) { testFirstSignInsAtOnce(t, corp(t, url)) })
	t.Run("disabled meanwhile", func(t *testing.T) { testDisabledMeanwhile(t, corp(t, url)) })
	t.Run("deactivated meanwhile", func(t *testing.T) { testDeactivatedMeanwhile(t, corp(t, url)) })
}

// testReplayElsewhere: an assertion's ID is its issuer's, so two connections
// may see the same one.
func testReplayElsewhere(t *testing.T, db *store.DB) {
	must(t, db.CreateProvider(t.Context(), provider("other", idp.Active), audit.Event{}))
	one, two := signIn("ada@example.com"), signIn("ada@example.com")
	two.Session.IDP, two.AssertionID = "other", one.AssertionID
	must(t, db.RecordSignIn(t.Context(), one))
	must(t, db.RecordSignIn(t.Context(), two))
}

const atOnce = 20

func testOneSuccess(t *testing.T, instances ...*store.DB) {
	ctx := t.Context()
	must(t, instances[0].CreateUser(ctx, user("ada@example.com"), directory.Act{}))
	assertion := signIn("").AssertionID
	var successes, replays atomic.Int32
	together(atOnce, func(i int) {
		s := signIn("ada@example.com")
		s.AssertionID = assertion
		err := instances[i%len(instances)].RecordSignIn(ctx, s)
		var refusal *saml.Error
		switch {
		case err == nil:
			successes.Add(1)
		case errors.As(err, &refusal) && refusal.Reason == saml.Replayed:
			replays.Add(1)
		default:
			t.Error(err)
		}
	})
	if successes.Load() != 1 || replays.Load() != atOnce-1 {
		t.Errorf("%d successes and %d replays, want 1 and %d", successes.Load(), replays.Load(), atOnce-1)
	}
	sessions, err := instances[0].Sessions(ctx, session.Filter{})
	must(t, err)
	if len(sessions) != 1 {
		t.Errorf("%d sessions, want 1", len(sessions))
	}
}

// testFirstSignInsAtOnce: one person in many tabs on their first morning is
// one person, and every tab is signed in.
func testFirstSignInsAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	together(atOnce, func(int) {
		if err := db.RecordSignIn(ctx, signIn("ada@example.com")); err != nil {
			t.Error(err)
		}
	})
	users, err := db.Users(ctx, directory.Filter{})
	must(t, err)
	if len(users) != 1 {
		t.Errorf("%d people, want 1", len(users))
	}
	created, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.UserCreated}})
	must(t, err)
	if len(created) != 1 {
		t.Errorf("the person's creation is told %d times", len(created))
	}
}

// testDisabledMeanwhile: whichever comes first, no live session is left once a
// connection is disabled.
func testDisabledMeanwhile(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateUser(ctx, user("ada@example.com"), directory.Act{}))
	together(atOnce, func(i int) {
		if i == atOnce/2 {
			_, err := db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error {
				p.State = idp.Disabled
				return nil
			}, event(audit.IDPDisabled))
			if err != nil {
				t.Error(err)
			}
			return
		}
		var refusal *saml.Error
		if err := db.RecordSignIn(ctx, signIn("ada@example.com")); err != nil && !errors.As(err, &refusal) {
			t.Error(err)
		}
	})
	wantNoneLive(t, db)
}

func testDeactivatedMeanwhile(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	together(atOnce, func(i int) {
		if i == atOnce/2 {
			_, err := db.UpdateUser(ctx, ada.ID, func(u *directory.User) error {
				u.Active = false
				return nil
			}, directory.Act{Event: event(audit.UserDeactivated)})
			if err != nil {
				t.Error(err)
			}
			return
		}
		var refusal *saml.Error
		if err := db.RecordSignIn(ctx, signIn("ada@example.com")); err != nil && !errors.As(err, &refusal) {
			t.Error(err)
		}
	})
	wantNoneLive(t, db)
}

func wantNoneLive(t *testing.T, db *store.DB) {
	t.Helper()
	live, err := db.Sessions(t.Context(), session.Filter{Live: true})
	must(t, err)
	if len(live) != 0 {
		t.Errorf("%d sessions live on", len(live))
	}
}

// together runs n of do at the same moment and waits for all.
func together(n int, do func(i int)) {
	var all sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	all.Wait()
}
