package store

import (
	"context"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// SavePending keeps a sign-in that waits for its response.
func (d *DB) SavePending(ctx context.Context, p *session.Pending) error {
	authnContext, err := encodeList(p.RequestedAuthnContext)
	if err != nil {
		return wrap(err, "save pending sign-in %s", p.RequestID)
	}
	err = d.write(ctx, func(t tx) error {
		_, err := t.exec(`INSERT INTO pending (request_id, relay_state, idp, browser_hash, target, force_authn,
			requested_authn_context, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			p.RequestID, p.RelayState, p.IDP, p.BrowserHash, p.Target, p.ForceAuthn, authnContext,
			millis(p.CreatedAt), millis(p.ExpiresAt))
		return err
	})
	return wrap(err, "save pending sign-in %s", p.RequestID)
}

// Pending finds one by connection and request ID.
func (d *DB) Pending(ctx context.Context, idp, requestID string, now time.Time) (*session.Pending, error) {
	p := &session.Pending{RequestID: requestID, IDP: idp}
	var authnContext string
	var created, expires int64
	err := d.read(ctx).row(`SELECT relay_state, browser_hash, target, force_authn, requested_authn_context, created_at,
		expires_at FROM pending WHERE request_id = $1 AND idp = $2`, requestID, idp).
		Scan(&p.RelayState, &p.BrowserHash, &p.Target, &p.ForceAuthn, &authnContext, &created, &expires)
	if err != nil {
		return nil, wrap(missing(err, "No sign-in waits for this response."), "find pending sign-in %s", requestID)
	}
	p.CreatedAt, p.ExpiresAt = fromMillis(created), fromMillis(expires)
	if !now.Before(p.ExpiresAt) {
		return nil, fault.New(fault.NotFound, "The sign-in that this response belongs to has expired.")
	}
	p.RequestedAuthnContext, err = decodeList[string](authnContext)
	return p, wrap(err, "find pending sign-in %s", requestID)
}
