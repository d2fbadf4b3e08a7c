package gateway

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// patience bounds how long a check waits for the database before it is refused:
// at least so long, and at most twice.
const patience = 5 * time.Second

// bounded is a context that ends by itself.
type bounded struct {
	context.Context
	cancel context.CancelFunc // it is never called: time does it
	until  time.Time          // others may be made to wait by it
}

// bound gives a context that ends in time. Many checks share one: to make one
// for each would cost as much as to decide. Reads are shared too, so that the
// patience of one caller must not end them.
func (m *memory) bound() context.Context {
	now := time.Now()
	if b := m.bounds.Load(); b != nil && now.Before(b.until) {
		return b
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	b := &bounded{Context: ctx, cancel: cancel, until: now.Add(patience)}
	m.bounds.Store(b)
	return b
}

// mark is a point up to which memory is true.
type mark struct {
	session.Revisions
	// era is another one after the database went back in time, as one does that
	// was restored from a backup: what was known before is worth nothing then,
	// whatever its numbers.
	era int64
}

// covers reports whether what is known at one point holds what was known at
// another of the same era.
func (k *mark) covers(asked session.Revisions) bool {
	return k != nil && k.House >= asked.House && k.Sessions >= asked.Sessions
}

// Why nobody passes.
const (
	unknownSession = "Whether you are signed in can't be told right now. Please try again in a moment."
	unknownHouse   = "Whether you may enter can't be told right now. Please try again in a moment."
)

// catchUp brings memory to where the database stands now, or later, and gives
// the point that it stands at. An error lets nobody pass.
func (m *memory) catchUp() (mark, error) {
	ctx := m.bound()
	before := m.known.Load()
	// Those who ask at once share reads of the store: see its Revisions.
	now, err := m.changes.Revisions(ctx)
	if err != nil {
		return mark{}, fault.Wrap(fault.Unavailable, unknownSession, fmt.Errorf("read the revisions: %w", err))
	}
	// Numbers only grow, and these are of after before was known.
	back := before != nil && (now.House < before.House || now.Sessions < before.Sessions)
	if known := m.known.Load(); known.covers(now) && !back {
		return *known, nil
	}
	m.catching.Lock()
	defer m.catching.Unlock()
	known := m.known.Load()
	back = back && known.era == before.era // or else somebody has begun anew already
	if known.covers(now) && !back {
		return *known, nil
	}
	next := mark{Revisions: now}
	switch {
	case back:
		if err := m.beginAnew(ctx, now); err != nil {
			return mark{}, fault.Wrap(fault.Unavailable, unknownHouse, err)
		}
		next.era = known.era + 1
	case known != nil:
		next.era, next.House = known.era, max(now.House, known.House)
		if next.Sessions, err = m.learn(ctx, known.Sessions, now.Sessions); err != nil {
			return mark{}, fault.Wrap(fault.Unavailable, unknownSession, err)
		}
	default:
		m.last.Store(now.Sessions)
	}
	if err := m.follow(ctx, next.House); err != nil {
		return mark{}, fault.Wrap(fault.Unavailable, unknownHouse, err)
	}
	m.known.Store(&next)
	return next, nil
}

// beginAnew forgets everything, and reads the applications whatever the
// revision that they are known at.
func (m *memory) beginAnew(ctx context.Context, now session.Revisions) error {
	if err := m.applications.Reload(ctx); err != nil {
		return fmt.Errorf("read the applications anew: %w", err)
	}
	m.doors.clear()
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.changed)
	m.all = 0
	m.last.Store(now.Sessions)
	return nil
}

// follow reads what decisions rest on where it is older than a revision.
func (m *memory) follow(ctx context.Context, house int64) error {
	if m.connections != nil {
		if err := m.connections(ctx, house); err != nil {
			return fmt.Errorf("follow the connections: %w", err)
		}
	}
	if err := m.applications.Follow(ctx, house); err != nil {
		return fmt.Errorf("follow the applications: %w", err)
	}
	return nil
}

// learn takes in what has changed of sessions, and gives the revision that is
// known then.
func (m *memory) learn(ctx context.Context, from, to int64) (int64, error) {
	if from >= to {
		return from, nil
	}
	changes, err := m.changes.ChangesAfter(ctx, from)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, fmt.Errorf("read what changed after %d: %w", from, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	// What is forgotten may have been about anybody.
	if err != nil || len(changes) == 0 || changes[len(changes)-1].Number < to {
		m.all = to
		m.last.Store(to)
		return to, nil
	}
	for _, c := range changes {
		if c.SessionID == "" && c.UserID == "" {
			m.all = c.Number
		}
		if c.SessionID != "" {
			m.changed[c.SessionID] = c.Number
		}
		if c.UserID != "" {
			m.changed[c.UserID] = c.Number
		}
	}
	last := changes[len(changes)-1].Number
	m.last.Store(last)
	return last, nil
}
