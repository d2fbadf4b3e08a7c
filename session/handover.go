package session

import (
	"context"
	"time"
)

// Bounds of the way to an application's host.
const (
	codeFor  = time.Minute
	formFor  = 15 * time.Minute
	MaxForm  = 256 << 10 // bytes of a form that is kept
	MaxForms = 3         // of one session, waiting
)

// HandOver makes the code with which the browser behind browserHash gets into
// host as the person of s: good for a minute, once. host is lower case, with a
// port where it is not the usual one.
func (m *Manager) HandOver(ctx context.Context, s *Session, host string, browserHash []byte) (code string, err error) {
	panic("unwritten")
}

// TakeOver changes a code for the token of host's cookie. browser is the token
// that the host gave to this browser before. fault.Unauthenticated where the
// code is not good, or not for this host and browser.
func (m *Manager) TakeOver(ctx context.Context, code, host, browser string) (token string, s *Session, err error) {
	panic("unwritten")
}

// Door finds the live session behind the token of host's cookie;
// fault.Unauthenticated.
func (m *Manager) Door(ctx context.Context, token, host string) (*Door, error) { panic("unwritten") }

// Choose remembers with which permission set a session enters an application.
func (m *Manager) Choose(ctx context.Context, s *Session, applicationID, permissionSetID string) error {
	panic("unwritten")
}

// KeepForm keeps a form that was sent to address, of host, with the token of a
// session that is over, for the person of that session. It gives the handle by
// which the browser, whose token browser is, gets it back. fault.Invalid where
// the body is too large; fault.Unauthenticated where the token says nothing of
// whose session it was; fault.Conflict where too many are waiting.
func (m *Manager) KeepForm(ctx context.Context, token, host, browser, address string, body []byte) (handle string, err error) {
	panic("unwritten")
}

// TakeForm gives a kept form back, once: where the person of s is the one whose
// session was over, and host and browser are the same. fault.NotFound.
func (m *Manager) TakeForm(ctx context.Context, s *Session, handle, host, browser string) (address string, body []byte, err error) {
	panic("unwritten")
}

// BrowserHash is what of a browser's token may travel in an address; nil for
// what is no token.
func BrowserHash(token string) []byte {
	if !wellFormed(token) {
		return nil
	}
	return hashToken(token)
}

// NewToken makes a token for a cookie: 32 random bytes, base64url.
func NewToken() string { return newToken() }
