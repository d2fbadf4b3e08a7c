package idp

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"time"

	"sallyport/saml"
)

// Sizes of RSA keys: below, signatures can be forged; above, checking one
// costs too much.
const (
	minRSABits = 2048
	maxRSABits = 8192
)

// soon is how long before its end a certificate is warned about.
const soon = 30 * 24 * time.Hour

// facts puts a parsed certificate into the form that is stored and reviewed.
func facts(c *x509.Certificate, use string) Certificate {
	return Certificate{
		DER:         c.Raw,
		Fingerprint: saml.Fingerprint(c.Raw),
		Subject:     c.Subject.String(),
		KeyType:     keyType(c),
		NotBefore:   c.NotBefore.UTC(),
		NotAfter:    c.NotAfter.UTC(),
		Use:         use,
	}
}

func keyType(c *x509.Certificate) string {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA %d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	case ed25519.PublicKey:
		return "Ed25519"
	default:
		return c.PublicKeyAlgorithm.String()
	}
}

// usable reports whether signatures by the certificate's key can be checked
// and are worth it.
func usable(c *x509.Certificate) bool {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		bits := key.N.BitLen()
		return bits >= minRSABits && bits <= maxRSABits
	case *ecdsa.PublicKey:
		return slices.Contains([]string{"P-256", "P-384", "P-521"}, key.Curve.Params().Name)
	default:
		return false
	}
}

// chooseCertificates takes the usable ones and says in sentences what was left
// out, and what of the rest will need a hand.
func chooseCertificates(all []*x509.Certificate, use string, now time.Time) (chosen []Certificate, warnings []string) {
	for _, c := range all {
		f := facts(c, use)
		if slices.ContainsFunc(chosen, func(o Certificate) bool { return o.Fingerprint == f.Fingerprint }) {
			continue
		}
		if !usable(c) {
			warnings = append(warnings, fmt.Sprintf("The certificate %s has a key (%s) that is not accepted, and was left out. Keys must be RSA of at least %d bits, or ECDSA P-256, P-384 or P-521.", short(f), f.KeyType, minRSABits))
			continue
		}
		chosen = append(chosen, f)
	}
	if len(chosen) > maxCertificates {
		warnings = append(warnings, fmt.Sprintf("There are %d signing certificates; the %d that last longest are kept.", len(chosen), maxCertificates))
		slices.SortStableFunc(chosen, func(a, b Certificate) int { return b.NotAfter.Compare(a.NotAfter) })
		chosen = chosen[:maxCertificates]
	}
	for _, f := range chosen {
		if w := dateWarning(f, now); w != "" {
			warnings = append(warnings, w)
		}
	}
	return chosen, warnings
}

func dateWarning(f Certificate, now time.Time) string {
	switch {
	case now.After(f.NotAfter):
		return fmt.Sprintf("The certificate %s ran out on %s. Sign-ins that it signs are refused unless the connection allows expired certificates.", short(f), day(f.NotAfter))
	case now.Before(f.NotBefore):
		return fmt.Sprintf("The certificate %s is not valid before %s.", short(f), day(f.NotBefore))
	case f.NotAfter.Sub(now) < soon:
		return fmt.Sprintf("The certificate %s runs out on %s. Import its successor before that day.", short(f), day(f.NotAfter))
	}
	return ""
}

// short is enough of a fingerprint for a sentence.
func short(f Certificate) string { return f.Fingerprint[:11] + "..." }

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
