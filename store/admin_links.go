package store

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/session"
)

// SaveAdminLink keeps the hash of a one-time link's token.
func (d *DB) SaveAdminLink(ctx context.Context, tokenHash []byte, expires time.Time, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO admin_links (token_hash, expires_at) VALUES ($1, $2)", tokenHash, millis(expires))
		if err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "save an administrator's link")
}

// UseAdminLink consumes a link and begins the session s.
func (d *DB) UseAdminLink(ctx context.Context, tokenHash []byte, s *session.Session, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		var expires int64
		err := t.row("DELETE FROM admin_links WHERE token_hash = $1 RETURNING expires_at", tokenHash).Scan(&expires)
		if err != nil {
			return missing(err, "This link was used already or is unknown. Make a new one with: sallyport admin link")
		}
		if expires <= millis(time.Now()) {
			return fault.New(fault.NotFound, "This link has expired. Make a new one with: sallyport admin link")
		}
		if err := saveSession(t, s, s.UserID, s.UserName); err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "use an administrator's link")
}
