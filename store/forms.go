package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// SaveForm keeps one; fault.NotFound where its session is unknown here.
func (d *DB) SaveForm(ctx context.Context, f *session.KeptForm) error {
	err := d.write(ctx, func(t tx) error {
		var id string
		// The row is locked: of forms that come at once none is counted by none.
		err := t.row(t.forChange("SELECT id FROM sessions WHERE id = $1"), f.SessionID).Scan(&id)
		if err != nil {
			return missing(err, "There is no such session.")
		}
		var waiting int
		err = t.row("SELECT COUNT(*) FROM kept_forms WHERE session_id = $1 AND expires_at > $2", f.SessionID, millis(time.Now())).Scan(&waiting)
		if err != nil {
			return err
		}
		if waiting >= session.MaxForms {
			return fault.New(fault.Conflict, "Too many forms of this session are waiting already.")
		}
		_, err = t.exec(`INSERT INTO kept_forms (form_hash, session_id, user_id, host, url, browser_hash, sealed, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			f.Hash, f.SessionID, f.UserID, f.Host, f.URL, notNil(f.BrowserHash), notNil(f.Sealed), millis(f.ExpiresAt))
		return err
	})
	return wrap(err, "keep a form of session %s", f.SessionID)
}

// TakeForm gives a form once, to this host, browser and person; tried by
// anybody else it is gone.
func (d *DB) TakeForm(ctx context.Context, hash []byte, host string, browserHash []byte, userID string, now time.Time) (*session.KeptForm, error) {
	var f *session.KeptForm
	err := d.write(ctx, func(t tx) error {
		f = &session.KeptForm{}
		var expires int64
		err := t.row(`DELETE FROM kept_forms WHERE form_hash = $1
			RETURNING form_hash, session_id, user_id, host, url, browser_hash, sealed, expires_at`, hash).
			Scan(&f.Hash, &f.SessionID, &f.UserID, &f.Host, &f.URL, &f.BrowserHash, &f.Sealed, &expires)
		f.ExpiresAt = fromMillis(expires)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			f = nil
			return nil
		case err != nil:
			return err
		case !now.Before(f.ExpiresAt), f.Host != host, f.UserID != userID, userID == "",
			len(f.BrowserHash) == 0, !bytes.Equal(f.BrowserHash, browserHash):
			f = nil // and it stays gone
		}
		return nil
	})
	if err == nil && f == nil {
		err = fault.New(fault.NotFound, "There is no such form any more. Send it again.")
	}
	if err != nil {
		return nil, wrap(err, "take a kept form")
	}
	return f, nil
}
