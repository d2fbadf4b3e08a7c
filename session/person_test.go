package session

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/directory"
	"sallyport/saml"
)

func TestSubType(t *testing.T) {
	for format, want := range map[string]string{
		saml.FormatPersistent:   "persistent",
		saml.FormatEmailAddress: saml.FormatEmailAddress,
		saml.FormatUnspecified:  saml.FormatUnspecified,
		"":                      saml.FormatUnspecified,
		"urn:oasis:names:tc:SAML:2.0:nameid-format:kerberos": "kerberos",
		"urn:example:own": "urn:example:own",
	} {
		if got := subType(format); got != want {
			t.Errorf("%q: want %q, got %q", format, want, got)
		}
	}
}

func TestDomainAllowed(t *testing.T) {
	domains := []string{"example.com", "Corp.Example"}
	for nameID, want := range map[string]bool{
		"ann@example.com":             true,
		"Ann@EXAMPLE.com":             true,
		"ann@corp.example":            true,
		"ann@sub.example.com":         false,
		"ann@evilexample.com":         false,
		"ann@example.com.evil.test":   false,
		"ann@example.com@evil.test":   false,
		`"ann@evil.test"@example.com`: true,
		"ann@example.com.":            false,
		"ann@":                        false,
		"ann":                         false,
		"example.com":                 false,
		"ann@example\u212aom":         false,
		"ann@ｅxample.com":             false,
		"":                            false,
	} {
		if got := DomainAllowed(nameID, domains); got != want {
			t.Errorf("%q: want %v, got %v", nameID, want, got)
		}
	}
	// The Kelvin sign is a k to Unicode, and another domain to the DNS.
	if DomainAllowed("ann@\u212aelvin.test", []string{"kelvin.test"}) {
		t.Error("a look-alike domain was taken")
	}
	if !DomainAllowed("whoever", nil) {
		t.Error("no domains must mean any")
	}
}

func TestProfile(t *testing.T) {
	mail := func(address string) []directory.MultiValue {
		return []directory.MultiValue{{Value: address, Type: "work", Primary: true}}
	}
	cases := map[string]struct {
		attributes map[string]string
		want       directory.Profile
	}{
		"nothing said": {want: directory.Profile{Emails: mail("ann@example.com")}},
		"friendly names": {
			attributes: map[string]string{"displayName": "Ann A.", "givenName": "Ann", "sn": "Archer", "mail": "a@example.com"},
			want:       directory.Profile{DisplayName: "Ann A.", Name: directory.Name{GivenName: "Ann", FamilyName: "Archer"}, Emails: mail("a@example.com")},
		},
		"claim URIs": {
			attributes: map[string]string{
				"http://schemas.microsoft.com/identity/claims/displayname":           "Ann A.",
				"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname":    "Ann",
				"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname":      "Archer",
				"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": "a@example.com",
				"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name":         "ann@example.com",
			},
			want: directory.Profile{DisplayName: "Ann A.", Name: directory.Name{GivenName: "Ann", FamilyName: "Archer"}, Emails: mail("a@example.com")},
		},
		"OIDs": {
			attributes: map[string]string{"urn:oid:2.5.4.42": "Ann", "urn:oid:2.5.4.4": "Archer", "urn:oid:0.9.2342.19200300.100.1.3": "a@example.com"},
			want:       directory.Profile{DisplayName: "Ann Archer", Name: directory.Name{GivenName: "Ann", FamilyName: "Archer"}, Emails: mail("a@example.com")},
		},
		"OneLogin": {
			attributes: map[string]string{"User.FirstName": "Ann", "User.LastName": "Archer", "User.email": "a@example.com"},
			want:       directory.Profile{DisplayName: "Ann Archer", Name: directory.Name{GivenName: "Ann", FamilyName: "Archer"}, Emails: mail("a@example.com")},
		},
		"blank and overlong": {
			attributes: map[string]string{"displayName": "  ", "givenName": strings.Repeat("x", 257), "sn": "\n Archer\n"},
			want:       directory.Profile{DisplayName: "Archer", Name: directory.Name{FamilyName: "Archer"}, Emails: mail("ann@example.com")},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var attributes []saml.Attribute
			for n, v := range c.attributes {
				attributes = append(attributes, saml.Attribute{Name: n, Values: []string{v}})
			}
			if diff := cmp.Diff(c.want, profile("ann@example.com", attributes)); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
		})
	}
}
