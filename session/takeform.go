package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// TakeForm gives a kept form back, once: where the person of s is the one whose
// session was over, and host and browser are the same. fault.NotFound; tried
// by anybody else it is gone.
func (m *Manager) TakeForm(ctx context.Context, s *Session, handle, host, browser string) (address string, body []byte, err error) {
	now := time.Now()
	if !wellFormed(handle) || !s.opensDoors(now) || m.recorder.sealer == nil {
		return "", nil, noForm()
	}
	f, err := m.store.TakeForm(ctx, hashToken(handle), host, holderHash(browser), s.UserID, now)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil, noForm()
	}
	if err != nil {
		return "", nil, fmt.Errorf("take a form for %s: %w", host, err)
	}
	if body, err = f.body(m.recorder.sealer); err != nil {
		return "", nil, err
	}
	return f.URL, body, nil
}

func noForm() error {
	return fault.New(fault.NotFound, "The form that you sent was not kept. Please fill it in again.")
}
