package access

import (
	"fmt"
	"slices"
	"strings"
)

// iamPattern is a text of a policy in its parts.
type iamPattern []iamPart

type iamPart struct {
	kind partKind
	text string // of a literal; of a variable: the condition key as it is looked up
}

type partKind int

const (
	partLiteral  partKind = iota
	partAny               // *
	partOne               // ?
	partVariable          // ${key}
)

// globPattern is text with wildcards and nothing else.
func globPattern(text string) iamPattern {
	var p iamPattern
	for _, r := range text {
		p = p.with(r, true)
	}
	return p
}

// parsePattern reads policy variables, and wildcards where wild. Outside of
// wild, * and ? stand for themselves, as in StringEquals.
func parsePattern(text string, wild bool, keys *iamKeys) (iamPattern, error) {
	var p iamPattern
	for text != "" {
		before, rest, found := strings.Cut(text, "${")
		for _, r := range before {
			p = p.with(r, wild)
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("a policy variable in %q has no end", text)
		}
		part, err := parseVariable(name, keys)
		if err != nil {
			return nil, err
		}
		p = append(p, part)
		text = after
	}
	return p, nil
}

func parseVariable(name string, keys *iamKeys) (iamPart, error) {
	if name == "*" || name == "?" || name == "$" {
		return iamPart{partLiteral, name}, nil
	}
	if strings.Contains(name, ",") {
		return iamPart{}, fmt.Errorf("the default value in the policy variable ${%s} is not evaluated here", name)
	}
	key, ok := keys.variable(name)
	if !ok {
		return iamPart{}, fmt.Errorf("the policy variable ${%s} is not evaluated here; only %s are", name, keys.variables())
	}
	return iamPart{partVariable, key}, nil
}

func (p iamPattern) with(r rune, wild bool) iamPattern {
	switch {
	case wild && r == '*':
		return append(p, iamPart{kind: partAny})
	case wild && r == '?':
		return append(p, iamPart{kind: partOne})
	case len(p) > 0 && p[len(p)-1].kind == partLiteral:
		p[len(p)-1].text += string(r)
		return p
	default:
		return append(p, iamPart{partLiteral, string(r)})
	}
}

// resolved puts the request's values in place of variables. What a value
// holds is literal: no wildcard can come in with it. Without a value for one of
// its variables a pattern matches nothing, which is not ok.
func (p iamPattern) resolved(r *iamRequest) (iamPattern, bool) {
	out := slices.Clone(p)
	for i, part := range out {
		if part.kind != partVariable {
			continue
		}
		values := r.values[part.text]
		if len(values) != 1 {
			return nil, false
		}
		out[i] = iamPart{partLiteral, values[0]}
	}
	return out, true
}

func (p iamPattern) has(kind partKind) bool {
	return slices.ContainsFunc(p, func(part iamPart) bool { return part.kind == kind })
}

// literal is the text of a pattern that has no wildcard.
func (p iamPattern) literal() string {
	var b strings.Builder
	for _, part := range p {
		b.WriteString(part.text)
	}
	return b.String()
}

// matches reports whether a resolved pattern covers the whole of text. It
// takes at most len(p) x len(text) steps.
func (p iamPattern) matches(text string) bool {
	type step struct {
		one  bool
		rune rune
		any  bool
	}
	var steps []step
	for _, part := range p {
		switch part.kind {
		case partAny:
			steps = append(steps, step{any: true})
		case partOne:
			steps = append(steps, step{one: true})
		default:
			for _, r := range part.text {
				steps = append(steps, step{rune: r})
			}
		}
	}
	runes := []rune(text)
	at, star, resume := 0, -1, 0
	for i := 0; i < len(runes); {
		switch {
		case at < len(steps) && steps[at].any:
			star, resume = at, i
			at++
		case at < len(steps) && (steps[at].one || steps[at].rune == runes[i]):
			at++
			i++
		case star >= 0:
			resume++
			at, i = star+1, resume
		default:
			return false
		}
	}
	for at < len(steps) && steps[at].any {
		at++
	}
	return at == len(steps)
}
