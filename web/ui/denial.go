package ui

import (
	"sallyport/access"
	"sallyport/audit"
)

// DenialReport explains why somebody was not let into an application.
type DenialReport struct {
	Event       audit.Event
	Detail      access.DenialDetail
	Sentence    string              // the reason in words
	Application *access.Application // nil where it is gone
	Person      string              // ID
	Ask         string              // address of the same question, asked now
}

func (p DenialReport) Head() Head {
	return Head{Template: "admin/denial", Title: "Entry denied " + p.Event.Reference, Section: "signins"}
}
