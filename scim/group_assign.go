package scim

import (
	"encoding/json"
	"net/http"

	"sallyport/directory"
)

// readMembers reads the members of a group: a list of {"value": id}, one
// such, or bare ids. Nulls and elements without an id are left out.
func readMembers(v json.RawMessage) ([]string, error) {
	value := groupType.resolve("members.value")
	var ids []string
	err := eachValue(v, func(e json.RawMessage) error {
		id, err := readMember(value, e)
		if err != nil || id == "" {
			return err
		}
		if len(ids) == maxMemberValues {
			return refuse(http.StatusRequestEntityTooLarge, "A request may hold at most %d members. Send them in several.", maxMemberValues)
		}
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// readMember reads the id of one member; value is the attribute that holds it.
func readMember(value *attribute, v json.RawMessage) (id string, err error) {
	if kindOf(v) != '{' {
		return readText(value, v)
	}
	err = eachMember(v, func(name string, v json.RawMessage) (err error) {
		if value.Parent.sub(name) == value {
			id, err = readText(value, v)
		}
		return err
	})
	return id, err
}

// readGroup reads the body of a POST or PUT into a change. Without members in
// the body they don't change; without an externalId it becomes "".
func readGroup(c *call) (change directory.GroupChange, err error) {
	if err := c.checkBody(); err != nil {
		return change, err
	}
	name, external := "", ""
	err = eachMember(c.Body, func(key string, v json.RawMessage) (err error) {
		a := groupType.resolve(key)
		if a == nil {
			return nil
		}
		switch a.Path {
		case "displayName":
			name, err = readText(a, v)
		case "externalId":
			external, err = readText(a, v)
		case "members":
			if !isNull(v) {
				change.Replace = true
				change.Add, err = readMembers(v)
			}
		}
		return err
	})
	if err == nil && name == "" {
		err = bad(invalidValue, "displayName is required.")
	}
	change.DisplayName, change.ExternalID = &name, &external
	return change, err
}
