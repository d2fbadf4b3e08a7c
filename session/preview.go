package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
)

// Preview is what a response would have become.
type Preview struct {
	Assertion *saml.Assertion
	Tags      []Tag
	Dropped   []DroppedTag
	Expires   time.Time // when the session would have ended by itself
}

// Test verifies a response against a candidate connection, records that it
// was tested, and begins nothing. A refusal is *Refused.
func (m *Manager) Test(ctx context.Context, c *idp.Connection, a Arrival) (*Preview, error) {
	if c.Trust == nil {
		return nil, errors.New("test a response: the connection has nothing to trust")
	}
	known := refusedSignIn{tested: true, idp: c.Provider.Slug, clientIP: a.ClientIP, target: a.Target}
	now := time.Now()
	v, err := m.verify(ctx, c, a.SAMLResponse, now)
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "verify a response")
	}
	known.flow, known.person = v.flow(), v.assertion.NameID().Value
	out, err := m.consider(ctx, c.Provider, v.assertion, now)
	if out != nil {
		known.dropped = out.dropped
	}
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "consider a sign-in")
	}
	e := audit.New(audit.SignInTested, "system")
	e.IDP, e.Person, e.ClientIP = c.Provider.Slug, known.person, a.ClientIP
	e.Detail = out.detail(known.flow)
	if err := m.events.AppendEvent(ctx, e); err != nil {
		return nil, fmt.Errorf("record the test of connection %s: %w", c.Provider.Slug, err)
	}
	return &Preview{Assertion: v.assertion, Tags: out.tags, Dropped: out.dropped, Expires: out.expires}, nil
}
