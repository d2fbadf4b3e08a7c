package testidp

import (
	"strings"
	"time"
)

const (
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsMetadata  = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
	nsMoreDSig  = "http://www.w3.org/2001/04/xmldsig-more#"
	nsEncrypt   = "http://www.w3.org/2001/04/xmlenc#"
	nsEncrypt11 = "http://www.w3.org/2009/xmlenc11#"
	nsExclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	nsSchema    = "http://www.w3.org/2001/XMLSchema"
	nsInstance  = "http://www.w3.org/2001/XMLSchema-instance"
)

// Canonical XML (section 2.3) escapes differently in text and in attributes.
var (
	textEscaper      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
	attributeEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
)

func text(s string) string { return textEscaper.Replace(s) }

// attr writes one attribute, and nothing where its value is empty. The caller
// writes namespace declarations first and then attributes by name, which is
// the canonical order while they have no prefix.
func attr(name, value string) string {
	if value == "" {
		return ""
	}
	return " " + name + `="` + attributeEscaper.Replace(value) + `"`
}

// timestamp is xs:dateTime in UTC (SAML Core section 1.3.3).
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
