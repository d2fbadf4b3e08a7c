package web

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/internal/fault"
)

func TestGateBoundsTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		results := make(chan error, 2*queuePerSlot)
		for range 2 * queuePerSlot {
			go func() { results <- g.enter(t.Context()) }()
		}
		synctest.Wait()
		for range queuePerSlot { // half of them found the queue full
			if err := <-results; fault.KindOf(err) != fault.Unavailable {
				t.Fatalf("got %v", err)
			}
		}
		g.leave()
		if err := <-results; err != nil {
			t.Fatalf("the next in the queue: %v", err)
		}
		time.Sleep(longestWait)
		for range queuePerSlot - 1 {
			if err := <-results; fault.KindOf(err) != fault.Unavailable {
				t.Fatalf("waited too long: got %v", err)
			}
		}
		g.leave()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := g.enter(ctx); err != nil {
			t.Fatalf("a free slot: %v", err)
		}
	})
}

func TestLimiterForgetsAndForgives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(2)
		l.failed("2001:db8::1")
		if err := l.check("2001:db8::1"); err != nil {
			t.Fatal("one failure is forgiven")
		}
		l.failed("2001:db8::2") // the same network
		if err := l.check("2001:db8::3"); err == nil {
			t.Fatal("want the network to wait")
		}
		if err := l.check("203.0.113.9"); err != nil {
			t.Fatal("another network waits too")
		}
		time.Sleep(30 * time.Second)
		if err := l.check("2001:db8::1"); err != nil {
			t.Fatal("want it to be forgiven after a while")
		}
		for i := range 2 * maxAddresses {
			l.failed(madeUp(i))
		}
		if l.recent.Len() > maxAddresses || len(l.byKey) > maxAddresses {
			t.Errorf("remembers %d addresses", l.recent.Len())
		}
	})
}

// madeUp is an address like no other.
func madeUp(i int) string {
	return string(rune('a'+i%26)) + time.Duration(i).String()
}
