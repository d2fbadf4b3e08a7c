package store

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
)

const selectSetupLinks = "SELECT id, idp, expires_at, created_at, created_by FROM setup_links"

// CreateSetupLink saves a link with the hash of its token.
func (d *DB) CreateSetupLink(ctx context.Context, link idp.SetupLinkInfo, tokenHash []byte, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec(`INSERT INTO setup_links (id, token_hash, idp, expires_at, created_at, created_by)
			VALUES ($1, $2, $3, $4, $5, $6)`,
			link.ID, tokenHash, link.IDP, millis(link.ExpiresAt), millis(link.CreatedAt), link.CreatedBy)
		if err != nil {
			return err
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "create setup link %s", link.ID)
}

// SetupLink finds the link of a token that is valid at now; fault.NotFound.
func (d *DB) SetupLink(ctx context.Context, tokenHash []byte, now time.Time) (idp.SetupLinkInfo, error) {
	link, err := scanSetupLink(d.read(ctx).row(selectSetupLinks+" WHERE token_hash = $1 AND expires_at > $2", tokenHash, millis(now)))
	return link, wrap(missing(err, "There is no such setup link."), "find a setup link")
}

// SetupLinks gives those of one connection, newest first.
func (d *DB) SetupLinks(ctx context.Context, slug string) ([]idp.SetupLinkInfo, error) {
	rows, err := d.read(ctx).rows(selectSetupLinks+" WHERE idp = $1 ORDER BY id DESC", slug)
	all, err := collect(rows, err, scanSetupLink)
	return all, wrap(err, "list setup links of %s", slug)
}

// DeleteSetupLink removes one by ID; fault.NotFound. An event without a
// connection gets the link's.
func (d *DB) DeleteSetupLink(ctx context.Context, id string, e audit.Event) error {
	err := d.write(ctx, func(t tx) error {
		link, err := scanSetupLink(t.row(t.forUpdate(selectSetupLinks+" WHERE id = $1"), id))
		if err != nil {
			return missing(err, "There is no such setup link.")
		}
		n, err := t.exec("DELETE FROM setup_links WHERE id = $1", id)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "There is no such setup link.")
		}
		told := e
		if told.IDP == "" {
			told.IDP = link.IDP
		}
		return d.appendEvent(t, told)
	})
	return wrap(err, "delete setup link %s", id)
}

func scanSetupLink(from scanner) (idp.SetupLinkInfo, error) {
	var link idp.SetupLinkInfo
	var expires, created int64
	err := from.Scan(&link.ID, &link.IDP, &expires, &created, &link.CreatedBy)
	link.ExpiresAt, link.CreatedAt = fromMillis(expires), fromMillis(created)
	return link, err
}
