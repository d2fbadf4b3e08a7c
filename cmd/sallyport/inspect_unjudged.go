package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"sallyport/saml"
)

var errUnjudged = errors.New("nobody vouches for this response: judge it with --idp, or with --metadata, --entity-id and --acs")

// nobody stands for what was not given, in entity IDs and addresses.
const nobody = "urn:sallyport:not-given"

// readResponse shows what a response says where nothing is known of who may
// send it. It never ends well: what is shown was not verified.
func (p *program) readResponse(document []byte, encoded bool, now time.Time, format string) error {
	stranger, err := strangersCertificate(now)
	if err != nil {
		return err
	}
	v, err := judged(verify(document, encoded, &saml.Trust{
		IDPEntityID: nobody, EntityIDs: []string{nobody}, ACSURLs: []string{nobody}, Certificates: []*x509.Certificate{stranger},
	}, now))
	if err != nil {
		return err
	}
	for i := range v.Checks {
		c := &v.Checks[i]
		if c.Want == nobody || c.Reason == saml.UntrustedCertificate || c.Reason == saml.BadSignature {
			// What failed is our ignorance, not the document.
			*c = saml.Check{Name: c.Name, Outcome: saml.NotReached, Got: c.Got}
		}
	}
	var broken []saml.Check
	for _, c := range v.Checks {
		if c.Outcome == saml.Failed {
			broken = append(broken, c)
		}
	}
	if len(broken) > 0 {
		v.Reason, v.Fixer, v.Says = broken[0].Reason, broken[0].Reason.Fixer(), broken[0].Reason.Sentence()
	} else {
		v.Reason, v.Fixer, v.Says = "", "", ""
	}
	if err := p.showChecks(v, format); err != nil {
		return err
	}
	if len(broken) > 0 {
		return errRefused
	}
	return errUnjudged
}

// strangersCertificate is one whose key nobody holds.
func strangersCertificate(now time.Time) (*x509.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	return x509.ParseCertificate(der)
}
