package saml

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	minRSA          = 2048
	maxRSA          = 8192 // beyond it, verifying gets dear
	maxCertificates = 8    // live at once in one connection
)

// keys reads the certificates of the role's KeyDescriptors. One that cannot
// be used is left out with a warning; without a good one the document is
// refused.
func (r *reader) keys(role int32) error {
	found, problems := 0, []string(nil)
	for c := range r.t.elements(role) {
		if !r.t.is(c, nsMetadata, "KeyDescriptor") {
			continue
		}
		use, _ := r.t.attr(c, "use")
		use = strings.Trim(use, xmlSpace)
		if use != "" && use != "signing" && use != "encryption" {
			r.warn("A key is left out: its use %q is neither signing nor encryption.", clip(use))
			continue
		}
		if use != "encryption" {
			found++
		}
		certificate, err := r.certificate(c)
		if err != nil {
			r.warn("%s key is left out: %s.", anyKey(use), err)
			if use != "encryption" {
				problems = append(problems, err.Error())
			}
			continue
		}
		if use == "encryption" {
			r.m.EncryptionOnly = addCertificate(r.m.EncryptionOnly, certificate)
			continue
		}
		r.m.Certificates = addCertificate(r.m.Certificates, certificate)
	}
	switch {
	case found == 0:
		return refuse("The metadata holds no signing certificate, so no response could be checked. Switch signing on at the identity provider, and export the metadata again.")
	case len(r.m.Certificates) == 0:
		return refuse("None of the signing keys can be used: %s. Set up a certificate with an RSA key of 2048 bits or more at the identity provider, and export the metadata again.", strings.Join(slices.Compact(problems[:min(len(problems), maxCertificates)]), "; "))
	case len(r.m.Certificates) > maxCertificates:
		return refuse("The metadata holds %d signing certificates, and at most %d are taken. Remove the old ones at the identity provider, and export the metadata again.", len(r.m.Certificates), maxCertificates)
	}
	for _, c := range r.m.Certificates {
		r.dates(c)
	}
	return nil
}

func anyKey(use string) string {
	if use == "encryption" {
		return "An encryption"
	}
	return "A signing"
}

// certificate reads the one certificate of a KeyDescriptor. Where there are
// several, the first is the key's and the others are its chain, which must
// not become signers themselves.
func (r *reader) certificate(key int32) (*x509.Certificate, error) {
	texts := r.certificateTexts(key)
	if len(texts) == 0 {
		return nil, errors.New("it comes without an X.509 certificate, which is the only form that is read")
	}
	if len(texts) > 1 {
		r.warn("A key comes with %d certificates. The first is taken, and the others for its chain.", len(texts))
	}
	der, err := base64.StdEncoding.DecodeString(bareBase64(texts[0]))
	if err != nil {
		return nil, errors.New("its certificate is not base64")
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, errors.New("its certificate cannot be read")
	}
	return c, checkKey(c)
}

func (r *reader) certificateTexts(key int32) []string {
	var texts []string
	for info := range r.t.elements(key) {
		if !r.t.is(info, nsDSig, "KeyInfo") {
			continue
		}
		for data := range r.t.elements(info) {
			if !r.t.is(data, nsDSig, "X509Data") {
				continue
			}
			for c := range r.t.elements(data) {
				if text, ok := r.t.text(c); ok && r.t.is(c, nsDSig, "X509Certificate") {
					texts = append(texts, text)
				}
			}
		}
	}
	return texts
}

// bareBase64 takes out line breaks, blanks and the lines that PEM puts around.
func bareBase64(s string) string {
	s = strings.ReplaceAll(s, "-----BEGIN CERTIFICATE-----", "")
	s = strings.ReplaceAll(s, "-----END CERTIFICATE-----", "")
	return strings.Join(strings.Fields(s), "")
}

// checkKey refuses keys that are too weak, or that we cannot verify with.
func checkKey(c *x509.Certificate) error {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		if bits := key.N.BitLen(); bits < minRSA || bits > maxRSA {
			return fmt.Errorf("its RSA key has %d bits, and %d to %d are taken", bits, minRSA, maxRSA)
		}
		return nil
	case *ecdsa.PublicKey:
		switch key.Curve {
		case elliptic.P256(), elliptic.P384(), elliptic.P521():
			return nil
		}
		return errors.New("its elliptic curve is not P-256, P-384 or P-521")
	default:
		return fmt.Errorf("its key is neither RSA nor ECDSA but %s", c.PublicKeyAlgorithm)
	}
}

func addCertificate(all []*x509.Certificate, c *x509.Certificate) []*x509.Certificate {
	if slices.ContainsFunc(all, c.Equal) {
		return all
	}
	return append(all, c)
}

func (r *reader) dates(c *x509.Certificate) {
	switch {
	case r.now.After(c.NotAfter):
		r.warn("The signing certificate %s expired on %s.", certificateName(c), c.NotAfter.UTC().Format(time.DateOnly))
	case r.now.Before(c.NotBefore):
		r.warn("The signing certificate %s is not valid before %s.", certificateName(c), c.NotBefore.UTC().Format(time.DateOnly))
	}
}

func certificateName(c *x509.Certificate) string {
	if c.Subject.CommonName != "" {
		return fmt.Sprintf("%q", clip(c.Subject.CommonName))
	}
	return "number " + clip(c.SerialNumber.String())
}
