package store

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
)

const tokenColumns = "id, idp, token_hash, compatibility, created_at, created_by, expires_at, last_used_at, last_used_by"

// tokenKept is how long an expired token is still listed.
const tokenKept = 30 * 24 * time.Hour

// CreateToken saves one, unless its connection has as many as it may have.
func (d *DB) CreateToken(ctx context.Context, k *directory.Token, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		// The connection is locked: of two that are made at once, the second one
		// is counted with the first.
		if _, err := scanID(t.row(t.forUpdate("SELECT id FROM idps WHERE slug = $1"), k.IDP)); err != nil {
			return missing(err, "There is no connection named "+k.IDP+".")
		}
		var live int
		err := t.row("SELECT COUNT(*) FROM scim_tokens WHERE idp = $1 AND expires_at > $2", k.IDP, millis(k.CreatedAt)).Scan(&live)
		if err != nil {
			return err
		}
		if live >= directory.MaxTokens {
			return fault.New(fault.Conflict, fmt.Sprintf("Connection %s has %d provisioning tokens already. Revoke the one that is no longer used first.", k.IDP, live))
		}
		_, err = t.exec("INSERT INTO scim_tokens ("+tokenColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '')",
			k.ID, k.IDP, k.Hash, string(k.Compatibility), millis(k.CreatedAt), k.CreatedBy, millis(k.ExpiresAt))
		if err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "create provisioning token %s", k.ID)
}

// TokenByHash finds one, expired ones too. That of a disabled connection is
// fault.Forbidden: a disabled connection is refused on every path.
func (d *DB) TokenByHash(ctx context.Context, hash []byte) (*directory.Token, error) {
	var state idp.State
	k, err := scanToken(also{
		d.read(ctx).row(`SELECT k.id, k.idp, k.token_hash, k.compatibility, k.created_at, k.created_by, k.expires_at,
			k.last_used_at, k.last_used_by, p.state FROM scim_tokens k JOIN idps p ON p.slug = k.idp WHERE k.token_hash = $1`, hash),
		&state,
	})
	if err != nil {
		return nil, wrap(missing(err, "There is no such provisioning token."), "find a provisioning token")
	}
	if state == idp.Disabled {
		return nil, fault.New(fault.Forbidden, "Connection "+k.IDP+" is disabled. An administrator can activate it again.")
	}
	return k, nil
}

// Tokens lists those of one connection, or of all, oldest first.
func (d *DB) Tokens(ctx context.Context, slug string) ([]*directory.Token, error) {
	w := &where{}
	if slug != "" {
		w.add("idp = ?", slug)
	}
	rows, err := d.read(ctx).rows("SELECT "+tokenColumns+" FROM scim_tokens"+w.String()+" ORDER BY id", w.args...)
	all, err := collect(rows, err, scanToken)
	return all, wrap(err, "list provisioning tokens")
}

// TouchToken notes a use, unless a later one is noted.
func (d *DB) TouchToken(ctx context.Context, id string, at time.Time, by string) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec("UPDATE scim_tokens SET last_used_at = $2, last_used_by = $3 WHERE id = $1 AND last_used_at < $2", id, millis(at), by)
		return err
	})
	return wrap(err, "note a use of provisioning token %s", id)
}

// DeleteTokens revokes one of a connection, or all of them (id "").
func (d *DB) DeleteTokens(ctx context.Context, slug, id string, e audit.Event) (int, error) {
	var gone int64
	err := d.write(ctx, func(t tx) error {
		w := &where{}
		w.add("idp = ?", slug)
		if id != "" {
			w.add("id = ?", id)
		}
		var err error
		if gone, err = t.exec("DELETE FROM scim_tokens"+w.String(), w.args...); err != nil {
			return err
		}
		if gone == 0 && id != "" {
			return fault.New(fault.NotFound, "There is no such provisioning token. Somebody may have revoked it meanwhile.")
		}
		if gone == 0 {
			_, err := scanID(t.row("SELECT id FROM idps WHERE slug = $1", slug))
			return missing(err, "There is no connection named "+slug+".")
		}
		return d.appendEvent(t, e)
	})
	if err != nil {
		return 0, wrap(err, "revoke provisioning tokens of connection %s", slug)
	}
	return int(gone), nil
}

// RemindOnce writes e unless name was said before.
func (d *DB) RemindOnce(ctx context.Context, name string, e audit.Event) error {
	return d.Remind(ctx, name, e)
}

// also scans what a query gives beside the columns that a scan knows.
type also struct {
	scanner
	more any
}

func (a also) Scan(into ...any) error { return a.scanner.Scan(append(into, a.more)...) }

func scanToken(from scanner) (*directory.Token, error) {
	var k directory.Token
	var created, expires, used int64
	err := from.Scan(&k.ID, &k.IDP, &k.Hash, &k.Compatibility, &created, &k.CreatedBy, &expires, &used, &k.LastUsedBy)
	if err != nil {
		return nil, err
	}
	k.CreatedAt, k.ExpiresAt, k.LastUsedAt = fromMillis(created), fromMillis(expires), fromMillis(used)
	return &k, nil
}
