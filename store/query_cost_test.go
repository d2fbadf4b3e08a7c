package store

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// TestCostlyQueriesWait: two of them run, a third waits and gives up in time,
// and what is not costly waits for nobody.
func TestCostlyQueriesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCostly(Options{})
		began, end, results := time.Now(), make(chan struct{}), make(chan error, 3)
		running := 0
		long := func(ctx context.Context) error {
			running++
			select {
			case <-end:
				return nil
			case <-ctx.Done():
				return errors.New("interrupted")
			}
		}
		for range costlyAtOnce {
			go func() { results <- c.limited(t.Context(), true, long) }()
			synctest.Wait()
		}
		go func() { results <- c.limited(t.Context(), true, long) }()
		synctest.Wait()
		if running != costlyAtOnce {
			t.Errorf("%d costly queries run at once, want %d", running, costlyAtOnce)
		}
		if err := c.limited(t.Context(), false, func(context.Context) error { return nil }); err != nil || time.Since(began) != 0 {
			t.Errorf("another query: %v after %v", err, time.Since(began))
		}
		for range costlyAtOnce + 1 {
			if err := <-results; fault.KindOf(err) != fault.Unavailable || time.Since(began) != queryTime {
				t.Errorf("%v after %v, want it to be given up after %v", err, time.Since(began), queryTime)
			}
		}
		// The slots are free again, and a caller who goes is no fault of ours.
		close(end)
		if err := c.limited(t.Context(), true, long); err != nil {
			t.Error(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := c.limited(gone, true, func(ctx context.Context) error { return ctx.Err() }); !errors.Is(err, context.Canceled) || fault.KindOf(err) != fault.Internal {
			t.Errorf("whose caller is gone: %v", err)
		}
	})
}

// TestWhatIsCostly: the look-ups of robots are not, whatever reads everyone is.
func TestWhatIsCostly(t *testing.T) {
	eq := func(a directory.Attribute) directory.Expr {
		return directory.Compare{Attr: a, Op: directory.EQ, Value: directory.Value{Text: "x"}}
	}
	many := eq("userName")
	for range 3 {
		many = directory.And{Left: many, Right: directory.Not{Of: eq("groups.value")}}
	}
	work := directory.Element{Attr: "emails", Where: directory.And{Left: eq("emails.type"), Right: eq("emails.value")}}
	for name, c := range map[string]struct {
		q      directory.Query
		costly bool
	}{
		"all":             {directory.Query{}, false},
		"by userName":     {directory.Query{Where: eq("userName")}, false},
		"by e-mail":       {directory.Query{Where: work}, false},
		"by group":        {directory.Query{Where: eq("groups.value")}, false},
		"sorted by name":  {directory.Query{SortBy: "userName"}, false},
		"by title":        {directory.Query{Where: eq("title")}, true},
		"not in a group":  {directory.Query{Where: directory.Not{Of: eq("groups.value")}}, true},
		"much at once":    {directory.Query{Where: many}, true},
		"sorted by title": {directory.Query{SortBy: "title"}, true},
		"sorted by mail":  {directory.Query{SortBy: "emails"}, true},
	} {
		if got := newCompiler(sqlite, userResource, "corp").costs(c.q); got != c.costly {
			t.Errorf("%s: costly %v", name, got)
		}
	}
}
