package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"sallyport/audit"
)

// remindEvery is how often Run asks which tokens come to their end.
const remindEvery = time.Hour

// remindAt are the days before a token's end at which it is told.
var remindAt = []int{90, 60, 30, 14, 7, 1, 0}

// Run saves the provisioning log and writes reminders of tokens that expire
// (90, 60, 30, 14, 7 and 1 days before, and when it is so) until ctx ends.
// What waits then is saved still.
func (d *Directory) Run(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { d.remindOn(ctx) })
	both.Go(func() { d.flushOn(ctx) })
	both.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushPatience)
	defer cancel()
	return d.Flush(last)
}

// flushOn saves what waits, a second after the first of it came, or earlier in
// a flood. While nothing comes it does nothing.
func (d *Directory) flushOn(ctx context.Context) {
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.waiting.came:
		}
		select {
		case <-ctx.Done():
			return
		case <-d.waiting.full:
		case <-time.After(flushEvery):
		}
		err := d.Flush(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			d.options.Logger.WarnContext(ctx, "could not save the provisioning log; trying again", "error", err)
		}
		failing = err != nil
	}
}

func (d *Directory) remindOn(ctx context.Context) {
	tick := time.NewTicker(remindEvery)
	defer tick.Stop()
	said, failing := map[string]bool{}, false
	for {
		err := d.remind(ctx, said)
		if err != nil && !failing && ctx.Err() == nil {
			d.options.Logger.WarnContext(ctx, "can't remind of a provisioning token's end", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// remind writes an event for each token that has come to one of its last
// days, once over all instances. said holds what is known to be written.
func (d *Directory) remind(ctx context.Context, said map[string]bool) error {
	tokens, err := d.store.Tokens(ctx, "")
	if err != nil {
		return fmt.Errorf("list provisioning tokens: %w", err)
	}
	var failed error
	for _, t := range tokens {
		days, due := reminderDue(t, time.Now())
		name := fmt.Sprintf("scim_token:%s:%d", t.ID, days)
		if !due || said[name] {
			continue
		}
		e := audit.New(audit.SCIMTokenExpiring, "system")
		e.IDP, e.Object = t.IDP, "scim_token:"+t.ID
		var err error
		if e.Detail, err = json.Marshal(map[string]any{"expires_at": t.ExpiresAt, "days": days}); err == nil {
			err = d.store.RemindOnce(ctx, name, e)
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("remind of provisioning token %s: %w", t.ID, err))
			continue
		}
		said[name] = true
	}
	return failed
}

// reminderDue gives the last day of remindAt that has come: who starts late is
// told once, not once for each day that went by. A day on which the token had
// not been made yet is none: who makes one for a week knows how long it lives.
func reminderDue(t *Token, at time.Time) (days int, due bool) {
	lifetime := t.ExpiresAt.Sub(t.CreatedAt)
	for _, d := range remindAt {
		before := time.Duration(d) * 24 * time.Hour
		if t.ExpiresAt.Sub(at) > before {
			break
		}
		if before < lifetime {
			days, due = d, true
		}
	}
	return days, due
}
