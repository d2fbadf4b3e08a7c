package session

import (
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"sallyport/internal/fault"
)

// Names of the cookies, behind __Host- where the service is https. The prefix
// makes the browser itself refuse them from other hosts and over plain http.
const (
	sessionCookie = "sallyport"
	adminCookie   = "sallyport-admin"
	browserCookie = "sallyport-browser"
	arrivalCookie = "sallyport-arrival-"
)

// arrivalFor is how long, in seconds, a browser keeps an arrival's token.
const arrivalFor = 300

// Cookies reads and writes every cookie of this service. It is the one place
// that knows gorilla/sessions.
type Cookies struct {
	manager *Manager
	store   *cookieStore
	prefix  string
}

// NewCookies makes Cookies over m. secure: the base URL is https.
func NewCookies(m *Manager, secure bool) *Cookies {
	c := &Cookies{manager: m, store: &cookieStore{secure: secure}}
	if secure {
		c.prefix = "__Host-"
	}
	return c
}

// Token is the session token that r carries, or "".
func (c *Cookies) Token(r *http.Request) string { return c.token(r, sessionCookie) }

// Session is the person's live session behind r; fault.Unauthenticated. It
// costs one read of the store, and none where r carries no token.
func (c *Cookies) Session(r *http.Request) (*Session, error) {
	return c.find(r, sessionCookie, Person)
}

// AdminToken is the token of the administrator's link session that r carries, or "".
func (c *Cookies) AdminToken(r *http.Request) string { return c.token(r, adminCookie) }

// AdminSession is the administrator's live session behind r; fault.Unauthenticated.
func (c *Cookies) AdminSession(r *http.Request) (*Session, error) {
	return c.find(r, adminCookie, Link)
}

// SetSession puts a session's token into the browser until its end.
func (c *Cookies) SetSession(w http.ResponseWriter, r *http.Request, token string, until time.Time) error {
	return c.setUntil(w, r, sessionCookie, token, until)
}

// SetAdminSession does the same for an administrator's link session.
func (c *Cookies) SetAdminSession(w http.ResponseWriter, r *http.Request, token string, until time.Time) error {
	return c.setUntil(w, r, adminCookie, token, until)
}

// Clear takes the session cookie back.
func (c *Cookies) Clear(w http.ResponseWriter, r *http.Request) { c.clear(w, r, sessionCookie) }

// ClearAdmin takes the administrator's cookie back.
func (c *Cookies) ClearAdmin(w http.ResponseWriter, r *http.Request) { c.clear(w, r, adminCookie) }

// Browser is the token that binds pending sign-ins to this browser; made and
// set where missing. It lives until the browser closes.
func (c *Cookies) Browser(w http.ResponseWriter, r *http.Request) string {
	if token := c.BrowserToken(r); token != "" {
		return token
	}
	token := newToken()
	if err := c.set(w, r, browserCookie, token, 0); err != nil {
		return ""
	}
	return token
}

// BrowserToken is the same without making one: "" where missing.
func (c *Cookies) BrowserToken(r *http.Request) string { return c.token(r, browserCookie) }

// SetArrival keeps an accepted response's token for Complete, for 5 minutes,
// under a short random name that travels in the address, so that two tabs
// don't meet. The name is "" for what is no token.
func (c *Cookies) SetArrival(w http.ResponseWriter, r *http.Request, token string) (name string) {
	name = newArrivalName()
	if err := c.set(w, r, arrivalCookie+name, token, arrivalFor); err != nil {
		return ""
	}
	return name
}

// TakeArrival reads that token and takes the cookie back; "" where missing.
func (c *Cookies) TakeArrival(w http.ResponseWriter, r *http.Request, name string) string {
	token := c.PeekArrival(r, name)
	if token != "" {
		c.clear(w, r, arrivalCookie+name)
	}
	return token
}

// ClearArrival takes an arrival's cookie back, whatever is in it.
func (c *Cookies) ClearArrival(w http.ResponseWriter, r *http.Request, name string) {
	if arrivalName(name) {
		c.clear(w, r, arrivalCookie+name)
	}
}

// Arrivals are the names of all that wait in this browser.
func (c *Cookies) Arrivals(r *http.Request) []string {
	var names []string
	for _, cookie := range r.Cookies() {
		name, ok := strings.CutPrefix(cookie.Name, c.prefix+arrivalCookie)
		if ok && arrivalName(name) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// PeekArrival reads that token and leaves the cookie.
func (c *Cookies) PeekArrival(r *http.Request, name string) string {
	if !arrivalName(name) {
		return ""
	}
	return c.token(r, arrivalCookie+name)
}

func (c *Cookies) find(r *http.Request, name string, kind Kind) (*Session, error) {
	s, err := c.manager.Session(r.Context(), c.token(r, name))
	if err != nil {
		return nil, err
	}
	if s.Kind != kind {
		return nil, unauthenticated()
	}
	return s, nil
}

func (c *Cookies) token(r *http.Request, name string) string {
	return c.store.read(r, c.prefix+name).ID
}

func (c *Cookies) setUntil(w http.ResponseWriter, r *http.Request, name, token string, until time.Time) error {
	seconds := int(time.Until(until).Seconds())
	if seconds <= 0 {
		return fault.New(fault.Unauthenticated, "Your session is over. Please sign in again.")
	}
	return c.set(w, r, name, token, seconds)
}

func (c *Cookies) set(w http.ResponseWriter, r *http.Request, name, token string, maxAge int) error {
	s := c.store.read(r, c.prefix+name)
	s.ID = token
	s.Options.MaxAge = maxAge
	if err := s.Save(r, w); err != nil {
		return fmt.Errorf("set cookie %s: %w", name, err)
	}
	return nil
}

func (c *Cookies) clear(w http.ResponseWriter, r *http.Request, name string) {
	s := c.store.read(r, c.prefix+name)
	s.Options.MaxAge = -1
	// Taking a cookie back cannot fail: there is no token to refuse.
	_ = s.Save(r, w)
}

// arrivalLetters are what base32 writes, in lower case.
const arrivalLetters = "abcdefghijklmnopqrstuvwxyz234567"

func newArrivalName() string {
	var b [5]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

func arrivalName(s string) bool {
	return len(s) == 8 && strings.Trim(s, arrivalLetters) == ""
}
