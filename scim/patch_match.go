package scim

import (
	"strings"

	"sallyport/directory"
)

// meets reports whether one element of a is what where, from the brackets of a
// path, asks for. It is the same as what the store's Element does to rows.
func (k elementKind[T]) meets(w *work, a *attribute, e T, where directory.Expr) bool {
	switch c := where.(type) {
	case directory.And:
		return k.meets(w, a, e, c.Left) && k.meets(w, a, e, c.Right)
	case directory.Or:
		return k.meets(w, a, e, c.Left) || k.meets(w, a, e, c.Right)
	case directory.Not:
		return !k.meets(w, a, e, c.Of)
	case directory.Present:
		sub := subOfPath(a, c.Attr)
		return sub != nil && (sub.Type == booleanType || k.read(e, sub) != "")
	case directory.Compare:
		sub := subOfPath(a, c.Attr)
		switch {
		case sub == nil:
			return false
		case sub.Type == booleanType:
			return (*k.primary(&e) == c.Value.Bool) == (c.Op == directory.EQ)
		}
		text, with := k.read(e, sub), c.Value.Text
		if !sub.CaseExact {
			text, with = w.fold(text), w.fold(with)
		}
		return compareTexts(c.Op, text, with)
	}
	return false
}

// comparisons is how many meets makes of one element.
func comparisons(where directory.Expr) int {
	switch c := where.(type) {
	case nil:
		return 0
	case directory.And:
		return comparisons(c.Left) + comparisons(c.Right)
	case directory.Or:
		return comparisons(c.Left) + comparisons(c.Right)
	case directory.Not:
		return comparisons(c.Of)
	}
	return 1
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
