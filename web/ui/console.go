package ui

import (
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

// Overview is the console's first page.
type Overview struct {
	Connections []*idp.Provider
	Refusals    []audit.Event // the newest few
	Imported    bool          // some connection has metadata
	Active      bool          // some connection is active
	Apps        bool          // there is an application
	Default     string        // address of the connection to begin with
	Version     string
	Notice      string
}

func (Overview) Head() Head {
	return Head{Template: "admin/overview", Title: "Connections", Section: "overview"}
}

// NewIDP is the form for a new connection.
type NewIDP struct{ Slug, Name, Error string }

func (NewIDP) Head() Head {
	return Head{Template: "admin/idp_new", Title: "New connection", Section: "overview"}
}

// IDP is the page of one connection: our side beside theirs.
type IDP struct {
	Provider    *idp.Provider
	EntityID    string
	ACSURL      string
	MetadataURL string // ours
	LoginURL    string
	Form        ImportForm
	Notice      string
	Now         time.Time
}

// ImportForm is what was typed, and what was wrong with it.
type ImportForm struct {
	Kind        string // "file", "url" or "hand": where the error belongs
	Error       string
	URL         string
	EntityID    string
	SSOURL      string
	Binding     string
	Certificate string
}

func (p IDP) Head() Head {
	return Head{Template: "admin/idp", Title: p.Provider.Name, Section: "overview"}
}

// ChooseEntity asks which identity provider of an aggregate is meant.
type ChooseEntity struct {
	Provider  *idp.Provider
	EntityIDs []string
	Raw       string // the document in base64, so that nothing is uploaded twice
	FileName  string
	URL       string // where it came from instead
}

func (ChooseEntity) Head() Head {
	return Head{Template: "admin/idp_choose", Title: "Which identity provider?", Section: "overview"}
}

// Review is what is read before anything is trusted.
type Review struct {
	Provider *idp.Provider
	Review   *idp.Review
	Now      time.Time
	Notice   string
}

func (p Review) Head() Head {
	return Head{Template: "admin/idp_review", Title: "Review " + p.Provider.Name, Section: "overview"}
}

// Settings is the form with an administrator's choices for one connection.
type Settings struct {
	Provider *idp.Provider // its version is the one that was seen
	Name     string
	Settings idp.Settings
	Paths    []string // what a tag can be read from
	Error    string
	Notice   string
}

func (p Settings) Head() Head {
	return Head{Template: "admin/idp_settings", Title: "Settings of " + p.Provider.Name, Section: "overview"}
}

// SignIns lists sign-ins and refusals, newest first.
type SignIns struct {
	Events    []audit.Event
	Filter    SignInFilter
	IDPs      []*idp.Provider
	Reasons   []saml.Reason
	Older     string // address of the next page, or ""
	Filtering bool
}

// SignInFilter is what the list was asked for.
type SignInFilter struct{ IDP, Reason, Person, Reference string }

func (SignIns) Head() Head {
	return Head{Template: "admin/signins", Title: "Sign-ins", Section: "signins"}
}

// SignInReport explains one refusal.
type SignInReport struct {
	Event    audit.Event
	Detail   session.RefusalDetail
	Sentence string
	Fixer    string // who must act, in words
	Fields   []VendorField
	IDP      *idp.Provider // nil where the connection is gone
}

// VendorField says where at an identity provider the thing is set.
type VendorField struct {
	Vendor string
	Where  string
	Mine   bool // the connection's own vendor
}

func (p SignInReport) Head() Head {
	return Head{Template: "admin/signin", Title: "Reference " + p.Event.Reference, Section: "signins"}
}

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

// People lists people.
type People struct {
	Users  []*directory.User
	Search string
	Older  string
	Notice string
}

func (People) Head() Head {
	return Head{Template: "admin/people", Title: "People", Section: "people"}
}

// Sessions lists live sessions.
type Sessions struct {
	Sessions []*session.Session
	Own      string // ID of the administrator's own session
	Older    string
	Notice   string
}

func (Sessions) Head() Head {
	return Head{Template: "admin/sessions", Title: "Sessions", Section: "sessions"}
}
