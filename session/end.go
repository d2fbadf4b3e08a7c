package session

import (
	"context"
	"fmt"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Words of Session.EndedWhy that this room writes.
const (
	whySignedOut      = "signed out"
	whySignedOutThere = "signed out at the identity provider"
	whyNothingEnded   = "signed out at the identity provider, and no session was found here"
	whyReplaced       = "replaced" // by a later sign-in in the same browser
	whyRevoked        = "revoked"
)

// SignOut ends the session of a token. A token that has no live session is
// nobody's error: the person is signed out.
func (m *Manager) SignOut(ctx context.Context, token, clientIP string) error {
	_, err := m.signOut(ctx, token, clientIP)
	return err
}

// signOut gives the session that it ended; nil where there was none.
func (m *Manager) signOut(ctx context.Context, token, clientIP string) (*Session, error) {
	s, err := m.byToken(ctx, token)
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	n, err := m.store.EndSessions(ctx, Filter{ID: s.ID, Live: true}, whySignedOut, s.endedEvent(whySignedOut, clientIP))
	if err != nil {
		return nil, fmt.Errorf("end session %s: %w", s.ID, err)
	}
	if n == 0 {
		return nil, nil
	}
	return s, nil
}

// Revoke ends all live sessions that f selects and gives their number. A
// filter that selects everything is fault.Invalid: nobody means that.
func (m *Manager) Revoke(ctx context.Context, f Filter, actor string) (int, error) {
	if f.ID == "" && f.UserID == "" && f.IDP == "" {
		return 0, fault.New(fault.Invalid, "Say whose sessions to end: a session, a user or a connection.")
	}
	f.Live, f.Before, f.Limit = true, "", 0
	e := audit.New(audit.SessionEnded, actor)
	e.IDP, e.Object, e.Reason = f.IDP, f.object(), whyRevoked
	n, err := m.store.EndSessions(ctx, f, whyRevoked, e)
	if err != nil {
		return 0, fmt.Errorf("revoke sessions of %s: %w", f.object(), err)
	}
	return n, nil
}

// endedEvent tells that the person of s ended it.
func (s *Session) endedEvent(why, clientIP string) audit.Event {
	e := audit.New(audit.SessionEnded, s.actor())
	e.IDP, e.Object, e.Person = s.IDP, "session:"+s.ID, s.UserName
	e.Reason, e.ClientIP = why, clientIP
	return e
}

// actor is s as audit.Event.Actor spells it.
func (s *Session) actor() string {
	if s.Kind == Link {
		return "link:" + s.ID
	}
	return "user:" + s.UserID
}

// object is the narrowest thing that f names.
func (f Filter) object() string {
	switch {
	case f.ID != "":
		return "session:" + f.ID
	case f.UserID != "":
		return "user:" + f.UserID
	default:
		return "idp:" + f.IDP
	}
}
