package session

import (
	"net/http"
	"time"
)

// HostCookies reads and writes the cookies of applications' hosts. They have
// names of their own, so that a host which is also ours never mixes them up.
// secure is said by each call: applications need not have the scheme that
// this service has.
type HostCookies struct{}

// Token is that of host's session cookie, or "".
func (HostCookies) Token(r *http.Request, secure bool) string { panic("unwritten") }

// SetToken keeps it until the session's end.
func (HostCookies) SetToken(w http.ResponseWriter, secure bool, token string, until time.Time) {
	panic("unwritten")
}

// ClearToken takes it back.
func (HostCookies) ClearToken(w http.ResponseWriter, secure bool) { panic("unwritten") }

// Browser is the token that binds codes and forms to this browser, or "".
func (HostCookies) Browser(r *http.Request, secure bool) string { panic("unwritten") }

// SetBrowser keeps it for ten minutes from now on.
func (HostCookies) SetBrowser(w http.ResponseWriter, secure bool, token string) { panic("unwritten") }
