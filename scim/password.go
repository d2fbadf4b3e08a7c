package scim

import (
	"bytes"
	"encoding/json"
	"strings"
)

// removedPassword stands where a password stood.
const removedPassword = `"[removed]"`

// withoutPasswords is body, which checkJSON has found good, with the values of
// all passwords taken out, wherever they stand: as a member of any object, and
// as the value of a PATCH operation whose path is one.
func withoutPasswords(body []byte) []byte {
	if !mayHoldPassword(body) {
		return body
	}
	return appendClean(make([]byte, 0, len(body)), body)
}

// mayHoldPassword looks for the word in any case, and for escapes behind which
// it could hide.
func mayHoldPassword(text []byte) bool {
	if bytes.Contains(text, []byte(`\u`)) {
		return true
	}
	const word = "password"
	for i := 0; i+len(word) <= len(text); i++ {
		if text[i]|0x20 == 'p' && strings.EqualFold(string(text[i:i+len(word)]), word) {
			return true
		}
	}
	return false
}

// appendClean writes v without passwords.
func appendClean(b []byte, v json.RawMessage) []byte {
	switch kindOf(v) {
	case '{':
		return appendCleanObject(b, v)
	case '[':
		b = append(b, '[')
		first := true
		_ = eachElement(v, func(e json.RawMessage) error {
			if !first {
				b = append(b, ',')
			}
			first = false
			b = appendClean(b, e)
			return nil
		})
		return append(b, ']')
	}
	return append(b, v...)
}

func appendCleanObject(b []byte, v json.RawMessage) []byte {
	secret := false
	_ = walkMembers(v, func(name string, value json.RawMessage) error {
		if strings.EqualFold(name, "path") && kindOf(value) == '"' && isPassword(unquote(value)) {
			secret = true
		}
		return nil
	})
	b = append(b, '{')
	first := true
	_ = walkMembers(v, func(name string, value json.RawMessage) error {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(appendString(b, name), ':')
		if isPassword(name) || secret && strings.EqualFold(name, "value") ||
			strings.EqualFold(name, "filter") && mayHoldPassword(value) {
			b = append(b, removedPassword...)
		} else {
			b = appendClean(b, value)
		}
		return nil
	})
	return append(b, '}')
}

// mayHoldPassword reports whether a query says anything of passwords: one that
// was not understood may.
func (q query) mayHoldPassword() bool {
	for name, value := range q {
		if mayHoldPassword([]byte(name)) || mayHoldPassword([]byte(value)) {
			return true
		}
	}
	return q == nil
}

// isPassword reports whether an attribute's name or path is a password's, with its
// schema before it or without.
func isPassword(name string) bool {
	name = strings.TrimSpace(name)
	if i := strings.LastIndexAny(name, ":."); i >= 0 {
		name = name[i+1:]
	}
	return strings.EqualFold(name, "password")
}
