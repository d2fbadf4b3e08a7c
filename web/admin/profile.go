package admin

import (
	"strings"

	"sallyport/directory"
	"sallyport/web/ui"
)

// facts are what is known of a person beside the user name.
func facts(u *directory.User) []ui.Fact {
	p := u.Profile
	name := p.DisplayName
	if name == "" {
		name = joined(" ", p.Name.GivenName, p.Name.FamilyName)
	}
	all := []ui.Fact{
		{Name: "Name", Value: name},
		{Name: "Given name", Value: p.Name.GivenName},
		{Name: "Family name", Value: p.Name.FamilyName},
		{Name: "Nickname", Value: p.NickName},
		{Name: "Title", Value: p.Title},
		{Name: "Kind of user", Value: p.UserType},
	}
	for _, m := range p.Emails {
		all = append(all, ui.Fact{Name: "E-mail", Value: withType(m.Value, m.Type, m.Primary)})
	}
	for _, m := range p.PhoneNumbers {
		all = append(all, ui.Fact{Name: "Telephone", Value: withType(m.Value, m.Type, m.Primary)})
	}
	for _, a := range p.Addresses {
		all = append(all, ui.Fact{Name: "Address", Value: withType(addressText(a), a.Type, a.Primary)})
	}
	e := p.Enterprise
	all = append(all,
		ui.Fact{Name: "Employee number", Value: e.EmployeeNumber},
		ui.Fact{Name: "Organisation", Value: e.Organization},
		ui.Fact{Name: "Division", Value: e.Division},
		ui.Fact{Name: "Department", Value: e.Department},
		ui.Fact{Name: "Cost centre", Value: e.CostCenter},
		ui.Fact{Name: "Manager", Value: joined(", ", e.Manager.DisplayName, e.Manager.Value)},
		ui.Fact{Name: "Language", Value: p.PreferredLanguage},
		ui.Fact{Name: "Locale", Value: p.Locale},
		ui.Fact{Name: "Time zone", Value: p.Timezone},
	)
	var known []ui.Fact
	for _, f := range all {
		if f.Value != "" {
			known = append(known, f)
		}
	}
	return known
}

func withType(value, kind string, primary bool) string {
	if value == "" {
		return ""
	}
	if primary {
		kind = joined(", ", kind, "primary")
	}
	if kind == "" {
		return value
	}
	return value + " (" + kind + ")"
}

func addressText(a directory.Address) string {
	if a.Formatted != "" {
		return strings.Join(strings.Fields(a.Formatted), " ")
	}
	return joined(", ", a.StreetAddress, joined(" ", a.PostalCode, a.Locality), a.Region, a.Country)
}

// joined leaves out what is empty.
func joined(between string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, between)
}
