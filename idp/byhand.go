package idp

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"sallyport/internal/fault"
	"sallyport/saml"
)

// ByHand is a trust typed in rather than imported.
type ByHand struct {
	Slug           string
	EntityID       string
	SSOURL         string
	SSOBinding     string // "": HTTP-Redirect
	CertificatePEM string // one or several, PEM or bare base64
	Actor          string
}

const (
	maxEntityID        = 1024 // SAML Core section 8.3.6
	maxLocation        = 2048
	maxCertificateText = 64 << 10
)

// ImportByHand takes typed values as the connection's draft; fault.Invalid.
func (r *Registry) ImportByHand(ctx context.Context, in ByHand) (*Provider, error) {
	if err := checkSlug(in.Slug); err != nil {
		return nil, err
	}
	t, err := readByHand(in)
	if err != nil {
		return nil, err
	}
	return r.saveDraft(ctx, in.Slug, "", t, "")
}

func readByHand(in ByHand) (*Trust, error) {
	t := &Trust{EntityID: strings.TrimSpace(in.EntityID), Source: FromHand, CreatedAt: now(), CreatedBy: in.Actor}
	if t.EntityID == "" || len(t.EntityID) > maxEntityID || strings.ContainsFunc(t.EntityID, notInURI) {
		return nil, fault.New(fault.Invalid, "The issuer (entity ID) is missing, too long, or holds spaces. Copy it from the identity provider as it stands there.")
	}
	location := strings.TrimSpace(in.SSOURL)
	if err := checkLocation(location); err != nil {
		return nil, err
	}
	binding := in.SSOBinding
	switch binding {
	case "":
		binding = saml.BindingRedirect
	case saml.BindingRedirect, saml.BindingPOST:
	default:
		return nil, fault.New(fault.Invalid, "The binding of the sign-in URL must be HTTP-Redirect or HTTP-POST.")
	}
	t.SSO = []saml.Endpoint{{Binding: binding, Location: location}}
	certificates, err := parseCertificates(in.CertificatePEM)
	if err != nil {
		return nil, err
	}
	for _, c := range certificates {
		if !usable(c) {
			return nil, invalid("The key of the certificate %s (%s) is not accepted: it must be RSA of %d to %d bits, or ECDSA P-256, P-384 or P-521.", short(facts(c, "")), keyType(c), minRSABits, maxRSABits)
		}
	}
	if t.Certificates = distinct(certificates); len(t.Certificates) > maxCertificates {
		return nil, invalid("A connection takes up to %d certificates.", maxCertificates)
	}
	t.Warnings = append(dateWarnings(t.Certificates, t.CreatedAt), soonWarnings(t.Certificates, t.CreatedAt)...)
	if strings.HasPrefix(strings.ToLower(location), "http:") {
		t.Warnings = append(t.Warnings, "The sign-in URL is not encrypted (http): anybody on the way can read and change what goes there.")
	}
	t.Vendor = vendor(t)
	if isTemplate(t) {
		t.Warnings = append(t.Warnings, "{tenantid} stands where the tenant's ID belongs. Write your own there before you activate this.")
	}
	return t, nil
}

// checkLocation lets only absolute http and https addresses pass: nobody is
// ever sent to javascript: or data:.
func checkLocation(location string) error {
	u, err := url.Parse(location)
	if err != nil || len(location) > maxLocation || strings.ContainsFunc(location, notInURI) ||
		(u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return fault.New(fault.Invalid, "The sign-in URL must be an absolute address that begins with https:// and has neither a user name nor a fragment (#...).")
	}
	return nil
}

func notInURI(r rune) bool {
	return r <= ' ' || r >= 0x7f && (unicode.IsControl(r) || unicode.IsSpace(r)) || strings.ContainsRune("\\\"<>", r)
}

var bareBase64 = regexp.MustCompile(`^[A-Za-z0-9+/=\s]+$`)

// parseCertificates reads PEM blocks, or one certificate in bare base64 as it
// stands in metadata.
func parseCertificates(text string) ([]*x509.Certificate, error) {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxCertificateText {
		return nil, fault.New(fault.Invalid, "The certificate is missing, or far too long. Paste the signing certificate in its PEM form.")
	}
	var ders [][]byte
	if bareBase64.MatchString(text) {
		der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return nil, fault.New(fault.Invalid, "The certificate is not whole: its base64 can't be read. Copy it again.")
		}
		ders = append(ders, der)
	} else {
		rest := []byte(text)
		for len(strings.TrimSpace(string(rest))) > 0 {
			var block *pem.Block
			if block, rest = pem.Decode(rest); block == nil {
				return nil, fault.New(fault.Invalid, "The certificate is not whole: it must begin with -----BEGIN CERTIFICATE----- and end with -----END CERTIFICATE-----.")
			}
			if block.Type != "CERTIFICATE" {
				return nil, fault.New(fault.Invalid, fmt.Sprintf("This is a %s, not a certificate. Paste the identity provider's signing certificate, and never a private key.", strings.ToLower(block.Type)))
			}
			ders = append(ders, block.Bytes)
		}
	}
	var certificates []*x509.Certificate
	for _, der := range ders {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fault.New(fault.Invalid, "The certificate can't be read: it is not an X.509 certificate, or was cut. Copy it again.")
		}
		certificates = append(certificates, c)
	}
	return certificates, nil
}
