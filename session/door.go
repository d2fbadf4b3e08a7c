package session

import (
	"context"
	"time"
)

// Door is a session as the cookie of one application's host opens it: the
// browser there holds a token of its own, which is worth nothing at any other
// host and goes with the session.
type Door struct {
	Session *Session
	Host    string            // as the browser says it: lower case, with a port where it is not the usual one
	Choices map[string]string // application ID: ID of the permission set with which it is entered
}

// Code is handed over in an address, to be changed for a token at the host.
type Code struct {
	Hash        []byte // SHA-256 of the code
	SessionID   string
	Host        string
	BrowserHash []byte // SHA-256 of the token that the host gave to the browser that may use it
	ExpiresAt   time.Time
}

// KeptForm is a form that was sent while the session was over. It waits, for
// a quarter of an hour, for the same person in the same browser at the same
// host.
type KeptForm struct {
	Hash        []byte // SHA-256 of its handle
	SessionID   string // the session that was over
	UserID      string // whose it was
	Host        string
	URL         string // absolute, of Host, where it was going
	BrowserHash []byte
	Sealed      []byte // the body (application/x-www-form-urlencoded)
	ExpiresAt   time.Time
}

// Doors keeps what lets people in at applications' hosts.
type Doors interface {
	SaveCode(ctx context.Context, c *Code) error
	// UseCode consumes a code that was given for this host and browser, and
	// makes tokenHash stand for its session there until the session's end; all
	// or none. fault.NotFound where there is no such code, it has expired, was
	// used, is for another host or browser, or its session is over. A code that
	// was tried at a wrong host or by a wrong browser is gone.
	UseCode(ctx context.Context, codeHash []byte, host string, browserHash, tokenHash []byte, now time.Time) (*Session, error)
	// Door finds what a host's token opens, ended and expired sessions too;
	// fault.NotFound.
	Door(ctx context.Context, tokenHash []byte, host string) (*Door, error)
	// CloseDoor makes a host's token worthless, and the change of its session
	// known; one that opens nothing there is nobody's error.
	CloseDoor(ctx context.Context, tokenHash []byte, host string) error
	// Choose remembers with which permission set a session enters an application.
	Choose(ctx context.Context, sessionID, applicationID, permissionSetID string) error
	// Choice is that, by ID; "" where nothing was chosen.
	Choice(ctx context.Context, sessionID, applicationID string) (permissionSetID string, err error)
	// Hosts are those at which a session has a token, in their order.
	Hosts(ctx context.Context, sessionID string) ([]string, error)
}

// Forms keeps forms that were interrupted.
type Forms interface {
	// SaveForm keeps one; fault.Conflict where the session has too many waiting.
	SaveForm(ctx context.Context, f *KeptForm) error
	// TakeForm gives a form once, to this host, browser and person; fault.NotFound.
	// Tried by anybody else it is gone.
	TakeForm(ctx context.Context, hash []byte, host string, browserHash []byte, userID string, now time.Time) (*KeptForm, error)
}
