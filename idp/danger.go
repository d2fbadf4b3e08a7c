package idp

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/saml"
)

// danger says in whole sentences why activating p's draft can lock out the
// people who sign in through what is live. Where nothing is live, nobody is in.
func danger(p *Provider) []string {
	live, draft := p.Live, p.Draft
	if live == nil || draft == nil {
		return nil
	}
	var all []string
	if live.EntityID != draft.EntityID {
		all = append(all, fmt.Sprintf("The entity ID changes from %s to %s: responses of the identity provider that is trusted now will be refused.", live.EntityID, draft.EntityID))
	}
	if !slices.ContainsFunc(live.Certificates, func(c Certificate) bool { return holds(draft.Certificates, c) }) {
		all = append(all, "No certificate stays: every sign-in is refused unless the identity provider signs with a new one already.")
	}
	if !slices.ContainsFunc(draft.Certificates, func(c Certificate) bool { return inForce(c, p.Settings, time.Now()) }) {
		all = append(all, "No certificate is within its dates: every sign-in will be refused.")
	}
	if from, to := hosts(live.SSO), hosts(draft.SSO); from != to {
		all = append(all, fmt.Sprintf("The sign-in URL moves from %s to %s: people will be sent there.", from, to))
	}
	if binding := p.Settings.RequestBinding; binding != "" && locations(draft.SSO, binding) == "" {
		all = append(all, fmt.Sprintf("The connection sends its requests by %s, and the identity provider no longer takes them so.", bindingName(binding)))
	}
	if draft.WantAuthnRequestsSigned && !live.WantAuthnRequestsSigned && !p.Settings.SignRequests {
		all = append(all, "The identity provider now wants signed requests, and this connection does not sign them.")
	}
	return all
}

func inForce(c Certificate, s Settings, at time.Time) bool {
	return s.AllowExpiredCertificates || !at.Before(c.NotBefore) && !at.After(c.NotAfter)
}

// hosts are those of the sign-in URLs that browsers are sent to.
func hosts(endpoints []saml.Endpoint) string {
	var all []string
	for _, e := range endpoints {
		u, err := url.Parse(e.Location)
		if err != nil || e.Binding != saml.BindingRedirect && e.Binding != saml.BindingPOST {
			continue
		}
		if host := strings.ToLower(u.Host); !slices.Contains(all, host) {
			all = append(all, host)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}
