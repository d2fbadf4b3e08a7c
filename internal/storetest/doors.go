package storetest

import (
	"bytes"
	"sync/atomic"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/store"
)

func testDoors(t *testing.T, url URL) {
	t.Run("code", func(t *testing.T) { testCode(t, corp(t, url)) })
	t.Run("code refused", func(t *testing.T) { testCodeRefused(t, corp(t, url)) })
	t.Run("code at once", func(t *testing.T) { testCodeAtOnce(t, corp(t, url)) })
	t.Run("door", func(t *testing.T) { testDoor(t, corp(t, url)) })
	t.Run("closed", func(t *testing.T) { testDoorClosed(t, corp(t, url)) })
	t.Run("replaced", func(t *testing.T) { testReplaced(t, corp(t, url)) })
	t.Run("many tokens", func(t *testing.T) { testManyTokens(t, corp(t, url)) })
	t.Run("pruned", func(t *testing.T) { testDoorsPruned(t, corp(t, url)) })
	t.Run("application", func(t *testing.T) { testGatewayParts(t, fresh(t, url)) })
}

// began records a sign-in and gives its session.
func began(t testing.TB, db *store.DB, name string) *session.Session {
	t.Helper()
	s := signIn(name)
	must(t, db.RecordSignIn(t.Context(), s))
	return s.Session
}

func code(s *session.Session, host string) *session.Code {
	return &session.Code{Hash: hash(), SessionID: s.ID, Host: host, BrowserHash: hash(), ExpiresAt: soon(time.Minute)}
}

// takeOver gives the hash of a token of s at host.
func takeOver(t testing.TB, db *store.DB, s *session.Session, host string) []byte {
	t.Helper()
	c, token := code(s, host), hash()
	must(t, db.SaveCode(t.Context(), c))
	_, err := db.UseCode(t.Context(), c.Hash, host, c.BrowserHash, token, time.Now())
	must(t, err)
	return token
}

func testCode(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := began(t, db, "ada@example.com")
	c, token := code(s, "app.example.com:8443"), hash()
	must(t, db.SaveCode(ctx, c))
	opened, err := db.UseCode(ctx, c.Hash, c.Host, c.BrowserHash, token, time.Now())
	must(t, err)
	equal(t, opened, s)
	door, err := db.Door(ctx, token, c.Host)
	must(t, err)
	equal(t, door, &session.Door{Session: s, Host: c.Host, Choices: map[string]string{}})

	again := hash()
	_, err = db.UseCode(ctx, c.Hash, c.Host, c.BrowserHash, again, time.Now())
	wantKind(t, err, fault.NotFound)
	_, err = db.Door(ctx, again, c.Host)
	wantKind(t, err, fault.NotFound)
}

func testCodeRefused(t *testing.T, db *store.DB) {
	ctx := t.Context()
	const host = "app.example.com"
	for _, c := range []struct {
		name string
		use  func(c *session.Code) (at string, browser []byte, now time.Time)
	}{
		{"other host", func(c *session.Code) (string, []byte, time.Time) {
			return "other.example.com", c.BrowserHash, time.Now()
		}},
		{"other port", func(c *session.Code) (string, []byte, time.Time) { return host + ":444", c.BrowserHash, time.Now() }},
		{"other browser", func(c *session.Code) (string, []byte, time.Time) { return host, hash(), time.Now() }},
		{"no browser", func(c *session.Code) (string, []byte, time.Time) { return host, nil, time.Now() }},
		{"too late", func(c *session.Code) (string, []byte, time.Time) { return host, c.BrowserHash, c.ExpiresAt }},
		{"made for no browser", func(c *session.Code) (string, []byte, time.Time) {
			c.BrowserHash = nil
			return host, nil, time.Now()
		}},
		{"session over", func(c *session.Code) (string, []byte, time.Time) {
			_, err := db.EndSessions(ctx, session.Filter{ID: c.SessionID}, "test", audit.Event{})
			must(t, err)
			return host, c.BrowserHash, time.Now()
		}},
		{"session expired", func(c *session.Code) (string, []byte, time.Time) {
			s := signIn("eve@example.com")
			s.Session.ExpiresAt = soon(-time.Second)
			must(t, db.RecordSignIn(ctx, s))
			c.SessionID = s.Session.ID
			return host, c.BrowserHash, time.Now()
		}},
		{"session not completed", func(c *session.Code) (string, []byte, time.Time) {
			s := signIn("eve@example.com")
			s.Session.Completed = false
			must(t, db.RecordSignIn(ctx, s))
			c.SessionID = s.Session.ID
			return host, c.BrowserHash, time.Now()
		}},
		{"session unknown", func(c *session.Code) (string, []byte, time.Time) {
			c.SessionID = "nothing"
			return host, c.BrowserHash, time.Now()
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := began(t, db, "ada@example.com")
			given := code(s, host)
			at, browser, now := c.use(given)
			must(t, db.SaveCode(ctx, given))
			token := hash()
			_, err := db.UseCode(ctx, given.Hash, at, browser, token, now)
			wantKind(t, err, fault.NotFound)
			for _, h := range []string{at, host} {
				_, err = db.Door(ctx, token, h)
				wantKind(t, err, fault.NotFound)
			}
			// Once tried it is gone, for whom it was made too.
			_, err = db.UseCode(ctx, given.Hash, host, given.BrowserHash, token, time.Now())
			wantKind(t, err, fault.NotFound)
		})
	}
	_, err := db.UseCode(ctx, hash(), host, hash(), hash(), time.Now())
	wantKind(t, err, fault.NotFound)
}

func testCodeAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	c := code(began(t, db, "ada@example.com"), "app.example.com")
	must(t, db.SaveCode(ctx, c))
	var used atomic.Int64
	together(atOnce, func(int) {
		_, err := db.UseCode(ctx, c.Hash, c.Host, c.BrowserHash, hash(), time.Now())
		switch {
		case err == nil:
			used.Add(1)
		case fault.KindOf(err) != fault.NotFound:
			t.Error(err)
		}
	})
	if used.Load() != 1 {
		t.Errorf("one code was used %d times", used.Load())
	}
}

func testDoor(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := began(t, db, "ada@example.com")
	other := began(t, db, "ada@example.com")
	wiki, grafana := takeOver(t, db, s, "wiki.example.com"), takeOver(t, db, s, "grafana.example.com")
	takeOver(t, db, s, "wiki.example.com") // a second tab
	hosts, err := db.Hosts(ctx, s.ID)
	must(t, err)
	equal(t, hosts, []string{"grafana.example.com", "wiki.example.com"})
	hosts, err = db.Hosts(ctx, other.ID)
	must(t, err)
	equal(t, len(hosts), 0)

	for app, set := range map[string]string{"grafana": "viewer", "wiki": "reader"} {
		must(t, db.Choose(ctx, s.ID, app, "before"))
		must(t, db.Choose(ctx, s.ID, app, set))
		must(t, db.Choose(ctx, other.ID, app, "another"))
	}
	wantKind(t, db.Choose(ctx, "nothing", "wiki", "reader"), fault.NotFound)
	choices := map[string]string{"grafana": "viewer", "wiki": "reader"}
	for host, token := range map[string][]byte{"wiki.example.com": wiki, "grafana.example.com": grafana} {
		door, err := db.Door(ctx, token, host)
		must(t, err)
		equal(t, door, &session.Door{Session: s, Host: host, Choices: choices})
	}
	for _, token := range [][]byte{wiki, s.TokenHash, hash(), nil} { // the main cookie's is none
		_, err := db.Door(ctx, token, "grafana.example.com")
		wantKind(t, err, fault.NotFound)
	}
	_, err = db.Session(ctx, wiki)
	wantKind(t, err, fault.NotFound) // nor is a host's one here

	_, err = db.EndSessions(ctx, session.Filter{ID: s.ID}, "test", audit.Event{})
	must(t, err)
	door, err := db.Door(ctx, wiki, "wiki.example.com")
	must(t, err)
	if door.Session.EndedAt.IsZero() || door.Session.UserID != s.UserID {
		t.Errorf("an ended session does not say whose it was, and that it is over: %+v", door.Session)
	}
}

// testReplaced: who signs in again keeps what they chose, and nothing that
// opens hosts; nobody else inherits anything.
func testDoorClosed(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s := began(t, db, "ada@example.com")
	wiki, tab, grafana := takeOver(t, db, s, "wiki.example.com"), takeOver(t, db, s, "wiki.example.com"), takeOver(t, db, s, "grafana.example.com")
	close := func(token []byte, host string) []session.Change {
		t.Helper()
		return during(t, db, func() { must(t, db.CloseDoor(ctx, token, host)) })
	}
	equal(t, len(close(wiki, "grafana.example.com")), 0) // it is not that host's
	equal(t, len(close(hash(), "wiki.example.com")), 0)
	if _, err := db.Door(ctx, wiki, "wiki.example.com"); err != nil {
		t.Errorf("closed by another host: %v", err)
	}
	changes := close(wiki, "wiki.example.com")
	if len(changes) != 1 || changes[0].SessionID != s.ID {
		t.Errorf("changes %+v, want one of %s", changes, s.ID)
	}
	equal(t, len(close(wiki, "wiki.example.com")), 0)
	_, err := db.Door(ctx, wiki, "wiki.example.com")
	wantKind(t, err, fault.NotFound)
	for host, token := range map[string][]byte{"wiki.example.com": tab, "grafana.example.com": grafana} {
		if _, err := db.Door(ctx, token, host); err != nil {
			t.Errorf("%s went along: %v", host, err)
		}
	}
}

func testReplaced(t *testing.T, db *store.DB) {
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("other", idp.Active), audit.Event{}))
	through := func(name, slug string) *session.Session {
		s := signIn(name)
		s.Session.IDP = slug
		must(t, db.RecordSignIn(ctx, s))
		return s.Session
	}
	for _, c := range []struct {
		name, by, slug string
		over           bool // the later session too
		want           string
	}{
		{name: "same person", by: "ada@example.com", slug: "corp", want: "reader"},
		{name: "another connection", by: "ada@example.com", slug: "other"},
		{name: "another person", by: "eve@example.com", slug: "corp"},
		{name: "a session that is over", by: "ada@example.com", slug: "corp", over: true},
	} {
		old, by := through("ada@example.com", "corp"), through(c.by, c.slug)
		token := takeOver(t, db, old, "wiki.example.com")
		must(t, db.Choose(ctx, old.ID, "wiki", "reader"))
		must(t, db.Choose(ctx, old.ID, "grafana", "before"))
		must(t, db.Choose(ctx, by.ID, "grafana", "own"))
		if c.over {
			_, err := db.EndSessions(ctx, session.Filter{ID: by.ID}, "test", audit.Event{})
			must(t, err)
		}
		changes := during(t, db, func() {
			ended, err := db.ReplaceSession(ctx, old.ID, by.ID, "replaced", event(audit.SessionEnded))
			must(t, err)
			equal(t, ended, true)
		})
		if !names(changes, old) || names(changes, by) != (c.want != "") {
			t.Errorf("%s: changes %+v", c.name, changes)
		}
		for app, want := range map[string]string{"wiki": c.want, "grafana": "own", "other": ""} {
			got, err := db.Choice(ctx, by.ID, app)
			must(t, err)
			if got != want {
				t.Errorf("%s: chosen %q for %s, want %q", c.name, got, app, want)
			}
		}
		hosts, err := db.Hosts(ctx, by.ID)
		must(t, err)
		equal(t, len(hosts), 0)
		door, err := db.Door(ctx, token, "wiki.example.com")
		must(t, err)
		if door.Session.ID != old.ID || door.Session.EndedWhy != "replaced" {
			t.Errorf("%s: the host's token opens %+v", c.name, door.Session)
		}
		again, err := db.ReplaceSession(ctx, old.ID, by.ID, "replaced", event(audit.SessionEnded))
		must(t, err)
		equal(t, again, false)
	}
}

// testManyTokens: a program that keeps no cookies gets no end of tokens.
func testManyTokens(t *testing.T, db *store.DB) {
	s := began(t, db, "ada@example.com")
	elsewhere := takeOver(t, db, s, "other.example.com")
	var tokens [][]byte
	changes := during(t, db, func() {
		for range 8 {
			tokens = append(tokens, takeOver(t, db, s, "app.example.com"))
			time.Sleep(2 * time.Millisecond) // their order is by the millisecond
		}
	})
	equal(t, changes, []session.Change{})
	equal(t, during(t, db, func() { tokens = append(tokens, takeOver(t, db, s, "app.example.com")) }), []session.Change{{SessionID: s.ID}})
	for i, token := range tokens {
		_, err := db.Door(t.Context(), token, "app.example.com")
		if gone := fault.KindOf(err) == fault.NotFound; gone != (i == 0) {
			t.Errorf("token %d of %d: %v", i, len(tokens), err)
		}
	}
	_, err := db.Door(t.Context(), elsewhere, "other.example.com")
	must(t, err)
}

// testDoorsPruned: what has an expiry goes by it, what belongs to a session
// goes with it.
func testDoorsPruned(t *testing.T, db *store.DB) {
	ctx := t.Context()
	old := signIn("ada@example.com")
	old.Session.BeganAt, old.Session.ID = soon(-40*day), idAt(soon(-40*day))
	must(t, db.RecordSignIn(ctx, old))
	token := takeOver(t, db, old.Session, "app.example.com")
	must(t, db.Choose(ctx, old.Session.ID, "app", "set"))
	c, f, l := code(old.Session, "app.example.com"), form(old.Session), logout()
	must(t, db.SaveCode(ctx, c))
	must(t, db.SaveForm(ctx, f))
	must(t, db.SaveLogout(ctx, l))
	prune := func(now time.Time, want int64) {
		t.Helper()
		n, err := db.Prune(ctx, now)
		must(t, err)
		if n != want {
			t.Errorf("%d rows are gone, want %d", n, want)
		}
	}
	prune(time.Now(), 0)
	prune(c.ExpiresAt, 1)
	prune(f.ExpiresAt, 3) // the form, the sign-out, the record of the assertion
	_, err := db.Door(ctx, token, "app.example.com")
	must(t, err)
	prune(old.Session.ExpiresAt.Add(31*day), 1)
	_, err = db.Door(ctx, token, "app.example.com")
	wantKind(t, err, fault.NotFound)
	hosts, err := db.Hosts(ctx, old.Session.ID)
	must(t, err)
	equal(t, len(hosts), 0)
}

func testGatewayParts(t *testing.T, db *store.DB) {
	ctx := t.Context()
	a := application("app")
	a.StepUp = access.StepUp{Contexts: []string{"urn:oasis:names:tc:SAML:2.0:ac:classes:TimeSyncToken"}, MaxAge: 5 * time.Minute}
	a.Gateway = access.Gateway{Headers: access.PresetWebAuth, Separator: ";", Groups: access.TellAssigned}
	plain := application("plain")
	stored := func() []*access.Application {
		t.Helper()
		all, err := db.Applications(ctx)
		must(t, err)
		return all
	}
	must(t, db.CreateApplication(ctx, a, audit.Event{}))
	must(t, db.CreateApplication(ctx, plain, audit.Event{}))
	equal(t, stored(), []*access.Application{a, plain})
	a.StepUp, plain.Gateway, plain.StepUp = access.StepUp{}, a.Gateway, a.StepUp
	a.Gateway = access.Gateway{}
	must(t, db.UpdateApplication(ctx, a, audit.Event{}))
	must(t, db.UpdateApplication(ctx, plain, audit.Event{}))
	equal(t, stored(), []*access.Application{a, plain})
}

func form(s *session.Session) *session.KeptForm {
	return &session.KeptForm{
		Hash: hash(), SessionID: s.ID, UserID: s.UserID, Host: "app.example.com", URL: "https://app.example.com/save?x=1",
		BrowserHash: hash(), Sealed: bytes.Repeat([]byte{0, 1, 255}, 100), ExpiresAt: soon(15 * time.Minute),
	}
}

func testForms(t *testing.T, url URL) {
	t.Run("once", func(t *testing.T) { testForm(t, corp(t, url)) })
	t.Run("refused", func(t *testing.T) { testFormRefused(t, corp(t, url)) })
	t.Run("three at most", func(t *testing.T) { testFormsAtMost(t, corp(t, url)) })
}

func testForm(t *testing.T, db *store.DB) {
	ctx := t.Context()
	f := form(began(t, db, "ada@example.com"))
	must(t, db.SaveForm(ctx, f))
	var taken atomic.Int64
	together(atOnce, func(int) {
		got, err := db.TakeForm(ctx, f.Hash, f.Host, f.BrowserHash, f.UserID, time.Now())
		switch {
		case err == nil:
			taken.Add(1)
			equal(t, got, f)
		case fault.KindOf(err) != fault.NotFound:
			t.Error(err)
		}
	})
	if taken.Load() != 1 {
		t.Errorf("a form was taken %d times", taken.Load())
	}
	unknown := form(&session.Session{ID: "nothing", UserID: "nobody"})
	wantKind(t, db.SaveForm(ctx, unknown), fault.NotFound)
}

func testFormRefused(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for name, take := range map[string]func(f *session.KeptForm) (*session.KeptForm, error){
		"other host": func(f *session.KeptForm) (*session.KeptForm, error) {
			return db.TakeForm(ctx, f.Hash, "other.example.com", f.BrowserHash, f.UserID, time.Now())
		},
		"other browser": func(f *session.KeptForm) (*session.KeptForm, error) {
			return db.TakeForm(ctx, f.Hash, f.Host, hash(), f.UserID, time.Now())
		},
		"other person": func(f *session.KeptForm) (*session.KeptForm, error) {
			return db.TakeForm(ctx, f.Hash, f.Host, f.BrowserHash, "eve", time.Now())
		},
		"nobody": func(f *session.KeptForm) (*session.KeptForm, error) {
			return db.TakeForm(ctx, f.Hash, f.Host, f.BrowserHash, "", time.Now())
		},
		"too late": func(f *session.KeptForm) (*session.KeptForm, error) {
			return db.TakeForm(ctx, f.Hash, f.Host, f.BrowserHash, f.UserID, f.ExpiresAt)
		},
		"unknown": func(f *session.KeptForm) (*session.KeptForm, error) {
			_, err := db.TakeForm(ctx, f.Hash, f.Host, f.BrowserHash, f.UserID, time.Now())
			must(t, err)
			return db.TakeForm(ctx, hash(), f.Host, f.BrowserHash, f.UserID, time.Now())
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := form(began(t, db, "ada@example.com"))
			must(t, db.SaveForm(ctx, f))
			_, err := take(f)
			wantKind(t, err, fault.NotFound)
			_, err = db.TakeForm(ctx, f.Hash, f.Host, f.BrowserHash, f.UserID, time.Now())
			wantKind(t, err, fault.NotFound) // tried by anybody else it is gone
		})
	}
}

func testFormsAtMost(t *testing.T, db *store.DB) {
	ctx := t.Context()
	s, other := began(t, db, "ada@example.com"), began(t, db, "ada@example.com")
	late := form(s)
	late.ExpiresAt = soon(-time.Second)
	must(t, db.SaveForm(ctx, late)) // waits no more
	var kept atomic.Int64
	together(atOnce, func(int) {
		switch err := db.SaveForm(ctx, form(s)); {
		case err == nil:
			kept.Add(1)
		case fault.KindOf(err) != fault.Conflict:
			t.Error(err)
		}
	})
	if kept.Load() != session.MaxForms {
		t.Errorf("%d forms wait, want %d", kept.Load(), session.MaxForms)
	}
	must(t, db.SaveForm(ctx, form(other)))
}
