package gateway

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
)

// memory is what is remembered of doors, and up to which revisions it is known
// to be true. A check is answered from it only after the database has said, by
// a read that began after the check came, that nothing is newer.
type memory struct {
	fresh        fresh
	changes      session.Changes
	applications *access.Catalog
	connections  func(context.Context, int64) error

	catching sync.Mutex // one caller at a time brings memory up to date
	known    atomic.Pointer[session.Revisions]
	last     atomic.Int64 // number of the last change that is known

	mu      sync.RWMutex
	changed map[string]int64 // ID of a session or person: number of the last change of it
	all     int64            // number of the last change of everybody

	doors doors
	names names
}

func newMemory(o Options) *memory {
	m := &memory{
		changes: o.Changes, applications: o.Applications, connections: o.Connections,
		changed: map[string]int64{},
	}
	m.fresh.read = o.Changes.Revisions
	m.doors.init(o.Remember)
	return m
}

// catchUp brings memory to where the database stands now, or later, and gives
// the revisions that it stands at. An error lets nobody pass.
func (m *memory) catchUp(ctx context.Context) (session.Revisions, error) {
	now, err := m.fresh.revisions(ctx)
	if err != nil {
		return session.Revisions{}, err
	}
	if known := m.known.Load(); known != nil && covers(*known, now) {
		return *known, nil
	}
	m.catching.Lock()
	defer m.catching.Unlock()
	known := m.known.Load()
	if known != nil && covers(*known, now) {
		return *known, nil
	}
	if err := m.follow(ctx, now.House); err != nil {
		return session.Revisions{}, fault.Wrap(fault.Unavailable, "Whether you may enter can't be told right now. Please try again in a moment.", err)
	}
	next := now
	if known != nil {
		next.House = max(now.House, known.House)
		if next.Sessions, err = m.learn(ctx, known.Sessions, now.Sessions); err != nil {
			return session.Revisions{}, fault.Wrap(fault.Unavailable, "Whether you are signed in can't be told right now. Please try again in a moment.", err)
		}
	}
	m.known.Store(&next)
	return next, nil
}

// covers reports whether what is known at one point holds what was known at
// another.
func covers(known, asked session.Revisions) bool {
	return known.House >= asked.House && known.Sessions >= asked.Sessions
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

// holds reports whether what is remembered of a door is true at the revisions
// that memory stands at. They must have been given by catchUp.
func (m *memory) holds(d *door, now session.Revisions) bool {
	if d.house.Load() < now.House {
		return false
	}
	stamp := d.stamp.Load()
	if stamp >= m.last.Load() {
		return true
	}
	m.mu.RLock()
	newest := max(m.all, m.changed[d.session], m.changed[d.user])
	last := m.last.Load()
	m.mu.RUnlock()
	if newest > stamp {
		return false
	}
	d.stamp.Store(last)
	return true
}

// sweep looks through a part of the doors now and then, on the way of whoever
// asks, so that those which nobody opens any more go. After a whole round, what
// had changed before it is of no door that is still there.
func (m *memory) sweep(now time.Time, at session.Revisions) {
	i, first, last, due := m.doors.due(now)
	if !due {
		return
	}
	if first {
		m.doors.floor.Store(max(m.doors.floor.Load(), at.Sessions)) // before any part is looked through
	}
	m.doors.sweep(i, func(d *door) bool { return now.UnixMilli() < d.expires && m.unchanged(d) })
	if last {
		m.forget(m.doors.floor.Load())
	}
}

func (m *memory) unchanged(d *door) bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return max(m.all, m.changed[d.session], m.changed[d.user]) <= d.stamp.Load()
}

// forget drops changes that no door remembers the time before.
func (m *memory) forget(floor int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, number := range m.changed {
		if number <= floor {
			delete(m.changed, id)
		}
	}
}
