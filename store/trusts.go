package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

const (
	trustColumns = `number, entity_id, want_authn_requests_signed, valid_until, source, source_name, vendor, lists,
		created_at, created_by, activated_at`
	selectTrust = "SELECT " + trustColumns + " FROM idp_trusts WHERE idp_id = $1 AND number = $2"
)

// Trusts gives the saved versions of one provider, newest first; fault.NotFound.
func (d *DB) Trusts(ctx context.Context, slug string) ([]*idp.Trust, error) {
	var id string
	err := d.read(ctx).row("SELECT id FROM idps WHERE slug = $1", slug).Scan(&id)
	if err != nil {
		return nil, wrap(missing(err, "There is no connection named "+slug+"."), "find connection %s", slug)
	}
	rows, err := d.read(ctx).rows("SELECT "+trustColumns+" FROM idp_trusts WHERE idp_id = $1 ORDER BY number DESC", id)
	all, err := collect(rows, err, scanTrust)
	return all, wrap(err, "list the trusts of connection %s", slug)
}

// withTrusts reads the live trust and the draft of each.
func withTrusts(from statements, stored []storedProvider) ([]*idp.Provider, error) {
	all := make([]*idp.Provider, 0, len(stored))
	for _, s := range stored {
		var err error
		if s.Live, err = loadTrust(from, s.ID, s.live); err != nil {
			return nil, err
		}
		if s.Draft, err = loadTrust(from, s.ID, s.draft); err != nil {
			return nil, err
		}
		all = append(all, s.Provider)
	}
	return all, nil
}

func loadTrust(from statements, idpID string, number int) (*idp.Trust, error) {
	if number == 0 {
		return nil, nil
	}
	trust, err := scanTrust(from.row(selectTrust, idpID, number))
	if err != nil {
		return nil, fmt.Errorf("read trust %d of connection %s: %w", number, idpID, err)
	}
	return trust, nil
}

// saveTrusts saves and numbers what is new, and when a saved one was activated.
// Trusts that get a number are copied first: the caller's stay as they were
// where the act fails.
func saveTrusts(t tx, p *idp.Provider) error {
	same := p.Live == p.Draft
	var err error
	if p.Live, err = saveTrust(t, p, p.Live); err != nil {
		return err
	}
	if same {
		p.Draft = p.Live
		return nil
	}
	p.Draft, err = saveTrust(t, p, p.Draft)
	return err
}

func saveTrust(t tx, p *idp.Provider, trust *idp.Trust) (*idp.Trust, error) {
	if trust == nil {
		return nil, nil
	}
	if trust.Number != 0 {
		return trust, markActivated(t, p, trust)
	}
	numbered := *trust
	// The provider's row is locked, so nobody else takes the same number.
	err := t.row("SELECT number + 1 FROM idp_trusts WHERE idp_id = $1 ORDER BY number DESC LIMIT 1", p.ID).Scan(&numbered.Number)
	if errors.Is(err, sql.ErrNoRows) {
		numbered.Number, err = 1, nil
	}
	if err != nil {
		return nil, fmt.Errorf("number a trust of connection %s: %w", p.Slug, err)
	}
	lists, err := encode(listsOf(trust))
	if err != nil {
		return nil, err
	}
	_, err = t.exec("INSERT INTO idp_trusts (idp_id, "+trustColumns+") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
		p.ID, numbered.Number, trust.EntityID, trust.WantAuthnRequestsSigned, millis(trust.ValidUntil),
		string(trust.Source), trust.SourceName, trust.Vendor, lists, millis(trust.CreatedAt), trust.CreatedBy,
		millis(trust.ActivatedAt))
	if err != nil {
		return nil, fmt.Errorf("save a trust of connection %s: %w", p.Slug, err)
	}
	return &numbered, nil
}

func markActivated(t tx, p *idp.Provider, trust *idp.Trust) error {
	n, err := t.exec("UPDATE idp_trusts SET activated_at = $3 WHERE idp_id = $1 AND number = $2", p.ID, trust.Number, millis(trust.ActivatedAt))
	if err != nil {
		return fmt.Errorf("mark trust %d of connection %s: %w", trust.Number, p.Slug, err)
	}
	if n == 0 {
		return fault.New(fault.NotFound, fmt.Sprintf("Connection %s has no version %d.", p.Slug, trust.Number))
	}
	return nil
}

func number(trust *idp.Trust) int {
	if trust == nil {
		return 0
	}
	return trust.Number
}

// trustLists is the JSON of a trust's lists. Its names outlive those of Go.
type trustLists struct {
	SSO           []saml.Endpoint     `json:"sso,omitempty"`
	SLO           []saml.Endpoint     `json:"slo,omitempty"`
	Certificates  []storedCertificate `json:"certificates,omitempty"`
	NameIDFormats []string            `json:"name_id_formats,omitempty"`
	Warnings      []string            `json:"warnings,omitempty"`
}

type storedCertificate struct {
	DER         []byte    `json:"der"`
	Fingerprint string    `json:"fingerprint"`
	Subject     string    `json:"subject"`
	KeyType     string    `json:"key_type"`
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	Use         string    `json:"use"`
}

func listsOf(trust *idp.Trust) trustLists {
	lists := trustLists{SSO: trust.SSO, SLO: trust.SLO, NameIDFormats: trust.NameIDFormats, Warnings: trust.Warnings}
	for _, c := range trust.Certificates {
		lists.Certificates = append(lists.Certificates, storedCertificate(c))
	}
	return lists
}

func scanTrust(from scanner) (*idp.Trust, error) {
	var trust idp.Trust
	var lists string
	var validUntil, created, activated int64
	err := from.Scan(&trust.Number, &trust.EntityID, &trust.WantAuthnRequestsSigned, &validUntil, &trust.Source,
		&trust.SourceName, &trust.Vendor, &lists, &created, &trust.CreatedBy, &activated)
	if err != nil {
		return nil, err
	}
	trust.ValidUntil, trust.CreatedAt, trust.ActivatedAt = fromMillis(validUntil), fromMillis(created), fromMillis(activated)
	var stored trustLists
	if err := decode(lists, &stored); err != nil {
		return nil, err
	}
	trust.SSO, trust.SLO, trust.NameIDFormats, trust.Warnings = stored.SSO, stored.SLO, stored.NameIDFormats, stored.Warnings
	for _, c := range stored.Certificates {
		trust.Certificates = append(trust.Certificates, idp.Certificate(c))
	}
	return &trust, nil
}
