package scim

import (
	"encoding/json"
	"slices"

	"sallyport/directory"
)

// maxElements is how many e-mail addresses, phone numbers or postal addresses
// one person may have.
const maxElements = 100

// elementKind is what patchElements must know of one kind of element.
type elementKind[T comparable] struct {
	readAll func(*attribute, json.RawMessage) ([]T, error)
	assign  func(*T, *attribute, json.RawMessage) error
	primary func(*T) *bool
	empty   func(T) bool               // says nothing but its type
	same    func(w *work, a, b T) bool // one element, though a says less than b or other than b
	read    func(T, *attribute) string // a sub-attribute of text
	bare    string                     // the sub-attribute that a bare string stands for
}

var valueElements = elementKind[directory.MultiValue]{
	readAll: readValues,
	assign:  assignValue,
	primary: func(m *directory.MultiValue) *bool { return &m.Primary },
	empty:   func(m directory.MultiValue) bool { return m.Value == "" },
	same: func(w *work, a, b directory.MultiValue) bool {
		return (a.Value == b.Value || w.fold(a.Value) == w.fold(b.Value)) && w.sameType(a.Type, b.Type)
	},
	read: func(m directory.MultiValue, sub *attribute) string {
		switch sub.Name {
		case "value":
			return m.Value
		case "type":
			return m.Type
		}
		return m.Display
	},
	bare: "value",
}

var addressElements = elementKind[directory.Address]{
	readAll: readAddresses,
	assign:  assignAddress,
	primary: func(m *directory.Address) *bool { return &m.Primary },
	empty: func(m directory.Address) bool {
		return m == directory.Address{Type: m.Type, Primary: m.Primary}
	},
	same: func(w *work, a, b directory.Address) bool {
		return a == directory.Address{
			Formatted: b.Formatted, StreetAddress: b.StreetAddress, Locality: b.Locality, Region: b.Region,
			PostalCode: b.PostalCode, Country: b.Country, Type: a.Type, Primary: a.Primary,
		} && w.sameType(a.Type, b.Type)
	},
	read: func(m directory.Address, sub *attribute) string {
		if field := addressField(&m, sub.Name); field != nil {
			return *field
		}
		return ""
	},
	bare: "formatted",
}

// patchElements does one operation to the elements of a multi-valued
// attribute.
//
// Brackets that no element meets make the element that they describe, where
// they are no more than equalities of its type, display or primary: Entra sets
// emails[type eq "work"].value of a person without any. Where they are more,
// there is noTarget. A sub-attribute without brackets is that of the primary
// element, or else of the first. When an element becomes primary, no other
// stays so.
func patchElements[T comparable](w *work, list *[]T, kind elementKind[T], p path, op string, v json.RawMessage) error {
	var err error
	switch {
	case p.where == nil && p.sub == nil:
		*list, err = kind.whole(w, *list, p, op, v)
	case op == "remove":
		err = kind.remove(w, list, p)
	default:
		err = kind.set(w, list, p, op, v)
	}
	if err == nil && len(*list) > maxElements {
		return bad(invalidValue, "%s may hold at most %d values.", p.attr.name(), maxElements)
	}
	return err
}

// whole does an operation to all elements. A remove with values takes these
// away and no others, as Entra means it.
func (k elementKind[T]) whole(w *work, list []T, p path, op string, v json.RawMessage) ([]T, error) {
	if op == "remove" && isNull(v) {
		return nil, nil
	}
	values, err := k.readAll(p.attr, v)
	if err != nil || op == "replace" {
		return values, err
	}
	if len(values) > maxElements {
		return list, bad(invalidValue, "%s may hold at most %d values.", p.attr.name(), maxElements)
	}
	for _, value := range values {
		if err := w.spend(1 + len(list)); err != nil {
			return nil, err
		}
		same := func(e T) bool { return k.same(w, value, e) }
		if op == "remove" {
			list = slices.DeleteFunc(list, same)
			continue
		}
		at := slices.IndexFunc(list, same)
		switch {
		case at < 0:
			list = append(list, value)
			at = len(list) - 1
		default:
			k.merge(p.attr, &list[at], value)
		}
		k.onlyPrimary(list, at)
	}
	return list, nil
}

// merge gives e what value says beyond it.
func (k elementKind[T]) merge(a *attribute, e *T, value T) {
	for _, sub := range a.Sub {
		if sub.Type != textType {
			continue
		}
		if said := k.read(value, sub); said != "" {
			// A string is always taken for an attribute of text.
			_ = k.assign(e, sub, appendString(nil, said))
		}
	}
	if *k.primary(&value) {
		*k.primary(e) = true
	}
}

// onlyPrimary takes primary from all but the element at, if that one is. One
// that says nothing yet, and may never, takes it from nobody.
func (k elementKind[T]) onlyPrimary(list []T, at int) {
	if !*k.primary(&list[at]) || k.empty(list[at]) {
		return
	}
	for i := range list {
		*k.primary(&list[i]) = i == at
	}
}

// chosen are the elements that p aims at.
func (k elementKind[T]) chosen(w *work, list []T, p path) (found []int, err error) {
	if err := w.spend(1 + len(list)*comparisons(p.where)); err != nil {
		return nil, err
	}
	if p.where == nil {
		if len(list) == 0 {
			return nil, nil
		}
		at := slices.IndexFunc(list, func(e T) bool { return *k.primary(&e) })
		return []int{max(at, 0)}, nil
	}
	for i := range list {
		if k.meets(w, p.attr, list[i], p.where) {
			found = append(found, i)
		}
	}
	return found, nil
}

func (k elementKind[T]) remove(w *work, list *[]T, p path) error {
	chosen, err := k.chosen(w, *list, p)
	if err != nil {
		return err
	}
	if p.sub == nil {
		for _, at := range slices.Backward(chosen) {
			*list = slices.Delete(*list, at, at+1)
		}
		return nil
	}
	for _, at := range chosen {
		if err := k.assign(&(*list)[at], p.sub, nil); err != nil {
			return err
		}
	}
	return nil
}

// set adds to or replaces the elements that p aims at, or makes one.
func (k elementKind[T]) set(w *work, list *[]T, p path, op string, v json.RawMessage) error {
	chosen, err := k.chosen(w, *list, p)
	if err != nil {
		return err
	}
	described, plain := k.described(p)
	if len(chosen) == 0 {
		if !plain {
			return bad(noTarget, "No value of %s is what the path describes.", p.attr.name())
		}
		if len(*list) >= maxElements {
			return bad(invalidValue, "%s may hold at most %d values.", p.attr.name(), maxElements)
		}
		*list = append(*list, described)
		chosen = []int{len(*list) - 1}
	}
	// The value is read for each; who becomes primary takes that from all.
	if err := w.spend(len(chosen) * (1 + len(v)/64)); err != nil {
		return err
	}
	for _, at := range chosen {
		e := &(*list)[at]
		if op == "replace" && p.sub == nil {
			// What the value does not say is gone, but not what it was found by.
			*e = described
		}
		if err := k.give(e, p, v); err != nil {
			return err
		}
		if *k.primary(e) {
			if err := w.spend(len(*list)); err != nil {
				return err
			}
		}
		k.onlyPrimary(*list, at)
	}
	return nil
}

// give sets one sub-attribute of e, or all that v names.
func (k elementKind[T]) give(e *T, p path, v json.RawMessage) error {
	if p.sub != nil {
		return k.assign(e, p.sub, v)
	}
	if kindOf(v) == '[' {
		one, err := only(p.attr, v)
		if err != nil {
			return err
		}
		v = one
	}
	if kindOf(v) != '{' {
		return k.assign(e, p.attr.sub(k.bare), v)
	}
	return eachMember(v, func(name string, value json.RawMessage) error {
		if sub := p.attr.sub(name); sub != nil {
			return k.assign(e, sub, value)
		}
		return nil
	})
}

// described makes the element that the brackets of p describe; false where
// they say more than that.
func (k elementKind[T]) described(p path) (e T, plain bool) {
	if p.where == nil {
		return e, true
	}
	plain = eachEquality(p.where, func(c directory.Compare) bool {
		for _, sub := range p.attr.Sub {
			if sub.Path != c.Attr || sub.Name == k.bare {
				continue
			}
			if sub.Type == booleanType {
				*k.primary(&e) = c.Value.Bool
				return true
			}
			return k.assign(&e, sub, appendString(nil, c.Value.Text)) == nil
		}
		return false
	})
	if !plain {
		var none T
		return none, false
	}
	return e, true
}

// eachEquality calls do for each comparison of e; false where e is more than
// equalities joined by and, or where do gives false.
func eachEquality(e directory.Expr, do func(directory.Compare) bool) bool {
	switch e := e.(type) {
	case directory.And:
		return eachEquality(e.Left, do) && eachEquality(e.Right, do)
	case directory.Compare:
		return e.Op == directory.EQ && do(e)
	}
	return false
}
