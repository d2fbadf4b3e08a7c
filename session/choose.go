package session

import (
	"context"
	"fmt"
)

// Choose remembers with which permission set a session enters an application.
// That it may is for the caller to decide, now and at every check.
func (m *Manager) Choose(ctx context.Context, s *Session, applicationID, permissionSetID string) error {
	if err := m.store.Choose(ctx, s.ID, applicationID, permissionSetID); err != nil {
		return fmt.Errorf("choose permission set %s of application %s: %w", permissionSetID, applicationID, err)
	}
	return nil
}
