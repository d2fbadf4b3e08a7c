package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"

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
