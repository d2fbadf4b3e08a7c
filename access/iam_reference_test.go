package access_test

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// This is a second evaluator of IAM documents, as naive as it can be, which
// shares nothing with the one that it is held against: it works on what the
// generator made, never on JSON, and knows nothing of Cedar.

type refToken struct {
	kind byte // 'l' literal, '*', '?', 'v' variable, 'e' escaped character
	text string
}

type refValue []refToken

func (v refValue) json() string {
	var b strings.Builder
	for _, t := range v {
		switch t.kind {
		case 'v', 'e':
			b.WriteString("${" + t.text + "}")
		case 'l':
			b.WriteString(t.text)
		default:
			b.WriteByte(t.kind)
		}
	}
	return b.String()
}

// resolve puts values in; wild says whether * and ? are more than characters.
func (v refValue) resolve(r refRequest, wild bool) ([]refToken, bool) {
	var out []refToken
	for _, t := range v {
		switch {
		case t.kind == 'v':
			values := r.get(t.text)
			if len(values) != 1 {
				return nil, false
			}
			for _, c := range values[0] {
				out = append(out, refToken{'l', string(c)})
			}
		case t.kind == 'e', t.kind == 'l':
			for _, c := range t.text {
				out = append(out, refToken{'l', string(c)})
			}
		case wild:
			out = append(out, t)
		default:
			out = append(out, refToken{'l', string(t.kind)})
		}
	}
	return out, true
}

func refGlob(p []refToken, s []rune, same func(a, b rune) bool) bool {
	if len(p) == 0 {
		return len(s) == 0
	}
	switch p[0].kind {
	case '*':
		for i := 0; i <= len(s); i++ {
			if refGlob(p[1:], s[i:], same) {
				return true
			}
		}
		return false
	case '?':
		return len(s) > 0 && refGlob(p[1:], s[1:], same)
	}
	return len(s) > 0 && same([]rune(p[0].text)[0], s[0]) && refGlob(p[1:], s[1:], same)
}

func exactly(a, b rune) bool { return a == b }

func caseAside(a, b rune) bool {
	if a == b {
		return true
	}
	for f := unicode.SimpleFold(a); f != a; f = unicode.SimpleFold(f) {
		if f == b {
			return true
		}
	}
	return false
}

type refCondition struct {
	set      string // "", "ForAnyValue:", "ForAllValues:"
	base     string
	ifExists bool
	key      string
	values   []refValue
}

func (c refCondition) operator() string {
	if c.ifExists {
		return c.set + c.base + "IfExists"
	}
	return c.set + c.base
}

type refStatement struct {
	deny       bool
	principals []string
	actions    []refValue
	resources  []refValue
	conditions []refCondition
}

type refDocument []refStatement

// json writes the document as a person might: one value alone or in a list.
func (d refDocument) json() string {
	var statements []any
	for _, s := range d {
		m := map[string]any{"Effect": "Allow", "Action": oneOrMany(s.actions)}
		if s.deny {
			m["Effect"] = "Deny"
		}
		if s.principals != nil {
			m["Principal"] = map[string]any{"Federated": s.principals}
		}
		if s.resources != nil {
			m["Resource"] = oneOrMany(s.resources)
		}
		blocks := map[string]map[string]any{}
		for _, c := range s.conditions {
			if blocks[c.operator()] == nil {
				blocks[c.operator()] = map[string]any{}
			}
			blocks[c.operator()][c.key] = oneOrMany(c.values)
		}
		if len(blocks) > 0 {
			m["Condition"] = blocks
		}
		statements = append(statements, m)
	}
	whole := map[string]any{"Version": "2012-10-17", "Statement": statements}
	if len(statements) == 1 {
		whole["Statement"] = statements[0]
	}
	text, err := json.Marshal(whole)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func oneOrMany(values []refValue) any {
	if len(values) == 1 {
		return values[0].json()
	}
	var all []string
	for _, v := range values {
		all = append(all, v.json())
	}
	return all
}

type refRequest struct {
	principal, action, resource string
	keys                        map[string][]string
}

func (r refRequest) get(key string) []string {
	for k, v := range r.keys {
		if strings.EqualFold(k, key) {
			return v
		}
	}
	return nil
}

func refAllows(docs []refDocument, r refRequest) bool {
	allowed := false
	for _, d := range docs {
		for _, s := range d {
			if !refMatches(s, r) {
				continue
			}
			if s.deny {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

func refMatches(s refStatement, r refRequest) bool {
	if s.principals != nil {
		found := false
		for _, p := range s.principals {
			found = found || p == r.principal
		}
		if !found {
			return false
		}
	}
	if !refAny(s.actions, r, r.action, true, caseAside) {
		return false
	}
	// What names a variable without a value is left out of a Deny, which then
	// matches more, and is too much for an Allow.
	var known []refCondition
	for _, c := range s.conditions {
		if c.base == "Null" || refKnown(c.values, r) {
			known = append(known, c)
		} else if !s.deny {
			return false
		}
	}
	if !refKnown(s.resources, r) {
		if !s.deny {
			return false
		}
		s.resources = nil
	}
	if s.resources != nil && !refAny(s.resources, r, r.resource, true, exactly) {
		return false
	}
	for _, c := range known {
		if !refHolds(c, r) {
			return false
		}
	}
	return true
}

func refKnown(values []refValue, r refRequest) bool {
	for _, v := range values {
		if _, ok := v.resolve(r, false); !ok {
			return false
		}
	}
	return true
}

func refAny(values []refValue, r refRequest, text string, wild bool, same func(a, b rune) bool) bool {
	for _, v := range values {
		if p, ok := v.resolve(r, wild); ok && refGlob(p, []rune(text), same) {
			return true
		}
	}
	return false
}

func refHolds(c refCondition, r refRequest) bool {
	got := r.get(c.key)
	if c.base == "Null" {
		return (c.values[0].json() == "true") == (len(got) == 0)
	}
	negated := strings.Contains(c.base, "Not")
	if len(got) == 0 {
		if c.ifExists || c.set == "ForAllValues:" {
			return true
		}
		return c.set == "" && negated
	}
	yes, no := 0, 0
	for _, text := range got {
		if refOne(c, r, text) != negated {
			yes++
		} else {
			no++
		}
	}
	if c.set == "ForAllValues:" {
		return no == 0
	}
	return yes > 0
}

// refOne is whether one value is like any of those that the condition names.
func refOne(c refCondition, r refRequest, text string) bool {
	switch c.base {
	case "StringEquals", "StringNotEquals":
		return refAny(c.values, r, text, false, exactly)
	case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase":
		return refAny(c.values, r, text, false, caseAside)
	case "StringLike", "StringNotLike":
		return refAny(c.values, r, text, true, exactly)
	}
	for _, v := range c.values {
		if refTyped(c.base, v.json(), text) {
			return true
		}
	}
	return false
}

func refTyped(base, want, got string) bool {
	if base == "Bool" {
		return strings.EqualFold(want, got) && (strings.EqualFold(got, "true") || strings.EqualFold(got, "false"))
	}
	if strings.HasSuffix(base, "IpAddress") {
		address, err := netip.ParseAddr(got)
		if err != nil {
			return false
		}
		if single, err := netip.ParseAddr(want); err == nil {
			return single == address
		}
		return netip.MustParsePrefix(want).Contains(address)
	}
	at, ok := refTime(got)
	if !ok {
		return false
	}
	limit, _ := refTime(want)
	switch base {
	case "DateEquals", "DateNotEquals":
		return at == limit
	case "DateLessThan":
		return at < limit
	case "DateLessThanEquals":
		return at <= limit
	case "DateGreaterThan":
		return at > limit
	default:
		return at >= limit
	}
}

// refTime is in milliseconds since 1970.
func refTime(text string) (int64, bool) {
	if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return at.UnixMilli(), true
	}
	if at, err := time.Parse("2006-01-02", text); err == nil {
		return at.UnixMilli(), true
	}
	seconds, err := strconv.Atoi(text)
	if err != nil || len(text) < 9 || len(text) > 11 {
		return 0, false
	}
	return int64(seconds) * 1000, true
}
