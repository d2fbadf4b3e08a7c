package session

import (
	"context"
	"fmt"

	"sallyport/internal/fault"
)

// Replace ends the session of a token since its person signed in again, into
// by, which inherits what they chose for applications. It is for the same
// person through the same connection: of anybody else nothing is inherited. A
// token that has no live session is nobody's error.
func (m *Manager) Replace(ctx context.Context, token string, by *Session, clientIP string) error {
	old, err := m.byToken(ctx, token)
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := m.store.ReplaceSession(ctx, old.ID, by.ID, whyReplaced, old.endedEvent(whyReplaced, clientIP)); err != nil {
		return fmt.Errorf("replace session %s: %w", old.ID, err)
	}
	return nil
}
