package scim

import (
	"bytes"
	"encoding/json"
	"strings"

	"sallyport/directory"
)

// readText reads a single value of text: a string, or a number or boolean by
// its letters, or a list of one, as older robots send PATCHes, also in
// Entra's form of [{"value": ...}]; null and an empty list are "". What a
// resource is known by must be plain.
func readText(a *attribute, v json.RawMessage) (string, error) {
	switch kindOf(v) {
	case '"':
		s := unquote(v)
		if strings.IndexByte(s, 0) >= 0 || halfCharacter(v, s) {
			return "", bad(invalidValue, "%s holds a NUL or half a character.", a.name())
		}
		return s, nil
	case 0, 'n':
		return "", nil
	case '{':
		return "", bad(invalidValue, "%s must be a string, not an object.", a.name())
	case '[':
		one, err := only(a, v)
		switch kind := kindOf(one); {
		case err != nil, kind == '[', a.Required && kind != '{':
			return "", bad(invalidValue, "%s must be one string, not a list.", a.name())
		case kind == '{':
			return readWrapped(a, one)
		}
		return readText(a, one)
	}
	return strings.TrimSpace(string(v)), nil
}

// readWrapped reads {"value": "x"}.
func readWrapped(a *attribute, v json.RawMessage) (text string, err error) {
	found := false
	err = eachMember(v, func(name string, v json.RawMessage) (err error) {
		if strings.EqualFold(name, "value") && kindOf(v) != '[' {
			found = true
			text, err = readText(a, v)
		}
		return err
	})
	if err == nil && !found {
		err = bad(invalidValue, "%s must be one string, not a list.", a.name())
	}
	return text, err
}

// halfCharacter reports whether s became U+FFFD somewhere because v, its JSON,
// has one half of a surrogate pair.
func halfCharacter(v json.RawMessage, s string) bool {
	return bytes.IndexByte(v, '\\') >= 0 && strings.ContainsRune(s, '\ufffd') &&
		!bytes.Contains(v, []byte("\ufffd")) && !bytes.Contains(bytes.ToLower(v), []byte(`\ufffd`))
}

// readBool reads true and false, as strings in any case too; null is false.
func readBool(a *attribute, v json.RawMessage) (bool, error) {
	s, err := readText(a, v)
	if err != nil {
		return false, err
	}
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true":
		return true, nil
	case "false", "":
		return false, nil
	}
	return false, bad(invalidValue, "%s must be true or false.", a.name())
}

// only is the single element of the list v, nil of an empty one.
func only(a *attribute, v json.RawMessage) (one json.RawMessage, err error) {
	n := 0
	err = eachElement(v, func(e json.RawMessage) error {
		one = e
		n++
		return nil
	})
	if err == nil && n > 1 {
		err = bad(invalidValue, "%s has one value, not a list.", a.name())
	}
	return one, err
}

// eachValue calls do for each value of a multi-valued attribute: a list, or
// one that stands for itself. Nulls are left out.
func eachValue(v json.RawMessage, do func(json.RawMessage) error) error {
	switch kindOf(v) {
	case 0, 'n':
		return nil
	case '[':
		return eachElement(v, func(e json.RawMessage) error {
			if isNull(e) {
				return nil
			}
			return do(e)
		})
	}
	return do(v)
}

// readValues reads emails or phoneNumbers: a list, one object, or a bare
// string for its value. Elements without a value are left out: robots send
// them for what a person lacks. At most one stays primary, the last.
func readValues(a *attribute, v json.RawMessage) ([]directory.MultiValue, error) {
	var list []directory.MultiValue
	err := eachValue(v, func(e json.RawMessage) error {
		m, err := readValue(a, e)
		if err == nil && m.Value != "" {
			list = append(list, m)
		}
		return err
	})
	return onePrimary(list, func(m *directory.MultiValue) *bool { return &m.Primary }), err
}

// readValue reads one element of emails or phoneNumbers.
func readValue(a *attribute, v json.RawMessage) (directory.MultiValue, error) {
	var m directory.MultiValue
	if kindOf(v) != '{' {
		s, err := readBare(a, v)
		return directory.MultiValue{Value: s}, err
	}
	err := eachMember(v, func(name string, value json.RawMessage) error {
		if s := a.sub(name); s != nil {
			return assignValue(&m, s, value)
		}
		return nil
	})
	return m, err
}

// readBare reads an element of a multi-valued attribute that is a string.
func readBare(a *attribute, v json.RawMessage) (string, error) {
	if kindOf(v) != '"' {
		return "", bad(invalidValue, "The elements of %s must be objects.", a.name())
	}
	return readText(a, v)
}

// assignValue sets one sub-attribute of an element of emails or phoneNumbers.
func assignValue(m *directory.MultiValue, sub *attribute, v json.RawMessage) (err error) {
	switch sub.Name {
	case "value":
		m.Value, err = readText(sub, v)
	case "type":
		m.Type, err = readText(sub, v)
	case "display":
		m.Display, err = readText(sub, v)
	case "primary":
		m.Primary, err = readBool(sub, v)
	}
	return err
}

// readAddresses reads addresses: a list, one object, or a bare string for the
// formatted one. Elements that say nothing but type and primary are left out.
func readAddresses(a *attribute, v json.RawMessage) ([]directory.Address, error) {
	var list []directory.Address
	err := eachValue(v, func(e json.RawMessage) error {
		m, err := readAddress(a, e)
		if err == nil && m != (directory.Address{Type: m.Type, Primary: m.Primary}) {
			list = append(list, m)
		}
		return err
	})
	return onePrimary(list, func(m *directory.Address) *bool { return &m.Primary }), err
}

// readAddress reads one element of addresses.
func readAddress(a *attribute, v json.RawMessage) (directory.Address, error) {
	var m directory.Address
	if kindOf(v) != '{' {
		s, err := readBare(a, v)
		return directory.Address{Formatted: s}, err
	}
	err := eachMember(v, func(name string, value json.RawMessage) error {
		if s := a.sub(name); s != nil {
			return assignAddress(&m, s, value)
		}
		return nil
	})
	return m, err
}

// assignAddress sets one sub-attribute of an element of addresses.
func assignAddress(m *directory.Address, sub *attribute, v json.RawMessage) (err error) {
	if sub.Name == "primary" {
		m.Primary, err = readBool(sub, v)
		return err
	}
	field := addressField(m, sub.Name)
	if field == nil {
		return nil
	}
	*field, err = readText(sub, v)
	return err
}

// addressField is the text of a sub-attribute of an address; nil: none such.
func addressField(m *directory.Address, name string) *string {
	switch name {
	case "formatted":
		return &m.Formatted
	case "streetAddress":
		return &m.StreetAddress
	case "locality":
		return &m.Locality
	case "region":
		return &m.Region
	case "postalCode":
		return &m.PostalCode
	case "country":
		return &m.Country
	case "type":
		return &m.Type
	}
	return nil
}

// onePrimary leaves the last primary one of list so (RFC 7643 section 2.4).
func onePrimary[T any](list []T, primary func(*T) *bool) []T {
	found := false
	for i := len(list) - 1; i >= 0; i-- {
		p := primary(&list[i])
		if *p && found {
			*p = false
		}
		found = found || *p
	}
	return list
}

// name is how a is named to people: "emails.value".
func (a *attribute) name() string {
	if a.Parent == nil || a.Parent.Name == enterpriseSchema {
		return a.Name
	}
	return a.Parent.name() + "." + a.Name
}
