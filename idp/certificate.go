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

// distinct gives the facts of each certificate once.
func distinct(all []*x509.Certificate) []Certificate {
	var chosen []Certificate
	for _, c := range all {
		if f := facts(c, "signing"); !holds(chosen, f) {
			chosen = append(chosen, f)
		}
	}
	return chosen
}

// soonWarnings name the certificates that run out before long.
func soonWarnings(all []Certificate, now time.Time) []string {
	var warnings []string
	for _, f := range all {
		if left := f.NotAfter.Sub(now); left >= 0 && left < soon {
			warnings = append(warnings, fmt.Sprintf("The certificate %s runs out on %s. Import its successor before that day.", short(f), day(f.NotAfter)))
		}
	}
	return warnings
}

// dateWarnings name the certificates that are outside their dates.
func dateWarnings(all []Certificate, now time.Time) []string {
	var warnings []string
	for _, f := range all {
		switch {
		case now.After(f.NotAfter):
			warnings = append(warnings, fmt.Sprintf("The certificate %s ran out on %s. Sign-ins that it signs are refused unless the connection allows expired certificates.", short(f), day(f.NotAfter)))
		case now.Before(f.NotBefore):
			warnings = append(warnings, fmt.Sprintf("The certificate %s is not valid before %s.", short(f), day(f.NotBefore)))
		}
	}
	return warnings
}

// aged are the warnings of dates that were none at an earlier time.
func aged(all []Certificate, then, now time.Time) []string {
	known := append(dateWarnings(all, then), soonWarnings(all, then)...)
	return slices.DeleteFunc(append(dateWarnings(all, now), soonWarnings(all, now)...), func(w string) bool {
		return slices.Contains(known, w)
	})
}

// encryptionOnly warns of certificates that look as if they were trusted.
func encryptionOnly(some, signing []Certificate) []string {
	var warnings []string
	for _, f := range some {
		if !holds(signing, f) {
			warnings = append(warnings, fmt.Sprintf("The certificate %s is for encryption only: what it signs is refused.", short(f)))
		}
	}
	return warnings
}

// short is enough of a fingerprint for a sentence.
func short(f Certificate) string { return f.Fingerprint[:11] + "..." }

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }
