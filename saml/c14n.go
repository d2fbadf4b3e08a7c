package saml

import (
	"crypto"
	"slices"
	"strings"
	"sync"
)

// canonicalizer writes Exclusive XML Canonicalization 1.0 without comments.
//
// Nothing's safety rests on it. What it writes is hashed and compared with
// what the identity provider signed, and then read again by the scanner; an
// error here makes a good signature fail and cannot make a bad one pass.
type canonicalizer struct {
	t         *tree
	inclusive []string // InclusiveNamespaces PrefixList; "" stands for #default
	skip      int32    // the Signature that the enveloped-signature transform removes; -1: none
	out       []byte
	rendered  []declaration // on output ancestors, innermost last
	wanted    []declaration // of the present element
	order     []int32       // its attributes, sorted
}

// canonical gives the canonical form of the subtree at apex, with its hash by
// h. A skip of -1 leaves nothing out; an h of 0 hashes nothing. It is false
// where the form would be larger than a document may be: one declaration far
// up can be written again in each of ten thousand elements.
func (t *tree) canonical(apex, skip int32, inclusive []string, h crypto.Hash) (form string, hash []byte, ok bool) {
	n := &t.nodes[apex]
	c := canonicalizers.Get().(*canonicalizer)
	c.t, c.inclusive, c.skip = t, inclusive, skip
	c.out = slices.Grow(c.out[:0], int(n.end-n.start)+256)
	c.rendered = c.rendered[:0]
	if ok = c.write(apex); ok {
		form = string(c.out)
		if h != 0 {
			hash = sum(h, c.out)
		}
	}
	c.t, c.inclusive = nil, nil
	clear(c.rendered[:cap(c.rendered)])
	clear(c.wanted[:cap(c.wanted)])
	if cap(c.out) <= 1<<17 {
		canonicalizers.Put(c)
	}
	return form, hash, ok
}

var canonicalizers = sync.Pool{New: func() any { return new(canonicalizer) }}

// write renders nodes in document order and closes each element when its
// subtree is over. It is false where that grows too large.
func (c *canonicalizer) write(apex int32) bool {
	type open struct {
		node int32
		mark int // length of rendered before the element
	}
	var stack [64]open
	depth := 0
	for i := apex; i < c.t.nodes[apex].next; {
		for depth > 0 && i >= c.t.nodes[stack[depth-1].node].next {
			depth--
			c.endTag(stack[depth].node)
			c.rendered = c.rendered[:stack[depth].mark]
		}
		n := &c.t.nodes[i]
		switch {
		case i == c.skip:
			i = n.next
			continue
		case n.kind == textNode:
			c.text(n)
		default:
			mark := len(c.rendered)
			c.startTag(i)
			stack[depth] = open{i, mark}
			depth++
			if len(c.out) > responseLimits.bytes {
				return false
			}
		}
		i++
	}
	for depth > 0 {
		depth--
		c.endTag(stack[depth].node)
	}
	return len(c.out) <= responseLimits.bytes
}

func (c *canonicalizer) startTag(i int32) {
	n := &c.t.nodes[i]
	c.out = append(c.out, '<')
	c.out = append(c.out, c.t.src[n.name:n.nameEnd]...)
	c.namespaces(i)
	c.order = c.order[:0]
	for k := n.attr; k < n.attrEnd; k++ {
		c.order = append(c.order, k)
	}
	if len(c.order) > 1 {
		slices.SortFunc(c.order, c.compare)
	}
	for _, k := range c.order {
		a := &c.t.attrs[k]
		c.out = append(c.out, ' ')
		c.out = append(c.out, c.t.src[a.name:a.nameEnd]...)
		c.out = append(c.out, '=', '"')
		if a.plain {
			c.out = append(c.out, c.t.src[a.value:a.valueEnd]...)
		} else {
			c.out = appendAttribute(c.out, c.t.attrValue(a))
		}
		c.out = append(c.out, '"')
	}
	c.out = append(c.out, '>')
}

func (c *canonicalizer) endTag(i int32) {
	n := &c.t.nodes[i]
	c.out = append(c.out, '<', '/')
	c.out = append(c.out, c.t.src[n.name:n.nameEnd]...)
	c.out = append(c.out, '>')
}

func (c *canonicalizer) text(n *node) {
	raw := c.t.src[n.start:n.end]
	if n.plain {
		c.out = append(c.out, raw...)
		return
	}
	c.out = appendText(c.out, unescape(raw, false))
}

// namespaces declares what the element visibly uses, and what PrefixList
// names, where no output ancestor has declared the same (section 3 of the
// recommendation).
func (c *canonicalizer) namespaces(i int32) {
	n := &c.t.nodes[i]
	c.wanted = c.wanted[:0]
	c.want(c.t.prefix(n.name, n.colon), n.ns)
	for k := n.attr; k < n.attrEnd; k++ {
		if a := &c.t.attrs[k]; a.colon != a.name {
			c.want(c.t.prefix(a.name, a.colon), a.ns)
		}
	}
	for _, prefix := range c.inclusive {
		if ns, ok := c.t.bound(i, prefix); ok {
			c.want(prefix, ns)
		}
	}
	if len(c.wanted) > 1 {
		slices.SortFunc(c.wanted, func(a, b declaration) int { return strings.Compare(a.prefix, b.prefix) })
	}
	for _, d := range c.wanted {
		c.rendered = append(c.rendered, d)
		c.out = append(c.out, " xmlns"...)
		if d.prefix != "" {
			c.out = append(c.out, ':')
			c.out = append(c.out, d.prefix...)
		}
		c.out = append(c.out, '=', '"')
		c.out = appendAttribute(c.out, c.t.spaces[d.ns])
		c.out = append(c.out, '"')
	}
}

// want notes a declaration unless it is in force already.
func (c *canonicalizer) want(prefix string, ns int32) {
	if prefix == "xml" {
		return
	}
	for _, d := range c.wanted {
		if d.prefix == prefix {
			return
		}
	}
	for k := len(c.rendered) - 1; k >= 0; k-- {
		if c.rendered[k].prefix == prefix {
			if c.rendered[k].ns == ns {
				return
			}
			c.wanted = append(c.wanted, declaration{prefix, ns})
			return
		}
	}
	if prefix == "" && c.t.spaces[ns] == "" {
		return // no default namespace, and none to undo
	}
	c.wanted = append(c.wanted, declaration{prefix, ns})
}

// compare orders attributes by namespace, then by local name.
func (c *canonicalizer) compare(i, j int32) int {
	a, b := &c.t.attrs[i], &c.t.attrs[j]
	if d := strings.Compare(c.t.spaces[a.ns], c.t.spaces[b.ns]); d != 0 {
		return d
	}
	return strings.Compare(c.t.src[a.colon:a.nameEnd], c.t.src[b.colon:b.nameEnd])
}

// appendText escapes as section 2.3 of Canonical XML says for text nodes.
func appendText(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '&':
			out = append(out, "&amp;"...)
		case '<':
			out = append(out, "&lt;"...)
		case '>':
			out = append(out, "&gt;"...)
		case '\r':
			out = append(out, "&#xD;"...)
		default:
			out = append(out, c)
		}
	}
	return out
}

// appendAttribute does so for attribute values.
func appendAttribute(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '&':
			out = append(out, "&amp;"...)
		case '<':
			out = append(out, "&lt;"...)
		case '"':
			out = append(out, "&quot;"...)
		case '\t':
			out = append(out, "&#x9;"...)
		case '\n':
			out = append(out, "&#xA;"...)
		case '\r':
			out = append(out, "&#xD;"...)
		default:
			out = append(out, c)
		}
	}
	return out
}
