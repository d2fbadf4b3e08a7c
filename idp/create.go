package idp

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"sallyport/audit"
	"sallyport/internal/fault"
)

var slugForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// reserved words would meet the addresses of the connection "default".
var reserved = map[string]bool{"metadata": true, "acs": true, "login": true, "slo": true, "complete": true}

// Create adds an empty draft connection; fault.Invalid, fault.Conflict.
func (r *Registry) Create(ctx context.Context, slug, name, actor string) (*Provider, error) {
	if err := checkSlug(slug); err != nil {
		return nil, err
	}
	name = strings.TrimSpace(name)
	if name == "" {
		name = slug
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	p, err := r.create(ctx, slug, name, actor)
	if err != nil {
		return nil, err
	}
	return p, r.Reload(ctx)
}

func (r *Registry) create(ctx context.Context, slug, name, actor string) (*Provider, error) {
	p := &Provider{
		ID:        uuid.Must(uuid.NewV7()).String(),
		Slug:      slug,
		Name:      name,
		State:     Draft,
		CreatedAt: now(),
		UpdatedAt: now(),
		Version:   1,
	}
	e := audit.New(audit.IDPCreated, actor)
	e.IDP, e.Object = slug, "idp:"+p.ID
	if err := r.store.CreateProvider(ctx, p, e); err != nil {
		return nil, fmt.Errorf("create connection %s: %w", slug, err)
	}
	return p, nil
}

// ensureDefault makes the connection "default", so that our metadata can be
// handed out before theirs is known.
func (r *Registry) ensureDefault(ctx context.Context) error {
	providers, err := r.store.Providers(ctx)
	if err != nil {
		return fmt.Errorf("load connections: %w", err)
	}
	for _, p := range providers {
		if p.Slug == Default {
			return nil
		}
	}
	_, err = r.create(ctx, Default, "Identity provider", "system")
	if fault.KindOf(err) == fault.Conflict {
		return nil // another instance was quicker
	}
	return err
}

func checkSlug(slug string) error {
	if !slugForm.MatchString(slug) {
		return fault.New(fault.Invalid, "The connection's short name takes 1 to 63 small letters, digits and hyphens, and begins with a letter or digit.")
	}
	if reserved[slug] {
		return fault.New(fault.Invalid, fmt.Sprintf("The short name %q is taken by an address of this service. Choose another one.", slug))
	}
	return nil
}

func checkName(name string) error {
	if name == "" || !utf8.ValidString(name) || utf8.RuneCountInString(name) > 100 || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.New(fault.Invalid, "The name takes 1 to 100 characters in one line.")
	}
	return nil
}

// provider finds the latest known state of a connection; fault.NotFound.
func (r *Registry) provider(ctx context.Context, slug string) (*Provider, error) {
	if c := r.Connection(slug); c != nil {
		return c.Provider, nil
	}
	// It may have been made by another process a moment ago.
	if err := r.Reload(ctx); err != nil {
		return nil, err
	}
	if c := r.Connection(slug); c != nil {
		return c.Provider, nil
	}
	return nil, errNoConnection
}

// update changes a connection, writes the event and reloads.
func (r *Registry) update(ctx context.Context, p *Provider, version int64, change func(*Provider) error, e audit.Event) (*Provider, error) {
	e.IDP, e.Object = p.Slug, "idp:"+p.ID
	changed, err := r.store.UpdateProvider(ctx, p.Slug, version, change, e)
	if err != nil {
		return nil, fmt.Errorf("update connection %s: %w", p.Slug, err)
	}
	return changed, r.Reload(ctx)
}
