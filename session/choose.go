package session

import (
	"context"
	"fmt"
)

// Choice is the ID of the permission set with which a session enters an
// application; "" where nothing was chosen.
func (m *Manager) Choice(ctx context.Context, s *Session, applicationID string) (string, error) {
	set, err := m.store.Choice(ctx, s.ID, applicationID)
	if err != nil {
		return "", fmt.Errorf("find the choice for application %s: %w", applicationID, err)
	}
	return set, nil
}

// Choose remembers with which permission set a session enters an application.
// That it may is for the caller to decide, now and at every check.
func (m *Manager) Choose(ctx context.Context, s *Session, applicationID, permissionSetID string) error {
	if err := m.store.Choose(ctx, s.ID, applicationID, permissionSetID); err != nil {
		return fmt.Errorf("choose permission set %s of application %s: %w", permissionSetID, applicationID, err)
	}
	return nil
}
