package storetest

import (
	"context"
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

func testRecordSignIn(t *testing.T, url URL) {
	t.Run("creates the person", func(t *testing.T) { testFirstSignIn(t, corp(t, url)) })
	t.Run("finds the person", func(t *testing.T) { testSecondSignIn(t, corp(t, url)) })
	t.Run("consumes the request", func(t *testing.T) { testSolicited(t, corp(t, url)) })
	t.Run("refuses", func(t *testing.T) { testRefusals(t, url) })
}

func testFirstSignIn(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := signIn("ada@example.com")
	s.Event.Reference = "4F7Q-22KD"
	must(t, db.RecordSignIn(ctx, s))
	if s.Session.UserID != s.CreateUser.ID || s.Session.UserName != "ada@example.com" {
		t.Errorf("session is of %q %q", s.Session.UserID, s.Session.UserName)
	}

	stored, err := db.Session(ctx, s.Session.TokenHash)
	must(t, err)
	equal(t, stored, s.Session)

	person, err := db.User(ctx, s.Session.UserID)
	must(t, err)
	if person.LastSignInAt.IsZero() {
		t.Error("the sign-in is not marked on the person")
	}
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 2 || events[0].Action == events[1].Action {
		t.Fatalf("want session.began and user.created, got %+v", events)
	}
	for _, e := range events {
		if e.Actor != "user:"+person.ID || e.Person != "ada@example.com" || e.Object == "" {
			t.Errorf("event does not say who: %+v", e)
		}
	}
}

func testSecondSignIn(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.RecordSignIn(ctx, signIn("ada@example.com")))
	first, err := db.UserByUserName(ctx, "ada@example.com")
	must(t, err)

	s := signIn("ada@example.com")
	s.CreateUser = nil
	must(t, db.RecordSignIn(ctx, s))
	if s.Session.UserID != first.ID {
		t.Errorf("session is of %s, want %s", s.Session.UserID, first.ID)
	}
	second, err := db.User(ctx, first.ID)
	must(t, err)
	if second.Version != first.Version {
		t.Error("a sign-in changed the person's version: every one would break an ETag")
	}
}

func testSolicited(t *testing.T, db *store.DB) {
	ctx := t.Context()
	p := pending("corp")
	must(t, db.SavePending(ctx, p))
	s := signIn("ada@example.com")
	s.RequestID = p.RequestID
	must(t, db.RecordSignIn(ctx, s))

	_, err := db.Pending(ctx, "corp", p.RequestID, time.Now())
	wantKind(t, err, fault.NotFound)
	again := signIn("ada@example.com")
	again.RequestID = p.RequestID
	wantReason(t, db.RecordSignIn(ctx, again), saml.UnknownRequest)
}

// testRefusals shows of each refusal that it has its reason and leaves nothing
// behind: what was there can still be used, what was refused is not there.
func testRefusals(t *testing.T, url URL) {
	refusals := []struct {
		name   string
		reason saml.Reason
		spoil  func(t *testing.T, db *store.DB, s *session.SignIn)
	}{
		{"request of another connection", saml.UnknownRequest, func(t *testing.T, db *store.DB, s *session.SignIn) {
			p := pending("other")
			must(t, db.SavePending(t.Context(), p))
			s.RequestID = p.RequestID
		}},
		{"request expired", saml.UnknownRequest, func(t *testing.T, db *store.DB, s *session.SignIn) {
			p := pending("corp")
			p.ExpiresAt = soon(-time.Second)
			must(t, db.SavePending(t.Context(), p))
			s.RequestID = p.RequestID
		}},
		{"request unknown", saml.UnknownRequest, func(_ *testing.T, _ *store.DB, s *session.SignIn) {
			s.RequestID = "_nobody-asked"
		}},
		{"assertion used", saml.Replayed, func(t *testing.T, db *store.DB, s *session.SignIn) {
			first := signIn("first@example.com")
			first.AssertionID = s.AssertionID
			must(t, db.RecordSignIn(t.Context(), first))
		}},
		{"person unknown", saml.UserUnknown, func(_ *testing.T, _ *store.DB, s *session.SignIn) {
			s.CreateUser = nil
		}},
		{"person inactive", saml.UserInactive, func(t *testing.T, db *store.DB, s *session.SignIn) {
			u := user(s.Session.NameID.Value)
			u.Active = false
			must(t, db.CreateUser(t.Context(), u, directory.Act{}))
		}},
		{"person in another case", saml.UserNameCase, func(t *testing.T, db *store.DB, s *session.SignIn) {
			must(t, db.CreateUser(t.Context(), user("Ada@Example.com"), directory.Act{}))
		}},
		{"connection disabled", saml.ConnectionDisabled, func(t *testing.T, db *store.DB, _ *session.SignIn) {
			setState(t, db, idp.Disabled)
		}},
		{"connection a draft", saml.ConnectionDisabled, func(t *testing.T, db *store.DB, _ *session.SignIn) {
			setState(t, db, idp.Draft)
		}},
		{"connection unknown", saml.ConnectionDisabled, func(t *testing.T, db *store.DB, s *session.SignIn) {
			s.Session.IDP = "nobody"
		}},
	}
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			db := corp(t, url)
			ctx := t.Context()
			p, live := pending("corp"), signIn("live@example.com")
			must(t, db.SavePending(ctx, p))
			must(t, db.RecordSignIn(ctx, live))
			s := signIn("ada@example.com")
			s.RequestID = p.RequestID
			r.spoil(t, db, s)

			before := contents(t, db)
			wantReason(t, db.RecordSignIn(ctx, s), r.reason)
			equal(t, contents(t, db), before)
			if _, err := db.Pending(ctx, "corp", p.RequestID, time.Now()); err != nil {
				t.Errorf("the refusal consumed the request: %v", err)
			}
			if s.Session.UserID != "" {
				t.Error("the refusal filled the session")
			}
		})
	}
}

// everything that a sign-in can change and that a list can show.
type everything struct {
	Sessions []*session.Session
	Users    []*directory.User
	Events   []audit.Event
}

func contents(t *testing.T, db *store.DB) everything {
	t.Helper()
	var all everything
	var err error
	ctx := context.WithoutCancel(t.Context())
	all.Sessions, err = db.Sessions(ctx, session.Filter{Limit: 1000})
	must(t, err)
	all.Users, err = db.Users(ctx, directory.Filter{Limit: 1000})
	must(t, err)
	all.Events, err = db.Events(ctx, audit.Filter{Limit: 1000})
	must(t, err)
	return all
}

func setState(t *testing.T, db *store.DB, state idp.State) {
	t.Helper()
	_, err := db.UpdateProvider(t.Context(), "corp", 0, func(p *idp.Provider) error {
		p.State = state
		return nil
	}, event(audit.IDPDisabled))
	must(t, err)
}
