package gateway

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// patience bounds how long a check waits for the database before it is refused:
// at least so long, and at most twice.
const patience = 5 * time.Second

// Bounds of single reads, below patience: where one hangs, whoever waited for
// it can still do it themselves.
const (
	changesRead = 2 * time.Second
	houseRead   = 4 * time.Second
)

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
	select {
	case m.catching <- struct{}{}:
	case <-ctx.Done():
		return mark{}, fault.Wrap(fault.Unavailable, unknownSession, fmt.Errorf("wait for others who catch up: %w", ctx.Err()))
	}
	defer func() { <-m.catching }()
	known := m.known.Load()
	back = back && known.era == before.era // or else somebody has begun anew already
	if known.covers(now) && !back {
		return *known, nil
	}
	next := mark{Revisions: now}
	if known != nil && !back {
		next.era, next.House = known.era, max(now.House, known.House)
		next.Sessions, err = m.learn(ctx, known.Sessions, now.Sessions)
		if back = errors.Is(err, errOtherPast); err != nil && !back {
			return mark{}, fault.Wrap(fault.Unavailable, unknownSession, err)
		}
	}
	switch {
	case back:
		next = mark{Revisions: now, era: known.era + 1}
		err = m.beginAnew(ctx, now)
	case known == nil:
		m.last.Store(now.Sessions)
		fallthrough
	default:
		err = m.follow(ctx, next.House)
	}
	if err != nil {
		return mark{}, fault.Wrap(fault.Unavailable, unknownHouse, err)
	}
	m.known.Store(&next)
	return next, nil
}

// beyondAll is a revision that nothing in memory stands at.
const beyondAll = math.MaxInt64

// beginAnew forgets everything, and reads what decisions rest on whatever the
// revision that it is known at.
func (m *memory) beginAnew(ctx context.Context, now session.Revisions) error {
	ctx, cancel := context.WithTimeout(ctx, houseRead)
	defer cancel()
	if err := m.followConnections(ctx, beyondAll); err != nil {
		return fmt.Errorf("read the connections anew: %w", err)
	}
	if err := m.applications.Reload(ctx); err != nil {
		return fmt.Errorf("read the applications anew: %w", err)
	}
	m.doors.clear()
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.changed)
	m.all, m.tail = 0, session.Change{}
	m.last.Store(now.Sessions)
	return nil
}

// follow reads what decisions rest on where it is older than a revision.
func (m *memory) follow(ctx context.Context, house int64) error {
	ctx, cancel := context.WithTimeout(ctx, houseRead)
	defer cancel()
	if err := m.followConnections(ctx, house); err != nil {
		return fmt.Errorf("follow the connections: %w", err)
	}
	if err := m.applications.Follow(ctx, house); err != nil {
		return fmt.Errorf("follow the applications: %w", err)
	}
	return nil
}

// followConnections waits for the connections no longer than ctx, whoever it is
// that they wait for.
func (m *memory) followConnections(ctx context.Context, house int64) error {
	if m.connections == nil {
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- m.connections(ctx, house) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// errOtherPast: the change that memory knows as the last one is another one in
// the database, which went back in time and on to other numbers meanwhile.
var errOtherPast = errors.New("the database tells another past")

// learn takes in what has changed of sessions, and gives the revision that is
// known then. It looks at the last change that is known once more.
func (m *memory) learn(ctx context.Context, from, to int64) (int64, error) {
	if from >= to {
		return from, nil
	}
	ctx, cancel := context.WithTimeout(ctx, changesRead)
	defer cancel()
	changes, err := m.changesAfter(ctx, from)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return 0, fmt.Errorf("read what changed after %d: %w", from, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	// What is forgotten may have been about anybody.
	if err != nil || len(changes) == 0 || changes[len(changes)-1].Number < to {
		m.all, m.tail = to, session.Change{}
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
	m.tail = changes[len(changes)-1]
	m.last.Store(m.tail.Number)
	return m.tail.Number, nil
}

// changesAfter gives the changes after a number. Where the change of that very
// number is known it has to be the same still: errOtherPast.
func (m *memory) changesAfter(ctx context.Context, from int64) ([]session.Change, error) {
	tail := m.tail // it changes under catching, which the caller has
	if tail.Number != from || from == 0 {
		return m.changes.ChangesAfter(ctx, from)
	}
	changes, err := m.changes.ChangesAfter(ctx, from-1)
	if fault.KindOf(err) == fault.NotFound { // it is forgotten already, or there are too many behind it
		return m.changes.ChangesAfter(ctx, from)
	}
	if err != nil {
		return nil, err
	}
	if len(changes) == 0 || changes[0] != tail {
		return nil, errOtherPast
	}
	return changes[1:], nil
}
