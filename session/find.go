package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// Session finds the live session of a token; fault.Unauthenticated where it
// has ended or expired, was never completed, or never was.
func (m *Manager) Session(ctx context.Context, token string) (*Session, error) {
	s, err := m.byToken(ctx, token)
	if err != nil {
		return nil, err
	}
	if !s.live(time.Now()) || !s.Completed {
		return nil, unauthenticated()
	}
	return s, nil
}

// Sessions lists sessions for administrators, newest first.
func (m *Manager) Sessions(ctx context.Context, f Filter) ([]*Session, error) {
	list, err := m.store.Sessions(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return list, nil
}

// Hosts are those of applications at which a session is open, in their order.
func (m *Manager) Hosts(ctx context.Context, sessionID string) ([]string, error) {
	hosts, err := m.store.Hosts(ctx, sessionID)
	if err != nil {
		return nil, fmt.Errorf("list the hosts of session %s: %w", sessionID, err)
	}
	return hosts, nil
}

// byToken finds a session in whatever state it is; fault.Unauthenticated.
func (m *Manager) byToken(ctx context.Context, token string) (*Session, error) {
	if !wellFormed(token) {
		return nil, unauthenticated()
	}
	s, err := m.store.Session(ctx, hashToken(token))
	if fault.KindOf(err) == fault.NotFound {
		return nil, unauthenticated()
	}
	if err != nil {
		return nil, fmt.Errorf("find session: %w", err)
	}
	return s, nil
}

func (s *Session) live(now time.Time) bool {
	return s.EndedAt.IsZero() && now.Before(s.ExpiresAt)
}

func unauthenticated() error {
	return fault.New(fault.Unauthenticated, "You are not signed in, or your session is over.")
}
