package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/store"
)

// testOpen: what was answered with success is there after closing and opening.
func testOpen(t *testing.T, url URL) {
	where := url(t)
	ctx := t.Context()
	db, err := store.Open(ctx, where, store.Options{})
	must(t, err)
	must(t, db.Migrate(ctx))
	must(t, db.CreateProvider(ctx, provider("corp", idp.Active), audit.Event{}))
	s := signIn("ada@example.com")
	must(t, db.RecordSignIn(ctx, s))
	must(t, db.Close())

	wantKind(t, db.RecordSignIn(ctx, signIn("ada@example.com")), closedKind(db))

	again := open(t, where)
	must(t, again.Ping(ctx))
	stored, err := again.Session(ctx, s.Session.TokenHash)
	must(t, err)
	equal(t, stored, s.Session)
}

// closedKind: SQLite's queue knows that it is closed; database/sql only says
// that something is wrong.
func closedKind(db *store.DB) fault.Kind {
	if db.Engine() == "sqlite" {
		return fault.Unavailable
	}
	return fault.Internal
}

func testMigrate(t *testing.T, url URL) {
	where := url(t)
	ctx := t.Context()
	one, err := store.Open(ctx, where, store.Options{})
	must(t, err)
	defer one.Close()
	two, err := store.Open(ctx, where, store.Options{})
	must(t, err)
	defer two.Close()

	pending, err := one.MigrationsPending(ctx)
	must(t, err)
	if !pending {
		t.Error("an empty database is said to be up to date")
	}
	// Two instances that start at once.
	together(2, func(i int) {
		if err := []*store.DB{one, two}[i].Migrate(ctx); err != nil {
			t.Error(err)
		}
	})
	pending, err = one.MigrationsPending(ctx)
	must(t, err)
	if pending {
		t.Error("still pending after Migrate")
	}
	must(t, one.Migrate(ctx))
}

// testActs is about transactions as such.
func testActs(t *testing.T, url URL) {
	t.Run("one act's failure touches no other", func(t *testing.T) { testIsolation(t, fresh(t, url)) })
	t.Run("a context that is over", func(t *testing.T) { testContext(t, fresh(t, url)) })
	t.Run("a panic", func(t *testing.T) { testPanic(t, corp(t, url)) })
}

// testIsolation has acts meet, every other of which fails after it wrote: on
// SQLite they share transactions.
func testIsolation(t *testing.T, db *store.DB) {
	ctx := t.Context()
	const acts = 200
	must(t, db.CreateApplication(ctx, application("taken"), audit.Event{}))
	twice := event(audit.ApplicationAdded)
	must(t, db.AppendEvent(ctx, twice))
	together(acts, func(i int) {
		a := application("app-" + id())
		switch {
		case i%4 == 1:
			a.Name = "taken" // fails at its first statement
			wantKind(t, db.CreateApplication(ctx, a, event(audit.ApplicationAdded)), fault.Conflict)
		case i%4 == 3: // fails at its last but one: the event is there already
			if db.CreateApplication(ctx, a, twice) == nil {
				t.Error("an act without its event was saved")
			}
		default:
			if err := db.CreateApplication(ctx, a, event(audit.ApplicationAdded)); err != nil {
				t.Error(err)
			}
		}
	})
	all, err := db.Applications(ctx)
	must(t, err)
	events, err := db.Events(ctx, audit.Filter{Limit: 2 * acts})
	must(t, err)
	if len(all) != acts/2+1 || len(events) != acts/2+1 {
		t.Errorf("%d applications and %d events, want %d of each", len(all), len(events), acts/2+1)
	}
	revision, err := db.Revision(ctx)
	must(t, err)
	if revision != acts/2+2 {
		t.Errorf("revision %d, want %d: failed acts counted, or others did not", revision, acts/2+2)
	}
}

func testContext(t *testing.T, db *store.DB) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := db.CreateApplication(ctx, application("late"), audit.Event{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that the context is over", err)
	}
	all, err := db.Applications(t.Context())
	must(t, err)
	if len(all) != 0 {
		t.Error("the act was carried out")
	}
	if _, err := db.Session(ctx, hash()); !errors.Is(err, context.Canceled) {
		t.Errorf("reading: got %v, want that the context is over", err)
	}

	// An act that has begun gives its true answer, whatever the context does.
	ctx, cancel = context.WithCancel(t.Context())
	must(t, db.CreateProvider(t.Context(), provider("corp", idp.Draft), audit.Event{}))
	_, err = db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error {
		cancel()
		p.Name = "changed"
		return nil
	}, audit.Event{})
	providers, readErr := db.Providers(t.Context())
	must(t, readErr)
	if saved := providers[0].Name == "changed"; saved != (err == nil) {
		t.Errorf("answer %v, but saved is %v", err, saved)
	}
}

// testPanic: a caller's panic reaches the caller, changes nothing, and the
// store goes on.
func testPanic(t *testing.T, db *store.DB) {
	ctx := t.Context()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_, _ = db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error { panic("a bug") }, audit.Event{})
	}()
	must(t, db.RecordSignIn(ctx, signIn("ada@example.com")))
}

func testApplications(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	before, err := db.Revision(ctx)
	must(t, err)
	b, a := application("b-app"), application("a-app")
	a.Allowed = []string{"https://other.example.com/x"}
	must(t, db.CreateApplication(ctx, b, event(audit.ApplicationAdded)))
	must(t, db.CreateApplication(ctx, a, event(audit.ApplicationAdded)))
	wantKind(t, db.CreateApplication(ctx, application("a-app"), event(audit.ApplicationAdded)), fault.Conflict)

	all, err := db.Applications(ctx)
	must(t, err)
	equal(t, all, []*access.Application{a, b})
	after, err := db.Revision(ctx)
	must(t, err)
	if after != before+2 {
		t.Errorf("revision went from %d to %d, want 2 steps", before, after)
	}

	changed := *a
	changed.Title, changed.URL, changed.Allowed = "Another", "https://another.example.com/", nil
	must(t, db.UpdateApplication(ctx, &changed, event(audit.ApplicationChanged)))
	all, err = db.Applications(ctx)
	must(t, err)
	equal(t, all, []*access.Application{&changed, b})
	wantKind(t, db.UpdateApplication(ctx, a, event(audit.ApplicationChanged)), fault.Conflict) // of the version before
	wantKind(t, db.UpdateApplication(ctx, application("nowhere"), event(audit.ApplicationChanged)), fault.NotFound)
	if now, err := db.Revision(ctx); err != nil || now != after+1 {
		t.Errorf("revision is %d, %v; want %d", now, err, after+1)
	}

	must(t, db.DeleteApplication(ctx, "a-app", event(audit.ApplicationRemoved)))
	wantKind(t, db.DeleteApplication(ctx, "a-app", event(audit.ApplicationRemoved)), fault.NotFound)
	all, err = db.Applications(ctx)
	must(t, err)
	equal(t, all, []*access.Application{b})
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 4 {
		t.Errorf("%d events, want one for each act that was done", len(events))
	}
}

func application(name string) *access.Application {
	return &access.Application{
		ID: id(), Name: name, Title: "Title of " + name, URL: "https://" + name + ".example.com",
		Kind: access.KindWeb, Entry: access.Everyone,
		CreatedAt: soon(0), UpdatedAt: soon(0),
	}
}

func testPending(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	p := pending("corp")
	p.ForceAuthn, p.RequestedAuthnContext = true, []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:X509"}
	must(t, db.SavePending(ctx, p))

	found, err := db.Pending(ctx, "corp", p.RequestID, time.Now())
	must(t, err)
	equal(t, found, p)
	for name, find := range map[string]func() (*session.Pending, error){
		"other connection": func() (*session.Pending, error) { return db.Pending(ctx, "other", p.RequestID, time.Now()) },
		"unknown request":  func() (*session.Pending, error) { return db.Pending(ctx, "corp", "_other", time.Now()) },
		"expired":          func() (*session.Pending, error) { return db.Pending(ctx, "corp", p.RequestID, p.ExpiresAt) },
	} {
		_, err := find()
		if fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
}

func testAdminLinks(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	link, late := hash(), hash()
	must(t, db.SaveAdminLink(ctx, link, soon(time.Hour), event(audit.AdminLinkMade)))
	must(t, db.SaveAdminLink(ctx, late, soon(-time.Second), event(audit.AdminLinkMade)))
	wantKind(t, db.UseAdminLink(ctx, late, linkSession(), event(audit.AdminLinkUsed)), fault.NotFound)
	wantKind(t, db.UseAdminLink(ctx, hash(), linkSession(), event(audit.AdminLinkUsed)), fault.NotFound)

	together(atOnce, func(int) {
		err := db.UseAdminLink(ctx, link, linkSession(), event(audit.AdminLinkUsed))
		if err != nil && fault.KindOf(err) != fault.NotFound {
			t.Error(err)
		}
	})
	sessions, err := db.Sessions(ctx, session.Filter{})
	must(t, err)
	if len(sessions) != 1 || sessions[0].Kind != session.Link {
		t.Errorf("one link made %d sessions, want 1: %+v", len(sessions), sessions)
	}
	used, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.AdminLinkUsed}})
	must(t, err)
	if len(used) != 1 {
		t.Errorf("its use is told %d times, want 1", len(used))
	}
}

func linkSession() *session.Session {
	return &session.Session{
		ID: id(), TokenHash: hash(), Kind: session.Link, Completed: true, BeganAt: soon(0), ExpiresAt: soon(8 * time.Hour),
	}
}
