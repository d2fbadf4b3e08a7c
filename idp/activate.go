package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// Activate makes the draft live, or a disabled connection active again.
// version is the Provider.Version that was reviewed, 0 for any. It is
// fault.Conflict where the connection was changed since, or is active and
// nothing waits, and fault.Invalid where the draft can't be trusted as it is.
func (r *Registry) Activate(ctx context.Context, slug string, version int64, actor string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	e := audit.New(audit.IDPActivated, actor)
	if next := firstTrust(p.Draft, p.Live); next != nil {
		if e.Detail, err = json.Marshal(map[string]any{"trust": next.Number, "entity_id": next.EntityID}); err != nil {
			return nil, fmt.Errorf("describe activation: %w", err)
		}
	}
	return r.update(ctx, p, version, activate, e)
}

func activate(p *Provider) error {
	if p.Draft == nil && p.Live == nil {
		return fault.New(fault.Invalid, "There is nothing to activate. Import the identity provider's metadata first.")
	}
	if p.Draft == nil && p.State == Active {
		return fault.New(fault.Conflict, "The connection is active already, and nothing waits for review.")
	}
	next := *firstTrust(p.Draft, p.Live)
	if err := activatable(&next); err != nil {
		return err
	}
	next.ActivatedAt = now()
	p.Live, p.Draft, p.State = &next, nil, Active
	if next.Source != FromURL {
		// What is trusted now did not come from there: nothing else may.
		p.MetadataURL, p.RefreshFailed = "", ""
	}
	return nil
}

// activatable says why t can't be trusted; nil where it can.
func activatable(t *Trust) error {
	switch {
	case t.EntityID == "":
		return fault.New(fault.Invalid, "The entity ID of the identity provider is missing.")
	case isTemplate(t):
		return fault.New(fault.Invalid, "This metadata has {tenantid} where the tenant's ID belongs, so anybody's tenant would do. Import the metadata of your own application.")
	case !slices.ContainsFunc(t.SSO, func(e saml.Endpoint) bool {
		return e.Binding == saml.BindingRedirect || e.Binding == saml.BindingPOST
	}):
		return fault.New(fault.Invalid, "The identity provider has no sign-in URL.")
	case len(t.Certificates) == 0:
		return fault.New(fault.Invalid, "The identity provider has no signing certificate, so nothing that it says could be checked.")
	case len(t.Certificates) > maxCertificates:
		return fault.New(fault.Invalid, fmt.Sprintf("The identity provider has more than %d signing certificates.", maxCertificates))
	}
	for _, c := range t.Certificates {
		parsed, err := c.Parse()
		if err != nil || !usable(parsed) {
			return fault.New(fault.Invalid, "A signing certificate of the identity provider can't be used. Import its metadata again.")
		}
	}
	return nil
}

func firstTrust(first, second *Trust) *Trust {
	if first != nil {
		return first
	}
	return second
}
