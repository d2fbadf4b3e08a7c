package gateway

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// fresh reads the revisions for everybody who asks. Each gets those of a read
// that began after they had asked; who asks while one is under way shares the
// next.
type fresh struct {
	read func(context.Context) (session.Revisions, error)

	mu      sync.Mutex
	reading bool
	next    *reading // what those wait for who came while one is under way; nil: nobody
}

// reading is one read of many.
type reading struct {
	done chan struct{}
	is   session.Revisions // once done
	err  error
}

// readFor bounds a shared read: nobody's patience ends that of the others.
const readFor = 5 * time.Second

// revisions as they stood at some moment of this call; fault.Unavailable where
// the database does not answer.
func (f *fresh) revisions(ctx context.Context) (session.Revisions, error) {
	f.mu.Lock()
	if !f.reading {
		f.reading = true
		f.mu.Unlock()
		defer f.done()
		is, err := f.read(ctx)
		return is, unanswered(err)
	}
	if f.next == nil {
		f.next = &reading{done: make(chan struct{})}
	}
	mine := f.next
	f.mu.Unlock()
	select {
	case <-mine.done:
		return mine.is, unanswered(mine.err)
	case <-ctx.Done():
		return session.Revisions{}, unanswered(ctx.Err())
	}
}

// done begins the read for those who came in the meantime.
func (f *fresh) done() {
	f.mu.Lock()
	next := f.next
	f.next, f.reading = nil, next != nil
	f.mu.Unlock()
	if next != nil {
		go f.readFor(next)
	}
}

func (f *fresh) readFor(r *reading) {
	ctx, cancel := context.WithTimeout(context.Background(), readFor)
	defer cancel()
	defer f.done()
	defer close(r.done)
	defer func() {
		if recover() != nil {
			r.err = errors.New("the read panicked") // and nobody passes
		}
	}()
	r.is, r.err = f.read(ctx)
}

func unanswered(err error) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(fault.Unavailable, "Whether you are signed in can't be told right now. Please try again in a moment.", fmt.Errorf("read the revisions: %w", err))
}
