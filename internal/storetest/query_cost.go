package storetest

import (
	"fmt"
	"testing"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

// testQueryTime: a query that would take long is given up, and leaves the
// database as usable as before.
func testQueryTime(t *testing.T, at string) {
	ctx := t.Context()
	db, err := store.Open(ctx, at, store.Options{QueryTime: 50 * time.Millisecond})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	must(t, db.Migrate(ctx))
	ids := persons(t, db, 1000)
	must(t, db.CreateGroup(ctx, group("All", "corp"), ids, directory.Act{}))
	var all directory.Expr = directory.Present{Attr: directory.AttrID}
	for i := range 150 {
		one := directory.Compare{Attr: "groups.value", Op: directory.EQ, Value: directory.Value{Text: fmt.Sprint(i)}}
		all = directory.And{Left: all, Right: directory.Not{Of: one}}
	}
	for range 3 {
		began := time.Now()
		_, err = db.QueryUsers(ctx, "corp", directory.Query{Where: all, Limit: 10, Offset: 990, Total: true})
		wantKind(t, err, fault.Unavailable)
		t.Logf("given up after %v", time.Since(began))
	}
	if _, err := db.User(ctx, ids[0]); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// testGroupsSeen: a robot is shown its own groups alone, and not without end.
func testGroupsSeen(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 3)
	inner := group("c inner", "corp")
	must(t, db.CreateGroup(ctx, inner, ids[:2], directory.Act{}))
	for _, g := range []*directory.Group{group("b outer", "corp"), group("a theirs", "other"), group("d local", "")} {
		must(t, db.CreateGroup(ctx, g, []string{inner.ID, ids[0]}, directory.Act{}))
	}
	for _, tc := range []struct {
		scope directory.Scope
		most  int
		names string
	}{
		{"corp", 5, "[b outer c inner]"}, {"corp", 1, "[b outer]"}, {"other", 5, "[a theirs]"},
		{"", 5, "[a theirs b outer c inner d local]"}, {"", 3, "[a theirs b outer c inner]"}, {"else", 5, "[]"},
	} {
		for _, of := range [][]string{ids, ids[:1], ids[1:2]} {
			all, err := db.GroupsSeen(ctx, tc.scope, tc.most, of...)
			must(t, err)
			for _, one := range of {
				names, want := []string{}, tc.names
				for _, g := range all[one] {
					names = append(names, g.DisplayName)
					equal(t, g.Direct, one == ids[0] || g.ID == inner.ID)
				}
				if one == ids[2] {
					want = "[]"
				}
				equal(t, fmt.Sprint(names), want)
			}
		}
	}
}

// testMembersKnowTheirs: a member says whose it is.
func testMembersKnowTheirs(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 1)
	stranger := user("stranger@example.com")
	stranger.IDP = ""
	must(t, db.CreateUser(ctx, stranger, directory.Act{}))
	theirs := group("theirs", "other")
	must(t, db.CreateGroup(ctx, theirs, nil, directory.Act{}))
	g := group("all", "")
	must(t, db.CreateGroup(ctx, g, []string{ids[0], stranger.ID, theirs.ID}, directory.Act{}))
	members, err := db.Members(ctx, g.ID, "", 0)
	must(t, err)
	whose := map[string]string{}
	for _, m := range members {
		whose[m.ID] = m.IDP
	}
	equal(t, whose, map[string]string{ids[0]: "corp", stranger.ID: "", theirs.ID: "other"})
}
