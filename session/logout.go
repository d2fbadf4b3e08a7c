package session

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
)

// Logout is one of ours that waits for the identity provider's answer.
type Logout struct {
	RequestID   string // ID of our LogoutRequest
	Handle      []byte // SHA-256 of the handle under which the browser sees the outcome
	IDP         string // slug
	UserName    string
	BrowserHash []byte
	Hosts       []string // of applications that were open
	Outcome     LogoutOutcome
	CreatedAt   time.Time
	ExpiresAt   time.Time
}

// LogoutOutcome says what the identity provider answered.
type LogoutOutcome string

const (
	LogoutWaiting LogoutOutcome = ""        // no answer (yet)
	LogoutDone    LogoutOutcome = "done"    // it says that it ended its session
	LogoutPartial LogoutOutcome = "partial" // it could not reach every application
	LogoutFailed  LogoutOutcome = "failed"  // it says that it did not
	LogoutNotSent LogoutOutcome = "not_sent"
)

// Logouts keeps them.
type Logouts interface {
	SaveLogout(ctx context.Context, l *Logout) error
	// Logout finds one that waits, by connection and the ID of its request;
	// fault.NotFound, also where it was answered or has expired.
	Logout(ctx context.Context, idp, requestID string, now time.Time) (*Logout, error)
	// AnswerLogout sets the outcome, once; fault.NotFound as Logout.
	AnswerLogout(ctx context.Context, idp, requestID string, outcome LogoutOutcome, now time.Time) error
	// LogoutByHandle finds one by the SHA-256 of its handle; fault.NotFound.
	LogoutByHandle(ctx context.Context, handle []byte, now time.Time) (*Logout, error)
	// EndByLogout ends live sessions of a connection: those whose SessionIndex is
	// among q's, or, where q names none, those of its NameID. q.ID is used once in
	// the connection; *saml.Error Replayed. It gives the sessions that it ended, and
	// writes e, with their person, once if there was any.
	EndByLogout(ctx context.Context, q *LogoutByIDP, e audit.Event) ([]*Session, error)
}

// LogoutByIDP is a LogoutRequest that was verified.
type LogoutByIDP struct {
	IDP            string
	ID             string
	NameID         saml.NameID
	SessionIndexes []string
	UsedUntil      time.Time
	Now            time.Time
	ClientIP       string
}

// LoggedOut is what came of an identity provider's LogoutRequest.
type LoggedOut struct {
	Sessions int                  // that were ended
	Answer   *saml.RequestMessage // signed; nil where the identity provider takes none
}

// Logout verifies a LogoutRequest of a connection, ends what it names, and
// makes the signed answer. A refusal is *Refused.
func (m *Manager) Logout(ctx context.Context, c *idp.Connection, message saml.LogoutMessage, clientIP string) (*LoggedOut, error) {
	panic("unwritten")
}

// SignedOut is what came of a person's signing out.
type SignedOut struct {
	Handle  string               // under which LogoutOutcome tells the rest; "" where there was no session
	Request *saml.RequestMessage // for the identity provider, signed; nil where it takes none
	Session *Session             // that was ended; nil: there was none
	Hosts   []string             // of applications that were open
}

// SignOutWith ends the session of a token here, at once and whatever the
// identity provider does, and prepares what tells the identity provider. browser
// is the token of the browser cookie.
func (m *Manager) SignOutWith(ctx context.Context, r *idp.Registry, token, browser, clientIP string) (*SignedOut, error) {
	panic("unwritten")
}

// LogoutAnswered verifies the LogoutResponse to a request of ours and gives the
// logout with its outcome and the handle's hash. A refusal is *Refused.
func (m *Manager) LogoutAnswered(ctx context.Context, c *idp.Connection, message saml.LogoutMessage, clientIP string) (*Logout, error) {
	panic("unwritten")
}

// LogoutOutcome tells the browser that began a logout what came of it;
// fault.NotFound for anybody else and after a quarter of an hour.
func (m *Manager) LogoutOutcome(ctx context.Context, handle, browser string) (*Logout, error) {
	panic("unwritten")
}
