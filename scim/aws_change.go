package scim

import (
	"encoding/json"
	"strings"
	"unicode"

	"sallyport/directory"
)

// awsUser checks what a POST, PUT or PATCH leaves of a person.
func awsUser(u *directory.User) error {
	p := &u.Profile
	for _, required := range []struct{ name, value string }{
		{"userName", u.UserName},
		{"displayName", p.DisplayName},
		{"name.givenName", p.Name.GivenName},
		{"name.familyName", p.Name.FamilyName},
	} {
		if required.value == "" || strings.ContainsFunc(required.value, notOfAWS) {
			return bad(invalidValue, "1 validation error detected: Value at '%s' failed to satisfy constraint: it must not be empty, nor hold control characters", required.name)
		}
	}
	switch {
	case len(p.Emails) > 1:
		return awsOneValue("emails")
	case len(p.Addresses) > 1:
		return awsOneValue("addresses")
	case len(p.PhoneNumbers) > 1:
		return awsOneValue("phoneNumbers")
	case len(p.Emails) == 1 && !p.Emails[0].Primary:
		return bad(invalidValue, "The one value of emails must be primary.")
	}
	return nil
}

// notOfAWS: the pattern is [\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+.
func notOfAWS(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.S, unicode.N, unicode.P) && !strings.ContainsRune("\t\n\r ", r)
}

// awsGroup checks a new group.
func awsGroup(c directory.GroupChange) error {
	if len(c.Add) > awsMembers {
		return bad(invalidValue, "List attribute members exceeds allowed limit of %d", awsMembers)
	}
	return nil
}

// awsUserPatch checks the operations that a person is to be changed by.
func awsUserPatch(ops []operation) error {
	userNames, actives := 0, 0
	for i, op := range ops {
		aims, err := awsAims(op, userType)
		if err != nil {
			return inOperation(err, i, len(ops))
		}
		for _, a := range aims {
			if a.attr == nil {
				continue
			}
			switch a.attr.Path {
			case directory.AttrUserName:
				userNames++
			case directory.AttrActive:
				actives++
			}
		}
	}
	if userNames > 1 || actives > 1 {
		return bad(invalidValue, "A request may change userName and active once each.")
	}
	return nil
}

// awsAim is one attribute that an operation aims at, with what it is to become.
type awsAim struct {
	path
	value json.RawMessage
}

// awsAims are what op aims at. A remove needs a path, the others need a value,
// and the path must be one that AWS knows.
func awsAims(op operation, of *resourceType) ([]awsAim, error) {
	p, err := parsePath(op.Path, of)
	if err != nil {
		return nil, err
	}
	switch {
	case op.Op == "remove" && p.whole:
		return nil, bad(noTarget, "A remove operation needs a path.")
	case op.Op != "remove" && isNull(op.Value):
		return nil, bad(invalidValue, "An %s operation needs a value.", op.Op)
	case !p.whole:
		return []awsAim{{p, op.Value}}, awsKnown(op.Path, p)
	}
	var aims []awsAim
	err = eachObject(op.Value, func(name string, v json.RawMessage) error {
		if p, err := parsePath(name, of); err == nil {
			aims = append(aims, awsAim{p, v})
		}
		return nil
	})
	return aims, err
}

func awsKnown(written string, p path) error {
	if p.attr == nil && !strings.HasPrefix(strings.ToLower(written), "roles") {
		return bad(invalidPath, "The path names an attribute that is not supported.")
	}
	return nil
}

// awsGroupPatch checks the operations that a group is to be changed by: names
// and at most 100 of its members, but not all of them at once.
func awsGroupPatch(ops []operation) error {
	changed := 0
	for i, op := range ops {
		aims, err := awsAims(op, groupType)
		if err != nil {
			return inOperation(err, i, len(ops))
		}
		for _, a := range aims {
			if a.attr == nil || a.attr.Path != "members" {
				continue
			}
			n, err := awsMemberChanges(op.Op, a)
			if err != nil {
				return inOperation(err, i, len(ops))
			}
			changed += n
		}
	}
	if changed > awsMembers {
		return bad(invalidValue, "A request may change at most %d members.", awsMembers)
	}
	return nil
}

// awsMemberChanges is how many members an operation names.
func awsMemberChanges(op string, a awsAim) (int, error) {
	if a.where != nil {
		ids, _ := chosenByValue(a.where, nil)
		return len(ids), nil
	}
	ids, err := readMembers(a.value)
	switch {
	case err != nil:
		return 0, err
	case op == "replace":
		return 0, bad(invalidValue, "Members cannot be replaced as a whole; add and remove them.")
	case len(ids) == 0:
		return 0, bad(invalidValue, "The list of members is empty.")
	}
	return len(ids), nil
}
