package directory

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/fault"
)

// Bounds of what a record may hold.
const (
	maxText     = 1000     // bytes of one value, as it is and folded
	maxElements = 100      // of one multi-valued attribute
	maxTexts    = 64 << 10 // bytes of all values of one person
)

// checkUser keeps to what every way in must: a userName that somebody can
// have, texts that both engines store and that indexes take, and not more of
// them than is good. kept is their size before a change: who was too large
// already may stay so, or nobody could deactivate them.
func checkUser(u *User, kept int) error {
	if strings.TrimSpace(u.UserName) == "" {
		return fault.New(fault.Invalid, "A person needs a userName.")
	}
	if strings.ContainsFunc(u.UserName, unicode.IsControl) {
		return fault.New(fault.Invalid, "The userName must not hold control characters.")
	}
	p := &u.Profile
	for _, many := range []struct {
		name string
		n    int
	}{{"emails", len(p.Emails)}, {"phoneNumbers", len(p.PhoneNumbers)}, {"addresses", len(p.Addresses)}} {
		if many.n > maxElements {
			return fault.New(fault.Invalid, fmt.Sprintf("A person takes up to %d values of %s.", maxElements, many.name))
		}
	}
	var err error
	u.texts(func(name, value string) bool {
		err = checkText(name, value)
		return err == nil
	})
	if err == nil && u.size() > max(maxTexts, kept) {
		err = fault.New(fault.Invalid, fmt.Sprintf("All values of a person together are longer than %d KiB. Send less of emails, phoneNumbers and addresses.", maxTexts>>10))
	}
	return err
}

// size is that of all texts together, in bytes.
func (u *User) size() int {
	sum := 0
	u.texts(func(_, value string) bool {
		sum += len(value)
		return true
	})
	return sum
}

// checkGroupName does so for a group.
func checkGroupName(displayName string) error {
	if strings.TrimSpace(displayName) == "" {
		return fault.New(fault.Invalid, "A group needs a displayName.")
	}
	if strings.ContainsFunc(displayName, unicode.IsControl) {
		return fault.New(fault.Invalid, "The displayName of a group must not hold control characters.")
	}
	return checkText("displayName", displayName)
}

func checkText(name, value string) error {
	switch {
	case !utf8.ValidString(value) || strings.ContainsRune(value, 0):
		return fault.New(fault.Invalid, "The value of "+name+" holds characters that cannot be stored.")
	case len(value) > maxText || len(Fold(value)) > maxText:
		return fault.New(fault.Invalid, fmt.Sprintf("The value of %s is longer than %d bytes.", name, maxText))
	}
	return nil
}

// texts are all that u holds, by the names of SCIM, until yield is false.
func (u *User) texts(yield func(name, value string) bool) bool {
	p := &u.Profile
	for _, t := range [...]struct{ name, value string }{
		{"userName", u.UserName}, {"externalId", u.ExternalID},
		{"displayName", p.DisplayName}, {"nickName", p.NickName}, {"profileUrl", p.ProfileURL}, {"title", p.Title},
		{"userType", p.UserType}, {"preferredLanguage", p.PreferredLanguage}, {"locale", p.Locale}, {"timezone", p.Timezone},
		{"name.formatted", p.Name.Formatted}, {"name.familyName", p.Name.FamilyName}, {"name.givenName", p.Name.GivenName},
		{"name.middleName", p.Name.MiddleName}, {"name.honorificPrefix", p.Name.HonorificPrefix},
		{"name.honorificSuffix", p.Name.HonorificSuffix},
		{"employeeNumber", p.Enterprise.EmployeeNumber}, {"costCenter", p.Enterprise.CostCenter},
		{"organization", p.Enterprise.Organization}, {"division", p.Enterprise.Division},
		{"department", p.Enterprise.Department},
		{"manager.value", p.Enterprise.Manager.Value}, {"manager.displayName", p.Enterprise.Manager.DisplayName},
	} {
		if !yield(t.name, t.value) {
			return false
		}
	}
	for _, e := range p.Emails {
		if !e.texts("emails", yield) {
			return false
		}
	}
	for _, n := range p.PhoneNumbers {
		if !n.texts("phoneNumbers", yield) {
			return false
		}
	}
	for _, a := range p.Addresses {
		if !a.texts(yield) {
			return false
		}
	}
	return true
}

func (m *MultiValue) texts(of string, yield func(name, value string) bool) bool {
	return yield(of+".value", m.Value) && yield(of+".type", m.Type) && yield(of+".display", m.Display)
}

func (a *Address) texts(yield func(name, value string) bool) bool {
	return yield("addresses.formatted", a.Formatted) && yield("addresses.streetAddress", a.StreetAddress) &&
		yield("addresses.locality", a.Locality) && yield("addresses.region", a.Region) &&
		yield("addresses.postalCode", a.PostalCode) && yield("addresses.country", a.Country) &&
		yield("addresses.type", a.Type)
}
