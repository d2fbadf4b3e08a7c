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

// LogoutAnswered verifies the LogoutResponse to a request of ours, once, and
// gives the logout with its outcome. A refusal is *Refused, and changes
// nothing: the session ended when the person asked.
func (m *Manager) LogoutAnswered(ctx context.Context, c *idp.Connection, message saml.LogoutMessage, clientIP string) (*Logout, error) {
	now := time.Now()
	known := refusedSignIn{logout: true, idp: c.Provider.Slug, clientIP: clientIP, flow: LogoutReply}
	if !c.Active() {
		return nil, m.refuse(ctx, known, notInUse(c))
	}
	var l *Logout
	o := logoutOptions(c, now)
	o.Waiting = func(id string) (waits bool, err error) {
		l, err = m.store.Logout(ctx, c.Provider.Slug, id, now)
		if fault.KindOf(err) == fault.NotFound {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("find the pending logout: %w", err)
		}
		return true, nil
	}
	a, err := saml.VerifyLogoutResponse(message, o)
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "verify a logout response")
	}
	if !a.Valid() || l == nil || l.RequestID != a.InResponseTo() || l.IDP != c.Provider.Slug {
		return nil, errors.New("an answer to another logout than was looked up")
	}
	l.Outcome = logoutOutcome(a.Status())
	switch err := m.store.AnswerLogout(ctx, l.IDP, l.RequestID, l.Outcome, now); {
	case fault.KindOf(err) == fault.NotFound:
		return nil, m.refusalOf(ctx, known, withLogoutTrail(a.Checks(), answeredTwice(l)), "answer a logout")
	case err != nil:
		return nil, fmt.Errorf("answer logout %s: %w", l.RequestID, err)
	}
	return l, nil
}

func logoutOutcome(s saml.LogoutStatus) LogoutOutcome {
	switch {
	case s.Partial():
		return LogoutPartial
	case s.Success():
		return LogoutDone
	default:
		return LogoutFailed
	}
}

func answeredTwice(l *Logout) *saml.Error {
	return &saml.Error{
		Reason: saml.UnknownRequest,
		Want:   "the ID of a LogoutRequest that is waiting",
		Got:    l.RequestID + ", which was answered at the same time",
	}
}
