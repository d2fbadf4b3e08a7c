package gateway

import (
	"sync"
	"sync/atomic"
	"time"

	"sallyport/access"
)

// door is what is remembered of one token at one host: enough to decide and
// to answer, and no more of the session than that.
type door struct {
	host    string
	session string // ID
	user    string // ID, also of a stranger
	expires int64  // of the session, Unix milliseconds
	facts   *access.Facts
	choices map[string]string       // application ID: ID of a permission set
	era     int64                   // of the mark at which it was read
	stamp   atomic.Int64            // it is true up to this revision of sessions
	house   atomic.Int64            // and this one of the house
	told    atomic.Pointer[[]*told] // to the applications at this host
}

// key is the SHA-256 of a door's token.
type key [32]byte

// doors is a bounded map in parts, so that those who ask at once do not meet.
type doors struct {
	parts [shards]shard
	most  int          // in one part
	floor atomic.Int64 // doors of an older revision are not taken any more

	sweeping atomic.Bool
	swept    atomic.Int64 // parts, ever
	lastAt   atomic.Int64 // Unix nanoseconds
}

type shard struct {
	mu sync.RWMutex
	of map[key]*door
}

const (
	shards     = 256
	remember   = 1_000_000
	sweepRound = time.Minute // in which all parts are looked through
)

func (d *doors) init(most int) {
	if most <= 0 {
		most = remember
	}
	d.most = (most + shards - 1) / shards
}

func (d *doors) find(k key) *door {
	s := &d.parts[k[0]]
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.of[k]
}

// keep remembers a door. One that is older than what has been swept is left
// out: what has changed since is forgotten.
func (d *doors) keep(k key, one *door) {
	s := &d.parts[k[0]]
	s.mu.Lock()
	defer s.mu.Unlock()
	if one.stamp.Load() < d.floor.Load() {
		return
	}
	if s.of == nil {
		s.of = map[key]*door{}
	}
	if _, known := s.of[k]; !known && len(s.of) >= d.most {
		for any := range s.of { // whichever: maps begin anywhere
			delete(s.of, any)
			break
		}
	}
	s.of[k] = one
}

// clear forgets all of them. Whoever is about to keep one is of another era.
func (d *doors) clear() {
	d.floor.Store(0)
	for i := range d.parts {
		s := &d.parts[i]
		s.mu.Lock()
		clear(s.of)
		s.mu.Unlock()
	}
}

func (d *doors) drop(k key) {
	s := &d.parts[k[0]]
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.of, k)
}

// due gives the part that is to be swept now, and whether it is the first or
// the last of a round. Who got one calls sweep.
func (d *doors) due(now time.Time) (part int, first, last, ok bool) {
	const every = int64(sweepRound / shards)
	at := d.lastAt.Load()
	if now.UnixNano()-at < every || !d.sweeping.CompareAndSwap(false, true) {
		return 0, false, false, false
	}
	d.lastAt.Store(now.UnixNano())
	part = int(d.swept.Load() % shards)
	return part, part == 0, part == shards-1, true
}

func (d *doors) sweep(part int, stays func(*door) bool) {
	s := &d.parts[part]
	s.mu.Lock()
	for k, one := range s.of {
		if !stays(one) {
			delete(s.of, k)
		}
	}
	s.mu.Unlock()
	d.swept.Add(1)
	d.sweeping.Store(false)
}
