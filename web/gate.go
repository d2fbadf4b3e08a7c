package web

import (
	"context"
	"net/http"
	"runtime"
	"time"

	"sallyport/internal/fault"
)

// gate bounds how many responses are verified at once and how many may wait:
// a flood is told to come back instead of taking the memory of everybody else.
type gate struct {
	slots chan struct{}
	queue chan struct{}
}

// queuePerSlot times a few milliseconds of work is what a person may wait.
const (
	queuePerSlot = 64
	longestWait  = 5 * time.Second
)

func newGate(slots int) *gate {
	if slots <= 0 {
		slots = 2 * runtime.GOMAXPROCS(0)
	}
	return &gate{slots: make(chan struct{}, slots), queue: make(chan struct{}, slots*(queuePerSlot+1))}
}

// enter waits for a slot; leave must be called where it gave no error.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.queue <- struct{}{}:
	default:
		return errBusy
	}
	select {
	case g.slots <- struct{}{}: // the common case needs no timer
		return nil
	default:
	}
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-timer.C:
	case <-ctx.Done():
	}
	<-g.queue
	return errBusy
}

func (g *gate) leave() {
	<-g.slots
	<-g.queue
}

var errBusy = &statusError{http.StatusServiceUnavailable, "2", fault.New(fault.Unavailable,
	"Many people are signing in right now. Wait a moment, then try again.")}
