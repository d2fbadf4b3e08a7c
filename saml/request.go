package saml

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/beevik/etree"
	crewjam "github.com/crewjam/saml"
)

// maxRelayState is the most bytes a relay state may have (SAML Bindings 3.4.3).
const maxRelayState = 80

// Signer signs what this service says: requests and metadata.
type Signer struct {
	Key         crypto.Signer // RSA or ECDSA
	Certificate *x509.Certificate
}

// AuthnRequest is a question to an identity provider (SAML Core section 3.4).
type AuthnRequest struct {
	ID                    string // begins with a letter or underscore; Entra refuses a digit
	IssueInstant          time.Time
	Issuer                string // our entity ID
	ACSURL                string
	Endpoint              Endpoint // where it goes, by which binding
	ForceAuthn            bool
	RequestedAuthnContext []string // none by default: Entra refuses requests that carry one
	NameIDFormat          string   // "": no NameIDPolicy
	RelayState            string   // opaque, at most 80 bytes
	Signer                *Signer  // nil: unsigned
}

// RequestMessage is a message of ours, ready to travel by the person's browser.
type RequestMessage struct {
	Binding string
	URL     string     // HTTP-Redirect: go there. HTTP-POST: the form's action
	Form    url.Values // HTTP-POST: the form's hidden fields; nil otherwise
}

// Message renders the request for its binding (SAML Bindings 3.4 and 3.5).
func (q *AuthnRequest) Message() (*RequestMessage, error) {
	if err := q.check(); err != nil {
		return nil, fmt.Errorf("render request %s: %w", q.ID, err)
	}
	o := outgoing{root: q.element(), parameter: "SAMLRequest", location: q.Endpoint.Location, relayState: q.RelayState, signer: q.Signer}
	m, err := o.message(q.Endpoint.Binding)
	if err != nil {
		return nil, fmt.Errorf("render request %s: %w", q.ID, err)
	}
	return m, nil
}

// outgoing is a message of ours on its way to a binding.
type outgoing struct {
	root       *etree.Element
	parameter  string // SAMLRequest or SAMLResponse
	location   string
	relayState string
	signer     *Signer // nil: unsigned
}

func (o *outgoing) message(binding string) (*RequestMessage, error) {
	switch binding {
	case BindingRedirect:
		return o.redirect()
	case BindingPOST:
		return o.post()
	}
	return nil, fmt.Errorf("binding %q is neither HTTP-Redirect nor HTTP-POST", binding)
}

// NewID makes a request ID: an underscore and 160 random bits in hexadecimal.
func NewID() string {
	var b [20]byte
	rand.Read(b[:]) // never fails: it ends the process instead
	return "_" + hex.EncodeToString(b[:])
}

func (q *AuthnRequest) check() error {
	if !isRequestID(q.ID) {
		return errors.New("an ID begins with a letter or an underscore, and goes on with letters, digits and the characters - . _")
	}
	if q.Issuer == "" {
		return errors.New("the issuer is missing")
	}
	if q.IssueInstant.IsZero() {
		return errors.New("the time of issue is missing")
	}
	if err := checkLocation(q.ACSURL); err != nil {
		return fmt.Errorf("assertion consumer service: %w", err)
	}
	if err := checkLocation(q.Endpoint.Location); err != nil {
		return fmt.Errorf("single sign-on service: %w", err)
	}
	if len(q.RelayState) > maxRelayState {
		return fmt.Errorf("the relay state has %d bytes, and at most %d are allowed", len(q.RelayState), maxRelayState)
	}
	return nil
}

// isRequestID reports whether s is an NCName of ASCII letters: what every
// identity provider takes as an xs:ID.
func isRequestID(s string) bool {
	for i, c := range []byte(s) {
		letter := c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		other := c >= '0' && c <= '9' || c == '-' || c == '.'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return s != "" && len(s) <= 256
}

// element is the request as XML. Destination is always there: identity
// providers demand it of signed requests.
func (q *AuthnRequest) element() *etree.Element {
	r := crewjam.AuthnRequest{
		ID:                          q.ID,
		Version:                     "2.0",
		IssueInstant:                q.IssueInstant.UTC(),
		Destination:                 q.Endpoint.Location,
		Issuer:                      &crewjam.Issuer{Value: q.Issuer},
		ProtocolBinding:             BindingPOST, // of the response
		AssertionConsumerServiceURL: q.ACSURL,
	}
	yes := true
	if q.ForceAuthn {
		r.ForceAuthn = &yes
	}
	if q.NameIDFormat != "" {
		r.NameIDPolicy = &crewjam.NameIDPolicy{Format: &q.NameIDFormat, AllowCreate: &yes}
	}
	if len(q.RequestedAuthnContext) == 0 {
		return r.Element()
	}
	// The schema type holds one class; the specification allows several.
	c := crewjam.RequestedAuthnContext{Comparison: "exact", AuthnContextClassRef: q.RequestedAuthnContext[0]}
	context := c.Element()
	for _, class := range q.RequestedAuthnContext[1:] {
		e := etree.NewElement("saml:AuthnContextClassRef")
		e.SetText(class)
		context.AddChild(e)
	}
	el := r.Element()
	el.AddChild(context) // the last child, after NameIDPolicy, by the schema
	return el
}
