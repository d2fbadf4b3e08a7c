package testidp

import (
	"fmt"
	"time"
)

const statusPrefix = "urn:oasis:names:tc:SAML:2.0:status:"

// plan is a response with nothing left to decide. A misbehaviour changes one
// or two of its fields before it is rendered.
type plan struct {
	Response
	signing signing

	root            string // local name of the protocol element
	version         string
	responseID      string
	assertionID     string
	responseIssuer  string
	assertionIssuer string
	destination     string
	recipient       string
	audience        string // "": no AudienceRestriction
	status          string // after statusPrefix
	subStatus       string
	confirmation    string // Method of SubjectConfirmation; "": none
	spQualifier     string
	condition       string // one more child of Conditions, in canonical form
	issueInstant    time.Time
	notBefore       time.Time
	notOnOrAfter    time.Time
	confirmedUntil  time.Time
	authnInstant    time.Time // zero: no AuthnStatement
	noAssertion     bool
	twice           bool // two signed assertions
	breakCipher     bool
	attributes      []Attribute

	wrap        *wrapping
	spoil       func(p *plan, message string) string // after signing; nil: not
	spoilInside bool                                 // and before encryption
}

// plan settles what r leaves open.
func (p *IDP) plan(r Response) (*plan, error) {
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	if r.Validity == 0 {
		r.Validity = 5 * time.Minute
	}
	if !r.SignAssertion && !r.SignResponse {
		r.SignAssertion = true
	}
	if r.Person == "" && r.NameID == "" {
		r.Person = "ann"
	}
	if r.Person != "" {
		person, ok := personByID(r.Person)
		if !ok {
			return nil, fmt.Errorf("unknown person %q", r.Person)
		}
		if r.NameID == "" {
			r.NameID = person.Email
		}
		if r.Attributes == nil {
			r.Attributes = person.Attributes
		}
		if r.Groups == nil {
			r.Groups = person.Groups
		}
	}
	if r.Format == "" {
		r.Format = formatEmail
	}
	if r.AuthnContext == "" {
		r.AuthnContext = passwordOverTLS
	}
	signing, err := p.signing(r.SignatureAlgorithm, r.Digest, r.KeyInfo)
	if err != nil {
		return nil, err
	}
	if r.Typed {
		signing.prefixes = "xs"
	}
	attributes := append([]Attribute(nil), r.Attributes...)
	if len(r.Groups) > 0 {
		attributes = append(attributes, Attribute{Name: "groups", Format: nameFormatBasic, Values: r.Groups})
	}
	return &plan{
		Response:        r,
		signing:         signing,
		root:            "Response",
		version:         "2.0",
		responseID:      newID(),
		assertionID:     newID(),
		responseIssuer:  p.EntityID(),
		assertionIssuer: p.EntityID(),
		destination:     r.ACS,
		recipient:       r.ACS,
		audience:        r.Audience,
		status:          "Success",
		confirmation:    confirmedByBearer,
		issueInstant:    r.Now,
		notBefore:       r.Now.Add(-30 * time.Second),
		notOnOrAfter:    r.Now.Add(r.Validity),
		confirmedUntil:  r.Now.Add(r.Validity),
		authnInstant:    r.Now,
		attributes:      attributes,
	}, nil
}

// shift moves every time of the plan but the person's session.
func (p *plan) shift(d time.Duration) {
	for _, t := range []*time.Time{&p.issueInstant, &p.notBefore, &p.notOnOrAfter, &p.confirmedUntil, &p.authnInstant} {
		*t = t.Add(d)
	}
}
