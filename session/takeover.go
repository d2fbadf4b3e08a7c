package session

import (
	"context"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// TakeOver changes a code for the token of host's cookie. browser is the token
// that the host gave to this browser before. fault.Unauthenticated where the
// code is not good, or not for this host and browser; it is gone then.
func (m *Manager) TakeOver(ctx context.Context, code, host, browser string) (token string, s *Session, err error) {
	if !wellFormed(code) {
		return "", nil, unauthenticated()
	}
	now := time.Now()
	token = newToken()
	s, err = m.store.UseCode(ctx, hashToken(code), host, holderHash(browser), hashToken(token), now)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil, unauthenticated()
	}
	if err != nil {
		return "", nil, fmt.Errorf("take over a session at %s: %w", host, err)
	}
	if !s.opensDoors(now) {
		return "", nil, unauthenticated()
	}
	return token, s, nil
}

// holderHash is the hash of a browser's token. A browser without one is
// nobody: what it tries is used up, so that an address that got into wrong
// hands is worth nothing from then on.
func holderHash(browser string) []byte {
	if h := BrowserHash(browser); h != nil {
		return h
	}
	return hashToken(newToken())
}
