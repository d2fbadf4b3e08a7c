package scim

import "strings"

// projection is what "attributes" and "excludedAttributes" leave of a
// resource (RFC 7644 section 3.9). nil leaves all.
type projection struct {
	only   *bits // nil: all
	except bits
}

// bits is a set of attributes of one resource type.
type bits [2]uint64

func (b *bits) set(a *attribute)      { b[a.bit/64] |= 1 << (a.bit % 64) }
func (b *bits) has(a *attribute) bool { return b[a.bit/64]&(1<<(a.bit%64)) != 0 }

// has reports whether a is shown. Of a complex attribute some
// sub-attributes may be left out.
func (p *projection) has(a *attribute) bool {
	if p == nil || a.Always {
		return true
	}
	return (p.only == nil || p.only.has(a)) && !p.except.has(a)
}

// without is p and a left out.
func (p *projection) without(a *attribute) *projection {
	if p == nil {
		p = &projection{}
	}
	less := *p
	less.leaveOut(a)
	return &less
}

func (p *projection) leaveOut(a *attribute) {
	p.except.set(a)
	for _, s := range a.Sub {
		p.leaveOut(s)
	}
}

func (p *projection) take(a *attribute) {
	p.only.set(a)
	for _, s := range a.Sub {
		p.take(s)
	}
}

// readProjection reads the two parameters. Names that are unknown show
// nothing and hide nothing.
func readProjection(of *resourceType, q query) (*projection, error) {
	return newProjection(of, splitNames(q["attributes"]), splitNames(q["excludedattributes"]))
}

func newProjection(of *resourceType, attributes, excluded []string) (*projection, error) {
	if len(attributes) == 0 && len(excluded) == 0 {
		return nil, nil
	}
	if len(attributes)+len(excluded) > 200 {
		return nil, bad(invalidValue, "attributes and excludedAttributes name more than 200 attributes.")
	}
	p := &projection{}
	if len(attributes) > 0 {
		p.only = &bits{}
	}
	for _, name := range attributes {
		a := of.resolve(name)
		if a == nil {
			continue
		}
		p.take(a)
		for up := a.Parent; up != nil; up = up.Parent {
			p.only.set(up)
		}
	}
	for _, name := range excluded {
		if a := of.resolve(name); a != nil {
			p.leaveOut(a)
		}
	}
	return p, nil
}

func splitNames(list string) []string {
	if list == "" {
		return nil
	}
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
