package ui

import (
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/session"
)

// People lists people.
type People struct {
	Users  []*directory.User
	Search string
	Source string // how they arrived, as it was chosen
	IDP    string
	State  string // "", "active" or "inactive"
	IDPs   []*idp.Provider
	Older  string
	Notice string
}

// Filtering reports whether the list is not the whole.
func (p People) Filtering() bool {
	return p.Search != "" || p.Source != "" || p.IDP != "" || p.State != ""
}

// Sources are the ways in which people arrive.
func (People) Sources() []directory.Source {
	return []directory.Source{directory.FromSCIM, directory.FromSignIn, directory.FromHand}
}

func (People) Head() Head {
	return Head{Template: "admin/people", Title: "People", Section: "people"}
}

// Person is the page of one person.
type Person struct {
	User     *directory.User
	Keeper   string // name of the connection whose robot keeps them, or ""
	Facts    []Fact // of the profile
	Groups   []directory.GroupRef
	Sessions []PersonSession    // live ones
	Past     []*session.Session // the newest that are over
	Events   []audit.Event      // the newest sign-ins and refusals
	Access   AssignmentTable    // their own, and those of their groups
	Now      time.Time
	Notice   string
}

// Fact is one thing known of somebody.
type Fact struct{ Name, Value string }

// PersonSession is a live session with what is told apart from it.
type PersonSession struct {
	Session *session.Session
	IDPName string
	Groups  []string
	Dropped []session.DroppedTag // what no tag was made of
	Open    []OpenHost
}

// OpenHost is a host at which a session is open, by a cookie of that host
// alone, with the applications that live there.
type OpenHost struct {
	Host         string
	Applications []*access.Application
}

func (p Person) Head() Head {
	return Head{Template: "admin/person", Title: p.User.UserName, Section: "people"}
}

// Sessions lists live sessions.
type Sessions struct {
	Sessions  []SessionRow
	Own       string // ID of the administrator's own session
	IDPs      []*idp.Provider
	Search    string
	IDP       string
	Filtering bool
	Older     string
	Now       time.Time
	Notice    string
}

// SessionRow is one of them with the hosts at which it is open.
type SessionRow struct {
	*session.Session
	Open []OpenHost
}

func (Sessions) Head() Head {
	return Head{Template: "admin/sessions", Title: "Sessions", Section: "sessions"}
}
