package storetest

import (
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

func testSessions(t *testing.T, url URL) {
	t.Run("keeps everything", func(t *testing.T) { testSessionFields(t, corp(t, url)) })
	t.Run("complete", func(t *testing.T) { testComplete(t, corp(t, url)) })
	t.Run("list", func(t *testing.T) { testListSessions(t, corp(t, url)) })
	t.Run("end", func(t *testing.T) { testEndSessions(t, corp(t, url)) })
}

func testSessionFields(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := signIn("ada@example.com")
	s.Session.NameID.NameQualifier, s.Session.NameID.SPNameQualifier = "nq", "spnq"
	s.Session.SessionIndex, s.Session.AuthnContext, s.Session.AuthnInstant = "_1", saml.FormatPersistent, soon(-time.Minute)
	s.Session.Roles = []session.RolePair{{RoleARN: "arn:aws:iam::1:role/a", ProviderARN: "arn:aws:iam::1:saml-provider/b"}}
	s.Session.RoleSessionName, s.Session.SourceIdentity = "ada", "src"
	s.Session.Duration = 12 * time.Hour
	s.Session.GroupsJSON = `["Staff","Zürich \u0026 HQ"]`
	s.Session.Trust = 7
	s.Session.BrowserHash, s.Session.Target, s.Session.Completed = hash(), "/x", false
	must(t, db.RecordSignIn(ctx, s))
	stored, err := db.Session(ctx, s.Session.TokenHash)
	must(t, err)
	equal(t, stored, s.Session)
	_, err = db.Session(ctx, hash())
	wantKind(t, err, fault.NotFound)
}

func testComplete(t *testing.T, db *store.DB) {
	ctx := t.Context()
	now := time.Now()
	s, expired, ended := signIn("ada@example.com"), signIn("ada@example.com"), signIn("ada@example.com")
	for _, each := range []*session.SignIn{s, expired, ended} {
		each.Session.Completed = false
	}
	expired.Session.ExpiresAt = soon(-time.Second)
	for _, each := range []*session.SignIn{s, expired, ended} {
		must(t, db.RecordSignIn(ctx, each))
	}
	_, err := db.EndSessions(ctx, session.Filter{ID: ended.Session.ID}, "test", event(audit.SessionEnded))
	must(t, err)

	must(t, db.CompleteSession(ctx, s.Session.ID, now))
	stored, err := db.Session(ctx, s.Session.TokenHash)
	must(t, err)
	if !stored.Completed {
		t.Error("not completed")
	}
	wantKind(t, db.CompleteSession(ctx, s.Session.ID, now), fault.Conflict)
	wantKind(t, db.CompleteSession(ctx, expired.Session.ID, now), fault.NotFound)
	wantKind(t, db.CompleteSession(ctx, ended.Session.ID, now), fault.NotFound)
	wantKind(t, db.CompleteSession(ctx, "nothing", now), fault.NotFound)
}

func testListSessions(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	var saved []*session.Session
	for i := range 12 {
		s := signIn([]string{"ada@example.com", "eve@example.com"}[i%2])
		if i >= 8 {
			s.Session.IDP = "other"
		}
		if i == 5 {
			s.Session.ExpiresAt = soon(-time.Second)
		}
		must(t, db.RecordSignIn(ctx, s))
		saved = append([]*session.Session{s.Session}, saved...)
	}
	all, err := db.Sessions(ctx, session.Filter{})
	must(t, err)
	equal(t, all, saved)
	for _, c := range []struct {
		name string
		f    session.Filter
		want int
	}{
		{"id", session.Filter{ID: saved[3].ID}, 1},
		{"user", session.Filter{UserID: saved[0].UserID}, 6},
		{"idp", session.Filter{IDP: "other"}, 4},
		{"live", session.Filter{Live: true}, 11},
		{"user, idp, live", session.Filter{UserID: saved[0].UserID, IDP: "corp", Live: true}, 3},
		{"limit", session.Filter{Limit: 7}, 7},
		{"before", session.Filter{Before: saved[9].ID}, 2},
		{"nothing", session.Filter{ID: "nothing"}, 0},
		{"part of the user name, in whatever case", session.Filter{Search: "ADA@ex"}, 6},
		{"part of all", session.Filter{Search: "@example.com", Live: true}, 11},
		{"part, idp", session.Filter{Search: "eve", IDP: "other"}, 2},
		{"no pattern", session.Filter{Search: "a%a"}, 0},
		{"part of none", session.Filter{Search: "mallory"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			found, err := db.Sessions(ctx, c.f)
			must(t, err)
			if len(found) != c.want {
				t.Errorf("found %d, want %d", len(found), c.want)
			}
		})
	}
}

func testEndSessions(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	ada, eve, elsewhere, expired := signIn("ada@example.com"), signIn("eve@example.com"), signIn("ada@example.com"), signIn("ada@example.com")
	elsewhere.Session.IDP = "other"
	expired.Session.ExpiresAt = soon(-time.Second)
	for _, s := range []*session.SignIn{ada, eve, elsewhere, expired} {
		must(t, db.RecordSignIn(ctx, s))
	}
	end := func(f session.Filter, want int) {
		t.Helper()
		n, err := db.EndSessions(ctx, f, "revoked", event(audit.SessionEnded))
		must(t, err)
		if n != want {
			t.Errorf("%+v ended %d, want %d", f, n, want)
		}
	}
	end(session.Filter{ID: "nothing"}, 0)
	end(session.Filter{IDP: "corp", Search: "mallory"}, 0)
	end(session.Filter{UserID: ada.Session.UserID, IDP: "corp", Limit: 1}, 1)
	equal(t, liveNames(t, db), []string{"ada@example.com", "eve@example.com"})
	end(session.Filter{UserID: ada.Session.UserID}, 1)
	end(session.Filter{UserID: ada.Session.UserID}, 0)
	equal(t, liveNames(t, db), []string{"eve@example.com"})
	end(session.Filter{}, 1)

	stored, err := db.Session(ctx, ada.Session.TokenHash)
	must(t, err)
	if stored.EndedAt.IsZero() || stored.EndedWhy != "revoked" {
		t.Errorf("the end is not told: %+v", stored)
	}
	stored, err = db.Session(ctx, expired.Session.TokenHash)
	must(t, err)
	if !stored.EndedAt.IsZero() {
		t.Error("a session that had expired was ended")
	}
	events, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
	must(t, err)
	if len(events) != 3 {
		t.Errorf("%d events, want one for each of the three acts that ended something", len(events))
	}
}

func testPrune(t *testing.T, url URL) {
	db := corp(t, url)
	ctx := t.Context()
	old, ended, live := signIn("ada@example.com"), signIn("ada@example.com"), signIn("ada@example.com")
	old.Session.BeganAt, old.Session.ExpiresAt = soon(-40*day), soon(-31*day)
	old.Session.ID = idAt(old.Session.BeganAt)
	ended.Session.ExpiresAt, live.Session.ExpiresAt = soon(80*day), soon(80*day)
	gone, waits := pending("corp"), pending("corp")
	gone.ExpiresAt = soon(-time.Second)
	for _, s := range []*session.SignIn{old, ended, live} {
		must(t, db.RecordSignIn(ctx, s))
	}
	must(t, db.SavePending(ctx, gone))
	must(t, db.SavePending(ctx, waits))
	must(t, db.SaveAdminLink(ctx, hash(), soon(-time.Second), audit.Event{}))
	link := hash()
	must(t, db.SaveAdminLink(ctx, link, soon(time.Hour), audit.Event{}))
	_, err := db.EndSessions(ctx, session.Filter{ID: ended.Session.ID}, "test", audit.Event{})
	must(t, err)

	prune := func(now time.Time, want int64) {
		t.Helper()
		n, err := db.Prune(ctx, now)
		must(t, err)
		if n != want {
			t.Errorf("%d rows are gone, want %d", n, want)
		}
	}
	prune(time.Now(), 3) // a pending sign-in, a link, a session 31 days after its end
	prune(time.Now(), 0)
	_, err = db.Pending(ctx, "corp", waits.RequestID, time.Now())
	must(t, err)
	again := signIn("ada@example.com")
	again.AssertionID = live.AssertionID
	wantReason(t, db.RecordSignIn(ctx, again), saml.Replayed)

	// A month later: the other one of each, three assertions, the session that was ended.
	prune(time.Now().Add(31*day), 1+1+3+1)
	_, err = db.Session(ctx, ended.Session.TokenHash)
	wantKind(t, err, fault.NotFound)
	_, err = db.Session(ctx, live.Session.TokenHash)
	must(t, err)

	// More than one step's worth.
	together(atOnce, func(int) {
		for range 60 {
			p := pending("corp")
			p.ExpiresAt = soon(-time.Second)
			if err := db.SavePending(ctx, p); err != nil {
				t.Error(err)
			}
		}
	})
	prune(time.Now(), atOnce*60)
}
