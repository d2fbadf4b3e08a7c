package saml

import (
	"crypto/sha256"
	"crypto/x509"
	"strings"
)

// Fingerprint is the SHA-256 of a certificate as administrators compare it:
// hexadecimal pairs joined by colons.
func Fingerprint(der []byte) string {
	const digits = "0123456789ABCDEF"
	sum := sha256.Sum256(der)
	out := make([]byte, 0, 3*len(sum))
	for i, b := range sum {
		if i > 0 {
			out = append(out, ':')
		}
		out = append(out, digits[b>>4], digits[b&15])
	}
	return string(out)
}

func fingerprints(certs []*x509.Certificate) string {
	list := make([]string, len(certs))
	for i, c := range certs {
		list[i] = Fingerprint(c.Raw)
	}
	return "SHA-256 " + strings.Join(list, " or ")
}
