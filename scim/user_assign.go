package scim

import (
	"encoding/json"

	"sallyport/directory"
)

// assignAll sets the attributes of u that the object v names, as POST, PUT and
// a pathless PATCH send them: dotted and URN-qualified names are understood,
// unknown and read-only ones ignored.
func assignAll(u *directory.User, v json.RawMessage) error {
	return eachMember(v, func(name string, value json.RawMessage) error {
		a := userType.resolve(name)
		if a == nil {
			return nil
		}
		return assign(u, a, value)
	})
}

// assign gives attribute a of u the value v; null, an empty string and an
// empty list take it away. Of a complex attribute with one value (name,
// manager, the enterprise extension) the sub-attributes that v names change
// and the others stay (RFC 7644 section 3.5.2.3); null takes all away. A
// multi-valued one becomes v as a whole. A sub-attribute of a multi-valued
// one ("emails.value") is none of assign's: it changes nothing. What is read-only is ignored.
func assign(u *directory.User, a *attribute, v json.RawMessage) (err error) {
	if a.ReadOnly {
		return nil
	}
	switch a.Path {
	case "active":
		if isNull(v) {
			return nil // says nothing of whether they may sign in
		}
		var text string
		if text, err = readText(a, v); err == nil && text == "" {
			return bad(invalidValue, "active must be true or false.") // an empty template is no order to shut somebody out
		}
		if err == nil {
			u.Active, err = readBool(a, v)
		}
		return err
	case "emails":
		u.Profile.Emails, err = readValues(a, v)
		return err
	case "phoneNumbers":
		u.Profile.PhoneNumbers, err = readValues(a, v)
		return err
	case "addresses":
		u.Profile.Addresses, err = readAddresses(a, v)
		return err
	case "name":
		if isNull(v) {
			u.Profile.Name = directory.Name{}
			return nil
		}
		return assignSubs(u, a, v)
	case enterpriseName:
		if isNull(v) {
			u.Profile.Enterprise = directory.Enterprise{}
			return nil
		}
		return assignSubs(u, a, v)
	case "enterprise.manager":
		return assignManager(u, a, v)
	}
	field := textField(u, a.Path)
	if field == nil {
		return nil
	}
	*field, err = readText(a, v)
	return err
}

// assignSubs sets the sub-attributes of a that the object v names.
func assignSubs(u *directory.User, a *attribute, v json.RawMessage) error {
	if kindOf(v) == '[' {
		one, err := only(a, v)
		if err != nil || isNull(one) {
			return err
		}
		v = one
	}
	if kindOf(v) != '{' {
		return bad(invalidValue, "%s must be an object.", a.name())
	}
	return eachMember(v, func(name string, value json.RawMessage) error {
		s := a.sub(name)
		if s == nil {
			// "manager.value" inside of the extension.
			if s = userType.resolve(name); s == nil || !s.within(a) {
				return nil
			}
		}
		return assign(u, s, value)
	})
}

// within reports whether a lies below one.
func (a *attribute) within(one *attribute) bool {
	for p := a.Parent; p != nil; p = p.Parent {
		if p == one {
			return true
		}
	}
	return false
}

// assignManager takes {"value": id}, a list of one such, or the bare id. An
// id other than before without a name takes the former manager's name away.
func assignManager(u *directory.User, a *attribute, v json.RawMessage) error {
	m := &u.Profile.Enterprise.Manager
	if kindOf(v) == '[' {
		one, err := only(a, v)
		if err != nil {
			return err
		}
		v = one
	}
	if isNull(v) {
		*m = directory.Manager{}
		return nil
	}
	before := *m
	if kindOf(v) == '{' {
		if err := assignSubs(u, a, v); err != nil {
			return err
		}
	} else {
		id, err := readText(a, v)
		if err != nil {
			return err
		}
		m.Value = id
	}
	if m.Value != before.Value && m.DisplayName == before.DisplayName {
		m.DisplayName = ""
	}
	return nil
}

// textField is the field of u that holds a single-valued attribute of text;
// nil: it is not one.
func textField(u *directory.User, path directory.Attribute) *string {
	p := &u.Profile
	switch path {
	case "userName":
		return &u.UserName
	case "externalId":
		return &u.ExternalID
	case "displayName":
		return &p.DisplayName
	case "nickName":
		return &p.NickName
	case "profileUrl":
		return &p.ProfileURL
	case "title":
		return &p.Title
	case "userType":
		return &p.UserType
	case "preferredLanguage":
		return &p.PreferredLanguage
	case "locale":
		return &p.Locale
	case "timezone":
		return &p.Timezone
	case "name.formatted":
		return &p.Name.Formatted
	case "name.familyName":
		return &p.Name.FamilyName
	case "name.givenName":
		return &p.Name.GivenName
	case "name.middleName":
		return &p.Name.MiddleName
	case "name.honorificPrefix":
		return &p.Name.HonorificPrefix
	case "name.honorificSuffix":
		return &p.Name.HonorificSuffix
	case "enterprise.employeeNumber":
		return &p.Enterprise.EmployeeNumber
	case "enterprise.costCenter":
		return &p.Enterprise.CostCenter
	case "enterprise.organization":
		return &p.Enterprise.Organization
	case "enterprise.division":
		return &p.Enterprise.Division
	case "enterprise.department":
		return &p.Enterprise.Department
	case "enterprise.manager.value":
		return &p.Enterprise.Manager.Value
	case "enterprise.manager.displayName":
		return &p.Enterprise.Manager.DisplayName
	}
	return nil
}
