package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/internal/fault"
)

// Words of Session.EndedWhy that this room writes.
const (
	whySignedOut = "signed out"
	whyRevoked   = "revoked"
)

// SignOut ends the session of a token. A token that has no live session is
// nobody's error: the person is signed out.
func (m *Manager) SignOut(ctx context.Context, token, clientIP string) error {
	s, err := m.byToken(ctx, token)
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = m.store.EndSessions(ctx, Filter{ID: s.ID, Live: true}, whySignedOut, audit.Event{
		ID:       newID(),
		At:       time.Now(),
		Action:   audit.SessionEnded,
		Actor:    s.actor(),
		IDP:      s.IDP,
		Object:   "session:" + s.ID,
		Person:   s.UserName,
		Reason:   whySignedOut,
		ClientIP: clientIP,
	})
	if err != nil {
		return fmt.Errorf("end session %s: %w", s.ID, err)
	}
	return nil
}

// Revoke ends all live sessions that f selects and gives their number. A
// filter that selects everything is fault.Invalid: nobody means that.
func (m *Manager) Revoke(ctx context.Context, f Filter, actor string) (int, error) {
	if f.ID == "" && f.UserID == "" && f.IDP == "" {
		return 0, fault.New(fault.Invalid, "Say whose sessions to end: a session, a user or a connection.")
	}
	f.Live, f.Before, f.Limit = true, "", 0
	n, err := m.store.EndSessions(ctx, f, whyRevoked, audit.Event{
		ID:     newID(),
		At:     time.Now(),
		Action: audit.SessionEnded,
		Actor:  actor,
		IDP:    f.IDP,
		Object: f.object(),
		Reason: whyRevoked,
	})
	if err != nil {
		return 0, fmt.Errorf("revoke sessions of %s: %w", f.object(), err)
	}
	return n, nil
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
