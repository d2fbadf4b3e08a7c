package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// LoggedOut is what came of an identity provider's LogoutRequest.
type LoggedOut struct {
	Sessions int                  // that were ended
	Answer   *saml.RequestMessage // signed; nil where the identity provider takes none
}

// Logout verifies a LogoutRequest of a connection, ends what it names, and
// makes the signed answer (SAML Profiles section 4.4.3.4). That nothing was
// found to end is no failure: the person is signed out. A refusal is *Refused.
func (m *Manager) Logout(ctx context.Context, c *idp.Connection, message saml.LogoutMessage, clientIP string) (*LoggedOut, error) {
	now := time.Now()
	known := refusedSignIn{logout: true, idp: c.Provider.Slug, clientIP: clientIP, flow: LogoutAsked}
	if !c.Active() {
		return nil, m.refuse(ctx, known, notInUse(c))
	}
	q, err := saml.VerifyLogoutRequest(message, logoutOptions(c, now))
	if err != nil {
		return nil, m.refusalOf(ctx, known, err, "verify a logout request")
	}
	if !q.Valid() {
		return nil, errors.New("a logout request that was not verified")
	}
	known.person = q.NameID().Value
	ended, err := m.store.EndByLogout(ctx, logoutByIDP(c, q, clientIP, now), loggedOutEvent(c, clientIP))
	if err != nil {
		return nil, m.refusalOf(ctx, known, withLogoutTrail(q.Checks(), err), "end sessions by a logout request")
	}
	return &LoggedOut{Sessions: len(ended), Answer: m.logoutAnswer(ctx, c, q, message.Binding, now)}, nil
}

func logoutByIDP(c *idp.Connection, q *saml.LogoutRequest, clientIP string, now time.Time) *LogoutByIDP {
	return &LogoutByIDP{
		IDP:            c.Provider.Slug,
		ID:             q.ID(),
		NameID:         q.NameID(),
		SessionIndexes: q.SessionIndexes(),
		UsedUntil:      q.Expires(),
		Now:            now,
		ClientIP:       clientIP,
	}
}

// loggedOutEvent tells of the sessions' end. The store knows whose they were.
func loggedOutEvent(c *idp.Connection, clientIP string) audit.Event {
	e := audit.New(audit.SessionEnded, "system")
	e.IDP, e.Reason, e.ClientIP = c.Provider.Slug, whySignedOutThere, clientIP
	return e
}

// logoutAnswer says Success to whoever asked, by the binding of the question
// where it is offered. The sessions are over whether or not it can be made.
func (m *Manager) logoutAnswer(ctx context.Context, c *idp.Connection, q *saml.LogoutRequest, binding string, now time.Time) *saml.RequestMessage {
	endpoint, ok := endpointBy(c.Provider.Live.SLO, binding, saml.BindingRedirect, saml.BindingPOST)
	if !ok {
		return nil
	}
	answer := &saml.NewLogoutResponse{
		ID:           saml.NewID(),
		InResponseTo: q.ID(),
		IssueInstant: now,
		Issuer:       c.SP.EntityID,
		Endpoint:     endpoint,
		RelayState:   q.RelayState(),
		Signer:       c.Signer,
	}
	message, err := answer.Message()
	if err != nil {
		m.logoutFailed(ctx, c.Provider.Slug, fmt.Errorf("answer a logout request: %w", err))
		return nil
	}
	return message
}

// logoutFailed notes that something around a logout failed whose main part,
// the end of the session here, is done. Errors of a driver may quote what it
// was given: their kind alone is written down.
func (m *Manager) logoutFailed(ctx context.Context, slug string, err error) {
	m.log.LogAttrs(ctx, slog.LevelError, "sessions ended, but the identity provider could not be told",
		slog.String("idp", slug), slog.String("kind", string(fault.KindOf(err))))
}
