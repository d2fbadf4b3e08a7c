package storetest

import (
	"slices"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testAdminGrants(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	before, err := db.Revision(ctx)
	must(t, err)

	ada := adminGrant(access.Administrator, false, "Ada@Example.com")
	again := adminGrant(access.Auditor, false, "ada@example.com") // another set of the same person
	group := adminGrant(access.Auditor, true, "Audit")
	other := adminGrant(access.Auditor, true, "audit") // groups are exact
	for _, g := range []*access.AdminGrant{ada, again, group, other} {
		must(t, db.CreateAdminGrant(ctx, g, event(audit.AdminGranted)))
	}
	for _, twice := range []*access.AdminGrant{
		adminGrant(access.Administrator, false, "ADA@example.com"),
		adminGrant(access.Auditor, true, "Audit"),
	} {
		wantKind(t, db.CreateAdminGrant(ctx, twice, event(audit.AdminGranted)), fault.Conflict)
	}
	all, err := db.AdminGrants(ctx)
	must(t, err)
	equal(t, all, []*access.AdminGrant{ada, again, group, other})

	wantKind(t, db.DeleteAdminGrant(ctx, ada.ID, event(audit.AdminRevoked)), fault.Conflict)
	wantKind(t, db.DeleteAdminGrant(ctx, "nobody", event(audit.AdminRevoked)), fault.NotFound)
	must(t, db.DeleteAdminGrant(ctx, group.ID, event(audit.AdminRevoked)))
	must(t, db.DeleteAdminGrant(ctx, again.ID, event(audit.AdminRevoked)))
	bob := adminGrant(access.Administrator, true, "Owners")
	must(t, db.CreateAdminGrant(ctx, bob, event(audit.AdminGranted)))
	must(t, db.DeleteAdminGrant(ctx, ada.ID, event(audit.AdminRevoked)))
	all, err = db.AdminGrants(ctx)
	must(t, err)
	equal(t, all, []*access.AdminGrant{other, bob})

	const acts = 8 // those that were done
	after, err := db.Revision(ctx)
	must(t, err)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	if after != before+acts || len(events) != acts {
		t.Errorf("%d steps of the revision and %d events, want %d of each", after-before, len(events), acts)
	}
}

// testLastAdministrator has all Administrators removed at once: whoever comes
// first, exactly one stays.
func testLastAdministrator(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	for range 5 {
		var ids []string
		for range atOnce {
			g := adminGrant(access.Administrator, false, id()+"@example.com")
			must(t, db.CreateAdminGrant(ctx, g, event(audit.AdminGranted)))
			ids = append(ids, g.ID)
		}
		ids = append(ids, administrators(t, db)...)
		slices.Sort(ids)
		ids = slices.Compact(ids)
		together(len(ids), func(i int) {
			err := db.DeleteAdminGrant(ctx, ids[i], event(audit.AdminRevoked))
			if err != nil && fault.KindOf(err) != fault.Conflict {
				t.Error(err)
			}
		})
		if left := administrators(t, db); len(left) != 1 {
			t.Fatalf("%d Administrators are left, want 1", len(left))
		}
	}
}

func administrators(t *testing.T, db *store.DB) []string {
	t.Helper()
	all, err := db.AdminGrants(t.Context())
	must(t, err)
	var ids []string
	for _, g := range all {
		if g.Set == access.Administrator {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

func adminGrant(set access.AdminSet, group bool, principal string) *access.AdminGrant {
	return &access.AdminGrant{ID: id(), IDP: "corp", Set: set, Group: group, Principal: principal, CreatedAt: soon(0), CreatedBy: "command"}
}
