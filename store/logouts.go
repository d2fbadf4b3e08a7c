package store

import (
	"context"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

const (
	logoutColumns = "idp, request_id, handle, user_name, browser_hash, hosts, outcome, created_at, expires_at"
	noLogout      = "There is no such sign-out waiting."
)

// SaveLogout keeps one.
func (d *DB) SaveLogout(ctx context.Context, l *session.Logout) error {
	hosts, err := encodeList(l.Hosts)
	if err != nil {
		return wrap(err, "save a sign-out")
	}
	err = d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO logouts ("+logoutColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			l.IDP, l.RequestID, l.Handle, l.UserName, l.BrowserHash, hosts, string(l.Outcome), millis(l.CreatedAt), millis(l.ExpiresAt))
		return err
	})
	return wrap(err, "save sign-out %s", l.RequestID)
}

// Logout finds one that waits, by connection and the ID of its request.
func (d *DB) Logout(ctx context.Context, idp, requestID string, now time.Time) (*session.Logout, error) {
	l, err := scanLogout(d.read(ctx).row("SELECT "+logoutColumns+` FROM logouts
		WHERE idp = $1 AND request_id = $2 AND outcome = '' AND expires_at > $3`, idp, requestID, millis(now)))
	return l, wrap(missing(err, noLogout), "find sign-out %s", requestID)
}

// AnswerLogout sets the outcome, once.
func (d *DB) AnswerLogout(ctx context.Context, idp, requestID string, outcome session.LogoutOutcome, now time.Time) error {
	err := d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE logouts SET outcome = $3
			WHERE idp = $1 AND request_id = $2 AND outcome = '' AND expires_at > $4`, idp, requestID, string(outcome), millis(now))
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, noLogout)
		}
		return err
	})
	return wrap(err, "answer sign-out %s", requestID)
}

// LogoutByHandle finds one by the SHA-256 of its handle, answered or not.
func (d *DB) LogoutByHandle(ctx context.Context, handle []byte, now time.Time) (*session.Logout, error) {
	l, err := scanLogout(d.read(ctx).row("SELECT "+logoutColumns+" FROM logouts WHERE handle = $1 AND expires_at > $2", handle, millis(now)))
	return l, wrap(missing(err, noLogout), "find a sign-out by its handle")
}

func scanLogout(from scanner) (*session.Logout, error) {
	var l session.Logout
	var hosts string
	var created, expires int64
	err := from.Scan(&l.IDP, &l.RequestID, &l.Handle, &l.UserName, &l.BrowserHash, &hosts, &l.Outcome, &created, &expires)
	if err != nil {
		return nil, err
	}
	l.CreatedAt, l.ExpiresAt = fromMillis(created), fromMillis(expires)
	l.Hosts, err = decodeList[string](hosts)
	return &l, err
}
