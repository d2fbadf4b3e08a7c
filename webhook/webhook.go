// Package webhook tells an address that the operator chose what an
// administrator should hear of: a certificate that ends soon, trust that went
// back by itself, a one-time link that was used.
//
// It follows the audit trail. Each event is sent at least once and in order;
// one that cannot be delivered is tried again with growing gaps, and given up
// when it is a day old. Where several instances share a database, one of them
// sends at a time.
package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Store keeps how far the trail was told.
type Store interface {
	audit.Store
	// EventsAfter gives events of these actions with an ID above after, oldest
	// first.
	EventsAfter(ctx context.Context, after string, actions []audit.Action, limit int) ([]audit.Event, error)
	// WebhookPosition gives the position that was saved last; "" for none.
	WebhookPosition(ctx context.Context) (string, error)
	// ClaimWebhook makes holder the only one to send until that time, and gives
	// the position; fault.Conflict while another holder's time lasts.
	ClaimWebhook(ctx context.Context, holder string, until time.Time) (string, error)
	// SaveWebhookPosition saves the position and prolongs the claim;
	// fault.Conflict where holder has lost it.
	SaveWebhookPosition(ctx context.Context, holder string, until time.Time, position string) error
}

// Result of one attempt to deliver an event.
type Result string

const (
	Delivered Result = "delivered"
	Failed    Result = "failed"   // to be tried again
	GivenUp   Result = "given_up" // a day old, and not delivered
)

// Options of a Worker. URL and Secret are required.
type Options struct {
	URL     string // https, or http on this machine; private addresses are the operator's choice
	Secret  string // signs what is sent
	Service string // base URL of this service
	Version string
	Logger  *slog.Logger // nil: nothing is logged
	// Counted is told of every attempt, and of every event that was given up;
	// nil: nobody counts.
	Counted func(Result)
	// Timeout of one attempt; 0: 10 s.
	Timeout time.Duration
	// Transport carries requests; nil: one of its own.
	Transport http.RoundTripper
}

const (
	pollEvery = 5 * time.Second  // how soon a new event is seen
	claimFor  = time.Minute      // more than one attempt takes
	firstGap  = time.Second      // after the first failure; it doubles
	longest   = 10 * time.Minute // gap between attempts
	giveUp    = 24 * time.Hour   // age of an event that is not tried again
	batch     = 100
)

// Worker sends events.
type Worker struct {
	store   Store
	o       Options
	sender  *sender
	holder  string
	started bool // the first attempt of a process waits for no gap
}

// New makes a Worker.
func New(store Store, o Options) *Worker {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Counted == nil {
		o.Counted = func(Result) {}
	}
	return &Worker{store: store, o: o, sender: newSender(o), holder: uuid.NewString()}
}

// Run sends until ctx ends. The first time ever it begins with what happens
// from then on.
func (w *Worker) Run(ctx context.Context) error {
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-wait.C:
		}
		again, err := w.round(ctx)
		if err != nil && ctx.Err() == nil && fault.KindOf(err) != fault.Conflict {
			w.o.Logger.Warn("could not follow the audit trail for the webhook; trying again", "error", err)
		}
		wait.Reset(again)
	}
}

// round sends what is due and says when to look again. A conflict means that
// another instance sends.
func (w *Worker) round(ctx context.Context) (time.Duration, error) {
	stored, err := w.store.WebhookPosition(ctx)
	if err != nil {
		return pollEvery, err
	}
	if stored != "" { // looking costs no writing
		due, err := w.due(ctx, stored)
		if err != nil || len(due) == 0 {
			return pollEvery, err
		}
	}
	stored, err = w.store.ClaimWebhook(ctx, w.holder, time.Now().Add(claimFor))
	if err != nil {
		return pollEvery, err
	}
	if stored == "" {
		return pollEvery, w.save(ctx, &position{After: uuid.Must(uuid.NewV7()).String()})
	}
	due, err := w.due(ctx, stored)
	if err != nil {
		return pollEvery, err
	}
	p, err := parsePosition(stored)
	if err != nil {
		return pollEvery, err
	}
	if left := time.Until(p.NotBefore); left > 0 && w.started {
		return min(left, pollEvery), nil
	}
	w.started = true
	return w.send(ctx, p, due)
}

// due are the events that a position has not told yet, oldest first.
func (w *Worker) due(ctx context.Context, stored string) ([]audit.Event, error) {
	p, err := parsePosition(stored)
	if err != nil {
		return nil, err
	}
	events, err := w.store.EventsAfter(ctx, p.After, actions(), batch+len(p.Sent))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(events, func(e audit.Event) bool { return p.knows(e.ID) }), nil
}

// send delivers events in order until one fails.
func (w *Worker) send(ctx context.Context, p *position, due []audit.Event) (time.Duration, error) {
	for i, e := range due {
		if !worthTelling(e) {
			p.pass(e)
			continue
		}
		why := w.sender.send(ctx, e)
		if ctx.Err() != nil {
			return 0, nil // stopping: whether it arrived is not known, so it is sent again
		}
		if why != "" {
			return w.failed(ctx, p, due[i:], why)
		}
		w.o.Counted(Delivered)
		p.pass(e)
		p.Failures, p.NotBefore = 0, time.Time{}
		if err := w.save(ctx, p); err != nil {
			return pollEvery, err
		}
	}
	if err := w.save(ctx, p); err != nil { // what was passed over without telling
		return pollEvery, err
	}
	if len(due) < batch {
		return pollEvery, nil
	}
	return 0, nil
}

// failed plans the next attempt, and gives up what has waited for a day.
func (w *Worker) failed(ctx context.Context, p *position, waiting []audit.Event, why string) (time.Duration, error) {
	w.o.Counted(Failed)
	var old []audit.Event
	for _, e := range waiting {
		if time.Since(e.At) >= giveUp {
			old = append(old, e)
			p.pass(e)
		}
	}
	gap := min(firstGap<<min(p.Failures, 20), longest)
	p.Failures++
	p.NotBefore = time.Now().Add(gap)
	if err := w.save(ctx, p); err != nil {
		return pollEvery, err
	}
	w.o.Logger.Warn("the webhook was not delivered", "why", why, "attempts", p.Failures, "waiting", len(waiting)-len(old), "given_up", len(old), "again_in", gap.String())
	if len(old) == 0 {
		return gap, nil
	}
	return gap, w.recordLoss(ctx, old, why)
}

func (w *Worker) recordLoss(ctx context.Context, lost []audit.Event, why string) error {
	e := audit.New(audit.WebhookFailed, "system")
	e.Reason = why
	var err error
	e.Detail, err = json.Marshal(map[string]any{"events": len(lost), "first": lost[0].ID, "last": lost[len(lost)-1].ID})
	if err != nil {
		return fmt.Errorf("describe events that were given up: %w", err)
	}
	for range lost {
		w.o.Counted(GivenUp)
	}
	return w.store.AppendEvent(ctx, e)
}

func (w *Worker) save(ctx context.Context, p *position) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encode the webhook's position: %w", err)
	}
	return w.store.SaveWebhookPosition(ctx, w.holder, time.Now().Add(claimFor), string(text))
}

var errPosition = errors.New("the webhook's stored position cannot be read")
