package ui

import (
	"time"

	"sallyport/access"
)

// Administrators says who may enter the console, and who has.
type Administrators struct {
	Grants []*access.AdminGrant
	Makers []string // who made each grant, as people know them
	Viewer string   // userName of who looks, or ""
	Links  []LinkUse
	Form   GrantForm
	// Connections are those through which a person may sign in to the console.
	Connections []GrantConnection
	Notice      string
	Error       string // why a grant was not taken away
}

// GrantForm is what was typed, and what was wrong with it.
type GrantForm struct {
	Set, Principal string
	Group          bool
	IDP            string // slug
	Error          string
}

// GrantConnection is one choice of the form.
type GrantConnection struct{ Slug, Name string }

// LinkUse is one use of a one-time link.
type LinkUse struct {
	Session     string // ID of the session that it began
	At          time.Time
	ClientIP    string
	DismissedAt time.Time // zero: every page says so still
	DismissedBy string
}

func (Administrators) Head() Head {
	return Head{Template: "admin/administrators", Title: "Administrators", Section: "administrators"}
}
