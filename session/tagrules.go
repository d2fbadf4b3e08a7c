package session

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/saml"
)

// Lengths of session tags, in characters.
const (
	maxTagKey   = 128
	maxTagValue = 256
)

// nameFormats are those that SAML defines (SAML Core section 8.2); an absent
// one is read as unspecified.
var nameFormats = map[string]bool{
	"": true,
	"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified": true,
	"urn:oasis:names:tc:SAML:2.0:attrname-format:uri":         true,
	"urn:oasis:names:tc:SAML:2.0:attrname-format:basic":       true,
}

// brokenAttribute is the rule that an attribute with one value breaks, or "".
func brokenAttribute(a saml.Attribute) string {
	if why := brokenList(a); why != "" {
		return why
	}
	if len(a.Values) > 1 {
		return fmt.Sprintf("there are %d values, and there may be one", len(a.Values))
	}
	return ""
}

// brokenList is the same for an attribute with any number of values.
func brokenList(a saml.Attribute) string {
	switch {
	case a.Structured:
		return "the value is XML, and must be text"
	case a.Repeated:
		return "the attribute is there more than once"
	case !nameFormats[a.NameFormat]:
		return "the NameFormat is none that SAML defines"
	}
	return ""
}

// brokenTag is the rule that a tag breaks, or "".
func brokenTag(key, value string) string {
	switch n := utf8.RuneCountInString(key); {
	case n == 0:
		return "the key is empty"
	case n > maxTagKey:
		return fmt.Sprintf("the key is %d characters long, and may be %d", n, maxTagKey)
	case !tagText(key):
		return "the key has a character that is no letter, digit, space or one of _ . : / = + - @"
	case reserved(key):
		return "keys that begin with aws: are reserved"
	}
	switch n := utf8.RuneCountInString(value); {
	case n > maxTagValue:
		return fmt.Sprintf("the value is %d characters long, and may be %d", n, maxTagValue)
	case !tagText(value):
		return "the value has a character that is no letter, digit, space or one of _ . : / = + - @"
	case reserved(value):
		return "values that begin with aws: are reserved"
	}
	return ""
}

// tagText reports whether s is made of [\p{L}\p{Z}\p{N}_.:/=+\-@] alone.
func tagText(s string) bool {
	for _, r := range s {
		if !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r) {
			return false
		}
	}
	return true
}

// reserved reports the prefix aws: in any case.
func reserved(s string) bool {
	return len(s) >= 4 && strings.EqualFold(s[:4], "aws:")
}

// foldKey is the form under which tag keys are one and the same.
func foldKey(key string) string {
	// ToUpper first: it joins letters, such as ſ and s, that ToLower alone
	// keeps apart.
	return strings.ToLower(strings.ToUpper(key))
}
