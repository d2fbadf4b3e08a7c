package ui

import (
	"time"

	"sallyport/audit"
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
	Tokens      []TokenNotice // provisioning tokens that end soon
	Default     string        // address of the connection to begin with
	Version     string
	Notice      string
}

func (Overview) Head() Head {
	return Head{Template: "admin/overview", Title: "Connections", Section: "overview"}
}

// NewIDP is the form for a new connection.
type NewIDP struct {
	Slug, Name, Error string
	Vendor            string
	Guides            []idp.Guide
}

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
	SLOURL      string
	Form        ImportForm
	SetupLinks  []idp.SetupLinkInfo
	NewLink     string // a setup link that was made just now: it is shown once
	LinkError   string
	Guides      []idp.Guide
	Notice      string
	Now         time.Time
}

// Logout is where we tell the identity provider that somebody signs out; nil
// where its metadata names no address for that, or none that we can use.
func (p IDP) Logout() *saml.Endpoint {
	if p.Provider.Live == nil {
		return nil
	}
	for _, binding := range []string{saml.BindingRedirect, saml.BindingPOST} {
		for _, e := range p.Provider.Live.SLO {
			if e.Binding == binding {
				return &e
			}
		}
	}
	return nil
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
	Raw         string // a file that was not taken for now, in base64
	FileName    string
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
	Action    string // where the answer goes
	Vendor    string // of the guided page behind it; "" where there is none
	Guided    bool   // the question belongs to a guided page
	Public    bool   // asked behind a setup link
}

func (p ChooseEntity) Head() Head {
	if p.Public {
		return Head{Template: "admin/idp_choose", Title: "Which identity provider?"}
	}
	return Head{Template: "admin/idp_choose", Title: "Which identity provider?", Section: "overview"}
}

// Review is what is read before anything is trusted.
type Review struct {
	Provider   *idp.Provider
	Review     *idp.Review
	DryRun     *session.DryRun // nil: not run
	DryRunOff  string          // why it was not run, or ""
	Confirm    bool            // the activation will have to be confirmed
	CanTest    bool
	Word       string // what was typed
	Error      string
	MetadataOf string // where our metadata is
	Now        time.Time
	Notice     string
}

func (p Review) Head() Head {
	return Head{Template: "admin/idp_review", Title: "Review " + p.Provider.Name, Section: "overview"}
}

// Settings is the form with an administrator's choices for one connection.
type Settings struct {
	Provider *idp.Provider // its version is the one that was seen
	Name     string
	Settings idp.Settings
	Others   []SettingChange
	Error    string
	Notice   string
}

// SettingChange is one setting that stands differently in the form and in the
// connection, after somebody else saved theirs.
type SettingChange struct{ What, Saved, Yours string }

func (p Settings) Head() Head {
	return Head{Template: "admin/idp_settings", Title: "Settings of " + p.Provider.Name, Section: "overview"}
}
