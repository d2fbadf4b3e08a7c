package ui

import (
	"time"

	"sallyport/access"
	"sallyport/idp"
)

// Reach explains why somebody can or can't enter an application.
type Reach struct {
	Form   ReachForm
	Apps   []*access.Application // some, to choose from
	Sets   []*access.PermissionSet
	IDPs   []*idp.Provider
	Answer *ReachAnswer // nil: nothing was asked
}

// ReachForm is what was typed, and what was wrong with it.
type ReachForm struct {
	Person, Application, Set, IDP string
	Tags                          string // "Key=value", one a line
	Groups                        string // one a line
	Address, Context              string
	At                            string // as the field has it, UTC
	Error                         string
}

// ReachAnswer is a decision in words.
type ReachAnswer struct {
	Allowed    bool
	Verdict    string
	Sets       []string // with which the person may enter
	Steps      []ReachStep
	Roles      []ReachStep // what roles' policies say, for WorkSpaces
	Who        string
	Path       string // of the person, or ""
	From       string // where their facts are from, a sentence
	IDP        string
	Groups     []string
	Tags       []ReachTag
	Context    string
	SignedInAt time.Time
	Address    string
	At         time.Time
	App        *access.Application
}

// ReachStep is one look of a decision.
type ReachStep struct {
	Sentence string
	Counts   bool
	Against  bool
}

// ReachTag is a session tag as it was taken.
type ReachTag struct {
	Key, Value string
	MadeUp     bool
}

// Contexts are sign-in methods to choose from.
func (Reach) Contexts() []AuthnContext { return UsualContexts() }

func (Reach) Head() Head {
	return Head{Template: "admin/reach", Title: "Why can or can't they?", Section: "applications"}
}
