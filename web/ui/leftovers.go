package ui

import (
	"time"

	"sallyport/directory"
	"sallyport/idp"
)

// Stale lists people whom somebody should look at again.
type Stale struct {
	Users  []*directory.User
	Total  int // of all that match
	Kind   directory.Staleness
	Days   int
	IDP    string
	IDPs   []*idp.Provider
	Older  string
	AtOnce int // how many people one clean-up takes
	Looked int // people looked at for this page, where they can't be counted; 0: Total is of all
	Error  string
	Notice string
}

// Kinds of stale identities that assignments tell.
const (
	StaleAssignmentOver directory.Staleness = "assignment_over" // deactivated, or every assignment has ended
	StaleUnassigned     directory.Staleness = "unassigned"      // provisioned, and no assignment reaches them
)

// StaleKind is one reason in words.
type StaleKind struct {
	Kind  directory.Staleness
	Words string
}

// staleKinds are all of them, in the order of the list.
var staleKinds = []StaleKind{
	{directory.StaleNeverSignedIn, "who never signed in"},
	{directory.StaleNotSeen, "who have not signed in lately"},
	{directory.StaleDisabled, "who are deactivated"},
	{directory.StaleUngrouped, "who are provisioned, and in no group"},
	{directory.StaleUnprovisioned, "who signed in, and were never provisioned"},
	{StaleAssignmentOver, "who are assigned, but deactivated or with all assignments ended"},
	{StaleUnassigned, "who are provisioned, and assigned nothing"},
}

func (Stale) Head() Head {
	return Head{Template: "admin/stale", Title: "Stale identities", Section: "people"}
}

// Kinds are what can be looked for.
func (Stale) Kinds() []StaleKind { return staleKinds }

// What is the kind that is shown, in words.
func (p Stale) What() string {
	for _, k := range staleKinds {
		if k.Kind == p.Kind {
			return k.Words
		}
	}
	return ""
}

// CleanUp says what is about to happen to whom, before it does.
type CleanUp struct {
	Users  []*directory.User
	Remove bool      // else they are deactivated
	SeenAt time.Time // when this was read: who changes afterwards is left alone
	Total  int       // of all that matched, where not all are taken at once
	Kind   directory.Staleness
	Days   int
	IDP    string
	Back   string
	Kept   int // of them are kept by a robot, which may bring them back
	Gone   int // of them are deactivated already
}

func (p CleanUp) Head() Head {
	title := "Deactivate these people?"
	if p.Remove {
		title = "Remove these people?"
	}
	return Head{Template: "admin/cleanup", Title: title, Section: "people"}
}

// Seen is SeenAt as the form carries it.
func (p CleanUp) Seen() int64 { return p.SeenAt.UnixMilli() }

// Removals lists removed people, whom no sign-in makes anew.
type Removals struct {
	Removals []directory.Removal
	Actors   []string // who removed each, as people know them
	Older    string
	Notice   string
}

func (Removals) Head() Head {
	return Head{Template: "admin/removals", Title: "Removed people", Section: "people"}
}
