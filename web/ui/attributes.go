package ui

import (
	"sallyport/idp"
	"sallyport/session"
)

// Attributes are what a connection's session tags are read from here, in the
// place of what the identity provider sends.
type Attributes struct {
	Provider *idp.Provider // its version is the one that was seen
	Rows     []idp.TagMapping
	Paths    []string
	Most     int
	Error    string
	Notice   string

	Person     string // who was asked about
	PersonPath string // page of that person; "": nobody of that name
	Seen       []AttributeSeen
	SignedIn   bool
	Others     []session.Tag // of that person's session, which no row decides
}

// AttributeSeen is what one row comes to for one person.
type AttributeSeen struct {
	Key, Path string
	Value     string // in the directory; "": none
	Tag       *session.Tag
}

func (p Attributes) Head() Head {
	return Head{Template: "admin/attributes", Title: "Attributes for access control", Section: "overview"}
}
