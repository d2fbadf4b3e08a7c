package session

import (
	"context"
	"fmt"
)

// CloseDoor makes the token of host's cookie worthless. The session stays, with
// its doors at other hosts. What is no token there is nobody's error.
func (m *Manager) CloseDoor(ctx context.Context, token, host string) error {
	if !wellFormed(token) {
		return nil
	}
	if err := m.store.CloseDoor(ctx, hashToken(token), host); err != nil {
		return fmt.Errorf("close the door at %s: %w", host, err)
	}
	return nil
}
