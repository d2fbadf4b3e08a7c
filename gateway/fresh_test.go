package gateway_test

import (
	"context"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/access"
	"sallyport/gateway"
	"sallyport/internal/fault"
	"sallyport/session"
)

// shaky is a database that has trouble.
type shaky struct {
	session.Changes
	silent  atomic.Bool  // nothing is answered
	forgets atomic.Bool  // what has changed is not known any more
	behind  atomic.Int64 // how far it has gone back
}

func (s *shaky) Revisions(ctx context.Context) (session.Revisions, error) {
	if s.silent.Load() {
		return session.Revisions{}, errors.New("no route to host")
	}
	r, err := s.Changes.Revisions(ctx)
	r.Sessions -= s.behind.Load()
	return r, err
}

func (s *shaky) ChangesAfter(ctx context.Context, after int64) ([]session.Change, error) {
	if s.forgets.Load() {
		return nil, fault.New(fault.NotFound, "Those changes are forgotten already.")
	}
	return s.Changes.ChangesAfter(ctx, after)
}

func shakyHouse(t *testing.T) (*house, *shaky) {
	s := &shaky{}
	h := newHouse(t, func(o *gateway.Options) {
		s.Changes = o.Changes
		o.Changes = s
	})
	h.app("wiki", wikiBase+"/", nil)
	return h, s
}

func TestWhoIsRememberedWaitsForTheDatabaseToo(t *testing.T) {
	h, db := shakyHouse(t)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	status(t, ann.opens(wikiPage), http.StatusOK)
	db.silent.Store(true)
	status(t, ann.opens(wikiPage), http.StatusServiceUnavailable)
	db.silent.Store(false)
	status(t, ann.opens(wikiPage), http.StatusOK)
}

func TestForgottenChangesAreEverybodys(t *testing.T) {
	h, db := shakyHouse(t)
	ann, ben := h.as("ann@example.com", nil).at(wikiHost), h.as("ben@example.com", nil).at(wikiHost)
	status(t, ann.opens(wikiPage), http.StatusOK)
	status(t, ben.opens(wikiPage), http.StatusOK)
	db.forgets.Store(true)
	_, err := h.manager.Revoke(t.Context(), session.Filter{ID: ben.session.ID}, "command")
	must(t, err)
	status(t, ben.opens(wikiPage), http.StatusFound)
	status(t, ann.opens(wikiPage), http.StatusOK)
	if h.front.asked != 3 {
		t.Errorf("facts were asked %d times: she was not read again", h.front.asked)
	}
}

// A restored database counts from where its backup stood: numbers that memory
// has seen come again, and mean something else.
func TestADatabaseThatWentBackInTimeIsReadAnew(t *testing.T) {
	h, db := shakyHouse(t)
	ann := h.as("ann@example.com", nil).at(wikiHost)
	for range 3 { // numbers to go back by
		p := h.as("ben@example.com", nil).at(wikiHost)
		status(t, p.opens(wikiPage), http.StatusOK)
		_, err := h.manager.Revoke(t.Context(), session.Filter{ID: p.session.ID}, "command")
		must(t, err)
	}
	status(t, ann.opens(wikiPage), http.StatusOK)
	db.behind.Store(2)
	status(t, ann.opens(wikiPage), http.StatusOK)
	_, err := h.manager.Revoke(t.Context(), session.Filter{ID: ann.session.ID}, "command")
	must(t, err)
	status(t, ann.opens(wikiPage), http.StatusFound)
}

// A failover loses the last commits, and life goes on: what becomes of somebody
// gets numbers that memory has seen before, or that it has not.
func TestAFailoverThatLostCommitsIsReadAnew(t *testing.T) {
	for name, c := range map[string]struct {
		lost, since int  // commits
		looked      bool // a check came in between
	}{
		"seen at once": {5, 0, true}, "seen before the numbers come again": {5, 3, true},
		"not seen": {5, 8, false}, "not seen, and one further": {3, 4, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, nil)
			h.app("wiki", wikiBase+"/", nil)
			ann, ben := h.as("ann@example.com", nil).at(wikiHost), h.as("ben@example.com", nil).at(wikiHost)
			far := h.otherInstance()
			ann.warm()
			for i := range c.lost { // each of them is known here
				set := h.set(string(rune('A' + i)))
				must(t, far.manager.Choose(t.Context(), ben.session, h.catalog.Application("wiki").ID, set.ID))
				ann.warm()
			}
			db, err := sql.Open("sqlite", strings.TrimPrefix(h.url, "sqlite://"))
			must(t, err)
			defer db.Close()
			_, err = db.Exec("DELETE FROM session_changes WHERE number > (SELECT number - ? FROM revision WHERE name = 'sessions')", c.lost)
			must(t, err)
			_, err = db.Exec("UPDATE revision SET number = number - ? WHERE name = 'sessions'", c.lost)
			must(t, err)
			if c.looked {
				status(t, ann.opens(wikiPage), http.StatusOK)
			}
			end := func(p *person) {
				_, err := far.manager.Revoke(t.Context(), session.Filter{ID: p.session.ID}, "command")
				must(t, err)
			}
			end(ann)
			for range c.since {
				end(h.as("carl@example.com", nil).at(wikiHost))
			}
			status(t, ann.opens(wikiPage), http.StatusFound)
			status(t, ben.opens(wikiPage), http.StatusOK)
			h.app("new", "https://new.example.com/", nil) // and all goes on as usual
			status(t, ben.opens(wikiPage), http.StatusOK)
			end(ben)
			status(t, ben.opens(wikiPage), http.StatusFound)
		})
	}
}

// hanging is a far side that does not answer, as often as is said.
type hanging struct {
	session.Changes
	gateway.Front
	gateway.People
	changes, facts, people atomic.Int64
}

func hangs(ctx context.Context, left *atomic.Int64) error {
	if left.Add(-1) < 0 {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s *hanging) ChangesAfter(ctx context.Context, after int64) ([]session.Change, error) {
	if err := hangs(ctx, &s.changes); err != nil {
		return nil, err
	}
	return s.Changes.ChangesAfter(ctx, after)
}

func (s *hanging) Facts(ctx context.Context, of *session.Session) (*access.Facts, error) {
	if err := hangs(ctx, &s.facts); err != nil {
		return nil, err
	}
	return s.Front.Facts(ctx, of)
}

func (s *hanging) Person(ctx context.Context, id string) (gateway.Person, error) {
	if err := hangs(ctx, &s.people); err != nil {
		return gateway.Person{}, err
	}
	return s.People.Person(ctx, id)
}

func (s *hanging) follow(ctx context.Context, _ int64) error {
	return hangs(ctx, &s.changes)
}

func hangingHouse(t *testing.T, connections bool) (*house, *hanging) {
	s := &hanging{}
	h := newHouse(t, func(o *gateway.Options) {
		s.Changes, s.Front, s.People = o.Changes, o.Front, o.People
		o.Changes, o.Front, o.People = s, s, s
		if connections {
			o.Changes, o.Connections = s.Changes, s.follow
		}
	})
	h.app("wiki", wikiBase+"/", nil)
	return h, s
}

// One connection to the database hangs, or what stands behind it for ever.
func TestAReadThatHangsStopsNobodyForLong(t *testing.T) {
	for name, connections := range map[string]bool{"changes": false, "connections": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, far := hangingHouse(t, connections)
				ann, ben := h.as("ann@example.com", nil).at(wikiHost), h.as("ben@example.com", nil).at(wikiHost)
				moves := func() { // whatever moves both revisions
					_, err := h.manager.Revoke(t.Context(), session.Filter{ID: h.as("carl@example.com", nil).at(wikiHost).session.ID}, "command")
					must(t, err)
				}
				ann.warm()
				ben.warm()
				moves()
				far.changes.Store(1)
				began := time.Now()
				first := make(chan int, 1)
				go func() { first <- ann.opens(wikiPage).Code }()
				synctest.Wait()
				others := make(chan int, 10)
				for range 10 {
					go func() { others <- ben.opens(wikiPage).Code }()
				}
				for range 10 {
					if got := <-others; got != http.StatusOK {
						t.Errorf("who waited for a read that hung gets %d", got)
					}
				}
				if got := <-first; got != http.StatusServiceUnavailable {
					t.Errorf("whose read hung gets %d", got)
				}
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("it took %v", took)
				}

				moves()
				far.changes.Store(1000)
				began = time.Now()
				for range 10 {
					go func() { others <- ben.opens(wikiPage).Code }()
				}
				for range 10 {
					if got := <-others; got != http.StatusServiceUnavailable {
						t.Errorf("while all reads hang %d", got)
					}
				}
				if took := time.Since(began); took > 12*time.Second {
					t.Errorf("it took %v", took)
				}
				far.changes.Store(0)
				status(t, ben.opens(wikiPage), http.StatusOK)
			})
		})
	}
}

func TestWhatIsReadOfAPersonIsWaitedForInBounds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, far := hangingHouse(t, false)
		for name, left := range map[string]*atomic.Int64{"facts": &far.facts, "person": &far.people} {
			ann := h.as("ann@example.com", nil).at(wikiHost)
			left.Store(1)
			began := time.Now()
			status(t, ann.opens(wikiPage), http.StatusServiceUnavailable)
			if took := time.Since(began); took > 6*time.Second {
				t.Errorf("%s: it took %v", name, took)
			}
			status(t, ann.opens(wikiPage), http.StatusOK)
		}
	})
}
