package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// maxHandle is more than the ID of a request of ours has.
const maxHandle = 64

// LogoutOutcome tells the browser that began a logout what came of it;
// fault.NotFound for anybody else and after a quarter of an hour.
func (m *Manager) LogoutOutcome(ctx context.Context, handle, browser string) (*Logout, error) {
	if handle == "" || len(handle) > maxHandle || !wellFormed(browser) {
		return nil, noLogout()
	}
	l, err := m.store.LogoutByHandle(ctx, hashToken(handle), time.Now())
	if fault.KindOf(err) == fault.NotFound {
		return nil, noLogout()
	}
	if err != nil {
		return nil, fmt.Errorf("find a logout: %w", err)
	}
	if !sameBrowser(browser, l.BrowserHash) {
		return nil, noLogout()
	}
	return l, nil
}

func noLogout() error {
	return fault.New(fault.NotFound, "There is nothing to tell about this sign-out.")
}
