package session

import (
	"net/http"
	"time"

	"github.com/gorilla/sessions"
)

// Names of the cookies at applications' hosts, and behind __Host- where the
// application is https.
const (
	doorCookie        = "sallyport-app"
	startCookie       = "sallyport-start"
	secureDoorCookie  = "__Host-" + doorCookie
	secureStartCookie = "__Host-" + startCookie
)

// startFor is how long, in seconds, a browser keeps what binds codes to it.
const startFor = 600

// HostCookies reads and writes the cookies of applications' hosts. They have
// names of their own, so that a host which is also ours never mixes them up.
// secure is said by each call: applications need not have the scheme that
// this service has.
type HostCookies struct{}

// Token is that of host's session cookie, or "".
func (HostCookies) Token(r *http.Request, secure bool) string { return tokenOf(r, doorName(secure)) }

// TokenName is the name of that cookie, for who has to see that it is there
// once.
func (HostCookies) TokenName(secure bool) string { return doorName(secure) }

// SetToken keeps it until the session's end. What is over already is not kept.
func (HostCookies) SetToken(w http.ResponseWriter, secure bool, token string, until time.Time) {
	if seconds := int(time.Until(until).Seconds()); seconds > 0 {
		saveHostCookie(w, secure, doorName(secure), token, seconds)
	}
}

// ClearToken takes it back.
func (HostCookies) ClearToken(w http.ResponseWriter, secure bool) {
	saveHostCookie(w, secure, doorName(secure), "", -1)
}

// Browser is the token that binds codes and forms to this browser, or "".
func (HostCookies) Browser(r *http.Request, secure bool) string {
	return tokenOf(r, startName(secure))
}

// SetBrowser keeps it for ten minutes from now on.
func (HostCookies) SetBrowser(w http.ResponseWriter, secure bool, token string) {
	saveHostCookie(w, secure, startName(secure), token, startFor)
}

func saveHostCookie(w http.ResponseWriter, secure bool, name, token string, maxAge int) {
	store := &cookieStore{secure: secure}
	s := sessions.NewSession(store, name)
	s.ID, s.Options = token, store.options(maxAge)
	// It fails for what is no token alone, and then sets nothing: the browser
	// is as it was.
	_ = store.Save(nil, w, s)
}

func doorName(secure bool) string {
	if secure {
		return secureDoorCookie
	}
	return doorCookie
}

func startName(secure bool) string {
	if secure {
		return secureStartCookie
	}
	return startCookie
}
