package session

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"sallyport/internal/fault"
)

// codeFor is how long a code is good: it travels in one redirect.
const codeFor = time.Minute

// HandOver makes the code with which the browser behind browserHash gets into
// host as the person of s: good for a minute, once. host is lower case, with a
// port where it is not the usual one. fault.Unauthenticated where s is no live
// session of a person, fault.Invalid without a browser to bind the code to.
func (m *Manager) HandOver(ctx context.Context, s *Session, host string, browserHash []byte) (code string, err error) {
	now := time.Now()
	switch {
	case !s.opensDoors(now):
		return "", unauthenticated()
	case host == "" || len(browserHash) != sha256.Size:
		return "", fault.New(fault.Invalid, "This address lacks what binds it to your browser. Open the application again.")
	}
	code = newToken()
	c := &Code{Hash: hashToken(code), SessionID: s.ID, Host: host, BrowserHash: browserHash, ExpiresAt: now.Add(codeFor)}
	if err := m.store.SaveCode(ctx, c); err != nil {
		return "", fmt.Errorf("save a code of session %s for %s: %w", s.ID, host, err)
	}
	return code, nil
}

// opensDoors reports whether s lets its person into applications: links of
// administrators don't, and what was never completed is worth nothing.
func (s *Session) opensDoors(now time.Time) bool {
	return s != nil && s.Kind == Person && s.Completed && s.live(now)
}
