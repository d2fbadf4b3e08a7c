package gateway

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"sallyport/access"
	"sallyport/session"
)

// memory is what is remembered of doors, and up to which revisions it is known
// to be true. A check is answered from it only after the database has said, by
// a read that began after the check came, that nothing is newer.
type memory struct {
	changes      session.Changes
	applications *access.Catalog
	connections  func(context.Context, int64) error

	bounds   atomic.Pointer[bounded]
	catching chan struct{} // holds one while somebody brings memory up to date
	known    atomic.Pointer[mark]
	last     atomic.Int64 // number of the last change that is known

	mu      sync.RWMutex
	changed map[string]int64 // ID of a session or person: number of the last change of it
	all     int64            // number of the last change of everybody
	tail    session.Change   // the last change that is known; none where Number is 0

	doors doors
	names names
}

func newMemory(o Options) *memory {
	m := &memory{
		changes: o.Changes, applications: o.Applications, connections: o.Connections,
		changed: map[string]int64{}, catching: make(chan struct{}, 1),
	}
	m.doors.init(o.Remember)
	return m
}

// holds reports whether what is remembered of a door is true at the point that
// memory stands at, which catchUp gave.
func (m *memory) holds(d *door, now mark) bool {
	if d.era != now.era || d.house.Load() < now.House {
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
func (m *memory) sweep(now time.Time, at mark) {
	i, first, last, due := m.doors.due(now)
	if !due {
		return
	}
	if first {
		m.doors.floor.Store(max(m.doors.floor.Load(), at.Sessions)) // before any part is looked through
	}
	m.doors.sweep(i, func(d *door) bool {
		d.forget(now)
		return now.UnixMilli() < d.expires && m.unchanged(d)
	})
	if last {
		m.forget(m.doors.floor.Load())
	}
}

// unchanged reports whether nothing is known to have changed of a door.
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
