package scim

import (
	"errors"
	"strings"

	"sallyport/directory"
)

// path is where an operation of a PATCH aims (RFC 7644 section 3.5.2).
type path struct {
	attr  *attribute     // nil: the whole resource, or one that is not kept here
	whole bool           // the resource itself
	where directory.Expr // which elements of attr; nil: there were no brackets
	sub   *attribute     // of the elements of attr, or nil
}

// parsePath reads a path: "name.familyName", "emails[type eq "work"].value",
// with a schema's URN before it or without, in any case. None, and the core
// schema's URN alone, is the resource. What this server does not keep gives a
// path without an attribute, since robots send more than was asked for. It
// fails with invalidPath for what is no path at all.
func parsePath(text string, of *resourceType) (path, error) {
	if len(text) > maxFilter {
		return path{}, bad(invalidPath, "The path is longer than %d bytes.", maxFilter)
	}
	p := &pathParser{filterParser{lexer: lexer{text: text}, of: of, inMemory: true}}
	found, err := p.whole()
	var s syntaxError
	if errors.As(err, &s) {
		return path{}, bad(invalidPath, "The path is wrong at character %d: %s.", s.character(text), s.what)
	}
	return found, err
}

type pathParser struct{ filterParser }

func (p *pathParser) whole() (path, error) {
	if err := p.step(); err != nil {
		return path{}, err
	}
	if p.now.kind == endToken {
		return path{whole: true}, nil
	}
	if p.now.isWord(p.of.Schema) {
		return path{whole: true}, p.stepToEnd()
	}
	if !isName(p.now) {
		return path{}, p.wrong("expected the name of an attribute")
	}
	s, err := subjectOf(p.of, nil, p.now.text)
	if err != nil {
		s = subject{of: p.of} // not known, not kept
	}
	found := path{attr: s.attr}
	if err := p.step(); err != nil {
		return path{}, err
	}
	if p.now.is("[") {
		return p.brackets(found, s)
	}
	if a := s.attr; a != nil && a.Parent != nil && a.Parent.MultiValued {
		found.attr, found.sub = a.Parent, a
	}
	if p.now.kind != endToken {
		return path{}, p.wrong("expected the end")
	}
	return found, nil
}

// brackets reads what chooses elements and the sub-attribute behind it.
func (p *pathParser) brackets(found path, s subject) (path, error) {
	if s.attr != nil && (s.attr.Type != complexType || !s.attr.MultiValued) {
		return path{}, p.wrong("this attribute has no elements to choose from")
	}
	if err := p.deeper(); err != nil {
		return path{}, err
	}
	where, err := p.or(&s)
	if err != nil {
		return path{}, err
	}
	if err := p.shallower("]"); err != nil {
		return path{}, err
	}
	found.where = where
	if p.now.kind == endToken {
		return found, nil
	}
	written, ok := strings.CutPrefix(p.now.text, ".")
	if !ok || !isName(token{kind: p.now.kind, text: written}) {
		return path{}, p.wrong("expected the end or a sub-attribute such as .value")
	}
	if s.attr != nil {
		if found.sub = s.attr.sub(written); found.sub == nil {
			found.attr = nil // not kept
		}
	}
	return found, p.stepToEnd()
}

// stepToEnd makes sure that nothing follows the present token but blanks.
func (p *pathParser) stepToEnd() error {
	if err := p.step(); err != nil {
		return err
	}
	if p.now.kind != endToken {
		return p.wrong("expected the end")
	}
	return nil
}

// isName reports whether t could be an attribute's name: RFC 7643 section 2.1,
// with what URNs of schemas hold; Microsoft's are addresses.
func isName(t token) bool {
	if t.kind != wordToken || t.text == "" || !isLetter(t.text[0]) && t.text[0] != '$' {
		return false
	}
	for i := range len(t.text) {
		c := t.text[i]
		if !isLetter(c) && (c < '0' || c > '9') && strings.IndexByte("-_.:$/", c) < 0 {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
