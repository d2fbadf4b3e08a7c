package ui

import (
	"sallyport/access"
	"sallyport/idp"
)

// Applications lists the targets, with a form for one more.
type Applications struct {
	Applications []*access.Application
	BaseURL      string
	Form         ApplicationForm
	Notice       string
}

// ApplicationForm is what was typed, and what was wrong with it.
type ApplicationForm struct{ Name, Title, Description, URL, Allowed, Error string }

func (Applications) Head() Head {
	return Head{Template: "admin/applications", Title: "Applications", Section: "applications"}
}

// Application is the page of one target, with the links that lead to it.
type Application struct {
	Application *access.Application
	BaseURL     string
	IDPs        []*idp.Provider
	Vendors     []VendorField
	Builder     LinkForm
	Links       []access.Link // the first one is for the field of the tile
	Leads       string        // where they lead; "" where we would not take them
	Go          string        // our own link
	Test        string        // what the Test button opens
	Form        ApplicationForm
	Editing     bool // the form was refused and stays open
	Notice      string
}

// LinkForm is what a link is built from, as it was typed.
type LinkForm struct{ IDP, Path, Vendor, UserAccessURL string }

func (p Application) Head() Head {
	title := p.Application.Title
	if title == "" {
		title = p.Application.Name
	}
	return Head{Template: "admin/application", Title: title, Section: "applications"}
}
