package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

const (
	linkFor        = time.Hour     // a link waits to be used
	linkSessionFor = 8 * time.Hour // the session it begins
)

// MakeAdminLink makes a one-time token for an administrator's link, good for
// an hour.
func (m *Manager) MakeAdminLink(ctx context.Context, actor string) (token string, err error) {
	token = newToken()
	e := audit.New(audit.AdminLinkMade, actor)
	if err := m.store.SaveAdminLink(ctx, hashToken(token), time.Now().Add(linkFor), e); err != nil {
		return "", fmt.Errorf("save administrator link: %w", err)
	}
	return token, nil
}

// UseAdminLink consumes a link's token and begins an administrator's session
// of 8 h; fault.NotFound for a used, expired or unknown one.
func (m *Manager) UseAdminLink(ctx context.Context, token, clientIP string) (sessionToken string, err error) {
	if !wellFormed(token) {
		return "", linkGone()
	}
	now := time.Now()
	sessionToken = newToken()
	s := &Session{
		ID:        newID(),
		TokenHash: hashToken(sessionToken),
		Kind:      Link,
		Completed: true,
		BeganAt:   now,
		ExpiresAt: now.Add(linkSessionFor),
	}
	e := audit.New(audit.AdminLinkUsed, s.actor())
	e.Object, e.ClientIP = "session:"+s.ID, clientIP
	err = m.store.UseAdminLink(ctx, hashToken(token), s, e)
	if fault.KindOf(err) == fault.NotFound {
		return "", linkGone()
	}
	if err != nil {
		return "", fmt.Errorf("use administrator link: %w", err)
	}
	return sessionToken, nil
}

// linkGone is one answer for every cause: which of them it was is nobody's
// business who does not hold a good link.
func linkGone() error {
	return fault.New(fault.NotFound, "This link was used already, has expired, or is not one of ours. Make a new one with: sallyport admin link")
}
