package scim

import (
	"encoding/json"
	"net/http"
	"strings"
)

// operation is one of a PATCH (RFC 7644 section 3.5.2), as it came.
type operation struct {
	Op    string // "add", "remove" or "replace": lower case, whatever came
	Path  string // "" where there was none
	Value json.RawMessage
}

// Most that one PATCH may hold.
const (
	maxOperations   = 1000
	maxMemberValues = 10000
)

// readPatch reads the body of a PATCH: RFC 7644's, with names and ops in any
// case of letters, or SCIM 1.1's, which is the resource itself with what
// changes, and says of each member whether it comes or goes.
func readPatch(c *call) ([]operation, error) {
	if err := c.checkBody(); err != nil {
		return nil, err
	}
	var ops []operation
	found, old := false, false
	err := eachMember(c.Body, func(name string, v json.RawMessage) (err error) {
		switch {
		case strings.EqualFold(name, "operations"):
			found = true
			ops, err = readOperations(v)
		case strings.EqualFold(name, "schemas"):
			old = strings.Contains(string(v), `"urn:scim:schemas:`)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case !found && old:
		return readOldPatch(c.Body)
	case len(ops) == 0:
		return nil, bad(invalidSyntax, "A PATCH needs Operations, a list with at least one.")
	}
	return ops, nil
}

func readOperations(v json.RawMessage) (ops []operation, err error) {
	if kindOf(v) != '[' {
		return nil, bad(invalidSyntax, "Operations must be a list.")
	}
	err = eachValue(v, func(e json.RawMessage) error {
		if len(ops) == maxOperations {
			return refuse(http.StatusRequestEntityTooLarge, "A PATCH may hold at most %d operations. Send them in several.", maxOperations)
		}
		o, err := readOperation(e)
		ops = append(ops, o)
		return err
	})
	return ops, err
}

func readOperation(v json.RawMessage) (o operation, err error) {
	if kindOf(v) != '{' {
		return o, bad(invalidSyntax, "An operation must be an object.")
	}
	err = eachMember(v, func(name string, v json.RawMessage) error {
		switch strings.ToLower(name) {
		case "op":
			if kindOf(v) != '"' {
				return bad(invalidSyntax, "op must be a string.")
			}
			o.Op = strings.ToLower(strings.TrimSpace(unquote(v)))
		case "path":
			if k := kindOf(v); k != '"' && k != 'n' {
				return bad(invalidPath, "path must be a string.")
			} else if k == '"' {
				o.Path = strings.TrimSpace(unquote(v))
			}
		case "value":
			o.Value = v
		}
		return nil
	})
	if err != nil {
		return o, err
	}
	switch o.Op {
	case "add", "remove", "replace":
		return o, nil
	}
	return o, bad(invalidSyntax, "op must be add, remove or replace.")
}

// readOldPatch reads SCIM 1.1's (section 3.3.2 there), as the older connectors
// of OneLogin send it.
func readOldPatch(body json.RawMessage) (ops []operation, err error) {
	err = eachMember(body, func(name string, v json.RawMessage) error {
		switch strings.ToLower(name) {
		case "schemas", "meta", "id":
			return nil
		case "members":
			return eachValue(v, func(e json.RawMessage) error {
				if len(ops) >= maxMemberValues {
					return refuse(http.StatusRequestEntityTooLarge, "A request may hold at most %d members. Send them in several.", maxMemberValues)
				}
				o := operation{Op: "add", Path: "members", Value: e}
				if goes(e) {
					o.Op = "remove"
				}
				ops = append(ops, o)
				return nil
			})
		}
		value := append(appendString([]byte{'{'}, name), ':')
		ops = append(ops, operation{Op: "replace", Value: append(append(value, v...), '}')})
		return nil
	})
	if err == nil && len(ops) == 0 {
		err = bad(invalidSyntax, "This PATCH changes nothing.")
	}
	return ops, err
}

// goes reports whether SCIM 1.1's form of a member says that it is to go.
func goes(member json.RawMessage) bool {
	if kindOf(member) != '{' {
		return false
	}
	deleted := false
	_ = walkMembers(member, func(name string, v json.RawMessage) error {
		if strings.EqualFold(name, "operation") && kindOf(v) == '"' {
			deleted = strings.EqualFold(unquote(v), "delete")
		}
		return nil
	})
	return deleted
}
