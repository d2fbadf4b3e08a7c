package session

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
)

// maxNameID is how long a NameID may be, in characters (SAML Core section
// 8.3.7 says so of persistent ones; no e-mail address is longer).
const maxNameID = 256

// newUser is the person that a first sign-in makes.
func newUser(p *idp.Provider, a *saml.Assertion, now time.Time) *directory.User {
	return &directory.User{
		ID:           newID(),
		UserName:     a.NameID().Value,
		Active:       true,
		Source:       directory.FromSignIn,
		IDP:          p.Slug,
		Profile:      profile(a.NameID().Value, a.Attributes()),
		CreatedAt:    now,
		UpdatedAt:    now,
		LastSignInAt: now,
	}
}

// Well-known attribute names, lower case, best first. The identity provider's
// friendly names, the claim URIs of Entra and AD FS, and the X.500 OIDs.
var (
	displayNames = []string{"displayname", "http://schemas.microsoft.com/identity/claims/displayname", "urn:oid:2.16.840.1.113730.3.1.241", "urn:oid:2.5.4.3", "cn", "http://schemas.xmlsoap.org/claims/commonname", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"}
	givenNames   = []string{"givenname", "firstname", "user.firstname", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname", "urn:oid:2.5.4.42"}
	familyNames  = []string{"sn", "surname", "lastname", "user.lastname", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname", "urn:oid:2.5.4.4"}
	mails        = []string{"mail", "email", "user.email", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "urn:oid:0.9.2342.19200300.100.1.3"}
)

// profile reads what an assertion says about a person. It is for showing and
// for session tags, never for finding out who somebody is.
func profile(nameID string, attributes []saml.Attribute) directory.Profile {
	said := map[string]string{}
	for _, a := range attributes {
		name := strings.ToLower(a.Name)
		if _, ok := said[name]; ok || len(a.Values) == 0 {
			continue
		}
		if v := strings.TrimSpace(a.Values[0]); v != "" && utf8.RuneCountInString(v) <= maxNameID {
			said[name] = clip(v, maxNameID)
		}
	}
	p := directory.Profile{
		DisplayName: first(said, displayNames),
		Name:        directory.Name{GivenName: first(said, givenNames), FamilyName: first(said, familyNames)},
	}
	if p.DisplayName == "" {
		p.DisplayName = strings.TrimSpace(p.Name.GivenName + " " + p.Name.FamilyName)
	}
	mail := first(said, mails)
	if mail == "" && strings.Contains(nameID, "@") {
		mail = nameID
	}
	if mail != "" {
		p.Emails = []directory.MultiValue{{Value: mail, Type: "work", Primary: true}}
	}
	return p
}

func first(said map[string]string, names []string) string {
	for _, name := range names {
		if v := said[name]; v != "" {
			return v
		}
	}
	return ""
}

// subType is a NameID's format as AWS derives saml:sub_type: a SAML 2.0 one
// without its prefix, any other in full.
func subType(format string) string {
	if format == "" {
		format = saml.FormatUnspecified
	}
	return strings.TrimPrefix(format, "urn:oasis:names:tc:SAML:2.0:nameid-format:")
}

// DomainAllowed reports whether a connection of these e-mail domains may speak
// for nameID. No domains: it may for any.
func DomainAllowed(nameID string, domains []string) bool {
	if len(domains) == 0 {
		return true
	}
	at := strings.LastIndexByte(nameID, '@')
	if at < 0 {
		return false
	}
	domain := lowerASCII(nameID[at+1:])
	return slices.ContainsFunc(domains, func(d string) bool { return lowerASCII(d) == domain })
}

// lowerASCII leaves every letter beyond ASCII alone: Unicode's case rules
// turn look-alikes, such as the Kelvin sign, into the letters of another domain.
func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
