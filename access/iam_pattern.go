package access

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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
	if !p.has(partVariable) {
		return p, true
	}
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
	at, star, i, resume := 0, -1, 0, 0
	for at < len(p) || i < len(text) {
		if at < len(p) && p[at].kind == partAny {
			star, resume = at, i
			at++
			continue
		}
		if at < len(p) {
			if n := p[at].covers(text[i:]); n >= 0 {
				at, i = at+1, i+n
				continue
			}
		}
		if star < 0 || resume == len(text) {
			return false
		}
		// The star takes one character more, or all up to the next place that fits.
		_, size := utf8.DecodeRuneInString(text[resume:])
		resume += size
		if at = star + 1; at < len(p) && p[at].kind == partLiteral {
			skipped := strings.Index(text[resume:], p[at].text)
			if skipped < 0 {
				return false
			}
			resume += skipped
		}
		i = resume
	}
	return true
}

// covers gives how many bytes at the beginning of text a literal or a ? takes;
// below zero: it does not fit.
func (part iamPart) covers(text string) int {
	switch {
	case part.kind == partOne && text != "":
		_, size := utf8.DecodeRuneInString(text)
		return size
	case part.kind == partLiteral && strings.HasPrefix(text, part.text):
		return len(part.text)
	}
	return -1
}
