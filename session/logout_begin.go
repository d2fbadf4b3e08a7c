package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"sallyport/idp"
	"sallyport/saml"
)

const (
	// logoutFor is how long a logout waits for its answer, and its outcome can
	// be seen.
	logoutFor = 15 * time.Minute
	// logoutRequestFor is how long our LogoutRequest is good at the far side.
	logoutRequestFor = 5 * time.Minute
)

// SignedOut is what came of a person's signing out.
type SignedOut struct {
	Handle  string               // under which LogoutOutcome tells the rest; "" where there was no person's session
	Request *saml.RequestMessage // for the identity provider, signed; nil where it is not told
	Session *Session             // that was ended; nil: there was none
	Hosts   []string             // of applications that were open
}

// SignOutWith ends the session of a token here, at once and whatever the
// identity provider does, and prepares what tells the identity provider. browser
// is the token of the browser cookie. An error means that the session may not
// be over; that the identity provider can't be told is none.
func (m *Manager) SignOutWith(ctx context.Context, r *idp.Registry, token, browser, clientIP string) (*SignedOut, error) {
	s, err := m.signOut(ctx, token, clientIP)
	if err != nil {
		return nil, err
	}
	if s == nil || s.Kind != Person {
		return &SignedOut{Session: s}, nil
	}
	out := &SignedOut{Session: s}
	if out.Hosts, err = m.store.Hosts(ctx, s.ID); err != nil {
		m.logoutFailed(ctx, s.IDP, fmt.Errorf("list the hosts of session %s: %w", s.ID, err))
	}
	l := newLogout(s, browser, out.Hosts, time.Now())
	request, err := logoutRequest(r.Connection(s.IDP), s, l)
	if err != nil {
		m.logoutFailed(ctx, s.IDP, err)
	}
	if request == nil {
		l.Outcome = LogoutNotSent
	}
	if err := m.store.SaveLogout(ctx, l); err != nil {
		// What is not remembered is not sent: nobody could take its answer.
		m.logoutFailed(ctx, s.IDP, fmt.Errorf("save logout %s: %w", l.RequestID, err))
		return out, nil
	}
	out.Handle, out.Request = l.RequestID, request
	return out, nil
}

func newLogout(s *Session, browser string, hosts []string, now time.Time) *Logout {
	id := saml.NewID()
	return &Logout{
		RequestID:   id,
		Handle:      hashToken(id),
		IDP:         s.IDP,
		UserName:    s.UserName,
		BrowserHash: holderHash(browser),
		Hosts:       hosts,
		CreatedAt:   now,
		ExpiresAt:   now.Add(logoutFor),
	}
}

// logoutRequest names the person exactly as the assertion did; nil where the
// identity provider takes no such request, or the assertion is not known.
func logoutRequest(c *idp.Connection, s *Session, l *Logout) (*saml.RequestMessage, error) {
	if c == nil || !c.Active() || s.NameID.Value == "" {
		return nil, nil
	}
	endpoint, ok := endpointBy(c.Provider.Live.SLO, saml.BindingRedirect, saml.BindingPOST)
	if !ok {
		return nil, nil
	}
	if c.Signer == nil {
		return nil, errors.New("logout requests are signed, and there is no signing key")
	}
	q := &saml.NewLogoutRequest{
		ID:           l.RequestID,
		IssueInstant: l.CreatedAt,
		NotOnOrAfter: l.CreatedAt.Add(logoutRequestFor),
		Issuer:       c.SP.EntityID,
		Endpoint:     endpoint,
		NameID:       s.NameID,
		RelayState:   l.RequestID,
		Signer:       c.Signer,
	}
	if s.SessionIndex != "" {
		q.SessionIndexes = []string{s.SessionIndex}
	}
	message, err := q.Message()
	if err != nil {
		return nil, fmt.Errorf("tell connection %s of a sign-out: %w", s.IDP, err)
	}
	return message, nil
}
