package testidp

import (
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"net/url"
	"time"
)

// What a Signature shows of its key.
const (
	KeyInfoOwn     = ""        // the certificate of the key that signed
	KeyInfoNone    = "none"    // no KeyInfo
	KeyInfoForeign = "foreign" // a certificate of somebody else, though the right key signed
)

// Where a Signature stands among the children of what it signs. SAML's schema
// knows only the first; real providers use the others too.
const (
	SignatureAfterIssuer = ""
	SignatureFirst       = "first"
	SignatureLast        = "last"
)

// How the content key of an encrypted assertion travels.
const (
	OAEPSHA1   = ""       // xmlenc#rsa-oaep-mgf1p, SHA-1 throughout
	OAEPSHA256 = "sha256" // xmlenc11#rsa-oaep, digest and mask by SHA-256
)

// Response is one response to be made. The zero value of each field is what an
// ordinary provider does.
type Response struct {
	ACS          string // Destination and Recipient; required
	Audience     string // entity ID of the service provider; required
	InResponseTo string // ID of the AuthnRequest; "": unsolicited

	Person     string      // ID of one of People; "" with a NameID: nobody of these
	NameID     string      // "": the person's e-mail address
	Format     string      // of NameID; "": emailAddress
	Attributes []Attribute // nil: the person's
	Groups     []string    // nil: the person's

	Now          time.Time     // zero: the current time
	Validity     time.Duration // of the assertion; 0: 5 minutes
	SessionUntil time.Time     // SessionNotOnOrAfter; zero: left out
	AuthnContext string        // class; "": PasswordProtectedTransport

	// SignAssertion and SignResponse say what is signed; where both are
	// false, the assertion is.
	SignAssertion      bool
	SignResponse       bool
	SignatureAlgorithm string // rsa-sha256 (""), rsa-sha384, rsa-sha512, rsa-sha1, ecdsa-sha256 (P-256), ecdsa-sha384, ecdsa-sha512 (P-384)
	Digest             string // sha256 (""), sha384, sha512, sha1
	SignaturePosition  string // SignatureAfterIssuer, ...
	KeyInfo            string // KeyInfoOwn, ...
	Typed              bool   // attribute values carry xsi:type, as many providers' do

	Encrypt       string // "": plain; aes128-gcm, aes192-gcm, aes256-gcm, aes128-cbc, aes192-cbc, aes256-cbc
	OAEP          string // OAEPSHA1, ...
	SPCertificate *x509.Certificate

	Misbehave string // name of a Misbehaviour; "": none
}

// Respond makes a response and breaks it as r.Misbehave says. An error means
// that r asks for something that this provider can't make.
func (p *IDP) Respond(r Response) ([]byte, error) {
	if r.ACS == "" || r.Audience == "" {
		return nil, fmt.Errorf("make response: ACS and Audience are required")
	}
	if r.Misbehave == "replay" {
		return p.replay(r.ACS)
	}
	plan, err := p.plan(r)
	if err != nil {
		return nil, fmt.Errorf("make response: %w", err)
	}
	if r.Misbehave != "" {
		m, ok := misbehaviour(r.Misbehave)
		if !ok {
			return nil, fmt.Errorf("make response: unknown misbehaviour %q", r.Misbehave)
		}
		if m.plan != nil {
			if err := m.plan(p, plan); err != nil {
				return nil, fmt.Errorf("misbehave %s: %w", m.Name, err)
			}
		}
		plan.spoil, plan.spoilInside = m.raw, m.inside
	}
	raw, err := plan.render()
	if err != nil {
		return nil, fmt.Errorf("make response: %w", err)
	}
	if r.Misbehave == "" && r.InResponseTo == "" {
		p.mu.Lock()
		p.last[r.ACS] = raw
		p.mu.Unlock()
	}
	return raw, nil
}

func (p *IDP) replay(acs string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last[acs] == nil {
		return nil, fmt.Errorf("nothing to replay yet: make a good unsolicited response to %s first", acs)
	}
	return p.last[acs], nil
}

// Form is a response as a browser posts it; relayState "" is left out.
func Form(raw []byte, relayState string) url.Values {
	form := url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(raw)}}
	if relayState != "" {
		form.Set("RelayState", relayState)
	}
	return form
}
