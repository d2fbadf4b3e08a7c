package access

import (
	"strconv"
	"strings"
)

// The words of explanations: what a statement wants and what a request has.

// says is the condition with want and got.
func (c *iamCondition) says(r *iamRequest) string {
	wants := make([]string, 0, len(c.wants))
	for _, w := range c.wants {
		wants = append(wants, w.shown(r))
	}
	return "its condition " + c.operator.name + " " + c.name + " wants " + alternatives(wants) + " and got " + r.got(c.key)
}

// shown is the wanted text, and what it comes to where it has a variable.
func (w iamWant) shown(r *iamRequest) string {
	if !w.pattern.has(partVariable) {
		return iamQuoted(w.text)
	}
	return iamQuoted(w.text) + " (" + w.pattern.shown(r) + ")"
}

// shown is the pattern as the request makes it.
func (p iamPattern) shown(r *iamRequest) string {
	resolved, ok := p.resolved(r)
	if !ok {
		return "which has no value"
	}
	var b strings.Builder
	for _, part := range resolved {
		switch part.kind {
		case partAny:
			b.WriteByte('*')
		case partOne:
			b.WriteByte('?')
		default:
			b.WriteString(part.text)
		}
	}
	return iamQuoted(b.String())
}

// got is what a request has under a key.
func (r *iamRequest) got(key string) string {
	values := r.values[key]
	if len(values) == 0 {
		return "nothing"
	}
	shown := make([]string, 0, len(values))
	for _, v := range values {
		shown = append(shown, iamQuoted(v))
	}
	return strings.Join(shortened(shown, ""), ", ")
}

func shownPatterns(all []iamPattern, r *iamRequest) string {
	shown := make([]string, 0, len(all))
	for _, p := range all {
		shown = append(shown, p.shown(r))
	}
	return alternatives(shown)
}

func shownTexts(all []string) string {
	shown := make([]string, 0, len(all))
	for _, s := range all {
		shown = append(shown, iamQuoted(s))
	}
	return alternatives(shown)
}

// alternatives joins what is wanted.
func alternatives(all []string) string { return strings.Join(shortened(all, "one of "), " or ") }

// shortened is of a long list the first few, and how many more there are.
func shortened(all []string, before string) []string {
	if len(all) <= mostShown {
		return all
	}
	return append(all[:mostShown:mostShown], before+strconv.Itoa(len(all)-mostShown)+" more")
}

// iamQuoted is a text in quotes, cut where it is long.
func iamQuoted(s string) string {
	const most = 200
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most]) + "…"
	}
	return strconv.Quote(s)
}
