package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/store"
)

func testUsers(t *testing.T, url URL) {
	t.Run("find", func(t *testing.T) { testFindUser(t, fresh(t, url)) })
	t.Run("list", func(t *testing.T) { testListUsers(t, fresh(t, url)) })
	t.Run("update", func(t *testing.T) { testUpdateUser(t, fresh(t, url)) })
	t.Run("update at once", func(t *testing.T) { testUpdateUserAtOnce(t, fresh(t, url)) })
	t.Run("deactivate", func(t *testing.T) { testDeactivate(t, corp(t, url)) })
}

func testFindUser(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("Ada@Example.com")
	ada.Profile.Enterprise.CostCenter = "4711"
	ada.Profile.Emails = []directory.MultiValue{{Value: "ada@example.com", Primary: true}}
	must(t, db.CreateUser(ctx, ada, directory.Act{Event: event(audit.UserCreated)}))
	wantKind(t, db.CreateUser(ctx, user("ada@EXAMPLE.com"), directory.Act{Event: event(audit.UserCreated)}), fault.Conflict)

	found, err := db.User(ctx, ada.ID)
	must(t, err)
	equal(t, found, ada)
	found, err = db.UserByUserName(ctx, "aDA@example.COM")
	must(t, err)
	equal(t, found, ada)
	_, err = db.User(ctx, "nobody")
	wantKind(t, err, fault.NotFound)
	_, err = db.UserByUserName(ctx, "nobody@example.com")
	wantKind(t, err, fault.NotFound)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 {
		t.Errorf("%d events, want that of the person who was created", len(events))
	}
}

func testListUsers(t *testing.T, db *store.DB) {
	ctx := t.Context()
	var ids []string
	for i := range 25 {
		u := user(fmt.Sprintf("User-%02d_x@example.com", i))
		u.Profile.DisplayName = fmt.Sprintf("Ünlü %02d%%", i)
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		ids = append(ids, u.ID)
	}
	var paged []string
	for f := (directory.Filter{Limit: 10}); ; {
		page, err := db.Users(ctx, f)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, u := range page {
			paged = append(paged, u.ID)
		}
		f.After = directory.Fold(page[len(page)-1].UserName)
	}
	equal(t, paged, ids)

	for search, want := range map[string]int{
		"user-07": 1, "USER-07_X": 1, "ünLÜ 1": 10, "12%": 1, "%": 25, "_x@": 25, "r_0": 0, `\`: 0, "x@example.comü": 0,
	} {
		found, err := db.Users(ctx, directory.Filter{Search: search})
		must(t, err)
		if len(found) != want {
			t.Errorf("search %q found %d, want %d", search, len(found), want)
		}
	}
	found, err := db.Users(ctx, directory.Filter{IDs: []string{ids[3], ids[1], "nobody"}})
	must(t, err)
	if len(found) != 2 || found[0].ID != ids[1] || found[1].ID != ids[3] {
		t.Errorf("by ids: found %+v", found)
	}
}

func testUpdateUser(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	must(t, db.CreateUser(ctx, user("eve@example.com"), directory.Act{}))

	updated, err := db.UpdateUser(ctx, ada.ID, func(u *directory.User) error {
		u.UserName = "ada.l@example.com"
		u.ExternalID = "42"
		u.Profile.Title = "Countess"
		return nil
	}, directory.Act{Event: event(audit.UserReactivated)})
	must(t, err)
	stored, err := db.UserByUserName(ctx, "ADA.L@example.com")
	must(t, err)
	equal(t, stored, updated)
	if stored.Version != 2 || stored.Profile.Title != "Countess" || stored.ExternalID != "42" {
		t.Errorf("stored %+v", stored)
	}

	refused := errors.New("no")
	_, err = db.UpdateUser(ctx, ada.ID, func(u *directory.User) error {
		u.Profile.Title = "Queen"
		return refused
	}, directory.Act{Event: event(audit.UserReactivated)})
	if !errors.Is(err, refused) {
		t.Errorf("got %v, want what change said", err)
	}
	_, err = db.UpdateUser(ctx, ada.ID, func(u *directory.User) error {
		u.UserName = "EVE@example.com"
		return nil
	}, directory.Act{Event: event(audit.UserReactivated)})
	wantKind(t, err, fault.Conflict)
	_, err = db.UpdateUser(ctx, "nobody", func(*directory.User) error { return nil }, directory.Act{Event: event(audit.UserReactivated)})
	wantKind(t, err, fault.NotFound)

	unchanged, err := db.User(ctx, ada.ID)
	must(t, err)
	equal(t, unchanged, stored)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 {
		t.Errorf("%d events, want that of the one change", len(events))
	}
}

// testUpdateUserAtOnce: changes that read and write build on one another.
func testUpdateUserAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	ada.ExternalID = ""
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	together(atOnce, func(int) {
		_, err := db.UpdateUser(ctx, ada.ID, func(u *directory.User) error {
			u.ExternalID += "x"
			return nil
		}, directory.Act{})
		if err != nil {
			t.Error(err)
		}
	})
	stored, err := db.User(ctx, ada.ID)
	must(t, err)
	if len(stored.ExternalID) != atOnce || stored.Version != atOnce+1 {
		t.Errorf("%d of %d changes are there, version %d", len(stored.ExternalID), atOnce, stored.Version)
	}
}

func testDeactivate(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada, eve := signIn("ada@example.com"), signIn("eve@example.com")
	must(t, db.RecordSignIn(ctx, ada))
	must(t, db.RecordSignIn(ctx, eve))
	deactivate := func(u *directory.User) error { u.Active = false; return nil }

	failed := func(u *directory.User) error { return errors.Join(deactivate(u), errors.New("no")) }
	if _, err := db.UpdateUser(ctx, ada.Session.UserID, failed, directory.Act{Event: event(audit.UserDeactivated)}); err == nil {
		t.Error("a failed change was saved")
	}
	equal(t, liveNames(t, db), []string{"ada@example.com", "eve@example.com"})

	_, err := db.UpdateUser(ctx, ada.Session.UserID, deactivate, directory.Act{Event: event(audit.UserDeactivated)})
	must(t, err)
	equal(t, liveNames(t, db), []string{"eve@example.com"})
	stored, err := db.Session(ctx, ada.Session.TokenHash)
	must(t, err)
	if stored.EndedAt.IsZero() || stored.EndedWhy == "" {
		t.Errorf("the end of the session is not told: %+v", stored)
	}
}

func liveNames(t *testing.T, db *store.DB) []string {
	t.Helper()
	live, err := db.Sessions(t.Context(), session.Filter{Live: true})
	must(t, err)
	var names []string
	for _, s := range live {
		names = append(names, s.UserName)
	}
	slices.Sort(names)
	return names
}
