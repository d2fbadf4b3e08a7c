package saml

import (
	"crypto/rsa"
	"crypto/x509"
	"time"
)

// NameID formats (SAML Core section 8.3).
const (
	FormatEmailAddress = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	FormatUnspecified  = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	FormatPersistent   = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	FormatTransient    = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
)

// Bindings (SAML Bindings section 3).
const (
	BindingRedirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
	BindingPOST     = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
)

// Trust is what one connection believes of its identity provider and asks of
// its responses. Make it once and share it: it is read only, and certificates
// are parsed when it is made, not per response.
type Trust struct {
	IDPEntityID  string
	Certificates []*x509.Certificate // signing certificates; all are live; at least one, at most 8
	EntityIDs    []string            // ours; any of them is a right Audience; the first is canonical
	ACSURLs      []string            // ours; any of them is a right Destination and Recipient

	DecryptionKeys []*rsa.PrivateKey // ours, newest first; at most 4

	NameIDFormats []string // accepted; empty: emailAddress and persistent. Transient is never accepted
	AnyNameID     bool     // the value need not be an e-mail address

	ClockSkew time.Duration // 0: 60 s; at most 180 s
	MaxAge    time.Duration // of IssueInstant; 0: 10 min

	// Switches that weaken a check, each for an identity provider that can't do better.
	AllowSHA1                  bool // signatures and digests by SHA-1
	AllowExpiredCertificates   bool // signing certificates outside their dates
	AllowMissingAuthnStatement bool // Keycloak can be told to omit it
	AllowUnsignedCBC           bool // AES-CBC without a signature over the Response
	MergeDuplicateAttributes   bool // the same attribute twice: values joined, not refused
	RequireSignedResponse      bool // a signed Assertion alone is not enough
}

// Request is a pending AuthnRequest of ours.
type Request struct {
	ID                    string
	IssuedAt              time.Time
	ForceAuthn            bool
	RequestedAuthnContext []string
}

// VerifyOptions are the circumstances of one response.
type VerifyOptions struct {
	Trust *Trust
	Now   time.Time // zero: the current time

	// Request finds the pending request that InResponseTo names. It is called
	// at most once, with a value that is signed. An error that is no "not
	// found" refuses the response as it stands. Nil: none is pending.
	Request func(id string) (*Request, bool, error)

	// AllowUnsolicited accepts responses without InResponseTo.
	AllowUnsolicited bool
}
