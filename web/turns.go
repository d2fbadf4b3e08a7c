package web

import (
	"net/http"
	"sync"
	"time"

	"sallyport/internal/fault"
)

// Bounds of what is known of browsers that were let in.
const (
	turnsWithin = 10 * time.Second
	turnsMost   = 2 // the next one within that time is a page
	maxTurns    = 10_000
)

// turns are the browsers that were handed over to a page of an application a
// moment ago. One that is sent back here at once, again and again, is not let
// in there whatever we say: a page must say so, since nothing else stops it.
type turns struct {
	mu   sync.Mutex
	seen map[turnKey]turn
}

type turnKey struct{ session, browser, place string }

type turn struct {
	since time.Time
	count int
}

func newTurns() *turns { return &turns{seen: map[turnKey]turn{}} }

// tooMany counts one more turn, and reports whether it should not be made.
func (t *turns) tooMany(session string, browser []byte, place string) bool {
	key, now := turnKey{session, string(browser), place}, time.Now()
	t.mu.Lock()
	defer t.mu.Unlock()
	one, ok := t.seen[key]
	if !ok || now.Sub(one.since) > turnsWithin {
		one = turn{since: now}
	}
	if one.count >= turnsMost {
		return true
	}
	if !ok && len(t.seen) >= maxTurns {
		clear(t.seen) // a circle is stopped a little later, and nothing worse
	}
	one.count++
	t.seen[key] = one
	return false
}

// errCircle is said to who was let in, and came back at once, and again.
var errCircle = &statusError{status: http.StatusLoopDetected, retryAfter: "10", err: fault.New(fault.Unavailable,
	"You may enter this application, and it sent you back here again and again. Either your browser keeps no cookies for it, or its proxy decides otherwise than we do. Allow cookies for it and wait a moment, then open it again. If it stays, tell your administrator.")}
