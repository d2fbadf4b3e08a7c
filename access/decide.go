package access

import (
	"net/netip"
	"time"

	"sallyport/directory"
)

// Person is what is known of who asks.
type Person struct {
	UserID       string
	UserName     string
	IDP          string
	Groups       []directory.GroupRef // live, of the directory
	Claimed      []string             // groups that the assertion named
	Tags         []Tag
	AuthnContext string
	AuthnInstant time.Time
	Address      netip.Addr // zero: not known; then no rule about networks matches
}

// Facts are a Person made ready for many decisions.
type Facts struct{ person Person }

// NewFacts makes a person ready for decisions.
func NewFacts(p Person) *Facts { panic("unwritten") }

// Question is one that Decide answers.
type Question struct {
	Application   string    // name
	PermissionSet string    // name; "": any
	At            time.Time // zero: now
}

// Refusal says why somebody may not enter, in one word.
type Refusal string

const (
	NoApplication   Refusal = "no_application"
	NotAssigned     Refusal = "not_assigned"
	AssignmentEnded Refusal = "assignment_ended"
	NoSuchSet       Refusal = "no_such_permission_set"
	ForbiddenByRule Refusal = "forbidden_by_rule"
	NotPermitted    Refusal = "not_permitted" // there are permits, and none matches
	RuleFailed      Refusal = "rule_failed"
)

// Decision is the answer, with all that led to it.
type Decision struct {
	Allowed     bool
	Refusal     Refusal // "" where allowed
	Application *Application
	Sets        []*PermissionSet // with which the person may enter, by name; none for an Everyone application without assignments
	Steps       []Step           // in the order in which they were looked at
}

// Step is one look of a decision.
type Step struct {
	What       string // "assignment", "rule", "entry"
	Object     string // "application grafana", "permission set PowerUser", "group Engineering"
	Rule       string // the rule's name, or ""
	Effect     string // "permit", "forbid", ""
	Matched    bool
	Counts     bool   // it made the decision
	Says       string // a sentence
	Assignment *Assignment
}

// Decide answers one question from memory. It never fails: what cannot be
// evaluated keeps out.
func (c *Catalog) Decide(f *Facts, q Question) *Decision { panic("unwritten") }

// Enterable is one application of somebody's portal.
type Enterable struct {
	Application *Application
	Sets        []*PermissionSet
}

// Portal gives all applications that a person may enter, by title.
func (c *Catalog) Portal(f *Facts, at time.Time) []Enterable { panic("unwritten") }
