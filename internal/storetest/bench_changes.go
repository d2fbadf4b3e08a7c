package storetest

import (
	"context"
	"fmt"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
)

// BenchmarkRevisions measures what is read at every request that a proxy asks
// about: while nothing happens, with many asking at once, and where each read
// comes after a change.
func BenchmarkRevisions(b *testing.B, url URL) {
	db := corp(b, url)
	s := began(b, db, "ada@example.com")
	read := func(ctx context.Context, _ int) error {
		_, err := db.Revisions(ctx)
		return err
	}
	b.Run("serial", func(b *testing.B) {
		b.ReportAllocs()
		inTurn(b, read)
	})
	b.Run("parallel 8", func(b *testing.B) {
		b.ReportAllocs()
		inParallel(b, read)
	})
	b.Run("parallel 64", func(b *testing.B) {
		b.ReportAllocs()
		spread(b, 64, read)
	})
	b.Run("after a change", func(b *testing.B) {
		for i := range b.N {
			b.StopTimer()
			must(b, db.Choose(b.Context(), s.ID, "app", fmt.Sprint(b.N, i)))
			b.StartTimer()
			must(b, read(b.Context(), i))
		}
	})
}

// BenchmarkDoor measures finding the session behind a host's token.
func BenchmarkDoor(b *testing.B, url URL) {
	db := corp(b, url)
	var tokens [][]byte
	for i := range 200 {
		s := began(b, db, fmt.Sprintf("%d@example.com", i))
		must(b, db.Choose(b.Context(), s.ID, "app", "set"))
		tokens = append(tokens, takeOver(b, db, s, hubbubHost))
	}
	b.ReportAllocs()
	inTurn(b, func(ctx context.Context, i int) error {
		_, err := db.Door(ctx, tokens[i%len(tokens)], hubbubHost)
		return err
	})
}

// BenchmarkProvisioning measures people being put into groups, eight at once,
// who have no session (so that no act waits for another at the number of
// changes), and who have one.
func BenchmarkProvisioning(b *testing.B, url URL) {
	for _, signedIn := range []bool{false, true} {
		b.Run(fmt.Sprintf("signed in %t", signedIn), func(b *testing.B) {
			db := corp(b, url)
			people, groups := persons(b, db, 64), make([]string, 8)
			for i := range groups {
				g := group(fmt.Sprint("group ", i), "corp")
				must(b, db.CreateGroup(b.Context(), g, nil, robot(audit.GroupCreated)))
				groups[i] = g.ID
			}
			for _, id := range people {
				u, err := db.User(b.Context(), id)
				must(b, err)
				if signedIn {
					began(b, db, u.UserName)
				}
			}
			before := revisions(b, db).Sessions
			inParallel(b, func(ctx context.Context, i int) error {
				id := people[i%len(people)]
				c := directory.GroupChange{Add: []string{id}}
				if i/len(people)%2 == 1 {
					c = directory.GroupChange{Remove: []string{id}}
				}
				_, err := db.ChangeGroup(ctx, groups[i%len(groups)], c, robot(audit.GroupChanged))
				return err
			})
			b.ReportMetric(float64(revisions(b, db).Sessions-before)/float64(b.N), "changes/op")
		})
	}
}
