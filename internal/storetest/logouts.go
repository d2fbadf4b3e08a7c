package storetest

import (
	"encoding/json"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/store"
)

func testLogouts(t *testing.T, url URL) {
	t.Run("ours", func(t *testing.T) { testOwnLogout(t, fresh(t, url)) })
	t.Run("theirs", func(t *testing.T) { testLogoutByIDP(t, corp(t, url)) })
	t.Run("replayed", func(t *testing.T) { testLogoutReplayed(t, corp(t, url)) })
}

func logout() *session.Logout {
	return &session.Logout{
		RequestID: "_" + id(), Handle: hash(), IDP: "corp", UserName: "ada@example.com", BrowserHash: hash(),
		Hosts: []string{"a.example.com", "b.example.com"}, CreatedAt: soon(0), ExpiresAt: soon(15 * time.Minute),
	}
}

func testOwnLogout(t *testing.T, db *store.DB) {
	ctx := t.Context()
	l, alone := logout(), logout()
	alone.Hosts, alone.BrowserHash, alone.Outcome = nil, nil, session.LogoutNotSent
	must(t, db.SaveLogout(ctx, l))
	must(t, db.SaveLogout(ctx, alone))
	now := time.Now()
	find := func(l *session.Logout) (*session.Logout, error) { return db.Logout(ctx, l.IDP, l.RequestID, now) }
	got, err := find(l)
	must(t, err)
	equal(t, got, l)
	for _, of := range []*session.Logout{l, alone} {
		got, err = db.LogoutByHandle(ctx, of.Handle, now)
		must(t, err)
		equal(t, got, of)
	}
	for name, missing := range map[string]error{
		"other connection":        second(db.Logout(ctx, "other", l.RequestID, now)),
		"unknown":                 second(db.Logout(ctx, "corp", "_nothing", now)),
		"expired":                 second(db.Logout(ctx, "corp", l.RequestID, l.ExpiresAt)),
		"not sent":                second(find(alone)),
		"unknown handle":          second(db.LogoutByHandle(ctx, hash(), now)),
		"handle expired":          second(db.LogoutByHandle(ctx, l.Handle, l.ExpiresAt)),
		"answer other connection": db.AnswerLogout(ctx, "other", l.RequestID, session.LogoutDone, now),
		"answer too late":         db.AnswerLogout(ctx, "corp", l.RequestID, session.LogoutDone, l.ExpiresAt),
		"answer to none":          db.AnswerLogout(ctx, "corp", alone.RequestID, session.LogoutDone, now),
	} {
		if fault.KindOf(missing) != fault.NotFound {
			t.Errorf("%s: got %v, want not found", name, missing)
		}
	}
	var answered atomic.Int64
	together(atOnce, func(i int) {
		outcome := []session.LogoutOutcome{session.LogoutPartial, session.LogoutFailed}[i%2]
		switch err := db.AnswerLogout(ctx, l.IDP, l.RequestID, outcome, now); {
		case err == nil:
			answered.Add(1)
		case fault.KindOf(err) != fault.NotFound:
			t.Error(err)
		}
	})
	if answered.Load() != 1 {
		t.Errorf("answered %d times", answered.Load())
	}
	_, err = find(l)
	wantKind(t, err, fault.NotFound)
	got, err = db.LogoutByHandle(ctx, l.Handle, now)
	must(t, err)
	if got.Outcome != session.LogoutPartial && got.Outcome != session.LogoutFailed {
		t.Errorf("the outcome is %q", got.Outcome)
	}
}

func second[T any](_ T, err error) error { return err }

func byIDP(nameID string, indexes ...string) *session.LogoutByIDP {
	return &session.LogoutByIDP{
		IDP: "corp", ID: "_" + id(), NameID: saml.NameID{Value: nameID}, SessionIndexes: indexes,
		UsedUntil: soon(10 * time.Minute), Now: time.Now(),
	}
}

func testLogoutByIDP(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	long := "_" + strings.Repeat("ü", 1000)
	begin := func(name, index, slug string) *session.Session {
		s := signIn(name)
		s.Session.SessionIndex, s.Session.IDP = index, slug
		must(t, db.RecordSignIn(ctx, s))
		return s.Session
	}
	for _, c := range []struct {
		name string
		q    *session.LogoutByIDP
		want []string // of the sessions below
	}{
		{"index", byIDP("ada@example.com", "_1"), []string{"ada 1"}},
		{"index of another NameID", byIDP("entra-calls-her-otherwise", "_1"), []string{"ada 1"}},
		{"two indexes", byIDP("ada@example.com", "_1", "_2", "_1"), []string{"ada 1", "ada 2"}},
		{"a long index", byIDP("ada@example.com", long, "_2"), []string{"ada 2", "ada long"}},
		{"many indexes", byIDP("", append(strings.Fields(strings.Repeat("_x ", 60)), "_1")...), []string{"ada 1"}},
		{"foreign index", byIDP("ada@example.com", "_9"), nil},
		{"foreign index, NameID of ours", byIDP("ada@example.com", "_other"), nil},
		{"empty index", byIDP("ada@example.com", ""), nil},
		{"NameID", byIDP("ada@example.com"), []string{"ada 1", "ada 2", "ada long", "ada none"}},
		{"NameID in another case", byIDP("ADA@example.com"), []string{"ada 1", "ada 2", "ada long", "ada none"}},
		{"nobody", byIDP("mallory@example.com"), nil},
		{"nothing", byIDP(""), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := map[string]*session.Session{
				"ada 1": begin("ada@example.com", "_1", "corp"), "ada 2": begin("ada@example.com", "_2", "corp"),
				"ada long": begin("ada@example.com", long, "corp"), "ada none": begin("ada@example.com", "", "corp"),
				"elsewhere": begin("ada@example.com", "_1", "other"), "other": begin("ada@example.com", "_other", "other"),
				"eve": begin("eve@example.com", "_eve", "corp"),
			}
			told, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
			must(t, err)
			var ended []*session.Session
			changes := during(t, db, func() {
				ended, err = db.EndByLogout(ctx, c.q, event(audit.SessionEnded))
				must(t, err)
			})
			if len(changes) != len(ended) || len(ended) != len(c.want) {
				t.Fatalf("%d ended with %d changes, want %v", len(ended), len(changes), c.want)
			}
			for _, s := range ended {
				if s.EndedAt.IsZero() || s.EndedWhy == "" || !names(changes, s) {
					t.Errorf("ended: %+v, changes %+v", s, changes)
				}
			}
			for name, s := range all {
				stored, err := db.Session(ctx, s.TokenHash)
				must(t, err)
				over := false
				for _, want := range c.want {
					over = over || want == name
				}
				if stored.EndedAt.IsZero() == over {
					t.Errorf("%s: ended at %v", name, stored.EndedAt)
				}
			}
			after, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.SessionEnded}})
			must(t, err)
			want := len(told)
			if len(c.want) > 0 {
				want++
			}
			if len(after) != want || want > len(told) && after[0].Person != "ada@example.com" {
				b, _ := json.Marshal(after)
				t.Errorf("%d events, want %d, with the person: %s", len(after), want, b)
			}
			_, err = db.EndSessions(ctx, session.Filter{}, "test", audit.Event{Action: audit.SessionEnded})
			must(t, err)
		})
	}
}

func testLogoutReplayed(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := began(t, db, "ada@example.com")
	q := byIDP("ada@example.com")
	var used atomic.Int64
	together(atOnce, func(int) {
		ended, err := db.EndByLogout(ctx, q, event(audit.SessionEnded))
		if err != nil {
			wantReplayed(t, err)
			return
		}
		used.Add(1)
		if len(ended) != 1 || ended[0].ID != s.ID {
			t.Errorf("ended %+v", ended)
		}
	})
	if used.Load() != 1 {
		t.Errorf("one LogoutRequest was used %d times", used.Load())
	}
	live := began(t, db, "ada@example.com")
	_, err := db.EndByLogout(ctx, q, event(audit.SessionEnded))
	wantReason(t, err, saml.Replayed)
	elsewhere := *q
	elsewhere.IDP = "other"
	if _, err := db.EndByLogout(ctx, &elsewhere, event(audit.SessionEnded)); err != nil {
		t.Errorf("the same ID of another connection: %v", err)
	}
	stored, err := db.Session(ctx, live.TokenHash)
	must(t, err)
	if !stored.EndedAt.IsZero() {
		t.Error("a replayed LogoutRequest ended a session")
	}
	// IDs of assertions are others.
	again := signIn("ada@example.com")
	again.AssertionID = q.ID
	must(t, db.RecordSignIn(ctx, again))
}

func wantReplayed(t *testing.T, err error) {
	t.Helper()
	if !strings.Contains(err.Error(), string(saml.Replayed)) {
		t.Error(err)
	}
}
