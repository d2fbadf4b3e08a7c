package scim

import (
	"strings"

	"sallyport/directory"
)

// meets reports whether one element of a is what where, from the brackets of a
// path, asks for. It is the same as what the store's Element does to rows.
func (k elementKind[T]) meets(a *attribute, e T, where directory.Expr) bool {
	switch w := where.(type) {
	case directory.And:
		return k.meets(a, e, w.Left) && k.meets(a, e, w.Right)
	case directory.Or:
		return k.meets(a, e, w.Left) || k.meets(a, e, w.Right)
	case directory.Not:
		return !k.meets(a, e, w.Of)
	case directory.Present:
		sub := subOfPath(a, w.Attr)
		return sub != nil && (sub.Type == booleanType || k.read(e, sub) != "")
	case directory.Compare:
		sub := subOfPath(a, w.Attr)
		switch {
		case sub == nil:
			return false
		case sub.Type == booleanType:
			return (*k.primary(&e) == w.Value.Bool) == (w.Op == directory.EQ)
		}
		text, with := k.read(e, sub), w.Value.Text
		if !sub.CaseExact {
			text, with = directory.Fold(text), directory.Fold(with)
		}
		return compareTexts(w.Op, text, with)
	}
	return false
}

func subOfPath(a *attribute, path directory.Attribute) *attribute {
	for _, sub := range a.Sub {
		if sub.Path == path {
			return sub
		}
	}
	return nil
}

// compareTexts compares by bytes. Without a text nothing holds but ne.
func compareTexts(op directory.Op, text, with string) bool {
	if text == "" {
		return op == directory.NE
	}
	switch op {
	case directory.EQ:
		return text == with
	case directory.NE:
		return text != with
	case directory.CO:
		return strings.Contains(text, with)
	case directory.SW:
		return strings.HasPrefix(text, with)
	case directory.EW:
		return strings.HasSuffix(text, with)
	case directory.GT:
		return text > with
	case directory.GE:
		return text >= with
	case directory.LT:
		return text < with
	case directory.LE:
		return text <= with
	}
	return false
}
