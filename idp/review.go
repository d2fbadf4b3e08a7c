package idp

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/fault"
	"sallyport/saml"
)

// Review is what an administrator reads before activating.
type Review struct {
	Draft    *Trust
	Live     *Trust // nil where nothing is live
	Changes  []Change
	Warnings []string // of the draft and of the change; whole sentences
	Danger   []string // why activating can lock people out; whole sentences; asks for AcceptWord
}

// Change is one difference between live and draft.
type Change struct {
	What string // "Entity ID", "Sign-in URL (HTTP-Redirect)", "Certificate"
	From string // "" where added
	To   string // "" where removed
}

// Review compares the draft with what is live; fault.NotFound where nothing waits.
func (r *Registry) Review(slug string) (*Review, error) {
	c := r.Connection(slug)
	if c == nil {
		return nil, errNoConnection
	}
	p := c.Provider
	if p.Draft == nil {
		return nil, fault.New(fault.NotFound, "Nothing waits for review. Import the identity provider's metadata first.")
	}
	review := &Review{Draft: p.Draft, Live: p.Live, Warnings: slices.Clone(p.Draft.Warnings)}
	if p.Draft.WantAuthnRequestsSigned && !p.Settings.SignRequests {
		review.Warnings = append(review.Warnings, "The identity provider wants signed requests, and this connection does not sign them. Turn on \"sign requests\" in its settings.")
	}
	for _, other := range r.Connections() {
		if o := other.Provider; o.Slug != slug && o.Live != nil && o.Live.EntityID == p.Draft.EntityID {
			review.Warnings = append(review.Warnings, fmt.Sprintf("The connection %q already trusts this identity provider.", o.Name))
		}
	}
	// A draft may be older than what its dates have come to mean.
	review.Warnings = append(review.Warnings, aged(p.Draft.Certificates, p.Draft.CreatedAt, now())...)
	if p.MetadataURL != "" && p.Draft.Source != FromURL {
		review.Warnings = append(review.Warnings, fmt.Sprintf("Once this is activated, metadata is no longer fetched from %s. Import that address again when it is right.", p.MetadataURL))
	}
	review.Danger = danger(p)
	if p.Live != nil {
		review.Changes = changes(p.Live, p.Draft)
		review.Warnings = append(review.Warnings, changeWarnings(p.Live, p.Draft)...)
	}
	return review, nil
}

func changes(live, draft *Trust) []Change {
	var all []Change
	if live.EntityID != draft.EntityID {
		all = append(all, Change{What: "Entity ID", From: live.EntityID, To: draft.EntityID})
	}
	all = append(all, endpointChanges("Sign-in URL", live.SSO, draft.SSO)...)
	all = append(all, endpointChanges("Sign-out URL", live.SLO, draft.SLO)...)
	for _, c := range live.Certificates {
		if !holds(draft.Certificates, c) {
			all = append(all, Change{What: "Certificate", From: describe(c)})
		}
	}
	for _, c := range draft.Certificates {
		if !holds(live.Certificates, c) {
			all = append(all, Change{What: "Certificate", To: describe(c)})
		}
	}
	if live.WantAuthnRequestsSigned != draft.WantAuthnRequestsSigned {
		all = append(all, Change{What: "Wants signed requests", From: yesNo(live.WantAuthnRequestsSigned), To: yesNo(draft.WantAuthnRequestsSigned)})
	}
	if from, to := strings.Join(live.NameIDFormats, " "), strings.Join(draft.NameIDFormats, " "); from != to {
		all = append(all, Change{What: "NameID formats", From: from, To: to})
	}
	return all
}

// endpointChanges pairs endpoints by binding, in their order.
func endpointChanges(what string, live, draft []saml.Endpoint) []Change {
	var all []Change
	for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
		from, to := locations(live, binding), locations(draft, binding)
		if from == to {
			continue
		}
		all = append(all, Change{What: what + " (" + bindingName(binding) + ")", From: from, To: to})
	}
	return all
}

// bindingName is the last word of a binding's URI: "HTTP-POST".
func bindingName(binding string) string { return binding[strings.LastIndexByte(binding, ':')+1:] }

func locations(endpoints []saml.Endpoint, binding string) string {
	var all []string
	for _, e := range endpoints {
		if e.Binding != binding {
			continue
		}
		location := e.Location
		if e.ResponseLocation != "" {
			location += " (answers to " + e.ResponseLocation + ")"
		}
		all = append(all, location)
	}
	return strings.Join(all, " ")
}

func holds(all []Certificate, c Certificate) bool {
	return slices.ContainsFunc(all, func(o Certificate) bool { return o.Fingerprint == c.Fingerprint })
}

func describe(c Certificate) string {
	return fmt.Sprintf("%s (%s, until %s)", c.Fingerprint, c.KeyType, day(c.NotAfter))
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func changeWarnings(live, draft *Trust) []string {
	var all []string
	if live.EntityID != draft.EntityID {
		all = append(all, "The entity ID changes: this may be another identity provider, which would speak for the same people.")
	}
	if !slices.ContainsFunc(live.Certificates, func(c Certificate) bool { return holds(draft.Certificates, c) }) {
		all = append(all, "No certificate that is trusted now stays. Make sure that the identity provider signs with a new one already.")
	} else if gone := goneStillValid(live, draft); gone > 0 {
		all = append(all, fmt.Sprintf("%d certificates that are trusted now and have not run out would go. Make sure that the identity provider no longer signs with them.", gone))
	}
	if len(changes(live, draft)) == 0 {
		all = append(all, "Nothing differs from what is trusted now.")
	}
	return all
}

func goneStillValid(live, draft *Trust) (gone int) {
	for _, c := range live.Certificates {
		if !holds(draft.Certificates, c) && c.NotAfter.After(time.Now()) {
			gone++
		}
	}
	return gone
}
