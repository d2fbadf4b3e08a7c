package scim

import (
	"encoding/json"

	"sallyport/directory"
)

// readMembers reads the members of a group: a list of {"value": id}, one
// such, or bare ids. Nulls and elements without an id are left out.
func readMembers(v json.RawMessage) ([]string, error) {
	value := groupType.resolve("members.value")
	var ids []string
	err := eachValue(v, func(e json.RawMessage) error {
		var id string
		var err error
		if kindOf(e) != '{' {
			id, err = readText(value, e)
		} else {
			err = eachMember(e, func(name string, v json.RawMessage) error {
				if value.Parent.sub(name) != value {
					return nil
				}
				id, err = readText(value, v)
				return err
			})
		}
		if err != nil || id == "" {
			return err
		}
		if len(ids) == maxMemberValues {
			return refuse(413, "A request may hold at most %d members. Send them in several.", maxMemberValues)
		}
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// readGroup reads the body of a POST or PUT into a change: members that are
// not named are nil, an externalId that is not named becomes "".
func readGroup(body json.RawMessage) (c directory.GroupChange, err error) {
	name, external := "", ""
	err = eachMember(body, func(key string, v json.RawMessage) error {
		a := groupType.resolve(key)
		if a == nil {
			return nil
		}
		var err error
		switch a.Path {
		case "displayName":
			name, err = readText(a, v)
		case "externalId":
			external, err = readText(a, v)
		case "members":
			if !isNull(v) {
				c.Replace = true
				c.Add, err = readMembers(v)
			}
		}
		return err
	})
	c.DisplayName, c.ExternalID = &name, &external
	return c, err
}
