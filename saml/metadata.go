package saml

import (
	"crypto/x509"
	"fmt"
	"strings"
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

// maxMetadata is the most bytes a metadata document may have. One identity
// provider's has 2 to 80 kB; a small federation's fits as well.
const maxMetadata = 5 << 20

// metadataLimits are wide: metadata is read when an administrator brings it,
// not when a stranger knocks.
var metadataLimits = limits{
	bytes: maxMetadata, depth: 64, elements: 200_000, attrs: 400_000, attrsElement: 64,
	name: 512, text: 1 << 20, inScope: 512, lenient: true,
}

// ParseMetadata reads the metadata of one identity provider (SAML Metadata
// section 2). entityID chooses one out of an aggregate; "" where the document
// describes one. now decides which dates are past. A signature is noted and
// not verified. Errors are *MetadataError.
func ParseMetadata(raw []byte, entityID string, now time.Time) (*IDPMetadata, error) {
	if err := recognise(raw); err != nil {
		return nil, err
	}
	text := strings.Trim(strings.TrimPrefix(string(raw), byteOrderMark), xmlSpace)
	t, xmlErr := scan(text, &metadataLimits, nil)
	if xmlErr != nil {
		return nil, explainXML(xmlErr, text)
	}
	all, err := entities(t)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(t, all, entityID)
	if err != nil {
		return nil, err
	}
	return readEntity(t, chosen, now)
}

// refuse makes a refusal without a choice.
func refuse(format string, args ...any) *MetadataError {
	return &MetadataError{Sentence: fmt.Sprintf(format, args...)}
}
