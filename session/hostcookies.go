package session

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/gorilla/sessions"
)

// Names of the cookies at applications' hosts, and behind __Host- where the
// application is https.
const (
	doorCookie        = "sallyport-app"
	startCookie       = "sallyport-start"
	ledOnCookie       = "sallyport-again"
	secureDoorCookie  = "__Host-" + doorCookie
	secureStartCookie = "__Host-" + startCookie
	secureLedOnCookie = "__Host-" + ledOnCookie
)

const (
	// startFor is how long, in seconds, a browser keeps what binds codes and
	// forms to it: longer than a form waits and the code lives that brings it back.
	startFor = 20 * 60
	// ledOnFor is how long, in seconds, it is known where somebody was led on.
	ledOnFor = 60
	// ledOnMost is how many such places are known at once.
	ledOnMost = 8
	// ledOnMark is how many letters stand for one.
	ledOnMark = 8
)

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

// SetBrowser keeps it for twenty minutes from now on.
func (HostCookies) SetBrowser(w http.ResponseWriter, secure bool, token string) {
	saveHostCookie(w, secure, startName(secure), token, startFor)
}

// LeadOn reports whether a browser may be led on to an address, which it may
// once in a minute, and remembers that it was: whatever goes wrong there, nobody
// is led in circles. Several tabs have an address each.
func (HostCookies) LeadOn(w http.ResponseWriter, r *http.Request, secure bool, address string) bool {
	sum := sha256.Sum256([]byte(address))
	mark := base64.RawURLEncoding.EncodeToString(sum[:])[:ledOnMark]
	known := ""
	if c, err := r.Cookie(ledOnName(secure)); err == nil && len(c.Value)%ledOnMark == 0 && len(c.Value) <= ledOnMost*ledOnMark {
		known = c.Value
	}
	for i := 0; i < len(known); i += ledOnMark {
		if known[i:i+ledOnMark] == mark {
			return false
		}
	}
	if len(known) == ledOnMost*ledOnMark {
		return false // that is no browser that lost its way once
	}
	options := (&cookieStore{secure: secure}).options(ledOnFor)
	http.SetCookie(w, sessions.NewCookie(ledOnName(secure), known+mark, options))
	return true
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

func ledOnName(secure bool) string {
	if secure {
		return secureLedOnCookie
	}
	return ledOnCookie
}
