package session

import (
	"context"
	"crypto/subtle"
	"fmt"
	"time"

	"sallyport/internal/fault"
	"sallyport/saml"
)

// completeWithin is how long the way from the assertion consumer service to
// Complete may take.
const completeWithin = 10 * time.Minute

// Complete finishes a sign-in in the browser: token is that of the arrival
// cookie, browser that of the browser cookie. A solicited sign-in that another
// browser began is *Refused with WrongBrowser, and its session is over.
// fault.Unauthenticated where there is nothing to complete, fault.Conflict
// where it was completed before. An unsolicited sign-in has no browser to hold
// it against: whether it may take the place of another person's session is
// for the caller to ask.
func (m *Manager) Complete(ctx context.Context, token, browser string) (*Session, error) {
	s, err := m.byToken(ctx, token)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if s.Kind != Person || !s.live(now) {
		return nil, unauthenticated()
	}
	if len(s.BrowserHash) == 0 {
		return s, nil
	}
	if !sameBrowser(browser, s.BrowserHash) {
		return nil, m.refuseBrowser(ctx, s)
	}
	if now.Sub(s.BeganAt) > completeWithin {
		return nil, unauthenticated()
	}
	if err := m.store.CompleteSession(ctx, s.ID, now); err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil, unauthenticated()
		}
		return nil, fmt.Errorf("complete session %s: %w", s.ID, err)
	}
	s.Completed = true
	return s, nil
}

// refuseBrowser ends a session that reached another browser than the one
// that asked for it: somebody may be trying to sign a person in as themselves.
func (m *Manager) refuseBrowser(ctx context.Context, s *Session) error {
	failed := wrongBrowser()
	refused, event := newRefusal(refusedSignIn{idp: s.IDP, person: s.UserName, object: "session:" + s.ID, target: s.Target}, failed)
	n, err := m.store.EndSessions(ctx, Filter{ID: s.ID, Live: true}, string(saml.WrongBrowser), event)
	if err != nil {
		return fmt.Errorf("end session %s: %w", s.ID, err)
	}
	if n == 0 {
		return unauthenticated()
	}
	return refused
}

// sameBrowser reports whether token is that of the browser cookie behind hash.
func sameBrowser(token string, hash []byte) bool {
	return wellFormed(token) && subtle.ConstantTimeCompare(hashToken(token), hash) == 1
}

func wrongBrowser() *saml.Error {
	failed := &saml.Error{
		Reason: saml.WrongBrowser,
		Want:   "the browser that began this sign-in",
		Got:    "another browser, or one that does not keep our cookies",
	}
	failed.Checks = trail(nil, checkBrowser, failed)
	return failed
}
