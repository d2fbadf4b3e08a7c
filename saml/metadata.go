package saml

import (
	"crypto/x509"
	"time"
)

// IDPMetadata is what one EntityDescriptor says of an identity provider.
type IDPMetadata struct {
	EntityID                string
	DisplayName             string     // mdui or Organization, "" where neither
	SSO                     []Endpoint // HTTP-Redirect and HTTP-POST only, without duplicates, in document order
	SLO                     []Endpoint
	Certificates            []*x509.Certificate // use="signing" or no use, without duplicates
	EncryptionOnly          []*x509.Certificate // never validate signatures
	NameIDFormats           []string
	WantAuthnRequestsSigned bool
	ValidUntil              time.Time // the earliest that applies; zero: not said
	CacheDuration           time.Duration
	Signed                  bool     // the document carries a signature (not a statement that it is good)
	Warnings                []string // whole sentences for the administrator who reviews it
}

// Endpoint is a place to send a message to.
type Endpoint struct {
	Binding          string `json:"binding"`
	Location         string `json:"location"`
	ResponseLocation string `json:"response_location,omitempty"`
}

// MetadataError is a refusal of a metadata document: a sentence that names
// the problem and what to do, fit to be shown.
type MetadataError struct {
	Sentence string
	// EntityIDs are the identity providers of an aggregate: the caller must
	// say which one. Empty for every other refusal.
	EntityIDs []string
}

func (e *MetadataError) Error() string { return e.Sentence }

// ServiceProvider is our own side of one connection, as its metadata tells it.
type ServiceProvider struct {
	EntityID               string
	ACSURLs                []string // the first is the default
	SLOURL                 string   // "" leaves single logout out
	NameIDFormats          []string // empty: emailAddress and persistent
	DisplayName            string
	WantAssertionsSigned   bool
	SignRequests           bool
	SigningCertificates    []*x509.Certificate // current, then next
	EncryptionCertificates []*x509.Certificate // current, then next
}
