package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"sallyport/audit"
)

const eventColumns = "id, at, action, actor, idp, object, person, reference, reason, client_ip, detail"

const insertEvent = "INSERT INTO events (" + eventColumns + ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"

// AppendEvent saves e. An empty ID or time is filled in; an event without an
// action is none and is not saved, here and in every act that takes one.
func (d *DB) AppendEvent(ctx context.Context, e audit.Event) error {
	err := d.write(ctx, func(t tx) error { return d.appendEvent(t, e) })
	return wrap(err, "append event %s", e.Action)
}

// Events gives matching events, newest first.
func (d *DB) Events(ctx context.Context, f audit.Filter) ([]audit.Event, error) {
	w := eventConditions(f)
	w.args = append(w.args, limit(f.Limit))
	query := fmt.Sprintf("SELECT %s FROM events%s ORDER BY id DESC LIMIT $%d", eventColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanEvent)
	return all, wrap(err, "list events")
}

// eventConditions repeats the conditions of partial indexes, without which
// SQLite does not see that it may use them.
func eventConditions(f audit.Filter) *where {
	w := &where{}
	if len(f.Actions) > 0 {
		in(w, "action", f.Actions)
	}
	if f.IDP != "" {
		w.add("idp = ?", f.IDP)
	}
	if f.Person != "" {
		w.add("person = ? AND person <> ''", f.Person)
	}
	if f.Object != "" {
		w.add("object = ?", f.Object)
	}
	if f.Actor != "" {
		w.add("actor = ?", f.Actor)
	}
	if f.Reference != "" {
		w.add("reference = ? AND reference <> ''", f.Reference)
	}
	if f.Reason != "" {
		w.add("reason = ? AND reason <> ''", f.Reason)
	}
	if !f.Since.IsZero() {
		w.add("at >= ? AND id >= ?", millis(f.Since), idFloor(f.Since))
	}
	if !f.Until.IsZero() {
		w.add("at < ? AND id < ?", millis(f.Until), idFloor(f.Until.Add(2*time.Minute)))
	}
	if f.Before != "" {
		w.add("id < ?", f.Before)
	}
	return w
}

// idFloor is below every id made within a minute before t or later, ids being
// UUIDs of version 7 (RFC 9562 section 5.7), which begin with the time. It
// stops a search at the right row of an index that knows ids alone; the minute
// is for events that were made some time after their ids.
func idFloor(t time.Time) string {
	ms := max(t.Add(-time.Minute).UnixMilli(), 0)
	return fmt.Sprintf("%08x-%04x", ms>>16, ms&0xffff)
}

func (d *DB) appendEvent(t tx, e audit.Event) error {
	if e.Action == "" {
		return nil
	}
	if e.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("make an event's id: %w", err)
		}
		e.ID = id.String()
	}
	if e.At.IsZero() {
		e.At = time.Now()
	}
	_, err := t.exec(insertEvent, e.ID, millis(e.At), string(e.Action), e.Actor, e.IDP, e.Object, e.Person,
		e.Reference, e.Reason, e.ClientIP, string(e.Detail))
	if err != nil {
		return fmt.Errorf("append event %s: %w", e.Action, err)
	}
	return d.boundRefusals(t, e.Action)
}

const (
	// refusalsKept bounds, for each kind of refusal, what strangers and people
	// who try doors can make us store.
	refusalsKept = 10_000
	// refusalsPerPrune spreads the cost of dropping the oldest.
	refusalsPerPrune = 500
)

var refusalActions = []audit.Action{audit.SignInRefused, audit.LogoutRefused, audit.AccessDenied}

// boundRefusals drops the oldest refusals now and then.
func (d *DB) boundRefusals(t tx, saved audit.Action) error {
	if !slices.Contains(refusalActions, saved) || d.refusals.Add(1)%refusalsPerPrune != 0 {
		return nil
	}
	return dropOldRefusals(t)
}

func dropOldRefusals(t tx) error {
	for _, action := range refusalActions {
		_, err := t.exec(`DELETE FROM events WHERE action = $1 AND id <= (
			SELECT id FROM events WHERE action = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, string(action), refusalsKept)
		if err != nil {
			return fmt.Errorf("drop old events %s: %w", action, err)
		}
	}
	return nil
}

func scanEvent(from scanner) (audit.Event, error) {
	var e audit.Event
	var at int64
	var detail string
	err := from.Scan(&e.ID, &at, &e.Action, &e.Actor, &e.IDP, &e.Object, &e.Person, &e.Reference, &e.Reason,
		&e.ClientIP, &detail)
	e.At = fromMillis(at)
	if detail != "" {
		e.Detail = json.RawMessage(detail)
	}
	return e, err
}
