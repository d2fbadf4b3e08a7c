// Package idp knows the identity providers: what was imported of each, what of
// it was reviewed and is trusted, and what this service shows them in return.
package idp

import (
	"crypto/x509"
	"time"

	"sallyport/saml"
)

// State of a connection. A disabled one and a draft are refused on every path
// but metadata.
type State string

const (
	Draft    State = "draft"
	Active   State = "active"
	Disabled State = "disabled"
)

// Default is the slug of the connection that exists from the first start.
const Default = "default"

// Provider is one connection to an identity provider.
type Provider struct {
	ID            string
	Slug          string // [a-z0-9][a-z0-9-]{0,62}; part of every address of the connection
	Name          string // for people
	State         State
	Settings      Settings
	Live          *Trust    // what is trusted; nil until the first activation
	Draft         *Trust    // what was imported and waits for review; nil where nothing waits
	MetadataURL   string    // kept fresh from here; "" where metadata came otherwise
	RefreshedAt   time.Time // last fetch that succeeded
	RefreshFailed string    // sentence of the last fetch where it failed, or ""
	Confirm       *Confirm  // the activation that is live waits for confirmation; nil where none does
	CreatedAt     time.Time
	UpdatedAt     time.Time
	Version       int64 // grows with every change; an edit names the version it saw
}

// Confirm is the other half of an activation that has to be confirmed: without
// an administrator's sign-in through it, it reverts by itself.
type Confirm struct {
	Until         time.Time
	Previous      int    // number of the trust that comes back; 0: none
	PreviousState State  // that comes back with it
	Actor         string // who activated
}

// Source says how a trust arrived.
type Source string

const (
	FromUpload  Source = "upload"
	FromURL     Source = "url"
	FromHand    Source = "manual"
	FromCommand Source = "command"
	FromVersion Source = "version" // an earlier version, restored
)

// Trust is one version of what an identity provider said of itself.
type Trust struct {
	Number                  int // 1, 2, ... within the connection; 0 until saved
	EntityID                string
	SSO                     []saml.Endpoint
	SLO                     []saml.Endpoint
	Certificates            []Certificate // signing; all live at once
	NameIDFormats           []string
	WantAuthnRequestsSigned bool
	ValidUntil              time.Time
	Source                  Source
	SourceName              string // file name or URL, for people
	Vendor                  string // "entra", "onelogin", "okta", "adfs", "pingfederate", "pingone", "google", "keycloak", "duo", "jumpcloud", ... or ""
	Warnings                []string
	CreatedAt               time.Time
	CreatedBy               string // actor, as in audit.Event
	ActivatedAt             time.Time
}

// Certificate is one certificate with the facts that a review shows.
type Certificate struct {
	DER         []byte
	Fingerprint string // SHA-256, hexadecimal pairs joined by colons
	Subject     string
	KeyType     string // "RSA 2048", "ECDSA P-256"
	NotBefore   time.Time
	NotAfter    time.Time
	Use         string // "signing", "encryption", "" where the metadata says neither
}

// Parse gives the certificate behind the facts.
func (c Certificate) Parse() (*x509.Certificate, error) { return x509.ParseCertificate(c.DER) }

// Policy words of Settings.
const (
	UnsolicitedAccept = "accept"
	UnsolicitedBounce = "bounce" // take it as a hint and ask afresh
	UnsolicitedRefuse = "refuse"

	FirstSignInCreate = "create"
	FirstSignInRefuse = "refuse"

	InvalidTagsRefuse = "refuse"
	InvalidTagsDrop   = "drop"

	AddedCertificatesHold = "hold" // wait as a draft for approval
)

// Settings are an administrator's choices for one connection. The zero value
// is the safe default of each.
type Settings struct {
	EmailDomains  []string `json:"email_domains,omitempty"`   // whom the connection may speak for; empty: any
	NameIDFormats []string `json:"name_id_formats,omitempty"` // empty: emailAddress and persistent
	AnyNameID     bool     `json:"any_name_id,omitempty"`     // the NameID need not be an e-mail address
	Unsolicited   string   `json:"unsolicited,omitempty"`     // "": accept
	FirstSignIn   string   `json:"first_sign_in,omitempty"`   // "": create
	ProviderARN   string   `json:"provider_arn,omitempty"`    // what trust policies of roles call it; "": any, while no other connection is active
	InvalidTags   string   `json:"invalid_tags,omitempty"`    // "": refuse

	SignRequests          bool     `json:"sign_requests,omitempty"`
	RequestBinding        string   `json:"request_binding,omitempty"` // a saml.Binding...; "": redirect where offered
	ForceAuthn            bool     `json:"force_authn,omitempty"`
	RequestedAuthnContext []string `json:"requested_authn_context,omitempty"`

	ClockSkewSeconds       int `json:"clock_skew_seconds,omitempty"`       // 0: 60; at most 180
	SessionLifetimeMinutes int `json:"session_lifetime_minutes,omitempty"` // 0: 480; 15 to 129600

	AllowSHA1                  bool `json:"allow_sha1,omitempty"`
	AllowExpiredCertificates   bool `json:"allow_expired_certificates,omitempty"`
	AllowMissingAuthnStatement bool `json:"allow_missing_authn_statement,omitempty"`
	AllowUnsignedCBC           bool `json:"allow_unsigned_cbc,omitempty"`
	MergeDuplicateAttributes   bool `json:"merge_duplicate_attributes,omitempty"`
	RequireSignedResponse      bool `json:"require_signed_response,omitempty"`

	RecordDays        int    `json:"record_days,omitempty"`        // how long responses are kept, sealed; 0: 7 days; -1: off; at most 90
	AddedCertificates string `json:"added_certificates,omitempty"` // that metadata by URL has gained; "": trusted at once

	SignMetadata bool `json:"sign_metadata,omitempty"` // sign the metadata we show

	TagMappings []TagMapping `json:"tag_mappings,omitempty"` // attributes for access control; at most 50
}

// TagMapping is one attribute for access control: a session tag whose value is
// read from the directory.
type TagMapping struct {
	Key  string `json:"key"`
	Path string `json:"path"` // "${path:enterprise.costCenter}"; directory.User.Value says which exist
}
