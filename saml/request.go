package saml

import (
	"crypto"
	"crypto/x509"
	"net/url"
	"time"
)

// Signer signs what this service says: requests and metadata.
type Signer struct {
	Key         crypto.Signer
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

// RequestMessage is an AuthnRequest ready to travel by the person's browser.
type RequestMessage struct {
	Binding string
	URL     string     // HTTP-Redirect: go there. HTTP-POST: the form's action
	Form    url.Values // HTTP-POST: the form's hidden fields; nil otherwise
}

// Message renders the request for its binding (SAML Bindings 3.4 and 3.5).
func (q *AuthnRequest) Message() (*RequestMessage, error) { panic("unwritten") }

// NewID makes a request ID: an underscore and 160 random bits in hexadecimal.
func NewID() string { panic("unwritten") }

// Metadata renders our metadata (SAML Metadata section 2.4.4). A nil signer leaves it
// unsigned.
func (sp *ServiceProvider) Metadata(signer *Signer) ([]byte, error) { panic("unwritten") }

// ParseMetadata reads the metadata of one identity provider. entityID chooses
// one out of an aggregate; "" where the document describes one. Errors are
// *MetadataError.
func ParseMetadata(raw []byte, entityID string, now time.Time) (*IDPMetadata, error) {
	panic("unwritten")
}
