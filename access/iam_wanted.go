package access

import (
	"slices"
	"time"

	"github.com/cedar-policy/cedar-go/types"
)

// wantedTexts are the texts that a part of a statement wants. Cedar has no ?,
// and would compare each value with each pattern anew: of a pattern the texts
// are wanted that the request has and that it covers.
type wantedTexts []types.Value

func (w *wantedTexts) set() types.Set { return types.NewSet(*w...) }

func (w *wantedTexts) text(s string) { *w = append(*w, types.String(s)) }

// add wants what a resolved pattern covers, of texts those that it does.
func (w *wantedTexts) add(p iamPattern, texts []string) {
	if !p.has(partAny) && !p.has(partOne) {
		w.text(p.literal())
		return
	}
	for _, text := range texts {
		if p.matches(text) {
			w.text(text)
		}
	}
}

// form is that in which values are compared.
func (o iamOperator) form() types.String {
	if o.fold {
		return "folded"
	}
	return "texts"
}

// wantedBy gives the texts that a condition wants, worked out once for all
// actions of a request; not ok: one of its variables has no value.
func (r *iamRequest) wantedBy(c *iamCondition) (types.Set, bool) {
	known, found := r.wanted[c]
	if !found {
		known.set, known.ok = c.wanted(r)
		r.wanted[c] = known
	}
	return known.set, known.ok
}

func (c *iamCondition) wanted(r *iamRequest) (types.Set, bool) {
	var wanted wantedTexts
	values := r.values[c.key]
	if c.operator.test != testText {
		for _, text := range values {
			if c.holdsFor(text) {
				wanted.text(text)
			}
		}
		return wanted.set(), true
	}
	for _, w := range c.wants {
		p, ok := w.pattern.resolved(r)
		switch {
		case !ok:
			return types.Set{}, false
		case c.operator.fold:
			wanted.text(iamFold(p.literal()))
		default:
			wanted.add(p, values)
		}
	}
	return wanted.set(), true
}

// holdsFor compares a value with those wanted that are no text. A value that
// is not of the operator's kind is like none.
func (c *iamCondition) holdsFor(text string) bool {
	switch c.operator.test {
	case testBool:
		is, ok := parseIAMBool(text)
		return ok && slices.ContainsFunc(c.wants, func(w iamWant) bool { return w.is == is })
	case testDate:
		at, ok := parseIAMTime(text)
		return ok && slices.ContainsFunc(c.wants, func(w iamWant) bool { return inOrder(c.operator.compare, at, w.instant) })
	case testNetwork:
		address, ok := parseIAMAddress(text)
		return ok && slices.ContainsFunc(c.wants, func(w iamWant) bool { return w.network.Contains(address) })
	}
	return false
}

func inOrder(compare string, got, want time.Time) bool {
	switch order := got.Compare(want); compare {
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	default:
		return order == 0
	}
}
