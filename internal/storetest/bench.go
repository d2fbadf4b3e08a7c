package storetest

import (
	"context"
	"syscall"
	"testing"
	"time"

	"sallyport/directory"
	"sallyport/session"
	"sallyport/store"
)

// people that sign in again and again in benchmarks: first sign-ins are rare.
const people = 1000

// BenchmarkRecordSignIn measures one durable, unsolicited sign-in.
func BenchmarkRecordSignIn(b *testing.B, url URL) {
	b.Run("serial", func(b *testing.B) {
		db, names := populated(b, url)
		b.ReportAllocs()
		one := func(ctx context.Context, i int) error { return db.RecordSignIn(ctx, returning(names[i%people])) }
		inTurn(b, one)
	})
	b.Run("parallel 8", func(b *testing.B) {
		db, names := populated(b, url)
		b.ReportAllocs()
		inParallel(b, func(ctx context.Context, i int) error {
			return db.RecordSignIn(ctx, returning(names[i%people]))
		})
	})
}

// BenchmarkSession measures finding a live session by its token's hash.
func BenchmarkSession(b *testing.B, url URL) {
	db, names := populated(b, url)
	var hashes [][]byte
	for i := range people {
		s := returning(names[i])
		must(b, db.RecordSignIn(b.Context(), s))
		hashes = append(hashes, s.Session.TokenHash)
	}
	find := func(ctx context.Context, i int) error {
		_, err := db.Session(ctx, hashes[i%people])
		return err
	}
	b.Run("serial", func(b *testing.B) {
		b.ReportAllocs()
		inTurn(b, find)
	})
	b.Run("parallel 8", func(b *testing.B) {
		b.ReportAllocs()
		inParallel(b, find)
	})
}

func populated(b *testing.B, url URL) (*store.DB, []string) {
	b.Helper()
	db := corp(b, url)
	names := make([]string, people)
	for i := range names {
		u := user(id() + "@example.com")
		names[i] = u.UserName
		must(b, db.CreateUser(b.Context(), u, directory.Act{}))
	}
	return db, names
}

// returning is a sign-in with what an ordinary assertion brings: ten tags and a
// SessionIndex.
func returning(name string) *session.SignIn {
	s := signIn(name)
	s.CreateUser = nil
	s.Session.SessionIndex = s.AssertionID
	tag := s.Session.Tags[0]
	tag.Lost = nil
	s.Session.Tags = nil
	for range 10 {
		s.Session.Tags = append(s.Session.Tags, tag)
	}
	return s
}

func inTurn(b *testing.B, do func(ctx context.Context, i int) error) { spread(b, 1, do) }

func inParallel(b *testing.B, do func(ctx context.Context, i int) error) { spread(b, 8, do) }

// spread spreads b.N calls over that many callers. Beside the time that passes
// it reports the processor time that this process uses, which a busy machine
// and a slow disk do not change.
func spread(b *testing.B, callers int, do func(ctx context.Context, i int) error) {
	ctx := b.Context()
	b.ResetTimer()
	before := processorTime(b)
	together(callers, func(caller int) {
		for i := caller; i < b.N; i += callers {
			if err := do(ctx, i); err != nil {
				b.Error(err)
				return
			}
		}
	})
	used := processorTime(b) - before
	b.ReportMetric(float64(used.Microseconds())/float64(b.N), "cpu-µs/op")
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
