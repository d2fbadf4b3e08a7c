package scim

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// maxDepth is how deep JSON may nest: a Bulk of PATCHes with addresses is at 9.
const maxDepth = 32

// checkJSON makes sure that body is one JSON object in UTF-8, so that all that
// walks through it afterwards may rely on its form.
func checkJSON(body []byte) error {
	switch {
	case !utf8.Valid(body):
		return bad(invalidSyntax, "The body is not UTF-8.")
	case depth(body) > maxDepth:
		return bad(invalidSyntax, "The JSON nests deeper than %d.", maxDepth)
	case !json.Valid(body):
		return bad(invalidSyntax, "The body is not JSON.")
	case kindOf(body) != '{':
		return bad(invalidSyntax, "The body must be a JSON object.")
	}
	return nil
}

// depth is how deep braces and brackets nest, whether they match or not.
func depth(body []byte) int {
	deepest, now := 0, 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = endOfString(body, i) - 1
		case '{', '[':
			now++
			deepest = max(deepest, now)
		case '}', ']':
			now--
		}
	}
	return deepest
}

// kindOf is the first byte of a JSON value: one of {["tfn-0..9, or 0 where
// there is none.
func kindOf(v json.RawMessage) byte {
	if i := skipSpace(v, 0); i < len(v) {
		return v[i]
	}
	return 0
}

// isNull reports whether v is null or missing.
func isNull(v json.RawMessage) bool { k := kindOf(v); return k == 0 || k == 'n' }

// eachMember calls do for each member of the object v, in order. A name that
// comes twice, in whatever case, is an error: two readers would take different
// ones. v was checked by checkJSON.
func eachMember(v json.RawMessage, do func(name string, value json.RawMessage) error) error {
	var seen names
	return walkMembers(v, func(name string, value json.RawMessage) error {
		if seen.again(name) {
			return bad(invalidSyntax, "The JSON has %q twice.", clip(name, 100))
		}
		return do(name, value)
	})
}

// walkMembers is eachMember for whom names that come twice don't matter.
func walkMembers(v json.RawMessage, do func(name string, value json.RawMessage) error) error {
	if kindOf(v) != '{' {
		return bad(invalidValue, "An object was expected.")
	}
	i := skipSpace(v, skipSpace(v, 0)+1)
	for i < len(v) && v[i] == '"' {
		end := endOfString(v, i)
		name := unquote(v[i:end])
		from := skipSpace(v, skipSpace(v, end)+1)
		to := endOfValue(v, from)
		if err := do(name, v[from:to:to]); err != nil {
			return err
		}
		i = skipSpace(v, to)
		if i < len(v) && v[i] == ',' {
			i = skipSpace(v, i+1)
		}
	}
	return nil
}

// eachElement calls do for each element of the array v. v was checked by checkJSON.
func eachElement(v json.RawMessage, do func(value json.RawMessage) error) error {
	if kindOf(v) != '[' {
		return bad(invalidValue, "A list was expected.")
	}
	i := skipSpace(v, skipSpace(v, 0)+1)
	for i < len(v) && v[i] != ']' {
		to := endOfValue(v, i)
		if err := do(v[i:to:to]); err != nil {
			return err
		}
		i = skipSpace(v, to)
		if i < len(v) && v[i] == ',' {
			i = skipSpace(v, i+1)
		}
	}
	return nil
}

// names remembers the names of one object.
type names struct {
	few  []string
	many map[string]bool
}

func (n *names) again(name string) bool {
	if n.many != nil {
		name = strings.ToLower(name)
		if n.many[name] {
			return true
		}
		n.many[name] = true
		return false
	}
	for _, s := range n.few {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	n.few = append(n.few, name)
	if len(n.few) > 32 {
		n.many = make(map[string]bool, 64)
		for _, s := range n.few {
			n.many[strings.ToLower(s)] = true
		}
	}
	return false
}

func skipSpace(v []byte, i int) int {
	for i < len(v) && (v[i] == ' ' || v[i] == '\t' || v[i] == '\n' || v[i] == '\r') {
		i++
	}
	return i
}

// endOfString is behind the string that begins at i.
func endOfString(v []byte, i int) int {
	for i++; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(v)
}

// endOfValue is behind the value that begins at i.
func endOfValue(v []byte, i int) int {
	nested := 0
	for i < len(v) {
		switch v[i] {
		case '"':
			i = endOfString(v, i)
		case '{', '[':
			nested++
			i++
			continue
		case '}', ']':
			nested--
			i++
		default:
			j := i
			for j < len(v) && !strings.ContainsRune(",:]}[{\" \t\r\n", rune(v[j])) {
				j++
			}
			i = max(j, i+1) // a comma, colon or space inside of what is nested
		}
		if nested <= 0 {
			return i
		}
	}
	return len(v)
}

// unquote reads a JSON string; what is no character becomes U+FFFD.
func unquote(v json.RawMessage) string {
	if len(v) >= 2 && bytes.IndexByte(v, '\\') < 0 {
		return string(v[1 : len(v)-1])
	}
	var s string
	_ = json.Unmarshal(v, &s) // it was checked before
	return s
}

const hex = "0123456789abcdef"

// appendString writes s as a JSON string.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[done:i]...), "\ufffd"...)
				done = i + 1
			}
			i += size
			continue
		}
		b = append(b, s[done:i]...)
		if c == '"' || c == '\\' {
			b = append(b, '\\', c)
		} else {
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		done = i
	}
	return append(append(b, s[done:]...), '"')
}

// clip cuts s at n bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
