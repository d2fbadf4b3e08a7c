package access_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
)

// slow is a store whose readings take a second each, and says how many there
// were.
type slow struct {
	shelf
	mu    sync.Mutex
	reads int
	fails int // how many readings are still to fail
}

func (s *slow) Applications(ctx context.Context) ([]*access.Application, error) {
	s.mu.Lock()
	s.reads++
	failing := s.fails > 0
	s.fails -= min(s.fails, 1)
	s.mu.Unlock()
	all, err := s.shelf.Applications(ctx)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if failing {
		return nil, errors.New("disk gone")
	}
	return all, err
}

func (s *slow) readings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

func openSlow(t *testing.T) (*slow, *access.Catalog) {
	s := &slow{}
	c, err := access.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return s, c
}

func TestFollowReadsOnlyWhatIsNewer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := openSlow(t)
		s.set(7, nil, &access.Application{ID: "1", Name: "wiki", URL: "https://wiki.example.com"})
		before := c.Snapshot()
		for range 3 {
			if err := c.Follow(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
		}
		if s.readings() != 2 || c.Application("wiki") == nil || c.Snapshot() == before {
			t.Errorf("%d readings, wiki %v, snapshot %d after %d", s.readings(), c.Application("wiki"), c.Snapshot(), before)
		}
		if err := c.Follow(t.Context(), 6); err != nil || s.readings() != 2 {
			t.Errorf("an older revision: %v, %d readings", err, s.readings())
		}
		if err := c.Follow(t.Context(), 8); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("a revision that the store does not know: %v", err)
		}
	})
}

func TestFollowIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := openSlow(t)
		s.set(7, nil)
		var waiting sync.WaitGroup
		for range 50 {
			waiting.Go(func() {
				if err := c.Follow(t.Context(), 7); err != nil {
					t.Error(err)
				}
			})
		}
		waiting.Wait()
		if n := s.readings(); n != 2 {
			t.Errorf("%d readings, want one beside the first", n)
		}

		// A reading under way says nothing of what came after it had begun.
		s.set(8, nil)
		waiting.Go(func() { _ = c.Follow(t.Context(), 8) })
		time.Sleep(time.Second / 2)
		s.set(9, nil, &access.Application{ID: "1", Name: "late", URL: "https://late.example.com"})
		for range 50 {
			waiting.Go(func() {
				if err := c.Follow(t.Context(), 9); err != nil || c.Application("late") == nil {
					t.Errorf("%v, late %v", err, c.Application("late"))
				}
			})
		}
		waiting.Wait()
		if n := s.readings(); n != 4 {
			t.Errorf("%d readings, want two more", n)
		}
	})
}

func TestFollowWhileTheStoreFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := openSlow(t)
		s.set(7, nil)
		s.fails = 2
		failed := make(chan error, 50)
		for range 50 {
			go func() { failed <- c.Follow(t.Context(), 7) }()
		}
		bad := 0
		for range 50 {
			if err := <-failed; err != nil {
				bad++
			}
		}
		// One led each of the readings that failed; who waited through a whole one
		// of them heard of it.
		if bad != 50 || s.readings() != 3 {
			t.Errorf("%d of 50 failed, %d readings", bad, s.readings())
		}
		if err := c.Follow(t.Context(), 7); err != nil {
			t.Errorf("after the store came back: %v", err)
		}
	})
}

func TestFollowOutlivesTheImpatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := openSlow(t)
		s.set(7, nil)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if err := c.Follow(impatient, 7); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who leads without patience: %v", err)
			}
		})
		synctest.Wait()
		for range 5 {
			waiting.Go(func() {
				if err := c.Follow(t.Context(), 7); err != nil {
					t.Errorf("who waits: %v", err)
				}
			})
		}
		waiting.Go(func() {
			if err := c.Follow(impatient, 7); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who waits without patience: %v", err)
			}
		})
		waiting.Wait()
	})
}

// A database that was restored from a backup counts from where that stood.
func TestCatchUpWithAStoreThatWentBackInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, c := openSlow(t)
		s.set(9, nil, &access.Application{ID: "1", Name: "late", URL: "https://late.example.com"})
		if err := c.CatchUp(t.Context()); err != nil || c.Application("late") == nil {
			t.Fatal(err, c.Application("late"))
		}
		s.set(7, nil, &access.Application{ID: "2", Name: "wiki", URL: "https://wiki.example.com"})
		if err := c.CatchUp(t.Context()); err != nil || c.Application("late") != nil || c.Application("wiki") == nil {
			t.Errorf("%v; late %v, wiki %v", err, c.Application("late"), c.Application("wiki"))
		}
		// And 9 is another 9 now.
		s.set(9, nil)
		if err := c.CatchUp(t.Context()); err != nil || c.Application("wiki") != nil {
			t.Errorf("%v; wiki %v", err, c.Application("wiki"))
		}
		if before := s.readings(); c.CatchUp(t.Context()) != nil || s.readings() != before {
			t.Error("nothing changed, and it is read again")
		}
	})
}

// Somebody else's reading may hang: who has no patience left goes.
func TestReloadWaitsForOthersAsLongAsItsCallerDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, c := openSlow(t)
		go func() { _ = c.Reload(t.Context()) }()
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second/10)
		defer cancel()
		began := time.Now()
		if err := c.Reload(impatient); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > time.Second/2 {
			t.Errorf("%v after %v", err, time.Since(began))
		}
	})
}
