package directory

import "slices"

// Value reads one attribute for access control by its path, such as
// "${path:enterprise.costCenter}". It is false where the path is unknown or u
// has no value there; an empty value is none.
func (u *User) Value(path string) (string, bool) {
	read, ok := sources[path]
	if !ok {
		return "", false
	}
	v := read(u)
	return v, v != ""
}

// Paths are the 23 sources that Value knows, in the order in which a person
// would look for them. Do not change it.
var Paths = []string{
	"${path:userName}",
	"${path:name.familyName}",
	"${path:name.givenName}",
	"${path:displayName}",
	"${path:nickName}",
	"${path:emails[primary eq true].value}",
	`${path:addresses[type eq "work"].streetAddress}`,
	`${path:addresses[type eq "work"].locality}`,
	`${path:addresses[type eq "work"].region}`,
	`${path:addresses[type eq "work"].postalCode}`,
	`${path:addresses[type eq "work"].country}`,
	`${path:addresses[type eq "work"].formatted}`,
	`${path:phoneNumbers[type eq "work"].value}`,
	"${path:userType}",
	"${path:title}",
	"${path:locale}",
	"${path:timezone}",
	"${path:enterprise.employeeNumber}",
	"${path:enterprise.costCenter}",
	"${path:enterprise.organization}",
	"${path:enterprise.division}",
	"${path:enterprise.department}",
	"${path:enterprise.manager.value}",
}

// KnownPath reports whether Value knows the path.
func KnownPath(path string) bool { return slices.Contains(Paths, path) }

var sources = map[string]func(*User) string{
	"${path:userName}":                                func(u *User) string { return u.UserName },
	"${path:name.familyName}":                         func(u *User) string { return u.Profile.Name.FamilyName },
	"${path:name.givenName}":                          func(u *User) string { return u.Profile.Name.GivenName },
	"${path:displayName}":                             func(u *User) string { return u.Profile.DisplayName },
	"${path:nickName}":                                func(u *User) string { return u.Profile.NickName },
	"${path:emails[primary eq true].value}":           primaryEmail,
	`${path:addresses[type eq "work"].streetAddress}`: func(u *User) string { return workAddress(u).StreetAddress },
	`${path:addresses[type eq "work"].locality}`:      func(u *User) string { return workAddress(u).Locality },
	`${path:addresses[type eq "work"].region}`:        func(u *User) string { return workAddress(u).Region },
	`${path:addresses[type eq "work"].postalCode}`:    func(u *User) string { return workAddress(u).PostalCode },
	`${path:addresses[type eq "work"].country}`:       func(u *User) string { return workAddress(u).Country },
	`${path:addresses[type eq "work"].formatted}`:     func(u *User) string { return workAddress(u).Formatted },
	`${path:phoneNumbers[type eq "work"].value}`:      workPhone,
	"${path:userType}":                                func(u *User) string { return u.Profile.UserType },
	"${path:title}":                                   func(u *User) string { return u.Profile.Title },
	"${path:locale}":                                  func(u *User) string { return u.Profile.Locale },
	"${path:timezone}":                                func(u *User) string { return u.Profile.Timezone },
	"${path:enterprise.employeeNumber}":               func(u *User) string { return u.Profile.Enterprise.EmployeeNumber },
	"${path:enterprise.costCenter}":                   func(u *User) string { return u.Profile.Enterprise.CostCenter },
	"${path:enterprise.organization}":                 func(u *User) string { return u.Profile.Enterprise.Organization },
	"${path:enterprise.division}":                     func(u *User) string { return u.Profile.Enterprise.Division },
	"${path:enterprise.department}":                   func(u *User) string { return u.Profile.Enterprise.Department },
	"${path:enterprise.manager.value}":                func(u *User) string { return u.Profile.Enterprise.Manager.Value },
}

func primaryEmail(u *User) string {
	for _, m := range u.Profile.Emails {
		if m.Primary {
			return m.Value
		}
	}
	return ""
}

func workPhone(u *User) string {
	for _, m := range u.Profile.PhoneNumbers {
		if Fold(m.Type) == "work" {
			return m.Value
		}
	}
	return ""
}

func workAddress(u *User) Address {
	for _, a := range u.Profile.Addresses {
		if Fold(a.Type) == "work" {
			return a
		}
	}
	return Address{}
}
