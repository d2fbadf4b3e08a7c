package session

import (
	"context"
	"slices"
	"time"

	"sallyport/audit"
	"sallyport/idp"
	"sallyport/saml"
)

// Logout is one of ours that waits for the identity provider's answer.
type Logout struct {
	RequestID   string // ID of our LogoutRequest, and the handle under which the browser sees the outcome
	Handle      []byte // SHA-256 of that handle
	IDP         string // slug
	UserName    string
	BrowserHash []byte
	Hosts       []string // of applications that were open
	Outcome     LogoutOutcome
	CreatedAt   time.Time
	ExpiresAt   time.Time // a quarter of an hour later
}

// LogoutOutcome says what the identity provider answered.
type LogoutOutcome string

const (
	LogoutWaiting LogoutOutcome = ""         // no answer (yet)
	LogoutDone    LogoutOutcome = "done"     // it says that it ended its session
	LogoutPartial LogoutOutcome = "partial"  // it could not reach every application
	LogoutFailed  LogoutOutcome = "failed"   // it says that it did not
	LogoutNotSent LogoutOutcome = "not_sent" // it was not told
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
	// among q's, or, where q names none, those of the person whose folded userName
	// its NameID is. q.ID is used once in the connection; *saml.Error Replayed. It
	// gives the sessions that it ended, and writes e, with their person, once if
	// there was any.
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

// logoutOptions are the circumstances under which c's logout messages are judged.
func logoutOptions(c *idp.Connection, now time.Time) saml.LogoutOptions {
	return saml.LogoutOptions{Trust: c.Trust, SLOURLs: c.SLOURLs, Now: now}
}

// checkLogoutOnce is the name of this room's own check of logout messages,
// behind those of saml.
const checkLogoutOnce = "Message used once"

// withLogoutTrail completes a refusal of the store with the checks that were
// passed before.
func withLogoutTrail(passed []saml.Check, err error) error {
	failed := asRefusal(err)
	if failed == nil {
		return err
	}
	complete := *failed
	complete.Checks = append(slices.Clone(passed), saml.Check{
		Name: checkLogoutOnce, Outcome: saml.Failed, Reason: failed.Reason, Want: failed.Want, Got: failed.Got,
	})
	return &complete
}

func notInUse(c *idp.Connection) *saml.Error {
	return &saml.Error{
		Reason: saml.ConnectionDisabled,
		Want:   "an active connection",
		Got:    "a connection that is " + string(c.Provider.State),
	}
}
