package scim

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"sallyport/directory"
)

// subject is the attribute that a condition of a filter is about. Without an
// attribute it is one of RFC 7643 that is not kept here: nobody has a value.
type subject struct {
	of   *resourceType
	attr *attribute
}

// unkept are the attributes of a User in RFC 7643 section 4.1 that robots send
// and this directory does not keep.
var unkept = []string{"entitlements", "ims", "photos", "roles", "x509certificates"}

// subjectOf finds the attribute of that name, or the sub-attribute of in.
func subjectOf(of *resourceType, in *subject, written string) (subject, error) {
	if in != nil {
		if in.attr == nil {
			return *in, nil
		}
		if a := in.attr.sub(written); a != nil {
			return subject{of, a}, nil
		}
		return subject{}, errors.New(in.attr.name() + " has no such sub-attribute")
	}
	if a := of.resolve(written); a != nil {
		return subject{of, a}, nil
	}
	bare := strings.TrimPrefix(strings.ToLower(written), strings.ToLower(of.Schema)+":")
	first, _, _ := strings.Cut(bare, ".")
	if of == userType && slices.Contains(unkept, first) {
		return subject{of: of}, nil
	}
	return subject{}, errors.New("there is no attribute of this name")
}

// Filters that hold for everyone and for nobody.
var (
	always = directory.Present{Attr: directory.AttrID}
	never  = directory.Not{Of: always}
)

// present resolves "pr". A complex attribute is present where one of its
// sub-attributes is; an element's type and primary alone are no value.
func (s subject) present() (directory.Expr, error) {
	if s.attr == nil {
		return never, nil
	}
	if s.fixed() != nil {
		return always, nil
	}
	var parts []directory.Expr
	for _, a := range s.leaves() {
		if _, ok := s.of.keeps(a.Path); ok {
			parts = append(parts, directory.Present{Attr: a.Path})
		}
	}
	if len(parts) == 0 {
		return nil, errors.New(s.attr.name() + " cannot be asked for in a filter")
	}
	return oneOf(parts), nil
}

// oneOf holds where one of parts does.
func oneOf(parts []directory.Expr) directory.Expr {
	if len(parts) == 0 {
		return never
	}
	e := parts[0]
	for _, part := range parts[1:] {
		e = directory.Or{Left: e, Right: part}
	}
	return e
}

// leaves are the attributes one of which must be present for s to be.
func (s subject) leaves() []*attribute {
	a := s.attr
	if a.Type != complexType {
		return []*attribute{a}
	}
	if value := a.sub("value"); value != nil {
		return []*attribute{value}
	}
	var all []*attribute
	for _, sub := range a.Sub {
		if a.MultiValued && (sub.Name == "type" || sub.Name == "primary") {
			continue
		}
		all = append(all, subject{s.of, sub}.leaves()...)
	}
	return all
}

// compare resolves an operator with a value.
func (s subject) compare(op directory.Op, v literal) (directory.Expr, error) {
	if v.null {
		return s.compareNull(op)
	}
	if s.attr == nil {
		if op == directory.NE {
			return always, nil
		}
		return never, nil
	}
	if constants := s.fixed(); constants != nil {
		return compareFixed(constants, op, v)
	}
	leaf := s.attr
	if leaf.Type == complexType {
		// emails stands for emails.value, manager for manager.value, and an
		// address for the whole of it.
		if leaf = leaf.sub("value"); leaf == nil && s.attr.Path == "addresses" {
			leaf = s.attr.sub("formatted")
		}
		if leaf == nil {
			return nil, errors.New(s.attr.name() + " has no value of its own; compare one of its sub-attributes")
		}
	}
	kind, ok := s.of.keeps(leaf.Path)
	if !ok {
		return nil, errors.New(leaf.name() + " cannot be asked for in a filter")
	}
	value, err := v.as(kind, op)
	if err != nil {
		return nil, errors.New(leaf.name() + " " + err.Error())
	}
	return directory.Compare{Attr: leaf.Path, Op: op, Value: value}, nil
}

// compareNull: equal to null is what is not present (RFC 7643 section 2.5).
func (s subject) compareNull(op directory.Op) (directory.Expr, error) {
	present, err := s.present()
	switch {
	case err != nil:
		return nil, err
	case op == directory.EQ:
		return directory.Not{Of: present}, nil
	case op == directory.NE:
		return present, nil
	}
	return nil, errors.New("null can be compared by eq and ne only")
}

// element resolves a value path. Of a single-valued attribute it is no more
// than what stands in the brackets.
func (s subject) element(where directory.Expr) directory.Expr {
	switch {
	case s.attr == nil:
		return never
	case s.attr.MultiValued:
		return directory.Element{Attr: s.attr.Path, Where: where}
	}
	return where
}

// constant is a value that is the same in all resources where holds is so.
type constant struct {
	value string
	holds directory.Expr
}

// fixed are the values of the attributes that the directory does not know
// because they follow from the type of the resource; nil: it is none.
func (s subject) fixed() []constant {
	switch s.attr.Path {
	case "meta.resourceType":
		return []constant{{s.of.Name, always}}
	case "schemas":
		all := []constant{{s.of.Schema, always}}
		for _, urn := range s.of.Extensions {
			if present, err := (subject{s.of, s.of.resolve(urn)}).present(); err == nil {
				all = append(all, constant{urn, present})
			}
		}
		return all
	}
	return nil
}

func compareFixed(all []constant, op directory.Op, v literal) (directory.Expr, error) {
	var matches func(s, x string) bool
	switch op {
	case directory.EQ:
		matches = func(s, x string) bool { return s == x }
	case directory.NE:
		matches = func(s, x string) bool { return s != x }
	case directory.CO:
		matches = strings.Contains
	case directory.SW:
		matches = strings.HasPrefix
	case directory.EW:
		matches = strings.HasSuffix
	default:
		return nil, errors.New("this attribute has no order")
	}
	var parts []directory.Expr
	for _, c := range all {
		if matches(strings.ToLower(c.value), strings.ToLower(v.text)) {
			parts = append(parts, c.holds)
		}
	}
	return oneOf(parts), nil
}

// literal is a value as it stands in a filter.
type literal struct {
	text   string // of a string, or the letters of a number or boolean
	quoted bool
	null   bool
}

// literalOf reads the value that t stands for.
func literalOf(t token) (literal, bool) {
	switch {
	case t.kind == stringToken:
		return literal{text: t.text, quoted: true}, true
	case t.isWord("null"):
		return literal{null: true}, true
	case t.isWord("true"), t.isWord("false"):
		return literal{text: strings.ToLower(t.text)}, true
	case t.kind == wordToken && t.text[0] <= '9' && json.Valid([]byte(t.text)):
		return literal{text: t.text}, true
	}
	return literal{}, false
}

// as reads the value for an attribute of that type. Numbers serve as text,
// since some robots know an employee number as one, and booleans may stand in
// quotation marks, as Entra writes them.
func (v literal) as(kind directory.AttributeType, op directory.Op) (directory.Value, error) {
	boolean := v.text == "true" || v.text == "false"
	switch kind {
	case directory.Boolean:
		word := strings.ToLower(v.text)
		if word != "true" && word != "false" {
			return directory.Value{}, errors.New("is true or false")
		}
		if op != directory.EQ && op != directory.NE {
			return directory.Value{}, errors.New("can be compared by eq and ne only")
		}
		return directory.Value{Bool: word == "true"}, nil
	case directory.Instant:
		at, ok := instant(v.text)
		if !ok {
			return directory.Value{}, errors.New(`is a time such as "2026-01-31T08:00:00Z"`)
		}
		if op == directory.CO || op == directory.SW || op == directory.EW {
			return directory.Value{}, errors.New("is a time: it has no parts to look for")
		}
		return directory.Value{Time: at}, nil
	}
	if boolean && !v.quoted {
		return directory.Value{}, errors.New("is compared with a string in quotation marks")
	}
	return directory.Value{Text: v.text}, nil
}

// instant reads xsd:dateTime, whose time zone may be missing.
func instant(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}
