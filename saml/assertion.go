package saml

import "time"

// Assertion is the receipt for a response that passed every check. Only
// Verify makes one: a zero Assertion is not Valid, and nothing outside this
// package can fill it. All values are copies; none keeps the response alive.
type Assertion struct {
	sealed bool

	id              string
	issuer          string
	inResponseTo    string
	nameID          NameID
	recipient       string
	audience        string
	sessionIndex    string
	authnInstant    time.Time
	authnContext    string
	issueInstant    time.Time
	expires         time.Time
	sessionNotAfter time.Time
	attributes      []Attribute
	signedResponse  bool
	encrypted       bool
	checks          []Check
}

// NameID is the subject's identifier (SAML Core section 2.2.3).
type NameID struct {
	Value           string
	Format          string // "" is read as unspecified
	NameQualifier   string
	SPNameQualifier string
}

// Attribute is one attribute (SAML Core section 2.7.3.1), unique by Name and
// NameFormat.
type Attribute struct {
	Name         string
	NameFormat   string
	FriendlyName string
	Values       []string // in document order; "" is a value; xsi:nil values are left out
	Structured   bool     // a value held elements; such values are left out of Values
	Repeated     bool     // the attribute stood in the assertion more than once
}

// Valid reports whether a came from Verify.
func (a *Assertion) Valid() bool { return a != nil && a.sealed }

func (a *Assertion) ID() string                     { return a.id }
func (a *Assertion) Issuer() string                 { return a.issuer }
func (a *Assertion) InResponseTo() string           { return a.inResponseTo } // "": unsolicited
func (a *Assertion) NameID() NameID                 { return a.nameID }
func (a *Assertion) Recipient() string              { return a.recipient } // of the confirmation that held
func (a *Assertion) Audience() string               { return a.audience }
func (a *Assertion) SessionIndex() string           { return a.sessionIndex }
func (a *Assertion) AuthnInstant() time.Time        { return a.authnInstant }
func (a *Assertion) AuthnContextClassRef() string   { return a.authnContext }
func (a *Assertion) IssueInstant() time.Time        { return a.issueInstant }
func (a *Assertion) SessionNotOnOrAfter() time.Time { return a.sessionNotAfter } // zero: not said
func (a *Assertion) Attributes() []Attribute        { return a.attributes }
func (a *Assertion) ResponseSigned() bool           { return a.signedResponse }
func (a *Assertion) Encrypted() bool                { return a.encrypted }

// Checks are the checks that were passed, in order.
func (a *Assertion) Checks() []Check { return a.checks }

// Expires is when the assertion can no longer pass, skew included: a record
// of its use may be forgotten after it.
func (a *Assertion) Expires() time.Time { return a.expires }

// Attribute finds one by Name, in any NameFormat; nil where there is none.
func (a *Assertion) Attribute(name string) *Attribute {
	for i := range a.attributes {
		if a.attributes[i].Name == name {
			return &a.attributes[i]
		}
	}
	return nil
}
