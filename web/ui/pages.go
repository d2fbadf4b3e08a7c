package ui

import (
	"time"

	"sallyport/session"
)

// SignIn asks which way to go.
type SignIn struct {
	Target     string // relay state to carry along, or ""
	Going      string // title of the application behind it, or ""
	Choices    []Choice
	ByEmail    bool   // a form for the e-mail address instead of a list
	Email      string // what was typed
	Error      string
	NoneActive bool // nobody has activated a connection yet
}

// Choice is one identity provider.
type Choice struct{ Name, URL string }

func (SignIn) Head() Head { return Head{Template: "signin", Title: "Sign in"} }

// Onward leaves for another address without a redirect: browsers apply
// form-action to redirects that follow a form, and would stop there.
type Onward struct {
	To   string // name of the place
	URL  string
	Away bool // leaves this service
}

func (Onward) Head() Head { return Head{Template: "onward", Title: "One moment"} }

// PostRequest carries an AuthnRequest by the HTTP-POST binding.
type PostRequest struct {
	To     string // name of the identity provider
	URL    string
	Fields []Field
}

// Field is a hidden field of a form.
type Field struct{ Name, Value string }

func (PostRequest) Head() Head { return Head{Template: "post", Title: "Continue to sign in"} }

// Refused tells a person that the sign-in, or the sign-out that somebody else
// asked for, did not happen.
type Refused struct {
	Reference string
	What      string // general kind in plain words
	Next      string // what to do
	TryAgain  string // address, or ""
	When      time.Time
	Out       bool // of a sign-out
}

func (p Refused) Head() Head {
	if p.Out {
		return Head{Template: "refused", Title: "Single logout did not work"}
	}
	return Head{Template: "refused", Title: "We could not sign you in"}
}

// Switch asks before another person's session is replaced.
type Switch struct {
	Present  string // who is signed in
	Arriving string // whose sign-in has just arrived
	From, To string // names of the connections of the two, where that is the difference; or ""
	Action   string // where the forms go
}

func (Switch) Head() Head { return Head{Template: "switch", Title: "Change who is signed in?"} }

// Session is the page that shows the present session.
type Session struct {
	Session *session.Session
	IDPName string
	Groups  []string
}

func (Session) Head() Head { return Head{Template: "session", Title: "Your session"} }

// Error is any other failure.
type Error struct {
	Status    int
	Title     string
	Message   string
	RequestID string
	Console   bool // the way back leads to the console
}

func (p Error) Head() Head { return Head{Template: "error", Title: p.Title} }

// AdminLink is the page behind an administrator's one-time link. Opening it
// spends nothing: link previewers open links too.
type AdminLink struct{ Action string }

func (AdminLink) Head() Head { return Head{Template: "adminlink", Title: "Open the console"} }

// Locked is what the console shows to everybody else.
type Locked struct {
	SignIn bool   // some people come in by signing in
	Viewer string // who is signed in and not let in, or ""
}

func (Locked) Head() Head { return Head{Template: "locked", Title: "The console is locked"} }
