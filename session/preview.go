package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// Preview is what a response would have become.
type Preview struct {
	Assertion *saml.Assertion
	Tags      []Tag
	Dropped   []DroppedTag
	Expires   time.Time // when the session would have ended by itself
}

// Test verifies the answer to a test of a candidate connection (Start.Test)
// in the browser that began it (Cookies.BrowserToken), records that it was
// tested, and begins nothing. Unsolicited responses and answers to sign-ins are
// refused. A refusal is *Refused; fault.Conflict where another version was
// tested than c is.
func (m *Manager) Test(ctx context.Context, c *idp.Connection, a Arrival, browser string) (*Preview, error) {
	if c.Trust == nil || c.Provider.Live == nil {
		return nil, errors.New("test a response: the connection has nothing to trust")
	}
	now := time.Now()
	known := refusedSignIn{
		tested: true, idp: c.Provider.Slug, clientIP: a.ClientIP, target: a.Target,
		response: response{provider: c.Provider, field: a.SAMLResponse, at: now},
	}
	v, err := m.verifyAs(ctx, c, a.SAMLResponse, now, true)
	if v != nil && v.pending != nil {
		known.flow, known.response.pending = Solicited, v.pending
		// Before anything else is said: the result is for the administrator
		// who asked, and for nobody whom a response was sent to.
		if !sameBrowser(browser, v.pending.BrowserHash) {
			failed := wrongBrowser()
			return nil, m.refuse(ctx, known, failed)
		}
		if v.pending.RelayState != testRelayState(c.Provider.Live.Number, v.pending.RequestID) {
			return nil, fault.New(fault.Conflict, "The connection was changed while the test was under way. Start the test again.")
		}
	}
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "verify a response")
	}
	known.person = v.assertion.NameID().Value
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
