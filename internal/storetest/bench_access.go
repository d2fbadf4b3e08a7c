package storetest

import (
	"context"
	"fmt"
	"testing"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/store"
)

// A house of a company: what a catalog reads with every change.
const (
	benchApplications = 3000
	benchAssignments  = 10_000
)

// BenchmarkAccess measures what an administrator and a portal wait for.
func BenchmarkAccess(b *testing.B, url URL) {
	db, apps, set, person := assigned(b, url)
	b.Run("read 3,000 applications and 10,000 assignments", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := access.Open(b.Context(), db); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("grant and revoke 100", func(b *testing.B) {
		for b.Loop() {
			var all []*access.Assignment
			var ids []string
			for i := range 100 {
				all = append(all, &access.Assignment{
					ID: id(), Principal: access.Principal{Kind: access.ToClaim, IDP: "corp", Name: fmt.Sprint("bench ", i)}, ApplicationID: apps[i], PermissionSetID: set,
				})
				ids = append(ids, all[i].ID)
			}
			_, err := db.CreateAssignments(b.Context(), all, "command")
			must(b, err)
			_, err = db.DeleteAssignments(b.Context(), ids, "command")
			must(b, err)
		}
	})
	b.Run("enter", func(b *testing.B) {
		inTurn(b, func(ctx context.Context, i int) error { return db.Entered(ctx, person, apps[i%200], set, soon(0)) })
	})
	b.Run("shelf", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Shelf(b.Context(), person); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// assigned is a store in which 100 groups are assigned 100 applications each.
func assigned(b *testing.B, url URL) (db *store.DB, apps []string, set, person string) {
	b.Helper()
	ctx := b.Context()
	db = corp(b, url)
	for i := range benchApplications {
		a := application(fmt.Sprint("app-", i))
		must(b, db.CreateApplication(ctx, a, audit.Event{}))
		apps = append(apps, a.ID)
	}
	s, u := permissionSet("Viewer"), user("ada@example.com")
	must(b, db.CreatePermissionSet(ctx, s, audit.Event{}))
	must(b, db.CreateUser(ctx, u, directory.Act{}))
	for i := range benchAssignments / 100 {
		g := group(fmt.Sprint("Group ", i), "")
		must(b, db.CreateGroup(ctx, g, nil, directory.Act{}))
		var all []*access.Assignment
		for j := range 100 {
			all = append(all, &access.Assignment{
				ID: id(), Principal: access.Principal{Kind: access.ToGroup, ID: g.ID}, ApplicationID: apps[(i*37+j*29)%benchApplications], PermissionSetID: s.ID,
			})
		}
		_, err := db.CreateAssignments(ctx, all, "command")
		must(b, err)
	}
	return db, apps, s.ID, u.ID
}
