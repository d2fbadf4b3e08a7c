package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// pendingFor is how long an identity provider may take to answer.
const pendingFor = 10 * time.Minute

// Start is a sign-in that is about to leave for the identity provider.
type Start struct {
	Target     string // where the person was going; checked by the caller
	Browser    string // token of the browser cookie (Cookies.Browser)
	ForceAuthn bool   // on top of the connection's settings
	Test       bool   // its answer is for Manager.Test alone, and begins nothing
	// AuthnContexts are asked for instead of the connection's own, and the
	// answer must be one of them; empty: as the connection says.
	AuthnContexts []string
}

// Begin saves a pending sign-in and makes its AuthnRequest message. It is
// fault.Forbidden through a connection that is not in use, and fault.Invalid
// without a browser to bind it to.
func (m *Manager) Begin(ctx context.Context, c *idp.Connection, s Start) (*saml.RequestMessage, error) {
	if c.Trust == nil || c.Provider.Live == nil {
		return nil, fault.New(fault.Forbidden, "This connection is not in use.")
	}
	if !wellFormed(s.Browser) {
		return nil, fault.New(fault.Invalid, "Your browser did not keep our cookie. Allow cookies for this site and try again.")
	}
	p := newPending(c.Provider, s, time.Now())
	q, err := request(c, p)
	if err != nil {
		return nil, fmt.Errorf("prepare a request for connection %s: %w", c.Provider.Slug, err)
	}
	message, err := q.Message()
	if err != nil {
		return nil, fmt.Errorf("render request %s for connection %s: %w", p.RequestID, c.Provider.Slug, err)
	}
	if err := m.store.SavePending(ctx, p); err != nil {
		return nil, fmt.Errorf("save pending sign-in %s: %w", p.RequestID, err)
	}
	return message, nil
}

func newPending(p *idp.Provider, s Start, now time.Time) *Pending {
	id, relayState := saml.NewID(), newToken()
	if s.Test {
		relayState = testRelayState(p.Live.Number, id)
	}
	return &Pending{
		RequestID:             id,
		RelayState:            relayState,
		IDP:                   p.Slug,
		BrowserHash:           hashToken(s.Browser),
		Target:                s.Target,
		ForceAuthn:            s.ForceAuthn || p.Settings.ForceAuthn,
		RequestedAuthnContext: s.contexts(p),
		CreatedAt:             now,
		ExpiresAt:             now.Add(pendingFor),
	}
}

func (s Start) contexts(p *idp.Provider) []string {
	if len(s.AuthnContexts) > 0 {
		return s.AuthnContexts
	}
	return p.Settings.RequestedAuthnContext
}

func request(c *idp.Connection, p *Pending) (*saml.AuthnRequest, error) {
	endpoint, err := chooseEndpoint(c.Provider.Live.SSO, c.Provider.Settings.RequestBinding)
	if err != nil {
		return nil, err
	}
	if len(c.SP.ACSURLs) == 0 {
		return nil, errors.New("our side has no assertion consumer service")
	}
	q := &saml.AuthnRequest{
		ID:                    p.RequestID,
		IssueInstant:          p.CreatedAt,
		Issuer:                c.SP.EntityID,
		ACSURL:                c.SP.ACSURLs[0],
		Endpoint:              endpoint,
		ForceAuthn:            p.ForceAuthn,
		RequestedAuthnContext: p.RequestedAuthnContext,
		RelayState:            p.RelayState,
	}
	// One accepted format is worth asking for: an answer in any other is
	// refused. With several the identity provider's own choice is best.
	if formats := c.Provider.Settings.NameIDFormats; len(formats) == 1 {
		q.NameIDFormat = formats[0]
	}
	if c.Provider.Settings.SignRequests || c.Provider.Live.WantAuthnRequestsSigned {
		if c.Signer == nil {
			return nil, errors.New("requests must be signed, and there is no signing key")
		}
		q.Signer = c.Signer
	}
	return q, nil
}

// chooseEndpoint takes the binding that the settings ask for, else redirect
// where it is offered, else POST.
func chooseEndpoint(offered []saml.Endpoint, binding string) (saml.Endpoint, error) {
	wanted := []string{binding}
	if binding == "" {
		wanted = []string{saml.BindingRedirect, saml.BindingPOST}
	}
	e, ok := endpointBy(offered, wanted...)
	if !ok {
		return e, errors.New("the identity provider offers no sign-in address for the binding that is set")
	}
	return e, nil
}

// endpointBy is the first endpoint of the first of these bindings that is offered.
func endpointBy(offered []saml.Endpoint, bindings ...string) (saml.Endpoint, bool) {
	for _, b := range bindings {
		for _, e := range offered {
			if e.Binding == b {
				return e, true
			}
		}
	}
	return saml.Endpoint{}, false
}
