package directory

import (
	"errors"

	"sallyport/audit"
)

// Scope is whose records a caller sees: a connection's slug shows the people
// and groups of that connection and people of none; the zero Scope shows all.
// Administrators have the zero Scope, a connection's robot that of its token.
type Scope string

// Act is who changes something and how.
type Act struct {
	// Event is written in the transaction of the act, where the act changed
	// anything. The store fills Object, Person and IDP where they are "".
	Event audit.Event
	// Scope other than "" says that a connection's robot acts: it changes what
	// it sees and no more, what it changes becomes its connection's and
	// FromSCIM, and deactivations and removals are counted by the brake.
	Scope Scope
	// Version is what the record must stand at (If-Match); 0: at any. Another
	// is ErrVersion.
	Version int64
	// DryRun computes everything and keeps nothing, events included.
	DryRun bool
}

// Errors that edges tell apart with errors.Is. Each comes inside a
// *fault.Error whose sentence says more.
var (
	ErrVersion = errors.New("the record has changed")           // in fault.Conflict
	ErrMember  = errors.New("not a possible member")            // in fault.Invalid
	ErrHeld    = errors.New("held by the brake")                // in fault.Unavailable: the robot may try again
	ErrStopped = errors.New("an administrator has rejected it") // in fault.Forbidden
)
