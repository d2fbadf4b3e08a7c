package session

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
)

// Options of a Manager.
type Options struct {
	Secure bool // cookies are __Host- and Secure: the base URL is https
	Logger *slog.Logger
}

// Manager begins, finds and ends sessions.
type Manager struct{}

// New makes a Manager.
func New(store Store, users directory.Store, events audit.Store, o Options) *Manager {
	panic("unwritten")
}

// Start is a sign-in that is about to leave for the identity provider.
type Start struct {
	Target     string // where the person was going; checked by the caller
	Browser    string // token of the browser cookie (Cookies.Browser)
	ForceAuthn bool   // on top of the connection's settings
}

// Begin saves a pending sign-in and makes its AuthnRequest message.
func (m *Manager) Begin(ctx context.Context, c *idp.Connection, s Start) (*saml.RequestMessage, error) {
	panic("unwritten")
}

// Arrival is a response as it came to an assertion consumer service.
type Arrival struct {
	SAMLResponse string // the form field, still base64
	Target       string // where an unsolicited one leads; checked by the caller
	ClientIP     string
	PriorToken   string // session token that the browser sent along, or ""
}

// Arrived is an accepted response.
type Arrived struct {
	Session *Session
	Token   string // goes into the arrival cookie, never into an address
	Bounce  bool   // nothing was recorded: begin a fresh sign-in to Target instead
	Target  string
}

// Refused is a sign-in that did not happen. Its event is saved.
type Refused struct {
	Reference string // what the person is shown: "4F7Q-22KD"
	Reason    saml.Reason
	Target    string // where "try again" may lead, or ""
	Err       error
}

func (r *Refused) Error() string { return "sign-in refused: " + string(r.Reason) }
func (r *Refused) Unwrap() error { return r.Err }

// Receive verifies a response and records the sign-in. A refusal is *Refused;
// any other error is our own failure.
func (m *Manager) Receive(ctx context.Context, c *idp.Connection, a Arrival) (*Arrived, error) {
	panic("unwritten")
}

// Refuse records a sign-in that was refused before there was a response to
// verify (a disabled connection, an oversized body) and gives its reference.
func (m *Manager) Refuse(ctx context.Context, slug, clientIP string, err *saml.Error) *Refused {
	panic("unwritten")
}

// Test verifies a response against a candidate connection and begins nothing.
func (m *Manager) Test(ctx context.Context, c *idp.Connection, a Arrival) (*Preview, error) {
	panic("unwritten")
}

// Preview is what a response would have become.
type Preview struct {
	Assertion *saml.Assertion
	Tags      []Tag
}

// Complete finishes a sign-in in the browser: token is that of the arrival
// cookie, browser that of the browser cookie. A solicited sign-in that another
// browser began is *Refused with WrongBrowser, and its session is over.
func (m *Manager) Complete(ctx context.Context, token, browser string) (*Session, error) {
	panic("unwritten")
}

// Session finds the live session of a token; fault.Unauthenticated.
func (m *Manager) Session(ctx context.Context, token string) (*Session, error) { panic("unwritten") }

// Sessions lists sessions for administrators.
func (m *Manager) Sessions(ctx context.Context, f Filter) ([]*Session, error) { panic("unwritten") }

// SignOut ends the session of a token.
func (m *Manager) SignOut(ctx context.Context, token, clientIP string) error { panic("unwritten") }

// Revoke ends all live sessions that f selects.
func (m *Manager) Revoke(ctx context.Context, f Filter, actor string) (int, error) {
	panic("unwritten")
}

// MakeAdminLink makes a one-time token for an administrator's link, good for
// an hour.
func (m *Manager) MakeAdminLink(ctx context.Context, actor string) (token string, err error) {
	panic("unwritten")
}

// UseAdminLink consumes a link's token and begins an administrator's session
// of 8 h; fault.NotFound for a used, expired or unknown one.
func (m *Manager) UseAdminLink(ctx context.Context, token, clientIP string) (sessionToken string, err error) {
	panic("unwritten")
}

// Cookies reads and writes every cookie of this service. It is the one place
// that knows gorilla/sessions.
type Cookies struct{}

// NewCookies makes Cookies over m.
func NewCookies(m *Manager, secure bool) *Cookies { panic("unwritten") }

// Token is the session token that r carries, or "".
func (c *Cookies) Token(r *http.Request) string { panic("unwritten") }

// Session is the person's live session behind r; fault.Unauthenticated.
func (c *Cookies) Session(r *http.Request) (*Session, error) { panic("unwritten") }

// AdminSession is the administrator's live session behind r; fault.Unauthenticated.
func (c *Cookies) AdminSession(r *http.Request) (*Session, error) { panic("unwritten") }

// SetSession puts a session's token into the browser until its end.
func (c *Cookies) SetSession(w http.ResponseWriter, r *http.Request, token string, until time.Time) error {
	panic("unwritten")
}

// SetAdminSession does the same for an administrator's link session.
func (c *Cookies) SetAdminSession(w http.ResponseWriter, r *http.Request, token string, until time.Time) error {
	panic("unwritten")
}

// Clear takes the session cookie back.
func (c *Cookies) Clear(w http.ResponseWriter, r *http.Request) { panic("unwritten") }

// ClearAdmin takes the administrator's cookie back.
func (c *Cookies) ClearAdmin(w http.ResponseWriter, r *http.Request) { panic("unwritten") }

// Browser is the token that binds pending sign-ins to this browser; made and
// set where missing.
func (c *Cookies) Browser(w http.ResponseWriter, r *http.Request) string { panic("unwritten") }

// BrowserToken is the same without making one: "" where missing.
func (c *Cookies) BrowserToken(r *http.Request) string { panic("unwritten") }

// SetArrival keeps an accepted response's token for Complete, under a short
// random name that travels in the address, so that two tabs don't meet.
func (c *Cookies) SetArrival(w http.ResponseWriter, r *http.Request, token string) (name string) {
	panic("unwritten")
}

// TakeArrival reads that token and takes the cookie back; "" where missing.
func (c *Cookies) TakeArrival(w http.ResponseWriter, r *http.Request, name string) string {
	panic("unwritten")
}

// PeekArrival reads that token and leaves the cookie.
func (c *Cookies) PeekArrival(r *http.Request, name string) string { panic("unwritten") }
