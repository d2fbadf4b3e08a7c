package web

import (
	"sync"
	"time"
)

// Bounds of what is known of entries.
const (
	sameEntry  = time.Minute
	maxEntries = 10_000
)

// entries are what people entered a moment ago: who goes to and fro is not
// written down each time.
type entries struct {
	mu   sync.Mutex
	seen map[entryKey]seenEntry
}

type entryKey struct{ user, application string }

type seenEntry struct {
	set string
	at  time.Time
}

func newEntries() *entries { return &entries{seen: map[entryKey]seenEntry{}} }

// known reports whether a person entered an application within the last
// minute, and with the same permission set.
func (e *entries) known(user, application, set string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	last, ok := e.seen[entryKey{user, application}]
	return ok && last.set == set && time.Since(last.at) < sameEntry
}

func (e *entries) keep(user, application, set string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.seen) >= maxEntries {
		clear(e.seen) // some are written once more, and nothing worse
	}
	e.seen[entryKey{user, application}] = seenEntry{set, time.Now()}
}
