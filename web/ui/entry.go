package ui

import (
	"strconv"
	"time"
)

// Choose asks as what somebody enters an application: permission sets, or
// roles of the sign-in.
type Choose struct {
	Application string // title
	Mark        string
	Sets        []SetChoice
	Roles       []RoleChoice
}

// SetChoice is one permission set to enter with.
type SetChoice struct {
	Name        string
	Description string
	URL         string
	Last        bool // entered with last time
	Again       bool // one has to sign in again first
	Asked       bool // the link that led here asks for it
}

// RoleChoice is one role to enter by.
type RoleChoice struct {
	Name        string // path and name
	Account     string
	Description string
	URL         string
	Lasts       time.Duration
}

// For says how long it lasts.
func (c RoleChoice) For() string {
	hours, minutes := int(c.Lasts/time.Hour), int(c.Lasts%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return strconv.Itoa(minutes) + " min"
	case minutes == 0:
		return strconv.Itoa(hours) + " h"
	}
	return strconv.Itoa(hours) + " h " + strconv.Itoa(minutes) + " min"
}

func (Choose) Head() Head { return Head{Template: "choose", Title: "Choose how to enter"} }

// Denied tells a person that an application stays shut.
type Denied struct {
	Application string // title
	Mark        string
	Why         string // in plain words
	AskWhom     string // a name, an address, a channel; ""
	AskMail     string // mailto: address, or ""
	Reference   string
	Others      []SetChoice // permission sets with which they may enter
	SignIn      string      // address that signs in anew and comes back
	When        time.Time
}

func (p Denied) Head() Head {
	return Head{Template: "denied", Title: "You can't open " + p.Application}
}
