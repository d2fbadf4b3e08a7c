package session

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	ended    []*Session
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
	if len(ended) == 0 {
		m.endedNothing(ctx, c, known)
	}
	return &LoggedOut{Sessions: len(ended), Answer: m.logoutAnswer(ctx, c, q, message.Binding, now), ended: ended}, nil
}

// Includes reports whether the session of a token is one that was ended.
func (l *LoggedOut) Includes(token string) bool {
	return wellFormed(token) && slices.ContainsFunc(l.ended, func(s *Session) bool {
		return subtle.ConstantTimeCompare(hashToken(token), s.TokenHash) == 1
	})
}

// endedNothing tells of a request that found no session. It was answered with
// success, since nobody is signed in; whether it should have found one (a
// NameID that is not the one of the sign-in) is for people to judge.
func (m *Manager) endedNothing(ctx context.Context, c *idp.Connection, asked refusedSignIn) {
	e := loggedOutEvent(c, asked.clientIP)
	e.Reason = whyNothingEnded
	e.Person = clip(asked.person, maxNameID)
	e.Detail = encode(map[string]int{"sessions": 0})
	if err := m.events.AppendEvent(ctx, e); err != nil {
		m.log.LogAttrs(ctx, slog.LevelError, "a logout request that found no session could not be recorded",
			slog.String("idp", c.Provider.Slug), slog.String("kind", string(fault.KindOf(err))))
	}
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
