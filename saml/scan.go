package saml

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// limits bound what one document may cost before anything is believed of it.
type limits struct {
	bytes        int
	depth        int
	elements     int
	attrs        int  // on all elements, namespace declarations included
	attrsElement int  // on one element
	name         int  // bytes of one qualified name
	text         int  // bytes of one text node outside CipherValue
	inScope      int  // namespace declarations in scope at one place; distinct namespace names
	lenient      bool // metadata: a byte order mark, comments and IDs as they come
}

// responseLimits let 4000 group values with type declarations pass, and
// nothing nested or repeated a thousand times. A document at a limit costs a
// few milliseconds, because every step is linear in it.
var responseLimits = limits{
	bytes: 1 << 20, depth: 32, elements: 10_000, attrs: 20_000, attrsElement: 32,
	name: 256, text: 64 << 10, inScope: 256,
}

// maxIDs is how many ID-like attributes a message may hold. Real ones hold
// fewer than ten; the bound keeps their comparison linear.
const maxIDs = 64

const (
	elementNode = iota
	textNode
)

// node is an element or a run of text. Nodes stand in document order; next is
// the index of the first node behind the subtree.
type node struct {
	kind          uint8
	plain         bool  // text: canonical as it stands, nothing to unescape
	start, end    int32 // bytes: the text, or the element with both tags
	name          int32 // element: offset of the qualified name
	colon         int32 // offset of the local name
	nameEnd       int32
	ns            int32 // index into tree.spaces
	parent        int32 // -1: root
	next          int32
	attr, attrEnd int32 // into tree.attrs
	decl, declEnd int32 // into tree.decls
}

// attribute is one attribute that is no namespace declaration.
type attribute struct {
	name, colon, nameEnd int32
	value, valueEnd      int32
	ns                   int32
	plain                bool // value has no references and no white space to normalise
}

// declaration binds a prefix ("" for the default) to a namespace.
type declaration struct {
	prefix string
	ns     int32
}

// binding is a declaration spelled out.
type binding struct{ prefix, space string }

// tree is a scanned document: well-formed, namespace-correct, free of
// everything that XML readers disagree about, and within its limits. It is
// read-only, and everything read from it is a part of src.
type tree struct {
	src    string
	nodes  []node
	attrs  []attribute
	decls  []declaration
	outer  []declaration // in scope around the root: that of a decrypted fragment
	spaces []string
	owner  *scanner
}

const (
	nsXML   = "http://www.w3.org/XML/1998/namespace"
	nsXMLNS = "http://www.w3.org/2000/xmlns/"
)

// scan reads a document of exactly one element. It knows the subset of XML
// that SAML messages are made of: no document type, no processing
// instructions, no comments, no CDATA, UTF-8 alone, ASCII names. What it
// refuses is a superset of what encoding/xml and the round-trip validator
// refuse; a differential fuzz test holds it to that.
//
// outer are bindings around a decrypted fragment; nil for a document.
func scan(src string, lim *limits, outer []binding) (*tree, *Error) {
	s := scanners.Get().(*scanner)
	s.reset(src, lim)
	if err := s.document(outer); err != nil {
		s.release()
		return nil, err
	}
	return &s.tree, nil
}

// scanners keep the lists of documents that are over. Only lists are used
// again: strings are parts of a document's own src, which nobody changes.
var scanners = sync.Pool{New: func() any { s := new(scanner); s.tree.owner = s; return s }}

func (s *scanner) reset(src string, lim *limits) {
	s.lim, s.pos = lim, 0
	s.src = src
	s.nodes, s.attrs, s.decls, s.outer = s.nodes[:0], s.attrs[:0], s.decls[:0], s.outer[:0]
	s.spaces, s.scope, s.ids = s.spaces[:0], s.scope[:0], s.ids[:0]
}

// release gives the lists of a document back. Nothing may read it afterwards;
// what was read from it before stays good.
func (t *tree) release() {
	if s := t.owner; s != nil && cap(s.nodes) <= 1<<14 {
		s.src = ""
		clear(s.spaces)
		clear(s.ids)
		clear(s.scope[:cap(s.scope)])
		clear(s.decls)
		scanners.Put(s)
	}
}

type scanner struct {
	tree
	lim   *limits
	pos   int
	scope []declaration // declarations in scope, innermost last
	ids   []string
}

func (s *scanner) document(outer []binding) *Error {
	if len(s.src) > s.lim.bytes {
		return s.tooLarge("a document of at most "+strconv.Itoa(s.lim.bytes)+" bytes", strconv.Itoa(len(s.src))+" bytes")
	}
	if s.lim.lenient {
		s.src = strings.TrimPrefix(s.src, "\ufeff")
	}
	if !utf8.ValidString(s.src) {
		return forbidden("UTF-8", "bytes that are not UTF-8")
	}
	if strings.Contains(s.src, "\uffff") || strings.Contains(s.src, "\ufffe") {
		return forbidden("XML characters", "U+FFFE or U+FFFF")
	}
	tags := strings.Count(s.src, "<")
	s.nodes = slices.Grow(s.nodes, min(tags+tags/2+2, 2*s.lim.elements))
	s.attrs = slices.Grow(s.attrs, min(tags/2, s.lim.attrs))
	s.spaces = append(s.spaces, "", nsXML)
	s.scope = append(s.scope, declaration{"xml", 1})
	for _, b := range outer {
		ns, err := s.intern(b.space)
		if err != nil {
			return err
		}
		s.outer = append(s.outer, declaration{b.prefix, ns})
	}
	s.scope = append(s.scope, s.outer...)
	if err := s.declaration(); err != nil {
		return err
	}
	if err := s.misc(); err != nil {
		return err
	}
	if s.pos >= len(s.src) {
		return malformed("one XML element", "nothing")
	}
	if err := s.content(); err != nil {
		return err
	}
	if err := s.misc(); err != nil {
		return err
	}
	if s.pos < len(s.src) {
		return malformed("nothing behind the root element", "more content")
	}
	return nil
}

// declaration accepts <?xml version="1.0" encoding="UTF-8" standalone="..."?>
// at the very start.
func (s *scanner) declaration() *Error {
	if !strings.HasPrefix(s.src, "<?xml") {
		return nil
	}
	end := strings.Index(s.src, "?>")
	if end < 0 || end > 200 || len(s.src) < 6 || !isSpace(s.src[5]) {
		return forbidden("no processing instruction", "one")
	}
	rest := s.src[5:end]
	for i, want := range [...]string{"version", "encoding", "standalone"} {
		trimmed := strings.TrimLeft(rest, " \t\r\n")
		value, after, ok := pseudoAttribute(trimmed, want)
		if !ok || len(trimmed) == len(rest) {
			if i == 0 {
				return malformed("an XML declaration with a version", "none")
			}
			continue
		}
		rest = after
		switch {
		case i == 0 && value != "1.0":
			return forbidden("XML 1.0", "version "+clip(value))
		case i == 1 && !strings.EqualFold(value, "utf-8"):
			return forbidden("the encoding UTF-8", clip(value))
		case i == 2 && value != "yes" && value != "no":
			return malformed("a plain XML declaration", "standalone "+clip(value))
		}
	}
	if strings.TrimLeft(rest, " \t\r\n") != "" {
		return malformed("a plain XML declaration", "something else")
	}
	s.pos = end + 2
	return nil
}

func pseudoAttribute(s, name string) (value, rest string, ok bool) {
	rest, ok = strings.CutPrefix(s, name)
	if !ok {
		return "", s, false
	}
	rest, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t\r\n"), "=")
	rest = strings.TrimLeft(rest, " \t\r\n")
	if !ok || rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return "", s, false
	}
	end := strings.IndexByte(rest[1:], rest[0])
	if end < 0 {
		return "", s, false
	}
	return rest[1 : 1+end], rest[2+end:], true
}

// misc passes over white space outside the root.
func (s *scanner) misc() *Error {
	for s.pos < len(s.src) {
		switch c := s.src[s.pos]; {
		case isSpace(c):
			s.pos++
		case c != '<':
			return malformed("nothing but white space around the root element", "text")
		case s.pos+1 < len(s.src) && (s.src[s.pos+1] == '!' || s.src[s.pos+1] == '?'):
			if err := s.markup(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// markup passes over a comment where comments are allowed, and refuses
// everything else that begins with "<!" or "<?".
func (s *scanner) markup() *Error {
	rest := s.src[s.pos:]
	switch {
	case strings.HasPrefix(rest, "<!--"):
		if !s.lim.lenient {
			return forbidden("no comment", "one")
		}
		end := strings.Index(rest[4:], "--")
		if end < 0 || !strings.HasPrefix(rest[4+end:], "-->") {
			return malformed("a comment that ends", "one that does not")
		}
		s.pos += 4 + end + 3
		return nil
	case strings.HasPrefix(rest, "<![CDATA["):
		return forbidden("no CDATA section", "one")
	case strings.HasPrefix(rest, "<!"):
		return forbidden("no document type", "a DOCTYPE or another declaration")
	}
	return forbidden("no processing instruction", "one")
}

// content reads the root element and everything in it, without recursion.
func (s *scanner) content() *Error {
	current, depth, elements := int32(-1), 0, 0
	for {
		// s.src[s.pos] == '<'
		if s.pos+1 >= len(s.src) {
			return malformed("a whole document", "one that ends early")
		}
		switch c := s.src[s.pos+1]; {
		case c == '/':
			if current < 0 {
				return malformed("a start tag", "an end tag")
			}
			if err := s.endTag(current); err != nil {
				return err
			}
			n := &s.nodes[current]
			s.scope = s.scope[:len(s.scope)-int(n.declEnd-n.decl)]
			n.end, n.next = int32(s.pos), int32(len(s.nodes))
			current = n.parent
			depth--
		case c == '!' || c == '?':
			if err := s.markup(); err != nil {
				return err
			}
		default:
			if elements++; elements > s.lim.elements {
				return s.tooLarge("at most "+strconv.Itoa(s.lim.elements)+" elements", "more")
			}
			if depth++; depth > s.lim.depth {
				return s.tooLarge("elements at most "+strconv.Itoa(s.lim.depth)+" deep", "deeper")
			}
			empty, err := s.startTag(current)
			if err != nil {
				return err
			}
			i := int32(len(s.nodes) - 1)
			if empty {
				n := &s.nodes[i]
				s.scope = s.scope[:len(s.scope)-int(n.declEnd-n.decl)]
				n.end, n.next = int32(s.pos), i+1
				depth--
			} else {
				current = i
			}
		}
		if current < 0 {
			return nil
		}
		if err := s.text(current); err != nil {
			return err
		}
	}
}

// text reads up to the next '<' and stands there.
func (s *scanner) text(parent int32) *Error {
	start := s.pos
	rel := strings.IndexByte(s.src[start:], '<')
	if rel < 0 {
		return malformed("a whole document", "one that ends early")
	}
	if rel == 0 {
		return nil
	}
	run := s.src[start : start+rel]
	if rel > s.lim.text && !s.is(parent, nsXMLEnc, "CipherValue") {
		return s.tooLarge("text of at most "+strconv.Itoa(s.lim.text)+" bytes in one element", strconv.Itoa(rel))
	}
	plain := true
	for i := 0; i < len(run); i++ {
		if c := run[i]; textClass[c] != 0 {
			switch {
			case c == '&':
				n, _, err := reference(run[i:])
				if err != nil {
					return err
				}
				i += n - 1
				plain = false
			case c == '>':
				if i >= 2 && run[i-1] == ']' && run[i-2] == ']' {
					return malformed("no ]]> in text", "one")
				}
				plain = false
			case c == '\r':
				plain = false
			default:
				return forbidden("XML characters", "a control character")
			}
		}
	}
	s.nodes = append(s.nodes, node{kind: textNode, plain: plain, start: int32(start), end: int32(start + rel),
		parent: parent, next: int32(len(s.nodes) + 1)})
	s.pos += rel
	return nil
}

func (s *scanner) tooLarge(want, got string) *Error {
	return &Error{Reason: TooLarge, Want: want, Got: got}
}

func malformed(want, got string) *Error { return &Error{Reason: Malformed, Want: want, Got: got} }
func forbidden(want, got string) *Error { return &Error{Reason: ForbiddenXML, Want: want, Got: got} }

// clip bounds what a stranger sent before it is shown.
func clip(s string) string {
	const most = 200
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
