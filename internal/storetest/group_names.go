package storetest

import (
	"fmt"
	"sync"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

// testGroupNames: a name means one group to the house, or one to each
// connection, never both.
func testGroupNames(t *testing.T, db *store.DB) {
	ctx := t.Context()
	local, theirs := group("Break glass", ""), group("Staff", "corp")
	must(t, db.CreateGroup(ctx, local, nil, directory.Act{Event: event(audit.GroupCreated)}))
	must(t, db.CreateGroup(ctx, theirs, nil, robot(audit.GroupCreated)))
	before := contents(t, db)
	rename := func(g *directory.Group, name string, act directory.Act) error {
		_, err := db.ChangeGroup(ctx, g.ID, directory.GroupChange{DisplayName: &name}, act)
		return err
	}
	for _, name := range []string{"Break glass", "BREAK GLASS", "Ｂreak glass"} {
		wantKind(t, db.CreateGroup(ctx, group(name, ""), nil, robot(audit.GroupCreated)), fault.Conflict)
		wantKind(t, rename(theirs, name, robot(audit.GroupChanged)), fault.Conflict)
		wantKind(t, rename(theirs, name, directory.Act{}), fault.Conflict) // left over, by an administrator
	}
	for _, name := range []string{"Staff", "staff"} {
		wantKind(t, db.CreateGroup(ctx, group(name, ""), nil, directory.Act{Event: event(audit.GroupCreated)}), fault.Conflict)
		wantKind(t, rename(local, name, directory.Act{Event: event(audit.GroupChanged)}), fault.Conflict)
	}
	equal(t, contents(t, db), before)

	names, err := db.LocalNames(ctx, "break GLASS", "Staff", "Break glass", "", "\xff", "none")
	must(t, err)
	equal(t, names, map[string]bool{"break GLASS": true, "Break glass": true})
	if names, err = db.LocalNames(ctx); err != nil || len(names) != 0 {
		t.Errorf("of no names: %v, %v", names, err)
	}
	// A name that is free again is anybody's.
	must(t, rename(local, "Emergency", directory.Act{Event: event(audit.GroupChanged)}))
	must(t, rename(theirs, "Break glass", robot(audit.GroupChanged)))
}

// testGroupNamesAtOnce: of a robot and an administrator who give one name at
// the same moment, one is refused.
func testGroupNamesAtOnce(t *testing.T, db *store.DB) {
	ctx := t.Context()
	for round := range 20 {
		name := fmt.Sprintf("Group %d", round)
		acts := []directory.Act{robot(audit.GroupCreated), {Event: event(audit.GroupCreated)}}
		errs := make([]error, len(acts))
		var all sync.WaitGroup
		for i, act := range acts {
			all.Go(func() { errs[i] = db.CreateGroup(ctx, group(name, ""), nil, act) })
		}
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("the robot: %v, the administrator: %v; want one of them refused", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				wantKind(t, err, fault.Conflict)
			}
		}
	}
}
