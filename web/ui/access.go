package ui

import (
	"slices"
	"strings"

	"sallyport/access"
)

// PermissionSets lists them, with a form for one more.
type PermissionSets struct {
	Sets     []PermissionSetRow
	Starters []*access.PermissionSet // offered where there is none yet
	Form     PermissionSetForm
	Notice   string
}

// PermissionSetRow is one with how much hangs on it.
type PermissionSetRow struct {
	Set         *access.PermissionSet
	Assignments int
}

// PermissionSetForm is what was typed, and what was wrong with it.
type PermissionSetForm struct {
	Name, Description, RelayState string
	Hours                         string // of the session; "" is one
	Tags                          string // "Key=value", one a line
	Error                         string
}

func (PermissionSets) Head() Head {
	return Head{Template: "admin/permission_sets", Title: "Permission sets", Section: "applications"}
}

// PermissionSet is the page of one.
type PermissionSet struct {
	Set         *access.PermissionSet
	Form        PermissionSetForm
	Editing     bool // the form was refused and stays open
	Assignments AssignmentTable
	Notice      string
}

func (p PermissionSet) Head() Head {
	return Head{Template: "admin/permission_set", Title: p.Set.Name, Section: "applications"}
}

// Rules are those of the permission set, with where to change them.
func (p PermissionSet) Rules() RuleTable {
	return RuleTable{Rules: p.Set.Rules, Path: "/admin/permission-sets/" + p.Set.ID}
}

// AssignmentTable is a list of assignments as one side sees it.
type AssignmentTable struct {
	Name    string // of the table, told from its like on the page
	Rows    []AssignmentRow
	More    string // address of the rest, or ""
	Add     string // address of a form with this side filled in
	Ticks   bool   // rows can be chosen
	NoWho   bool   // columns that this side knows already
	NoApp   bool
	NoSet   bool
	Nothing string // said where there is none
}

// AssignmentRow is one assignment in words.
type AssignmentRow struct {
	Assignment *access.Assignment
	Who        string
	WhoPath    string // "" for a group of assertions
	Through    string // the group that it reaches a person by, or ""
	App        string
	AppPath    string
	Set        string
	SetPath    string
	By         string
	Ended      bool
}

// Kind is whom it is for, in a word.
func (r AssignmentRow) Kind() string {
	switch r.Assignment.Principal.Kind {
	case access.ToGroup:
		return "group"
	case access.ToClaim:
		return "group in assertions of " + r.Assignment.Principal.IDP
	}
	return "person"
}

// Assignments lists assignments from any side.
type Assignments struct {
	Table       AssignmentTable
	Total       int
	Application string // filters, as they were typed
	Set         string
	Person      string
	Group       string
	Error       string
	Notice      string
}

func (Assignments) Head() Head {
	return Head{Template: "admin/assignments", Title: "Assignments", Section: "applications"}
}

// Filtering reports whether the list is not the whole.
func (p Assignments) Filtering() bool {
	return p.Application != "" || p.Set != "" || p.Person != "" || p.Group != ""
}

// Assign is the form for new assignments, many at once.
type Assign struct {
	People, Groups, Claims string // one a line
	ClaimIDP               string
	Applications           string // short names, one a line
	Chosen                 []string
	Ends                   string // as the field has it, UTC
	Sets                   []*access.PermissionSet
	Connections            []GrantConnection
	Error                  string
}

func (Assign) Head() Head {
	return Head{Template: "admin/assign", Title: "New assignments", Section: "applications"}
}

// Chose reports whether a permission set was ticked.
func (p Assign) Chose(id string) bool { return slices.Contains(p.Chosen, id) }

// Changes says who could reach what, before something is saved.
type Changes struct {
	Question string // the heading
	What     string // a sentence of what is about to be saved
	Text     string // of a rule, or ""
	Action   string // where the form goes
	Fields   []Field
	Button   string
	Back     string
	Rows     []ChangeRow
	Differ   int // rows in all, where not all are shown
	Gain     int // people who get in
	Lose     int // people who are kept out
	Again    int // people who have to sign in again, who did not have to
	Looked   int // people looked at
	More     bool
	SignedIn int // of those looked at

	// What the numbers leave out.
	SessionsCut bool // there are more live sessions than were looked at
	Claims      bool // groups that only assertions name
	Networks    bool // a rule asks where people come from
}

// ChangeRow is what changes for one person in one application.
type ChangeRow struct {
	Person, PersonPath string
	App, AppPath       string
	Before, After      string // "no entry", "enters", names of permission sets
}

// Gains reports whether the person gets in, Loses whether they are kept out.
func (r ChangeRow) Gains() bool { return r.Before == noEntry }
func (r ChangeRow) Loses() bool { return r.After == noEntry }

const noEntry = "no entry"

func (p Changes) Head() Head {
	return Head{Template: "admin/changes", Title: p.Question, Section: "applications"}
}

// Entering says in words what one may enter with; of those in again only after
// signing in again.
func Entering(sets, again []string) string {
	if len(sets) == 0 {
		return noEntry
	}
	var words []string
	for _, set := range sets {
		word := set
		if word == "" {
			word = "enters"
		}
		if slices.Contains(again, set) {
			word += " after signing in again"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}
