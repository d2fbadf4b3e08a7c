// Package session begins and ends sessions: pending sign-ins, replay refusal,
// people by first sign-in, session tags, lifetimes, revocation. A session
// begins from a *saml.Assertion and from nothing else.
package session

import (
	"context"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
)

// Kind tells people's sessions from those of a one-time administrator link.
type Kind string

const (
	Person Kind = "person"
	Link   Kind = "link"
)

// Session is what one browser carries. Its token is 32 random bytes, of which
// only the SHA-256 is stored.
type Session struct {
	ID              string // public handle, sortable random; not the token
	TokenHash       []byte
	Kind            Kind
	UserID          string
	UserName        string
	IDP             string // slug
	NameID          saml.NameID
	SubType         string // "persistent", or the full URN, as AWS derives it
	Issuer          string
	SessionIndex    string
	AuthnContext    string
	AuthnInstant    time.Time
	Tags            []Tag
	Roles           []RolePair
	RoleSessionName string
	SourceIdentity  string
	Duration        time.Duration // that the assertion asks of a role's session, in whole seconds; 0: not said
	GroupsJSON      string        // as it is stored; read it with Groups
	Trust           int           // number of the trust that verified the assertion; 0: none did
	BrowserHash     []byte        // SHA-256 of the browser cookie that asked; nil: unsolicited
	Target          string        // where Complete sends the browser
	Completed       bool          // a solicited session is worth nothing before
	BeganAt         time.Time
	ExpiresAt       time.Time
	EndedAt         time.Time // zero: not ended
	EndedWhy        string
}

// Tag is one session tag with where it came from.
type Tag struct {
	Key        string  `json:"key"`
	Value      string  `json:"value"`
	Source     string  `json:"source"` // "AccessControl", "PrincipalTag" or "${path:...}"
	Transitive bool    `json:"transitive"`
	Lost       []Loser `json:"lost,omitempty"` // what the same key would have been otherwise
}

// Loser is a value that a tag's key would have had from a weaker source.
type Loser struct {
	Value  string `json:"value"`
	Source string `json:"source"`
}

// RolePair is one value of the Role attribute, in either order.
type RolePair struct {
	RoleARN     string `json:"role_arn"`
	ProviderARN string `json:"provider_arn"`
}

// Pending is a sign-in that waits for its response.
type Pending struct {
	RequestID             string // ID of our AuthnRequest
	RelayState            string // opaque handle that travels with it
	IDP                   string // slug
	BrowserHash           []byte
	Target                string // absolute URL or local path, checked when it was saved
	ForceAuthn            bool
	RequestedAuthnContext []string
	CreatedAt             time.Time
	ExpiresAt             time.Time // 10 minutes later
}

// SignIn is everything that RecordSignIn makes durable at once.
type SignIn struct {
	Session     *Session
	RequestID   string    // consumed; "" where the response was unsolicited
	AssertionID string    // with Session.IDP: used once
	UsedUntil   time.Time // the record of its use may be forgotten then
	// CreateUser is made where no user with that userName exists; nil: the
	// sign-in is refused then.
	CreateUser *directory.User
	// Mappings are those by which Session.Tags were read from the directory, as
	// it was at PersonVersion of the person's record (0: there was none). The
	// store reads them again where it is not so any more.
	Mappings      []idp.TagMapping
	PersonVersion int64
	Recording     *Recording // of the accepted response, saved with the rest; nil: not kept
	// Event is that of the sign-in. The store fills Actor, Object and Person
	// where they are "": only it knows who the person turns out to be.
	Event audit.Event
}

// Filter selects sessions, newest first. Zero fields don't restrict.
type Filter struct {
	ID     string
	UserID string
	IDP    string
	Search string // part of the user name, folded before it is compared
	Live   bool   // neither ended nor expired
	Before string
	Limit  int // 0: 50
}

// Store keeps pending sign-ins and sessions.
type Store interface {
	SavePending(ctx context.Context, p *Pending) error
	// Pending finds one by connection and request ID; fault.NotFound, also
	// when it has expired.
	Pending(ctx context.Context, idp, requestID string, now time.Time) (*Pending, error)
	// RecordSignIn makes one sign-in durable: consumes the pending request,
	// refuses a replay, finds or creates the user, begins the session, writes
	// the event; all or none. It fills Session.UserID and UserName, and Tags
	// where the directory has changed since they were read. Refusals
	// are *saml.Error with reasons UnknownRequest, Replayed, UserUnknown,
	// UserInactive or UserNameCase; it runs on a user as it stands in the
	// same transaction.
	RecordSignIn(ctx context.Context, s *SignIn) error
	// CompleteSession marks a session completed, once; fault.Conflict when it
	// was, fault.NotFound when it is not there or over.
	CompleteSession(ctx context.Context, id string, now time.Time) error
	// Session finds a session by token hash, ended and expired ones too; fault.NotFound.
	Session(ctx context.Context, tokenHash []byte) (*Session, error)
	Sessions(ctx context.Context, f Filter) ([]*Session, error)
	// EndSessions ends the live ones that f selects (Limit is ignored) and
	// writes e once if there was any. It gives their number.
	EndSessions(ctx context.Context, f Filter, why string, e audit.Event) (int, error)
	// ReplaceSession ends the live session old, whose person goes on in the
	// session by, and lets by inherit what was chosen in old where both are live,
	// of the same person and through the same connection. What opens hosts is not
	// inherited. It writes e if old was live, and reports that.
	ReplaceSession(ctx context.Context, old, by, why string, e audit.Event) (ended bool, err error)
	AdminLinks
	Recordings
	Changes
	Doors
	Forms
	Logouts
}

// AdminLinks keeps one-time links of administrators.
type AdminLinks interface {
	SaveAdminLink(ctx context.Context, tokenHash []byte, expires time.Time, e audit.Event) error
	// UseAdminLink consumes a link and begins the session s, all or none;
	// fault.NotFound when there is no such link, it was used or has expired.
	UseAdminLink(ctx context.Context, tokenHash []byte, s *Session, e audit.Event) error
}
