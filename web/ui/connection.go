package ui

import (
	"time"

	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

// Setup is the guided page of one connection: what to do in the vendor's
// console on one side, what we need from there on the other.
type Setup struct {
	Provider    *idp.Provider
	Guide       idp.Guide
	Values      idp.GuideValues
	Certificate string // our encryption certificate, PEM
	Guides      []idp.Guide
	Form        ImportForm
	Notice      string
}

func (p Setup) Head() Head {
	return Head{Template: "admin/idp_setup", Title: "Set up " + p.Provider.Name, Section: "overview"}
}

// PublicSetup is the same page behind a setup link, for the administrator of
// the identity provider. It shows nothing else of the connection.
type PublicSetup struct {
	Name        string // of the connection
	Guide       idp.Guide
	Values      idp.GuideValues
	Certificate string
	Guides      []idp.Guide
	Action      string // address of the link itself
	Until       time.Time
	Form        ImportForm
	Handed      *Handed // what came in just now; nil: nothing yet
}

// Handed is what a setup link's holder has handed in, read back to them.
type Handed struct {
	EntityID     string
	Certificates []idp.Certificate
	Vendor       string
	Now          time.Time
}

func (p PublicSetup) Head() Head {
	return Head{Template: "setup", Title: "Connect " + p.Name}
}

// TestResult is what a test of a connection received.
type TestResult struct {
	Provider     *idp.Provider
	Draft        bool // what was tested waits for review
	NameID       saml.NameID
	Issuer       string
	AuthnContext string
	AuthnInstant time.Time
	Expires      time.Time
	Signed       string // what was signed
	Encrypted    bool
	Attributes   []saml.Attribute
	Tags         []session.Tag
	Dropped      []session.DroppedTag
	Checks       []saml.Check
}

func (p TestResult) Head() Head {
	return Head{Template: "admin/idp_test", Title: "Test of " + p.Provider.Name, Section: "overview"}
}

// TestArrived hands the answer to a test on to the console, where it is
// verified for the administrator who began it.
type TestArrived struct {
	Action string
	Fields []Field
}

func (TestArrived) Head() Head {
	return Head{Template: "test_arrived", Title: "The answer has arrived"}
}

// Versions are all trusts that a connection ever had.
type Versions struct {
	Provider *idp.Provider
	Versions []*idp.Trust
	Now      time.Time
	Notice   string
}

func (p Versions) Head() Head {
	return Head{Template: "admin/idp_versions", Title: "Versions of " + p.Provider.Name, Section: "overview"}
}

// Certificates shows every certificate that matters and its end, and our own
// keys on their way from one to the next.
type Certificates struct {
	Expiries []idp.Expiry
	Rollover []Rollover
	Calendar string // a calendar's address that was made just now: it is shown once
	Now      time.Time
	Error    string // of what was wanted of the token keys
	Notice   string
}

// Rollover is where our keys of one use stand.
type Rollover struct {
	Use      idp.KeyUse
	Keys     []idp.KeyInfo
	Next     *idp.KeyInfo // published and not yet used; nil: none
	Retired  []idp.KeyInfo
	Evidence []Evidence // who knows the next key
}

// Evidence says whether the next key has reached one connection's identity
// provider: its latest fetch of a metadata that held it.
type Evidence struct {
	Slug, Name string
	Active     bool
	Fetch      *idp.Fetch // nil: nobody fetched it yet
}

func (Certificates) Head() Head {
	return Head{Template: "admin/certificates", Title: "Certificates", Section: "certificates"}
}

// guided is what the template of both set-up pages shows of a guide.
type guided struct {
	Guide       idp.Guide
	Values      idp.GuideValues
	Certificate string
}

// steps are some of a guide's, with what they give to copy.
type steps struct {
	Steps []idp.Step
	Of    guided
}

// handIn is the form by which an identity provider's side arrives.
type handIn struct {
	Action      string
	Form        ImportForm
	MetadataURL string // what it is kept fresh from
	Version     int64  // of the connection as it was seen; 0: not said
	Vendor      string
	Guided      bool
}

func (p IDP) HandIn() handIn {
	return handIn{Action: "/admin/idps/" + p.Provider.Slug + "/imports", Form: p.Form, MetadataURL: p.Provider.MetadataURL, Version: p.Provider.Version}
}

func (p Setup) HandIn() handIn {
	return handIn{
		Action: "/admin/idps/" + p.Provider.Slug + "/imports", Form: p.Form, MetadataURL: p.Provider.MetadataURL,
		Version: p.Provider.Version, Vendor: p.Guide.Vendor, Guided: true,
	}
}

func (p Setup) Guided() guided { return guided{p.Guide, p.Values, p.Certificate} }

func (p PublicSetup) HandIn() handIn {
	return handIn{Action: p.Action, Form: p.Form, Vendor: p.Guide.Vendor, Guided: true}
}

func (p PublicSetup) Guided() guided { return guided{p.Guide, p.Values, p.Certificate} }

// Waiting is an activation that has to be confirmed.
type Waiting struct {
	Slug, Name string
	Until, Now time.Time
	SignIn     string // address of a sign-in through it
}
