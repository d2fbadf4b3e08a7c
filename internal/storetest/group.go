package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testGroups(t *testing.T, url URL) {
	t.Run("create", func(t *testing.T) { testCreateGroup(t, fresh(t, url)) })
	t.Run("change", func(t *testing.T) { testChangeGroup(t, fresh(t, url)) })
	t.Run("members", func(t *testing.T) { testMembers(t, fresh(t, url)) })
	t.Run("names", func(t *testing.T) { testGroupNames(t, fresh(t, url)) })
	t.Run("names at once", func(t *testing.T) { testGroupNamesAtOnce(t, fresh(t, url)) })
	t.Run("scope", func(t *testing.T) { testGroupScope(t, fresh(t, url)) })
	t.Run("nesting", func(t *testing.T) { testNesting(t, fresh(t, url)) })
	t.Run("nesting at once", func(t *testing.T) { testNestingAtOnce(t, fresh(t, url)) })
	t.Run("members at once", func(t *testing.T) { testMembersAtOnce(t, fresh(t, url)) })
	t.Run("remove", func(t *testing.T) { testRemoveGroup(t, fresh(t, url)) })
	t.Run("dry run", func(t *testing.T) { testGroupDryRun(t, fresh(t, url)) })
}

func group(name, slug string) *directory.Group {
	return &directory.Group{
		ID: id(), DisplayName: name, Source: directory.FromSCIM, IDP: slug, CreatedAt: soon(0), UpdatedAt: soon(0),
	}
}

// persons creates n people of "corp" and gives their IDs.
func persons(t testing.TB, db *store.DB, n int) []string {
	t.Helper()
	ids := make([]string, n)
	for i := range ids {
		u := user(fmt.Sprintf("person-%d-%s@example.com", i, id()))
		must(t, db.CreateUser(t.Context(), u, directory.Act{}))
		ids[i] = u.ID
	}
	return ids
}

func wantMember(t *testing.T, err error) {
	t.Helper()
	wantKind(t, err, fault.Invalid)
	if !errors.Is(err, directory.ErrMember) {
		t.Errorf("got %v, want that it is no possible member", err)
	}
}

func membersOf(t *testing.T, db *store.DB, groupID string) []string {
	t.Helper()
	all, err := db.Members(t.Context(), groupID, "", 0)
	must(t, err)
	ids := make([]string, len(all))
	for i, m := range all {
		ids[i] = m.ID
	}
	g, err := db.Group(t.Context(), "", groupID)
	must(t, err)
	if g.Members != len(all) {
		t.Errorf("group %s says that it has %d members, it has %d", groupID, g.Members, len(all))
	}
	return ids
}

func testCreateGroup(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 3)
	g := group("Engineers", "corp")
	g.ExternalID = "x-1"
	must(t, db.CreateGroup(ctx, g, []string{ids[0], ids[1], ids[0]}, directory.Act{Event: event(audit.GroupCreated)}))
	stored, err := db.Group(ctx, "", g.ID)
	must(t, err)
	equal(t, stored, g)
	if g.Members != 2 || g.Version != 1 {
		t.Errorf("created %+v", g)
	}
	equal(t, membersOf(t, db, g.ID), ids[:2])

	wantKind(t, db.CreateGroup(ctx, group("ENGINEERS", "corp"), nil, directory.Act{Event: event(audit.GroupCreated)}), fault.Conflict)
	must(t, db.CreateGroup(ctx, group("Engineers", "other"), nil, directory.Act{})) // another connection's beside it
	late := group("Late", "corp")
	wantMember(t, db.CreateGroup(ctx, late, []string{ids[2], "nobody"}, directory.Act{Event: event(audit.GroupCreated)}))
	wantMember(t, db.CreateGroup(ctx, late, []string{"a\x00b"}, directory.Act{}))
	wantMember(t, db.CreateGroup(ctx, late, []string{late.ID}, directory.Act{}))
	_, err = db.Group(ctx, "", late.ID)
	wantKind(t, err, fault.NotFound)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 1 || events[0].Object != "group:"+g.ID || events[0].IDP != "corp" {
		t.Errorf("events %+v, want that of the one group", events)
	}
}

func testChangeGroup(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 6)
	slices.Sort(ids)
	g := group("Engineers", "corp")
	must(t, db.CreateGroup(ctx, g, ids[:2], directory.Act{}))
	must(t, db.CreateGroup(ctx, group("Taken", "corp"), nil, directory.Act{}))
	change := func(c directory.GroupChange) *directory.Group {
		t.Helper()
		changed, err := db.ChangeGroup(ctx, g.ID, c, directory.Act{Event: event(audit.GroupChanged)})
		must(t, err)
		stored, err := db.Group(ctx, "corp", g.ID)
		must(t, err)
		equal(t, stored, changed)
		return changed
	}
	name, externalID, taken := "Makers", "x-2", "taken"
	for _, tc := range []struct {
		name    string
		change  directory.GroupChange
		want    []string
		version int64
	}{
		{"add, one of them in", directory.GroupChange{Add: []string{ids[1], ids[2], ids[2]}}, ids[:3], 2},
		{"add who is in", directory.GroupChange{Add: []string{ids[1]}}, ids[:3], 2},
		{"remove who is not in", directory.GroupChange{Remove: []string{ids[5], "nobody"}}, ids[:3], 2},
		{"remove and add", directory.GroupChange{Remove: ids[:2], Add: ids[3:4]}, ids[2:4], 3},
		{"remove and add the same", directory.GroupChange{Remove: ids[2:3], Add: ids[2:3]}, ids[2:4], 3},
		{"names", directory.GroupChange{DisplayName: &name, ExternalID: &externalID}, ids[2:4], 4},
		{"the same names", directory.GroupChange{DisplayName: &name, ExternalID: &externalID}, ids[2:4], 4},
		{"replace", directory.GroupChange{Replace: true, Add: ids[3:6]}, ids[3:6], 5},
		{"replace by the same", directory.GroupChange{Replace: true, Add: ids[3:6]}, ids[3:6], 5},
		{"replace by none", directory.GroupChange{Replace: true}, []string{}, 6},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if changed := change(tc.change); changed.Version != tc.version {
				t.Errorf("version %d, want %d", changed.Version, tc.version)
			}
			equal(t, membersOf(t, db, g.ID), tc.want)
		})
	}
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if len(events) != 5 {
		t.Errorf("%d events, want one for each change that changed something", len(events))
	}

	_, err = db.ChangeGroup(ctx, g.ID, directory.GroupChange{DisplayName: &taken, Add: ids[:1]}, directory.Act{})
	wantKind(t, err, fault.Conflict)
	_, err = db.ChangeGroup(ctx, g.ID, directory.GroupChange{ExternalID: &taken, Add: []string{ids[0], "nobody"}}, directory.Act{})
	wantMember(t, err)
	_, err = db.ChangeGroup(ctx, g.ID, directory.GroupChange{ExternalID: &taken}, directory.Act{Version: 5})
	wantKind(t, err, fault.Conflict)
	if !errors.Is(err, directory.ErrVersion) {
		t.Errorf("got %v, want that the version is another", err)
	}
	_, err = db.ChangeGroup(ctx, "nothing", directory.GroupChange{}, directory.Act{})
	wantKind(t, err, fault.NotFound)
	if left := change(directory.GroupChange{}); left.Version != 6 || left.ExternalID != externalID || left.DisplayName != name || left.Members != 0 {
		t.Errorf("what failed left %+v", left)
	}
}

func testMembers(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 612) // more than one statement takes
	slices.Sort(ids)
	inner, g := group("Inner", "corp"), group("All", "corp")
	must(t, db.CreateGroup(ctx, inner, nil, directory.Act{}))
	must(t, db.CreateGroup(ctx, g, append(slices.Clone(ids), inner.ID), directory.Act{}))
	want := append(slices.Clone(ids), inner.ID)
	slices.Sort(want)
	equal(t, membersOf(t, db, g.ID), want)
	var paged []string
	for after := ""; ; after = paged[len(paged)-1] {
		some, err := db.Members(ctx, g.ID, after, 100)
		must(t, err)
		if len(some) == 0 {
			break
		}
		for _, m := range some {
			paged = append(paged, m.ID)
			if (m.ID == inner.ID) != (m.Kind == directory.GroupMember) || m.Display == "" {
				t.Errorf("member %+v", m)
			}
		}
	}
	equal(t, paged, want)
	changed, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{Remove: ids}, directory.Act{})
	must(t, err)
	if changed.Members != 1 {
		t.Errorf("%d members are left, want the group alone", changed.Members)
	}
}

// testGroupScope: a robot sees its own groups, its own people and those of none.
func testGroupScope(t *testing.T, db *store.DB) {
	ctx := t.Context()
	people := map[string]string{}
	for _, slug := range []string{"corp", "other", ""} {
		u := user("of-" + slug + "@example.com")
		u.IDP = slug
		must(t, db.CreateUser(ctx, u, directory.Act{}))
		people[slug] = u.ID
	}
	robot := directory.Act{Scope: "corp"}
	g := group("Robots", "other")
	g.Source = directory.FromHand
	must(t, db.CreateGroup(ctx, g, []string{people["corp"], people[""]}, robot))
	if g.IDP != "corp" || g.Source != directory.FromSCIM {
		t.Errorf("a robot's group is %+v", g)
	}
	_, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{Add: []string{people["other"]}}, robot)
	wantMember(t, err)

	theirs, local := group("Theirs", "other"), group("Local", "")
	must(t, db.CreateGroup(ctx, theirs, nil, directory.Act{}))
	must(t, db.CreateGroup(ctx, local, []string{people["other"], people["corp"], g.ID}, directory.Act{}))
	for _, hidden := range []*directory.Group{theirs, local} {
		_, err := db.Group(ctx, "corp", hidden.ID)
		wantKind(t, err, fault.NotFound)
		_, err = db.ChangeGroup(ctx, hidden.ID, directory.GroupChange{Replace: true}, robot)
		wantKind(t, err, fault.NotFound)
		wantKind(t, db.RemoveGroup(ctx, hidden.ID, robot), fault.NotFound)
		_, err = db.ChangeGroup(ctx, g.ID, directory.GroupChange{Add: []string{hidden.ID}}, robot)
		wantMember(t, err)
	}
	must(t, db.RemoveGroup(ctx, g.ID, robot))
	equal(t, len(membersOf(t, db, local.ID)), 2)
}

func testNesting(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 2)
	chain := make([]*directory.Group, 11)
	for i := range chain {
		chain[i] = group(fmt.Sprintf("Group %02d", i), "corp")
		must(t, db.CreateGroup(ctx, chain[i], nil, directory.Act{}))
	}
	put := func(outer, inner int) error {
		_, err := db.ChangeGroup(ctx, chain[outer].ID, directory.GroupChange{Add: []string{chain[inner].ID}}, directory.Act{})
		return err
	}
	for i := 1; i < 5; i++ {
		must(t, put(i, i-1))
	}
	for i := 6; i < 10; i++ {
		must(t, put(i, i-1))
	}
	wantMember(t, put(0, 0))
	wantMember(t, put(0, 4))
	must(t, put(5, 4)) // ten in one another
	must(t, put(9, 4)) // a second way
	wantMember(t, put(10, 9))
	wantMember(t, put(0, 10))
	must(t, put(1, 10))
	wantMember(t, put(0, 9))

	_, err := db.ChangeGroup(ctx, chain[0].ID, directory.GroupChange{Add: ids[:1]}, directory.Act{})
	must(t, err)
	_, err = db.ChangeGroup(ctx, chain[3].ID, directory.GroupChange{Add: ids[:1]}, directory.Act{})
	must(t, err)
	of, err := db.GroupsOf(ctx, ids[0], ids[1], "nobody", ids[0])
	must(t, err)
	if len(of) != 1 || len(of[ids[0]]) != 10 {
		t.Fatalf("groups of a person at the bottom: %+v", of)
	}
	for i, ref := range of[ids[0]] {
		equal(t, ref, directory.GroupRef{ID: chain[i].ID, DisplayName: chain[i].DisplayName, IDP: "corp", Direct: i == 0 || i == 3})
	}
	none, err := db.GroupsOf(ctx)
	must(t, err)
	equal(t, len(none), 0)
}

// testNestingAtOnce: two acts that are innocent alone and a cycle together.
func testNestingAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for range 10 {
		a, b := group(id(), "corp"), group(id(), "corp")
		must(t, db.CreateGroup(ctx, a, nil, directory.Act{}))
		must(t, db.CreateGroup(ctx, b, nil, directory.Act{}))
		var errs [2]error
		together(2, func(i int) {
			outer, inner := a, b
			if i == 1 {
				outer, inner = b, a
			}
			_, errs[i] = db.ChangeGroup(ctx, outer.ID, directory.GroupChange{Add: []string{inner.ID}}, directory.Act{})
		})
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("want one of both to be refused, got %v and %v", errs[0], errs[1])
		}
	}
}

// testMembersAtOnce: the count is right whoever adds and removes at once.
func testMembersAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, atOnce)
	g := group("All", "corp")
	must(t, db.CreateGroup(ctx, g, nil, directory.Act{}))
	together(atOnce, func(i int) {
		if _, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{Add: []string{ids[i], ids[(i+1)%atOnce]}}, directory.Act{}); err != nil && !errors.Is(err, directory.ErrMember) {
			t.Error(err) // that somebody is removed already is none
		}
		if i%2 == 0 {
			if err := db.RemoveUser(ctx, ids[i], directory.Act{}); err != nil && fault.KindOf(err) != fault.NotFound {
				t.Error(err)
			}
		}
	})
	membersOf(t, db, g.ID)
}

func testRemoveGroup(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 2)
	inner, outer := group("Inner", "corp"), group("Outer", "corp")
	must(t, db.CreateGroup(ctx, inner, ids, directory.Act{}))
	must(t, db.CreateGroup(ctx, outer, []string{inner.ID, ids[0]}, directory.Act{}))
	wantKind(t, db.RemoveGroup(ctx, inner.ID, directory.Act{Version: 9}), fault.Conflict)
	must(t, db.RemoveGroup(ctx, inner.ID, directory.Act{Event: event(audit.GroupRemoved)}))
	wantKind(t, db.RemoveGroup(ctx, inner.ID, directory.Act{}), fault.NotFound)
	equal(t, membersOf(t, db, outer.ID), ids[:1])
	of, err := db.GroupsOf(ctx, ids...)
	must(t, err)
	if len(of) != 1 || len(of[ids[0]]) != 1 {
		t.Errorf("groups are %+v, want the outer one alone", of)
	}
	changed, err := db.Group(ctx, "", outer.ID)
	must(t, err)
	if changed.Version != 2 {
		t.Errorf("the group around it has version %d, want 2: its members changed", changed.Version)
	}
	must(t, db.CreateGroup(ctx, inner, nil, directory.Act{})) // nothing of it was left behind
	equal(t, len(membersOf(t, db, inner.ID)), 0)
}

func testGroupDryRun(t *testing.T, db *store.DB) {
	ctx := t.Context()
	ids := persons(t, db, 2)
	try := directory.Act{DryRun: true, Event: event(audit.GroupChanged)}
	tried := group("Tried", "corp")
	must(t, db.CreateGroup(ctx, tried, ids, try))
	if tried.Members != 2 {
		t.Errorf("tried %+v, want what it would be", tried)
	}
	_, err := db.Group(ctx, "", tried.ID)
	wantKind(t, err, fault.NotFound)
	g := group("Kept", "corp")
	must(t, db.CreateGroup(ctx, g, ids[:1], directory.Act{}))
	changed, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{Add: ids}, try)
	must(t, err)
	if changed.Members != 2 || changed.Version != 2 {
		t.Errorf("tried %+v, want what it would be", changed)
	}
	must(t, db.RemoveGroup(ctx, g.ID, try))
	_, err = db.ChangeGroup(ctx, g.ID, directory.GroupChange{Add: []string{"nobody"}}, try)
	wantMember(t, err)
	equal(t, membersOf(t, db, g.ID), ids[:1])
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	equal(t, len(events), 0)
}
