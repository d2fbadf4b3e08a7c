package storetest

import (
	"errors"
	"strings"
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

func testRemovals(t *testing.T, url URL) {
	t.Run("no sign-in makes anew", func(t *testing.T) { testRemoved(t, corp(t, url)) })
	t.Run("list and forget", func(t *testing.T) { testForgetRemoval(t, corp(t, url)) })
	t.Run("a name is taken again", func(t *testing.T) { testNameTaken(t, corp(t, url)) })
	t.Run("another connection's trace stays", func(t *testing.T) { testAnothersTrace(t, corp(t, url)) })
}

func testRemoved(t *testing.T, db *store.DB) {
	ctx := t.Context()
	first := signIn("Ada@Example.com")
	must(t, db.RecordSignIn(ctx, first))
	must(t, db.RemoveUser(ctx, first.Session.UserID, robot(audit.UserRemoved)))
	if ended, err := db.Session(ctx, first.Session.TokenHash); err != nil || ended.EndedAt.IsZero() {
		t.Errorf("the session of a removed person goes on: %+v, %v", ended, err)
	}

	before := contents(t, db)
	for _, name := range []string{"Ada@Example.com", "ada@example.com"} {
		for _, creates := range []bool{true, false} {
			s := signIn(name)
			if !creates {
				s.CreateUser = nil
			}
			err := db.RecordSignIn(ctx, s)
			wantReason(t, err, saml.UserInactive)
			var refusal *saml.Error
			if errors.As(err, &refusal); refusal.Want != "a person who has not been removed" || !strings.Contains(refusal.Got, time.Now().UTC().Format("2006-01-02T")) {
				t.Errorf("want %q got %q", refusal.Want, refusal.Got)
			}
		}
	}
	equal(t, contents(t, db), before)

	// The robot makes them again: a new person.
	again := user("ada@example.com")
	must(t, db.CreateUser(ctx, again, robot(audit.UserCreated)))
	s := signIn("ada@example.com")
	must(t, db.RecordSignIn(ctx, s))
	if s.Session.UserID != again.ID {
		t.Errorf("session of %s, want %s", s.Session.UserID, again.ID)
	}
}

func testForgetRemoval(t *testing.T, db *store.DB) {
	ctx := t.Context()
	before := soon(0)
	people := staff(t, db, 3)
	for _, u := range people {
		must(t, db.RemoveUser(ctx, u.ID, directory.Act{Event: audit.New(audit.UserRemoved, "user:9")}))
	}
	all, err := db.Removals(ctx, time.Time{}, 0)
	must(t, err)
	if len(all) != 3 || all[0].UserName == "" || all[0].IDP != "corp" || all[0].At.Before(before) || all[0].Actor != "user:9" {
		t.Fatalf("removals: %+v", all)
	}
	// Page by page, whoever was removed in the same moment.
	var paged []directory.Removal
	for at := (time.Time{}); ; {
		page, err := db.Removals(ctx, at, 1)
		must(t, err)
		if len(page) == 0 {
			break
		}
		paged, at = append(paged, page...), page[0].At
	}
	equal(t, paged, all)
	if page, err := db.Removals(ctx, before, 0); err != nil || len(page) != 0 {
		t.Errorf("before there were any: %+v, %v", page, err)
	}

	name := people[0].UserName
	must(t, db.ForgetRemoval(ctx, strings.ToUpper(name), directory.Act{Event: audit.New(audit.RemovalForgotten, "user:9")}))
	wantKind(t, db.ForgetRemoval(ctx, name, directory.Act{Event: audit.New(audit.RemovalForgotten, "user:9")}), fault.NotFound)
	if told := actions(t, db, audit.RemovalForgotten); len(told) != 1 || told[0].Person == "" {
		t.Errorf("told: %+v", told)
	}
	must(t, db.RecordSignIn(ctx, signIn(name)))
	wantReason(t, db.RecordSignIn(ctx, signIn(people[1].UserName)), saml.UserInactive)
}

// testNameTaken: who takes a removed person's name is who signs in by it.
func testNameTaken(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := staff(t, db, 2)
	must(t, db.RemoveUser(ctx, people[0].ID, robot(audit.UserRemoved)))
	_, err := db.UpdateUser(ctx, people[1].ID, func(u *directory.User) error {
		u.UserName = people[0].UserName
		return nil
	}, robot(audit.UserChanged))
	must(t, err)
	must(t, db.RecordSignIn(ctx, signIn(people[0].UserName)))
	if all, err := db.Removals(ctx, time.Time{}, 0); err != nil || len(all) != 0 {
		t.Errorf("still removed: %+v, %v", all, err)
	}
}

func testStale(t *testing.T, url URL) {
	db := corp(t, url)
	ctx := t.Context()
	must(t, db.CreateProvider(ctx, provider("unprovisioned", idp.Active), audit.Event{}))
	must(t, db.CreateToken(ctx, robotToken("corp", time.Hour), event(audit.SCIMTokenMade)))
	names := map[string]string{}
	add := func(name string, change func(*directory.User)) *directory.User {
		u := user(name + "@example.com")
		u.Source, u.CreatedAt, u.LastSignInAt = directory.FromSCIM, soon(-10*24*time.Hour), soon(-time.Minute)
		change(u)
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		names[u.ID] = name
		return u
	}
	grouped := add("grouped", func(*directory.User) {})
	add("alone", func(*directory.User) {})
	add("never", func(u *directory.User) { u.LastSignInAt = time.Time{} })
	add("new", func(u *directory.User) { u.LastSignInAt, u.CreatedAt = time.Time{}, soon(0) })
	add("long ago", func(u *directory.User) { u.LastSignInAt = soon(-9 * 24 * time.Hour) })
	add("came inactive", func(u *directory.User) { u.Active = false })
	late := add("deactivated just now", func(*directory.User) {})
	must(t, setActive(t, db, late, false, directory.Act{}))
	back := add("back", func(u *directory.User) { u.Active = false })
	must(t, setActive(t, db, back, true, directory.Act{}))
	add("by sign-in", func(u *directory.User) { u.Source = directory.FromSignIn })
	add("by sign-in elsewhere", func(u *directory.User) { u.Source, u.IDP = directory.FromSignIn, "unprovisioned" })
	g := &directory.Group{ID: id(), DisplayName: "Staff", IDP: "corp", Source: directory.FromSCIM, CreatedAt: soon(0), UpdatedAt: soon(0)}
	must(t, db.CreateGroup(ctx, g, []string{grouped.ID}, directory.Act{}))

	week := soon(-7 * 24 * time.Hour)
	for _, c := range []struct {
		name string
		f    directory.StaleFilter
		want []string
	}{
		{"disabled", directory.StaleFilter{Kind: directory.StaleDisabled, Since: week}, []string{"came inactive"}},
		{"disabled until now", directory.StaleFilter{Kind: directory.StaleDisabled, Since: soon(time.Second)}, []string{"came inactive", "deactivated just now"}},
		{"never", directory.StaleFilter{Kind: directory.StaleNeverSignedIn, Since: week}, []string{"never"}},
		{"never until now", directory.StaleFilter{Kind: directory.StaleNeverSignedIn, Since: soon(time.Second)}, []string{"never", "new"}},
		{"not seen", directory.StaleFilter{Kind: directory.StaleNotSeen, Since: week}, []string{"long ago"}},
		{"ungrouped", directory.StaleFilter{Kind: directory.StaleUngrouped, Since: week}, []string{"alone", "never", "long ago", "back"}},
		{"unprovisioned", directory.StaleFilter{Kind: directory.StaleUnprovisioned, Since: week}, []string{"by sign-in"}},
		{"of another connection", directory.StaleFilter{Kind: directory.StaleNotSeen, Since: week, IDP: "unprovisioned"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for f := c.f; ; { // in pages of 2
				f.Limit = 2
				page, err := db.Stale(ctx, f)
				must(t, err)
				for _, u := range page {
					got = append(got, names[u.ID])
				}
				if len(page) < 2 {
					break
				}
				f.After = page[1].ID
			}
			equal(t, got, c.want)
			n, err := db.CountStale(ctx, c.f)
			must(t, err)
			if n != len(c.want) {
				t.Errorf("counted %d, want %d", n, len(c.want))
			}
		})
	}
	_, err := db.Stale(ctx, directory.StaleFilter{Kind: "bored"})
	wantKind(t, err, fault.Invalid)
	_, err = db.CountStale(ctx, directory.StaleFilter{Kind: "bored"})
	wantKind(t, err, fault.Invalid)
}

// testRetag: what session tags say follows the directory in the act that
// changes it.
func testRetag(t *testing.T, url URL) {
	db := corp(t, url)
	ctx := t.Context()
	mappings := []idp.TagMapping{{Key: "CostCenter", Path: "${path:enterprise.costCenter}"}, {Key: "Title", Path: "${path:title}"}}
	_, err := db.UpdateProvider(ctx, "corp", 0, func(p *idp.Provider) error {
		p.Settings.TagMappings = mappings
		return nil
	}, event(audit.IDPSettingsChanged))
	must(t, err)
	ada := user("ada@example.com")
	ada.Profile.Enterprise.CostCenter = "4711"
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	mapped := func(value string) []session.Tag {
		return []session.Tag{
			{Key: "CostCenter", Value: value, Source: mappings[0].Path},
			{Key: "Team", Value: "Blue", Source: "AccessControl"},
		}
	}
	arrive := func(name string, version int64) *session.SignIn {
		s := signIn(name)
		s.Mappings, s.PersonVersion, s.Session.Tags = mappings, version, mapped("4711")
		must(t, db.RecordSignIn(ctx, s))
		return s
	}
	tagsOf := func(s *session.SignIn) []session.Tag {
		t.Helper()
		stored, err := db.Session(ctx, s.Session.TokenHash)
		must(t, err)
		return stored.Tags
	}
	live, ended, other := arrive("ada@example.com", 1), arrive("ada@example.com", 1), arrive("eve@example.com", 0)
	_, err = db.EndSessions(ctx, session.Filter{ID: ended.Session.ID}, "signed out", event(audit.SessionEnded))
	must(t, err)

	change := func(act directory.Act, change func(*directory.User)) {
		t.Helper()
		_, err := db.UpdateUser(ctx, ada.ID, func(u *directory.User) error { change(u); return nil }, act)
		must(t, err)
	}
	try := robot(audit.UserChanged)
	try.DryRun = true
	change(try, func(u *directory.User) { u.Profile.Enterprise.CostCenter = "tried" })
	equal(t, tagsOf(live), mapped("4711"))
	change(robot(audit.UserChanged), func(u *directory.User) { u.Profile.Enterprise.CostCenter = "4712" })
	equal(t, tagsOf(live), mapped("4712"))
	equal(t, tagsOf(ended), mapped("4711"))
	equal(t, tagsOf(other), mapped("4711"))
	change(robot(audit.UserChanged), func(u *directory.User) {
		u.Profile.Enterprise.CostCenter, u.Profile.Title = "", "Dr."
	})
	equal(t, tagsOf(live), []session.Tag{
		{Key: "Title", Value: "Dr.", Source: mappings[1].Path},
		{Key: "Team", Value: "Blue", Source: "AccessControl"},
	})

	// A sign-in whose tags were read before that change has today's all the same.
	late := arrive("ada@example.com", 1)
	equal(t, tagsOf(late), tagsOf(live))
	equal(t, late.Session.Tags, tagsOf(live))
}
