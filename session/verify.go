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

// verified is a response that saml took, with the question that it answers.
type verified struct {
	assertion *saml.Assertion
	pending   *Pending // nil: unsolicited
}

func (v *verified) flow() string {
	if v.pending == nil {
		return Unsolicited
	}
	return Solicited
}

// verify hands the response of a sign-in to saml. A refusal is *saml.Error; any
// other error is our own failure.
func (m *Manager) verify(ctx context.Context, c *idp.Connection, field string, now time.Time) (*verified, error) {
	return m.verifyAs(ctx, c, field, now, false)
}

// verifyAs takes, with test, the answers to tests and nothing else; without it
// everything but those.
func (m *Manager) verifyAs(ctx context.Context, c *idp.Connection, field string, now time.Time, test bool) (*verified, error) {
	v := &verified{}
	a, err := saml.VerifyResponse(field, saml.VerifyOptions{
		Trust:            c.Trust,
		Now:              now,
		AllowUnsolicited: !test && c.Provider.Settings.Unsolicited != idp.UnsolicitedRefuse,
		Request: func(id string) (*saml.Request, bool, error) {
			p, err := m.store.Pending(ctx, c.Provider.Slug, id, now)
			if fault.KindOf(err) == fault.NotFound {
				return nil, false, nil
			}
			if err != nil {
				return nil, false, fmt.Errorf("find the pending sign-in: %w", err)
			}
			if p.isTest() != test {
				return nil, false, nil // not a question of this kind
			}
			v.pending = p
			return &saml.Request{
				ID:                    p.RequestID,
				IssuedAt:              p.CreatedAt,
				ForceAuthn:            p.ForceAuthn,
				RequestedAuthnContext: p.RequestedAuthnContext,
			}, true, nil
		},
	})
	if failed := asRefusal(err); failed != nil {
		complete := *failed
		complete.Checks = trail(failed.Checks, "", nil)
		return v, &complete
	}
	if err != nil {
		return v, err
	}
	v.assertion = a
	return v, v.consistent(test)
}

// consistent is the last door before anything is believed: an assertion that
// saml made, and a question that is really the one it answers.
func (v *verified) consistent(test bool) error {
	switch {
	case test && v.pending == nil:
		return errors.New("a test that nobody began")
	case v.pending != nil && v.pending.isTest() != test:
		return errors.New("a test and a sign-in are taken for one another")
	case !v.assertion.Valid():
		return errors.New("an assertion that was not verified")
	case v.pending == nil && v.assertion.InResponseTo() != "":
		return errors.New("an answer to a request that was not looked up")
	case v.pending != nil && v.pending.RequestID != v.assertion.InResponseTo():
		return errors.New("an answer to another request than was looked up")
	case v.pending != nil && len(v.pending.BrowserHash) == 0:
		return errors.New("a pending sign-in without a browser")
	}
	return nil
}
