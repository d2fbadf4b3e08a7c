package access

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"sallyport/internal/fault"
)

// flights are the readings of Follow: one at a time, shared by all who wait.
type flights struct {
	mu  sync.Mutex
	now *flight
}

type flight struct {
	done chan struct{}
	err  error // once done
}

// Follow reads the applications again where they are older than revision. It
// is what a caller does who must not decide by yesterday's assignments. Callers
// share readings, but never one that had begun before they came.
// fault.Unavailable where the store knows no such revision.
func (c *Catalog) Follow(ctx context.Context, revision int64) error {
	for late := false; c.known() < revision; late = true {
		f, leads := c.flights.join()
		if leads {
			f.err = c.Reload(ctx)
			c.flights.land(f)
			if f.err == nil && c.known() < revision {
				return fault.New(fault.Unavailable, "The database is behind what it said before.")
			}
			return f.err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the applications: %w", ctx.Err())
		case <-f.done:
		}
		if late && f.err != nil && !errors.Is(f.err, context.Canceled) && !errors.Is(f.err, context.DeadlineExceeded) {
			return f.err // of a reading that began after this call; not for want of its leader's patience
		}
	}
	return nil
}

// CatchUp brings memory up to what the store holds at this moment. Whoever
// sends people on asks for it first: the gateway decides by the same, and a
// door that one of them opens and the other one shuts leads in circles. Where the
// store has gone back to an older revision, as one does that was restored from a
// backup, everything is read anew.
func (c *Catalog) CatchUp(ctx context.Context) error {
	before := c.known()
	revision, err := c.store.Revision(ctx)
	if err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	if revision < before { // they only grow
		return c.Reload(ctx)
	}
	return c.Follow(ctx, revision)
}

// turn is a lock that nobody waits for longer than they have patience.
type turn chan struct{}

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t turn) give() { <-t }

// join gives the reading under way, or a new one, which the caller leads.
func (f *flights) join() (*flight, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now != nil {
		return f.now, false
	}
	f.now = &flight{done: make(chan struct{})}
	return f.now, true
}

func (f *flights) land(one *flight) {
	f.mu.Lock()
	f.now = nil
	f.mu.Unlock()
	close(one.done)
}

// Snapshot is a number that changes whenever what decisions rest on does.
func (c *Catalog) Snapshot() int64 { return c.snapshot.Load().number }
