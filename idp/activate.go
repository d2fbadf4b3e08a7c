package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// AcceptWord is what an administrator types to activate what can lock people
// out.
const AcceptWord = "ACCEPT"

// maxConfirm is the longest time that an activation may wait for confirmation.
const maxConfirm = 24 * time.Hour

// ActivateOptions are how an activation is done.
type ActivateOptions struct {
	Word          string        // what was typed; AcceptWord where Review.Danger is not empty
	ConfirmWithin time.Duration // it reverts by itself unless Confirm comes in time; 0: it stays; at most 24 h
}

// ActivateWith makes the draft live, or a disabled connection active again.
// version is the Provider.Version that was reviewed, 0 for any. It is
// fault.Conflict where the connection was changed since, or is active and
// nothing waits, and fault.Invalid where the draft can't be trusted as it is,
// or can lock people out and o.Word does not say that this is known.
func (r *Registry) ActivateWith(ctx context.Context, slug string, version int64, o ActivateOptions, actor string) (*Provider, error) {
	if o.ConfirmWithin < 0 || o.ConfirmWithin > maxConfirm {
		return nil, invalid("An activation waits for up to %d hours to be confirmed.", int(maxConfirm.Hours()))
	}
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	e := audit.New(audit.IDPActivated, actor)
	if next := firstTrust(p.Draft, p.Live); next != nil {
		detail := map[string]any{"trust": next.Number, "entity_id": next.EntityID}
		if o.ConfirmWithin > 0 {
			detail["confirm_within_seconds"] = int(o.ConfirmWithin.Seconds())
		}
		if e.Detail, err = json.Marshal(detail); err != nil {
			return nil, fmt.Errorf("describe activation: %w", err)
		}
	}
	return r.update(ctx, p, version, func(p *Provider) error { return activate(p, o, actor) }, e)
}

// Activate is ActivateWith by somebody who knows what it does and can get in
// without it: with the word given, and to stay.
func (r *Registry) Activate(ctx context.Context, slug string, version int64, actor string) (*Provider, error) {
	return r.ActivateWith(ctx, slug, version, ActivateOptions{Word: AcceptWord}, actor)
}

func activate(p *Provider, o ActivateOptions, actor string) error {
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
	if why := danger(p); len(why) > 0 && o.Word != AcceptWord {
		return invalid("This activation can lock people out: %s If that is meant, type %s.", strings.Join(why, " "), AcceptWord)
	}
	p.Confirm = confirmation(p, o, actor)
	next.ActivatedAt = now()
	p.Live, p.Draft, p.State = &next, nil, Active
	if next.Source != FromURL {
		// What is trusted now did not come from there: nothing else may.
		p.MetadataURL, p.RefreshFailed = "", ""
	}
	return nil
}

// confirmation says what comes back unless the activation is confirmed. Where
// the one before was never confirmed either, it is what was there before that.
func confirmation(p *Provider, o ActivateOptions, actor string) *Confirm {
	if o.ConfirmWithin == 0 {
		return nil
	}
	c := Confirm{Previous: numberOf(p.Live), PreviousState: p.State, Actor: actor, Until: now().Add(o.ConfirmWithin)}
	if p.Confirm != nil {
		c.Previous, c.PreviousState = p.Confirm.Previous, p.Confirm.PreviousState
	}
	return &c
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
