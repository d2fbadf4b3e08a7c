package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testQueries(t *testing.T, url URL) {
	t.Run("as a reader of the definition would answer", func(t *testing.T) { testQueriesAgainstDefinition(t, fresh(t, url)) })
	t.Run("pages", func(t *testing.T) { testQueryPages(t, fresh(t, url)) })
	t.Run("scope", func(t *testing.T) { testQueryScope(t, fresh(t, url)) })
	t.Run("sorting", func(t *testing.T) { testQuerySorting(t, fresh(t, url)) })
	t.Run("keys follow changes", func(t *testing.T) { testKeysFollow(t, fresh(t, url)) })
	t.Run("long text", func(t *testing.T) { testQueryLongText(t, fresh(t, url)) })
	t.Run("odd text", func(t *testing.T) { testQueryOddText(t, fresh(t, url)) })
	t.Run("what cannot be asked", func(t *testing.T) { testQueryInvalid(t, fresh(t, url)) })
	t.Run("groups", func(t *testing.T) { testQueryGroups(t, fresh(t, url)) })
	t.Run("what takes long", func(t *testing.T) { testQueryTime(t, url(t)) })
	t.Run("groups in sight", func(t *testing.T) { testGroupsSeen(t, fresh(t, url)) })
	t.Run("members and whose they are", func(t *testing.T) { testMembersKnowTheirs(t, fresh(t, url)) })
}

// testQueriesAgainstDefinition asks hundreds of random questions, and answers
// each again by going through all people.
func testQueriesAgainstDefinition(t *testing.T, db *store.DB) {
	ctx := t.Context()
	r := rand.New(rand.NewPCG(7, 11))
	all := randomPeople(t, db, r, 60)
	for range 1200 {
		e, scope := randomExpr(r, all, 3), directory.Scope([]string{"", "corp", "other"}[r.IntN(3)])
		var want []string
		for _, p := range all {
			if p.seenBy(scope) && p.meets(e) {
				want = append(want, p.ID)
			}
		}
		page, err := db.QueryUsers(ctx, scope, directory.Query{Where: e, Limit: 100, Total: true})
		if err != nil {
			t.Fatalf("%s: %v", told(e), err)
		}
		var got []string
		for _, u := range page.Found {
			got = append(got, u.ID)
		}
		if !slices.Equal(got, want) || page.Total != len(want) || page.More {
			t.Fatalf("in scope %q, %s: got %d, total %d, want %d\ngot  %v\nwant %v", scope, told(e), len(got), page.Total, len(want), got, want)
		}
		if count, err := db.QueryUsers(ctx, scope, directory.Query{Where: e, Total: true}); err != nil || count.Total != len(want) {
			t.Fatalf("in scope %q, %s: counted %+v, %v; want %d", scope, told(e), count, err, len(want))
		}
	}
}

func told(e directory.Expr) string {
	return strings.ReplaceAll(fmt.Sprintf("%+v", e), "directory.", "")
}

func testQueryPages(t *testing.T, db *store.DB) {
	ctx := t.Context()
	var ids []string
	for i := range 23 {
		u := user(fmt.Sprintf("u%02d@example.com", i))
		u.IDP = []string{"corp", "", "other"}[i%3]
		u.Profile.Enterprise.Department = "Sales"
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		if u.IDP != "other" {
			ids = append(ids, u.ID)
		}
	}
	sales := directory.Compare{Attr: "enterprise.department", Op: directory.EQ, Value: directory.Value{Text: "SALES"}}
	common := directory.Compare{Attr: "userName", Op: directory.CO, Value: directory.Value{Text: "@"}}
	for _, where := range []directory.Expr{nil, sales, common} {
		for _, descending := range []bool{false, true} {
			want := slices.Clone(ids)
			if descending {
				slices.Reverse(want)
			}
			q := directory.Query{Where: where, Descending: descending, Limit: 5, Total: true}
			equal(t, paged(t, db, q, func(q *directory.Query, last string) { q.After = last }), want)
			equal(t, paged(t, db, q, func(q *directory.Query, _ string) { q.Offset += 5 }), want)
			q.SortBy = "userName"
			equal(t, paged(t, db, q, func(q *directory.Query, _ string) { q.Offset += 5 }), want)
		}
	}
	beyond, err := db.QueryUsers(ctx, "corp", directory.Query{Offset: 100, Limit: 5, Total: true})
	must(t, err)
	if len(beyond.Found) != 0 || beyond.More || beyond.Total != len(ids) {
		t.Errorf("behind the last: %+v", beyond)
	}
}

// paged goes through all pages in scope "corp".
func paged(t *testing.T, db *store.DB, q directory.Query, next func(q *directory.Query, last string)) []string {
	t.Helper()
	var ids []string
	for range 10 {
		page, err := db.QueryUsers(t.Context(), "corp", q)
		must(t, err)
		for _, u := range page.Found {
			ids = append(ids, u.ID)
		}
		if page.Total != 16 {
			t.Errorf("total %d, want 16", page.Total)
		}
		if !page.More {
			break
		}
		next(&q, ids[len(ids)-1])
	}
	return ids
}

func testQueryScope(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for _, slug := range []string{"corp", "other", ""} {
		u := user("of-" + slug + "@example.com")
		u.IDP = slug
		must(t, db.CreateUser(ctx, u, directory.Act{}))
	}
	names := func(scope directory.Scope, e directory.Expr) (names []string) {
		page, err := db.QueryUsers(ctx, scope, directory.Query{Where: e, Limit: 10})
		must(t, err)
		for _, u := range page.Found {
			names = append(names, u.UserName)
		}
		return names
	}
	equal(t, names("corp", nil), []string{"of-corp@example.com", "of-@example.com"})
	equal(t, names("nobody", nil), []string{"of-@example.com"})
	equal(t, len(names("", nil)), 3)
	theirs := directory.Compare{Attr: "userName", Op: directory.EQ, Value: directory.Value{Text: "of-other@example.com"}}
	equal(t, len(names("corp", theirs)), 0)
	equal(t, len(names("corp", directory.Not{Of: theirs})), 2)
	equal(t, len(names("corp", directory.Or{Left: theirs, Right: directory.Present{Attr: "id"}})), 2)
}

// testQuerySorting: what has no value comes last, or first where descending;
// of several values the primary one counts.
func testQuerySorting(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for i, nick := range []string{"b", "", "A", "c", ""} {
		u := user(fmt.Sprintf("%d@example.com", i))
		u.Profile.NickName = nick
		if nick != "" {
			u.Profile.Emails = []directory.MultiValue{{Value: "z" + nick}, {Value: nick, Primary: true}}
		}
		must(t, db.CreateUser(ctx, u, directory.Act{}))
	}
	order := func(by directory.Attribute, descending bool) (order string) {
		page, err := db.QueryUsers(ctx, "corp", directory.Query{SortBy: by, Descending: descending, Limit: 10})
		must(t, err)
		for _, u := range page.Found {
			order += u.UserName[:1]
		}
		return order
	}
	for _, by := range []directory.Attribute{"nickName", "emails", "emails.value"} {
		equal(t, order(by, false), "20314")
		equal(t, order(by, true), "41302")
	}
	equal(t, order("userName", true), "43210")
	equal(t, order("id", false), "01234")
	equal(t, order("emails.primary", false), "02314")
	equal(t, order("active", false), "01234")
}

// testKeysFollow: what an update writes is found, what it took away is not.
func testKeysFollow(t *testing.T, db *store.DB) {
	ctx := t.Context()
	u := user("ada@example.com")
	u.Profile.Emails = []directory.MultiValue{{Value: "old@example.com", Type: "work"}, {Value: "kept@example.com"}}
	u.Profile.Title = "Analyst"
	must(t, db.CreateUser(ctx, u, directory.Act{}))
	_, err := db.UpdateUser(ctx, u.ID, func(u *directory.User) error {
		u.UserName, u.ExternalID, u.Active = "ada.l@example.com", "Ext-1", false
		u.Profile.Title = ""
		u.Profile.Emails[0].Value = "new@example.com" // in place, as a PATCH may
		u.Profile.Addresses = []directory.Address{{Locality: "London", Type: "work"}}
		return nil
	}, directory.Act{})
	must(t, err)
	text := func(attr directory.Attribute, value string) directory.Expr {
		return directory.Compare{Attr: attr, Op: directory.EQ, Value: directory.Value{Text: value}}
	}
	for _, found := range []directory.Expr{
		text("userName", "ADA.L@example.com"), text("externalId", "Ext-1"), text("emails", "new@example.com"),
		text("emails", "kept@example.com"), text("addresses.locality", "london"),
		directory.Compare{Attr: "active", Op: directory.EQ},
		directory.Not{Of: directory.Present{Attr: "title"}},
	} {
		if n := count(t, db, found); n != 1 {
			t.Errorf("%s finds %d, want 1", told(found), n)
		}
	}
	for _, gone := range []directory.Expr{
		text("userName", "ada@example.com"), text("externalId", "ext-1"), text("emails", "old@example.com"),
		directory.Present{Attr: "title"}, directory.Compare{Attr: "active", Op: directory.EQ, Value: directory.Value{Bool: true}},
	} {
		if n := count(t, db, gone); n != 0 {
			t.Errorf("%s finds %d, want 0", told(gone), n)
		}
	}
	must(t, db.RemoveUser(ctx, u.ID, directory.Act{}))
	must(t, db.CreateUser(ctx, u, directory.Act{})) // the same id: nothing of it was left behind
}

func count(t *testing.T, db *store.DB, e directory.Expr) int {
	t.Helper()
	page, err := db.QueryUsers(t.Context(), "", directory.Query{Where: e, Total: true})
	must(t, err)
	return page.Total
}

// testQueryOddText: no text breaks a query, and PostgreSQL cannot keep some.
func testQueryOddText(t *testing.T, db *store.DB) {
	must(t, db.CreateUser(t.Context(), user("ada@example.com"), directory.Act{}))
	odd := []string{"\x00", "\xff\xff", "a\x00b", "'; DROP TABLE users; --", "%", "_", `\`, "$1", "?", strings.Repeat("x", 9000)}
	for _, text := range odd {
		for attr, of := range directory.UserAttributes {
			if of == directory.Boolean || of == directory.Instant {
				continue
			}
			for _, op := range []directory.Op{directory.EQ, directory.CO, directory.SW, directory.EW} {
				if n := count(t, db, directory.Compare{Attr: attr, Op: op, Value: directory.Value{Text: text}}); n != 0 {
					t.Errorf("%s %s %q finds somebody", attr, op, text)
				}
			}
		}
	}
	page, err := db.QueryUsers(t.Context(), "corp", directory.Query{After: "\x00", Limit: 5})
	if err != nil || len(page.Found) != 0 {
		t.Errorf("after what is no id: %+v, %v", page, err)
	}
}

// testQueryLongText: what an assertion said at length hinders no sign-in, and
// is found by how it begins.
func testQueryLongText(t *testing.T, db *store.DB) {
	long := ""
	for len(long) < 9000 { // nothing that compresses
		long += fmt.Sprintf("%x", hash())
	}
	u := user("ada@example.com")
	u.Profile.DisplayName, u.Profile.Name.FamilyName, u.ExternalID = long, long, long
	u.Profile.Emails = []directory.MultiValue{{Value: long, Type: long}}
	must(t, db.CreateUser(t.Context(), u, directory.Act{}))
	for _, attr := range []directory.Attribute{"displayName", "name.familyName", "externalId", "emails", "emails.type"} {
		if n := count(t, db, directory.Compare{Attr: attr, Op: directory.SW, Value: directory.Value{Text: long[:64]}}); n != 1 {
			t.Errorf("by the beginning of %s: %d found, want 1", attr, n)
		}
	}
	stored, err := db.User(t.Context(), u.ID)
	must(t, err)
	equal(t, stored, u)
}

func testQueryInvalid(t *testing.T, db *store.DB) {
	eq := func(attr directory.Attribute) directory.Expr { return directory.Compare{Attr: attr, Op: directory.EQ} }
	for name, q := range map[string]directory.Query{
		"an unknown attribute":              {Where: eq("password"), Limit: 1},
		"an attribute of SQL":               {Where: eq("k.user_name"), Limit: 1},
		"of groups":                         {Where: eq("members"), Limit: 1},
		"an unknown order":                  {SortBy: "1; --", Limit: 1},
		"an order by groups":                {SortBy: "groups", Limit: 1},
		"an unknown comparison":             {Where: directory.Compare{Attr: "userName", Op: "re"}, Limit: 1},
		"more than true":                    {Where: directory.Compare{Attr: "active", Op: directory.GT}, Limit: 1},
		"a part of an instant":              {Where: directory.Compare{Attr: "meta.created", Op: directory.CO}, Limit: 1},
		"nothing":                           {Where: directory.Not{}, Limit: 1},
		"a value path of a single value":    {Where: directory.Element{Attr: "name", Where: eq("name.givenName")}, Limit: 1},
		"a value path about something else": {Where: directory.Element{Attr: "emails", Where: eq("phoneNumbers.value")}, Limit: 1},
		"a value path about the person":     {Where: directory.Element{Attr: "emails", Where: eq("userName")}, Limit: 1},
		"a value path in a value path": {Where: directory.Element{Attr: "emails",
			Where: directory.Element{Attr: "emails", Where: eq("emails.value")}}, Limit: 1},
		"an ID and an offset": {After: "x", Offset: 1, Limit: 1},
		"an ID and an order":  {After: "x", SortBy: "userName", Limit: 1},
		"a negative offset":   {Offset: -1, Limit: 1},
		"a negative limit":    {Limit: -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := db.QueryUsers(t.Context(), "corp", q)
			wantKind(t, err, fault.Invalid)
		})
	}
}

func testQueryGroups(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ada := user("ada@example.com")
	must(t, db.CreateUser(ctx, ada, directory.Act{}))
	inner, outer, theirs := group("Inner", "corp"), group("Outer", "corp"), group("Inner", "other")
	inner.ExternalID = "Ext-1"
	must(t, db.CreateGroup(ctx, inner, []string{ada.ID}, directory.Act{}))
	must(t, db.CreateGroup(ctx, outer, []string{inner.ID}, directory.Act{}))
	must(t, db.CreateGroup(ctx, theirs, nil, directory.Act{}))
	text := func(attr directory.Attribute, op directory.Op, value string) directory.Expr {
		return directory.Compare{Attr: attr, Op: op, Value: directory.Value{Text: value}}
	}
	for _, tc := range []struct {
		scope directory.Scope
		where directory.Expr
		want  []string
	}{
		{"corp", nil, []string{inner.ID, outer.ID}},
		{"", nil, []string{inner.ID, outer.ID, theirs.ID}},
		{"corp", text("displayName", directory.EQ, "INNER"), []string{inner.ID}},
		{"corp", text("displayName", directory.SW, "o"), []string{outer.ID}},
		{"corp", text("externalId", directory.EQ, "Ext-1"), []string{inner.ID}},
		{"corp", text("externalId", directory.EQ, "ext-1"), nil},
		{"corp", directory.Not{Of: directory.Present{Attr: "externalId"}}, []string{outer.ID}},
		{"corp", text("id", directory.EQ, theirs.ID), nil},
		{"corp", text("members", directory.EQ, ada.ID), []string{inner.ID}},
		{"corp", text("members.value", directory.CO, inner.ID[3:]), []string{outer.ID}},
		{"corp", text("members.type", directory.EQ, "group"), []string{outer.ID}},
		{"corp", text("members.type", directory.NE, "Group"), []string{inner.ID}},
		{"", text("members.type", directory.NE, "Group"), []string{inner.ID, theirs.ID}},
		{"", directory.Not{Of: directory.Present{Attr: "members"}}, []string{theirs.ID}},
		{"corp", directory.Element{Attr: "members", Where: directory.And{
			Left: text("members.value", directory.EQ, ada.ID), Right: text("members.type", directory.EQ, "Group"),
		}}, nil},
		{"corp", directory.Compare{Attr: "meta.created", Op: directory.LE, Value: directory.Value{Time: time.Now()}}, []string{inner.ID, outer.ID}},
	} {
		page, err := db.QueryGroups(ctx, tc.scope, directory.Query{Where: tc.where, Limit: 10, Total: true})
		must(t, err)
		var got []string
		for _, g := range page.Found {
			got = append(got, g.ID)
		}
		if !slices.Equal(got, tc.want) || page.Total != len(tc.want) {
			t.Errorf("%s: got %v, total %d, want %v", told(tc.where), got, page.Total, tc.want)
		}
	}
	// Groups that a person is in, and by way of which others.
	for id, want := range map[string]int{inner.ID: 1, outer.ID: 1, theirs.ID: 0, "nothing": 0} {
		if n := count(t, db, text("groups", directory.EQ, id)); n != want {
			t.Errorf("%d people in group %s, want %d", n, id, want)
		}
	}
}
