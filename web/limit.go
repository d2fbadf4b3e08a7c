package web

import (
	"container/list"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sallyport/internal/fault"
)

// maxAddresses bounds a limiter's memory: the address that failed longest ago
// is forgotten first.
const maxAddresses = 10_000

// limiter counts failures by address. Successes cost nothing, so that a
// company behind one address is slowed by its failures alone.
type limiter struct {
	perMinute int
	mu        sync.Mutex
	byKey     map[string]*list.Element
	recent    list.List // of *bucket, newest first
}

type bucket struct {
	key string
	*rate.Limiter
}

func newLimiter(perMinute int) *limiter {
	return &limiter{perMinute: perMinute, byKey: map[string]*list.Element{}}
}

// check refuses an address that has failed too often.
func (l *limiter) check(clientIP string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[networkOf(clientIP)]
	if !ok || e.Value.(*bucket).Tokens() >= 1 {
		return nil
	}
	return &statusError{http.StatusTooManyRequests, "30", fault.New(fault.Unavailable,
		"Too many attempts from your network have failed. Wait half a minute, then try again.")}
}

// failed counts one failure.
func (l *limiter) failed(clientIP string) {
	key := networkOf(clientIP)
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[key]
	if !ok {
		every := rate.Every(time.Minute / time.Duration(l.perMinute))
		e = l.recent.PushFront(&bucket{key, rate.NewLimiter(every, l.perMinute)})
		l.byKey[key] = e
	}
	l.recent.MoveToFront(e)
	e.Value.(*bucket).Allow()
	if l.recent.Len() > maxAddresses {
		oldest := l.recent.Remove(l.recent.Back()).(*bucket)
		delete(l.byKey, oldest.key)
	}
}

// networkOf is what one attacker can't change at will: an IPv4 address, or the
// /64 of an IPv6 address.
func networkOf(clientIP string) string {
	addr, err := netip.ParseAddr(clientIP)
	if err != nil || addr.Is4() {
		return clientIP
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return clientIP
	}
	return prefix.String()
}
