package ui

import (
	"slices"
	"strings"

	"sallyport/access"
	"sallyport/idp"
)

// Applications lists the targets, with a form for one more.
type Applications struct {
	Applications []*access.Application
	Search       string
	Older        string
	BaseURL      string
	Form         ApplicationForm
	Notice       string
}

// ApplicationForm is what was typed, and what was wrong with it.
type ApplicationForm struct {
	Name, Title, Description, URL, Allowed, Icon, AskWhom string
	Kind                                                  access.Kind
	Entry                                                 access.Entry
	WorkSpaces                                            access.WorkSpaces
	Links                                                 []access.DeepLink
	Error                                                 string
}

// FormOf is an application as its form has it.
func FormOf(a *access.Application) ApplicationForm {
	f := ApplicationForm{
		Name: a.Name, Title: a.Title, Description: a.Description, URL: a.URL, Allowed: strings.Join(a.Allowed, "\n"),
		Icon: a.Icon, AskWhom: a.AskWhom, Kind: a.Kind, Entry: a.Entry, Links: a.Links,
	}
	if a.WorkSpaces != nil {
		f.WorkSpaces = *a.WorkSpaces
	}
	return f
}

// IsWorkSpaces reports whether the form is of a WorkSpaces directory.
func (f ApplicationForm) IsWorkSpaces() bool { return f.Kind == access.KindWorkSpaces }

// Everyone reports whether any signed-in person is to enter.
func (f ApplicationForm) Everyone() bool { return f.Entry == access.Everyone }

// Regions are those of the WorkSpaces guide's table.
func (ApplicationForm) Regions() []access.WorkSpacesRegion { return access.WorkSpacesRegions }

// LinkRows are the deep links, and some empty rows to fill in.
func (f ApplicationForm) LinkRows() []access.DeepLink {
	const spare = 3
	return append(slices.Clone(f.Links), make([]access.DeepLink, spare)...)
}

func (Applications) Head() Head {
	return Head{Template: "admin/applications", Title: "Applications", Section: "applications"}
}

// Application is the page of one target, with the links that lead to it.
type Application struct {
	Application  *access.Application
	BaseURL      string
	IDPs         []*idp.Provider
	Vendors      []VendorField
	Builder      LinkForm
	Sets         []*access.PermissionSet // that our own link may name
	Links        []access.Link           // the first one is for the field of the tile
	Leads        string                  // where they lead; "" where we would not take them
	Go           string                  // our own link
	Test         string                  // what the Test button opens
	Form         ApplicationForm
	Editing      bool // the form was refused and stays open
	Access       []UserAccessRow
	AccessError  string
	Assignments  AssignmentTable
	Roles        []*access.Role // that decide about a WorkSpaces directory
	Proxy        ProxyForm
	EditingProxy bool // that form was refused and stays open
	Notice       string
}

// UserAccessRow is one identity provider of the guide's table, and the link
// that its user access URL makes.
type UserAccessRow struct {
	Vendor, Name string
	Form         string // how such an address looks
	Parameter    string // that carries the relay state
	URL          string // as it is set
	Link         string // "" where none could be made; Note says why then
	Note         string
}

// Rules are those of the application, with where to change them.
func (p Application) Rules() RuleTable {
	return RuleTable{Rules: p.Application.Rules, Path: "/admin/applications/" + p.Application.Name}
}

// Now is what its form has, as it is saved.
func (p Application) Now() ProxyForm { return ProxyFormOf(p.Application) }

// Web reports whether it can stand behind a proxy that tells it who came.
func (p Application) Web() bool { return p.Application.Kind == access.KindWeb }

// LinkForm is what a link is built from, as it was typed.
type LinkForm struct{ IDP, Path, Vendor, UserAccessURL, Set string }

func (p Application) Head() Head {
	return Head{Template: "admin/application", Title: titled(p.Application), Section: "applications"}
}
