package main

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/prometheus/client_golang/prometheus"

	"sallyport/audit"
	"sallyport/session"
	"sallyport/store"
)

// signInCounter counts sign-ins where they become durable, and refusals where
// their event is saved. It sees neither names nor attributes.
type signInCounter struct{ counter *prometheus.CounterVec }

func newSignInCounter() *signInCounter {
	return &signInCounter{prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sallyport_sign_ins_total",
		Help: "Sign-ins by connection, flow (solicited, unsolicited, unknown), result (began, refused) and reason of a refusal.",
	}, []string{"idp", "flow", "result", "reason"})}
}

// over wraps what a session.Manager writes through.
func (c *signInCounter) over(db *store.DB) (session.Store, session.Events) {
	return countedSessions{db, c}, countedEvents{db, c}
}

type countedSessions struct {
	session.Store
	count *signInCounter
}

func (s countedSessions) RecordSignIn(ctx context.Context, in *session.SignIn) error {
	if err := s.Store.RecordSignIn(ctx, in); err != nil {
		return err
	}
	flow := session.Solicited
	if in.RequestID == "" {
		flow = session.Unsolicited
	}
	s.count.began(in.Session.IDP, flow)
	return nil
}

func (s countedSessions) RecordRefusal(ctx context.Context, r *session.Recording, e audit.Event) error {
	s.count.refused(e)
	return s.Store.RecordRefusal(ctx, r, e)
}

type countedEvents struct {
	session.Events
	count *signInCounter
}

func (s countedEvents) AppendEvent(ctx context.Context, e audit.Event) error {
	s.count.refused(e)
	return s.Events.AppendEvent(ctx, e)
}

func (c *signInCounter) began(slug, flow string) {
	c.counter.WithLabelValues(slug, flow, "began", "").Inc()
}

// refused counts whatever becomes of the event: the refusal stands. Its flow
// is unknown where the response was refused before it said whom it answers.
func (c *signInCounter) refused(e audit.Event) {
	if e.Action != audit.SignInRefused {
		return
	}
	var detail struct{ Flow string }
	// A detail that is none has no flow.
	_ = json.Unmarshal(e.Detail, &detail)
	c.counter.WithLabelValues(e.IDP, cmp.Or(detail.Flow, "unknown"), "refused", e.Reason).Inc()
}
