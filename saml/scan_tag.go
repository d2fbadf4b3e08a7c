package saml

import (
	"strconv"
	"strings"
)

func (s *scanner) endTag(current int32) *Error {
	n := &s.nodes[current]
	name := s.src[n.name:n.nameEnd]
	rest := s.src[s.pos+2:]
	if !strings.HasPrefix(rest, name) {
		return malformed("the end of "+clip(name), "another end tag")
	}
	i := len(name)
	for i < len(rest) && isSpace(rest[i]) {
		i++
	}
	if i >= len(rest) || rest[i] != '>' {
		return malformed("the end of "+clip(name), "another end tag")
	}
	s.pos += 2 + i + 1
	return nil
}

// startTag reads a start tag with its attributes and resolves its names.
func (s *scanner) startTag(parent int32) (empty bool, err *Error) {
	n := node{kind: elementNode, start: int32(s.pos), parent: parent,
		attr: int32(len(s.attrs)), decl: int32(len(s.decls))}
	s.pos++
	if n.name, n.colon, n.nameEnd, err = s.qname(); err != nil {
		return false, err
	}
	for {
		spaced := s.space()
		if s.pos >= len(s.src) {
			return false, malformed("a whole document", "one that ends early")
		}
		c := s.src[s.pos]
		if c == '>' {
			s.pos++
			break
		}
		if c == '/' {
			if s.pos+1 >= len(s.src) || s.src[s.pos+1] != '>' {
				return false, malformed("/>", "/ and something else")
			}
			s.pos += 2
			empty = true
			break
		}
		if !spaced {
			return false, malformed("a space before an attribute", "none")
		}
		if err := s.attribute(&n); err != nil {
			return false, err
		}
	}
	n.attrEnd, n.declEnd = int32(len(s.attrs)), int32(len(s.decls))
	s.scope = append(s.scope, s.decls[n.decl:]...)
	if len(s.scope) > s.lim.inScope {
		return false, s.tooLarge("at most "+strconv.Itoa(s.lim.inScope)+" namespace declarations in scope", "more")
	}
	if err := s.resolve(&n); err != nil {
		return false, err
	}
	s.nodes = append(s.nodes, n)
	return empty, nil
}

// attribute reads one attribute or namespace declaration.
func (s *scanner) attribute(n *node) *Error {
	if len(s.attrs)+len(s.decls) >= s.lim.attrs || len(s.attrs)-int(n.attr)+len(s.decls)-int(n.decl) >= s.lim.attrsElement {
		return s.tooLarge("at most "+strconv.Itoa(s.lim.attrsElement)+" attributes on an element and "+strconv.Itoa(s.lim.attrs)+" in all", "more")
	}
	var a attribute
	var err *Error
	if a.name, a.colon, a.nameEnd, err = s.qname(); err != nil {
		return err
	}
	s.space()
	if s.pos >= len(s.src) || s.src[s.pos] != '=' {
		return malformed("an attribute with a value", "one without")
	}
	s.pos++
	s.space()
	if s.pos >= len(s.src) || s.src[s.pos] != '"' && s.src[s.pos] != '\'' {
		return malformed("an attribute value in quotes", "one without")
	}
	quote := s.src[s.pos]
	s.pos++
	a.value, a.plain = int32(s.pos), true
	for i := s.pos; ; i++ {
		if i >= len(s.src) {
			return malformed("an attribute value that ends", "one that does not")
		}
		c := s.src[i]
		if c == quote {
			a.valueEnd = int32(i)
			s.pos = i + 1
			break
		}
		if valueClass[c] == 0 {
			continue
		}
		switch c {
		case '&':
			k, _, err := reference(s.src[i:])
			if err != nil {
				return err
			}
			i += k - 1
			a.plain = false
		case '\t', '\n', '\r', '"':
			a.plain = false
		case '<':
			return malformed("no < in an attribute value", "one")
		default:
			return forbidden("XML characters", "a control character")
		}
	}
	if int(a.valueEnd-a.value) > s.lim.text {
		return s.tooLarge("attribute values of at most "+strconv.Itoa(s.lim.text)+" bytes", "more")
	}
	return s.keep(n, a)
}

// keep files a as a namespace declaration or as an attribute of n.
func (s *scanner) keep(n *node, a attribute) *Error {
	name := s.src[a.name:a.nameEnd]
	if name == "xmlns" || strings.HasPrefix(name, "xmlns:") {
		return s.declare(n, a, name)
	}
	for i := int(n.attr); i < len(s.attrs); i++ {
		if s.src[s.attrs[i].name:s.attrs[i].nameEnd] == name {
			return malformed("each attribute once", clip(name)+" twice")
		}
	}
	if local := s.src[a.colon:a.nameEnd]; len(local) == 2 && strings.EqualFold(local, "id") && !s.lim.lenient {
		if err := s.id(a, name, local); err != nil {
			return err
		}
	}
	s.attrs = append(s.attrs, a)
	return nil
}

// id holds ID-like attributes to one meaning: no prefix, not empty, unique.
func (s *scanner) id(a attribute, name, local string) *Error {
	value := s.attrValue(&a)
	switch {
	case name != local:
		return &Error{Reason: DuplicateID, Want: "IDs without a prefix", Got: clip(name)}
	case value == "":
		return &Error{Reason: DuplicateID, Want: "IDs that are not empty", Got: "an empty one"}
	case len(s.ids) >= maxIDs:
		return s.tooLarge("at most "+strconv.Itoa(maxIDs)+" IDs", "more")
	}
	for _, id := range s.ids {
		if id == value {
			return &Error{Reason: DuplicateID, Want: "each ID once", Got: clip(value) + " twice"}
		}
	}
	s.ids = append(s.ids, value)
	return nil
}

func (s *scanner) declare(n *node, a attribute, name string) *Error {
	prefix := strings.TrimPrefix(strings.TrimPrefix(name, "xmlns"), ":")
	uri := s.attrValue(&a)
	switch {
	case prefix == "xml" || prefix == "xmlns" || uri == nsXML || uri == nsXMLNS:
		return malformed("reserved prefixes and namespaces left alone", "a declaration of one")
	case prefix != "" && uri == "":
		return malformed("prefixes bound to a namespace", clip(prefix)+" bound to nothing")
	case len(uri) > 4*s.lim.name:
		return s.tooLarge("namespaces of at most "+strconv.Itoa(4*s.lim.name)+" bytes", strconv.Itoa(len(uri)))
	}
	for i := int(n.decl); i < len(s.decls); i++ {
		if s.decls[i].prefix == prefix {
			return malformed("each namespace declaration once", clip(name)+" twice")
		}
	}
	ns, err := s.intern(uri)
	if err != nil {
		return err
	}
	s.decls = append(s.decls, declaration{prefix, ns})
	return nil
}

// intern gives a namespace its number.
func (s *scanner) intern(uri string) (int32, *Error) {
	for i, known := range s.spaces {
		if known == uri {
			return int32(i), nil
		}
	}
	if len(s.spaces) >= s.lim.inScope {
		return 0, s.tooLarge("at most "+strconv.Itoa(s.lim.inScope)+" namespaces", "more")
	}
	s.spaces = append(s.spaces, uri)
	return int32(len(s.spaces) - 1), nil
}

// resolve gives n and its attributes their namespaces.
func (s *scanner) resolve(n *node) *Error {
	var ok bool
	if n.ns, ok = s.lookup(s.prefix(n.name, n.colon)); !ok {
		return malformed("prefixes that are declared", clip(s.src[n.name:n.nameEnd]))
	}
	for i := n.attr; i < n.attrEnd; i++ {
		a := &s.attrs[i]
		if a.colon == a.name {
			continue // no prefix: no namespace
		}
		if a.ns, ok = s.lookup(s.prefix(a.name, a.colon)); !ok {
			return malformed("prefixes that are declared", clip(s.src[a.name:a.nameEnd]))
		}
		for j := n.attr; j < i; j++ {
			b := &s.attrs[j]
			if b.ns == a.ns && s.src[b.colon:b.nameEnd] == s.src[a.colon:a.nameEnd] {
				return malformed("each attribute once", clip(s.src[a.name:a.nameEnd])+" twice under two prefixes")
			}
		}
	}
	return nil
}

func (s *scanner) lookup(prefix string) (int32, bool) {
	for i := len(s.scope) - 1; i >= 0; i-- {
		if s.scope[i].prefix == prefix {
			return s.scope[i].ns, true
		}
	}
	return 0, prefix == ""
}

// qname reads prefix:local in ASCII letters; colon is where local begins.
func (s *scanner) qname() (name, colon, end int32, err *Error) {
	i := s.pos
	start := i
	local := i
	for i < len(s.src) {
		c := s.src[i]
		if nameClass[c] == 0 {
			if c != ':' {
				break
			}
			if local != start {
				return 0, 0, 0, malformed("names with one colon at most", "one with more")
			}
			if i == start {
				return 0, 0, 0, malformed("a name", "one that begins with a colon")
			}
			local = i + 1
		} else if nameClass[c] == 2 && i == local {
			return 0, 0, 0, malformed("a name that begins with a letter", "another")
		}
		i++
	}
	if i == local {
		return 0, 0, 0, malformed("an XML name", "something else")
	}
	if i-start > s.lim.name {
		return 0, 0, 0, s.tooLarge("names of at most "+strconv.Itoa(s.lim.name)+" bytes", strconv.Itoa(i-start))
	}
	s.pos = i
	return int32(start), int32(local), int32(i), nil
}

func (s *scanner) space() bool {
	from := s.pos
	for s.pos < len(s.src) && isSpace(s.src[s.pos]) {
		s.pos++
	}
	return s.pos > from
}
