package store

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
)

const recordingColumns = "id, idp, accepted, reference, at, sealed"

// RecordRefusal saves the event of a refusal with the response behind it.
func (d *DB) RecordRefusal(ctx context.Context, r *session.Recording, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		if err := saveRecording(t, r); err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "record refusal %s", r.Reference)
}

// Recordings gives those that f selects, newest first, and none that is older
// than its connection keeps them.
func (d *DB) Recordings(ctx context.Context, f session.RecordingFilter) ([]*session.Recording, error) {
	settings, err := scanSettings(d.read(ctx).row("SELECT settings FROM idps WHERE slug = $1", f.IDP))
	if err != nil {
		return nil, wrap(missing(err, "There is no such connection."), "list recordings")
	}
	w := &where{}
	w.add("idp = ? AND accepted = ? AND at > ?", f.IDP, f.Accepted, millis(keptSince(settings, time.Now())))
	if f.Before != "" {
		w.add("id < ?", f.Before)
	}
	w.args = append(w.args, limit(f.Limit))
	query := fmt.Sprintf("SELECT %s FROM recordings%s ORDER BY id DESC LIMIT $%d", recordingColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanRecording)
	return all, wrap(err, "list recordings")
}

// RecordingByReference finds the response of a refusal.
func (d *DB) RecordingByReference(ctx context.Context, reference string) (*session.Recording, error) {
	r, err := scanRecording(d.read(ctx).row("SELECT "+recordingColumns+
		" FROM recordings WHERE reference = $1 AND reference <> ''", reference))
	if err != nil {
		return nil, wrap(missing(err, "There is no such recording."), "find a recording")
	}
	settings, err := scanSettings(d.read(ctx).row("SELECT settings FROM idps WHERE slug = $1", r.IDP))
	if err != nil {
		return nil, wrap(missing(err, "There is no such recording."), "find a recording")
	}
	if !r.At.After(keptSince(settings, time.Now())) {
		return nil, fault.New(fault.NotFound, "There is no such recording.")
	}
	return r, nil
}

// saveRecording saves r and drops what is one too many of its kind.
func saveRecording(t tx, r *session.Recording) error {
	_, err := t.exec("INSERT INTO recordings ("+recordingColumns+") VALUES ($1, $2, $3, $4, $5, $6)",
		r.ID, r.IDP, r.Accepted, r.Reference, millis(r.At), r.Sealed)
	if err != nil {
		return fmt.Errorf("save recording %s: %w", r.ID, err)
	}
	kept := session.MaxRefusedRecordings
	if r.Accepted {
		kept = session.MaxAcceptedRecordings
	}
	_, err = t.exec(`DELETE FROM recordings WHERE idp = $1 AND accepted = $2 AND id <= (SELECT id FROM recordings
		WHERE idp = $1 AND accepted = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)`, r.IDP, r.Accepted, kept)
	if err != nil {
		return fmt.Errorf("drop old recordings of connection %s: %w", r.IDP, err)
	}
	return nil
}

// shortenRecordings drops what a connection no longer keeps, in the act that
// changes its settings.
func shortenRecordings(t tx, before, after *idp.Provider, now time.Time) error {
	if session.RecordFor(after.Settings) >= session.RecordFor(before.Settings) {
		return nil
	}
	_, err := t.exec("DELETE FROM recordings WHERE idp = $1 AND at <= $2", after.Slug, millis(keptSince(after.Settings, now)))
	if err != nil {
		return fmt.Errorf("forget recordings of connection %s: %w", after.Slug, err)
	}
	return nil
}

// pruneRecordings drops, for every connection, what it no longer keeps.
func (d *DB) pruneRecordings(ctx context.Context, now time.Time) (gone int64, err error) {
	rows, err := d.read(ctx).rows("SELECT slug, settings FROM idps")
	all, err := collect(rows, err, scanRetention)
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		n, err := d.deleteInSteps(ctx, "DELETE FROM recordings WHERE id IN (SELECT id FROM recordings WHERE idp = $3 AND at <= $1 LIMIT $2)",
			millis(keptSince(r.settings, now)), pruneStep, r.slug)
		gone += n
		if err != nil {
			return gone, err
		}
	}
	return gone, nil
}

// keptSince is the moment behind which a connection keeps recordings. Where it
// keeps none that is far ahead, so that no clock of another instance is.
func keptSince(s idp.Settings, now time.Time) time.Time {
	kept := session.RecordFor(s)
	if kept == 0 {
		return now.AddDate(100, 0, 0)
	}
	return now.Add(-kept)
}

// retention is how long one connection keeps recordings.
type retention struct {
	slug     string
	settings idp.Settings
}

func scanRetention(from scanner) (r retention, err error) {
	var text string
	if err := from.Scan(&r.slug, &text); err != nil {
		return r, err
	}
	return r, decode(text, &r.settings)
}

func scanSettings(from scanner) (s idp.Settings, err error) {
	var text string
	if err := from.Scan(&text); err != nil {
		return s, err
	}
	return s, decode(text, &s)
}

func scanRecording(from scanner) (*session.Recording, error) {
	var r session.Recording
	var at int64
	err := from.Scan(&r.ID, &r.IDP, &r.Accepted, &r.Reference, &at, &r.Sealed)
	if err != nil {
		return nil, err
	}
	r.At = fromMillis(at)
	return &r, nil
}
