package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// Door finds the live session behind the token of host's cookie;
// fault.Unauthenticated.
func (m *Manager) Door(ctx context.Context, token, host string) (*Door, error) {
	d, err := m.doorOf(ctx, token, host)
	if err != nil {
		return nil, err
	}
	if !d.Session.opensDoors(time.Now()) {
		return nil, unauthenticated()
	}
	return d, nil
}

// doorOf finds what a token opens, or opened once; fault.Unauthenticated.
func (m *Manager) doorOf(ctx context.Context, token, host string) (*Door, error) {
	if !wellFormed(token) {
		return nil, unauthenticated()
	}
	d, err := m.store.Door(ctx, hashToken(token), host)
	if fault.KindOf(err) == fault.NotFound {
		return nil, unauthenticated()
	}
	if err != nil {
		return nil, fmt.Errorf("find the door at %s: %w", host, err)
	}
	return d, nil
}
