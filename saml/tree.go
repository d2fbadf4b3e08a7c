package saml

import (
	"strings"
	"unicode/utf8"
)

// Character classes of the scanner.
var (
	textClass  [256]uint8 // not plain: & > \r and control characters
	valueClass [256]uint8 // in attribute values: & < " white space and control characters
	nameClass  [256]uint8 // 1: begins and continues a name; 2: continues one
)

func init() {
	for c := range 0x20 {
		textClass[c], valueClass[c] = 1, 1
	}
	textClass['\t'], textClass['\n'] = 0, 0
	for _, c := range "&>" {
		textClass[c] = 1
	}
	for _, c := range "&<\"" {
		valueClass[c] = 1
	}
	for c := 'a'; c <= 'z'; c++ {
		nameClass[c], nameClass[c-'a'+'A'] = 1, 1
	}
	nameClass['_'] = 1
	for _, c := range "0123456789-." {
		nameClass[c] = 2
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// reference reads a reference at the start of s: its length and what it
// stands for.
func reference(s string) (n int, r rune, err *Error) {
	end := strings.IndexByte(s[:min(len(s), 12)], ';')
	if end < 2 {
		return 0, 0, malformed("a reference that ends", "one that does not")
	}
	switch name := s[1:end]; name {
	case "amp":
		r = '&'
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "quot":
		r = '"'
	case "apos":
		r = '\''
	default:
		if name[0] != '#' {
			return 0, 0, malformed("the five references of XML", "another entity")
		}
		if r = codePoint(name[1:]); r < 0 {
			return 0, 0, forbidden("references to XML characters", "another number")
		}
	}
	return end + 1, r, nil
}

// codePoint reads "65" or "x41"; -1 where it is no XML character.
func codePoint(s string) rune {
	base, digits := rune(10), s
	if strings.HasPrefix(s, "x") {
		base, digits = 16, s[1:]
	}
	if digits == "" {
		return -1
	}
	var r rune
	for i := range len(digits) {
		var d rune
		switch c := digits[i]; {
		case c >= '0' && c <= '9':
			d = rune(c - '0')
		case base == 16 && c >= 'a' && c <= 'f':
			d = rune(c-'a') + 10
		case base == 16 && c >= 'A' && c <= 'F':
			d = rune(c-'A') + 10
		default:
			return -1
		}
		if r = r*base + d; r > utf8.MaxRune {
			return -1
		}
	}
	switch {
	case r == '\t' || r == '\n' || r == '\r':
	case r < 0x20, r >= 0xD800 && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF:
		return -1
	}
	return r
}

// root is the index of the root element.
const root = int32(0)

func (t *tree) prefix(name, colon int32) string {
	if colon == name {
		return ""
	}
	return t.src[name : colon-1]
}

func (t *tree) local(i int32) string { return t.src[t.nodes[i].colon:t.nodes[i].nameEnd] }
func (t *tree) space(i int32) string { return t.spaces[t.nodes[i].ns] }

// is reports whether node i is the element {space}local.
func (t *tree) is(i int32, space, local string) bool {
	n := &t.nodes[i]
	return n.kind == elementNode && t.src[n.colon:n.nameEnd] == local && t.spaces[n.ns] == space
}

// first is the first child of i, text included; -1 where there is none.
func (t *tree) first(i int32) int32 {
	if t.nodes[i].next > i+1 {
		return i + 1
	}
	return -1
}

// after is the next sibling of i, text included; -1 where there is none.
func (t *tree) after(i int32) int32 {
	n := &t.nodes[i]
	if n.parent >= 0 && n.next < t.nodes[n.parent].next {
		return n.next
	}
	return -1
}

// elements gives the child elements of i in order.
func (t *tree) elements(i int32) func(yield func(int32) bool) {
	return func(yield func(int32) bool) {
		for c := t.first(i); c >= 0; c = t.after(c) {
			if t.nodes[c].kind == elementNode && !yield(c) {
				return
			}
		}
	}
}

// child is the only child element {space}local of i; -1 where there is none,
// -2 where there are several.
func (t *tree) child(i int32, space, local string) int32 {
	found := int32(-1)
	for c := t.first(i); c >= 0; c = t.after(c) {
		if t.is(c, space, local) {
			if found >= 0 {
				return -2
			}
			found = c
		}
	}
	return found
}

// attr is the value of the attribute of i that has this name and no
// namespace.
func (t *tree) attr(i int32, local string) (string, bool) {
	n := &t.nodes[i]
	for k := n.attr; k < n.attrEnd; k++ {
		a := &t.attrs[k]
		if a.colon == a.name && t.src[a.name:a.nameEnd] == local {
			return t.attrValue(a), true
		}
	}
	return "", false
}

// attrNS is the value of the attribute {space}local of i.
func (t *tree) attrNS(i int32, space, local string) (string, bool) {
	n := &t.nodes[i]
	for k := n.attr; k < n.attrEnd; k++ {
		a := &t.attrs[k]
		if a.colon != a.name && t.spaces[a.ns] == space && t.src[a.colon:a.nameEnd] == local {
			return t.attrValue(a), true
		}
	}
	return "", false
}

// text is the text of an element that holds nothing else; false where it
// holds elements.
func (t *tree) text(i int32) (string, bool) {
	n := &t.nodes[i]
	if n.next == i+1 {
		return "", true
	}
	if n.next == i+2 && t.nodes[i+1].kind == textNode {
		return t.run(i + 1), true
	}
	var b strings.Builder
	for c := i + 1; c < n.next; c++ {
		if t.nodes[c].kind != textNode {
			return "", false
		}
		b.WriteString(t.run(c))
	}
	return b.String(), true
}

// blank reports whether element i holds no text but white space between its
// elements.
func (t *tree) blank(i int32) bool {
	for c := t.first(i); c >= 0; c = t.after(c) {
		if n := &t.nodes[c]; n.kind == textNode && strings.TrimLeft(t.src[n.start:n.end], " \t\r\n") != "" {
			return false
		}
	}
	return true
}

// run is the text of a text node: references read, line ends normalised
// (XML 1.0 section 2.11).
func (t *tree) run(i int32) string {
	n := &t.nodes[i]
	raw := t.src[n.start:n.end]
	if n.plain {
		return raw
	}
	return unescape(raw, false)
}

// attrValue is an attribute's value, normalised (XML 1.0 section 3.3.3).
func (t *tree) attrValue(a *attribute) string {
	raw := t.src[a.value:a.valueEnd]
	if a.plain {
		return raw
	}
	return unescape(raw, true)
}

func unescape(raw string, attribute bool) string {
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '&':
			n, r, _ := reference(raw[i:]) // checked when it was scanned
			b.WriteRune(r)
			i += n - 1
		case c == '\r':
			if i+1 < len(raw) && raw[i+1] == '\n' {
				i++
			}
			if attribute {
				b.WriteByte(' ')
			} else {
				b.WriteByte('\n')
			}
		case attribute && (c == '\n' || c == '\t'):
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// bound finds what prefix stands for at node i.
func (t *tree) bound(i int32, prefix string) (int32, bool) {
	for ; i >= 0; i = t.nodes[i].parent {
		n := &t.nodes[i]
		for k := n.decl; k < n.declEnd; k++ {
			if t.decls[k].prefix == prefix {
				return t.decls[k].ns, true
			}
		}
	}
	for k := len(t.outer) - 1; k >= 0; k-- {
		if t.outer[k].prefix == prefix {
			return t.outer[k].ns, true
		}
	}
	return 0, false
}
