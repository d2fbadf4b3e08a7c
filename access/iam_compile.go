package access

import (
	"fmt"

	"github.com/cedar-policy/cedar-go/ast"
	"github.com/cedar-policy/cedar-go/types"
)

// iamCheck is one part of a statement as a Cedar expression, with the words to
// explain it.
type iamCheck struct {
	about partOfStatement
	holds ast.Node
	says  string // "its condition StringEquals saml:sub_type wants "persistent" and got "transient""
}

type partOfStatement int

const (
	ofAction partOfStatement = iota
	ofPrincipal
	ofResource
	ofCondition
)

// checks compiles a statement for one request. It hangs on the request because
// Cedar can neither loop over a set nor put a value into a pattern.
func (s *iamStatement) checks(r *iamRequest) []iamCheck {
	action := ast.Context().Access("action")
	all := []iamCheck{{ofAction, anyNode(s.actions, func(p iamPattern) ast.Node { return textMatches(action, p, iamFold(r.action)) }), "its Action does not name " + r.action}}
	if s.principals != nil {
		all = append(all, iamCheck{ofPrincipal,
			anyNode(s.principals, func(arn string) ast.Node { return ast.Principal().Equal(ast.Value(providerUID(arn))) }),
			fmt.Sprintf("its Principal wants %s and got %s", shownTexts(s.principals), iamQuoted(r.principal))})
	}
	if s.resources != nil {
		resource := ast.Context().Access("resource")
		all = append(all, iamCheck{ofResource,
			anyNode(s.resources, func(p iamPattern) ast.Node { return resolvedMatches(resource, p, r, r.resource) }),
			fmt.Sprintf("its Resource wants %s and got %s", shownPatterns(s.resources, r), iamQuoted(r.resource))})
	}
	for _, c := range s.conditions {
		all = append(all, iamCheck{ofCondition, c.compile(r), c.says(r)})
	}
	return all
}

// policy is the whole statement.
func (s *iamStatement) policy(r *iamRequest) *ast.Policy {
	holds := ast.True()
	for _, c := range s.checks(r) {
		holds = holds.And(c.holds)
	}
	if s.deny {
		return ast.Forbid().When(holds)
	}
	return ast.Permit().When(holds)
}

func (c iamCondition) compile(r *iamRequest) ast.Node {
	keys := ast.Context().Access("keys")
	present := keys.Has(types.String(c.key))
	if c.operator.test == testNull {
		if c.wants[0].is {
			return ast.Not(present)
		}
		return present
	}
	return ast.IfThenElse(present, c.among(r, keys.Access(types.String(c.key))), ast.Boolean(c.missing()))
}

// missing is what a condition is worth where the request does not have its key.
func (c iamCondition) missing() bool {
	switch {
	case c.operator.ifExists, c.operator.set == setAll:
		return true
	case c.operator.set == setAny:
		return false
	default:
		return c.operator.negated
	}
}

// among is the condition over the values that the request has. A key without
// ForAnyValue or ForAllValues has one.
func (c iamCondition) among(r *iamRequest, values ast.Node) ast.Node {
	all := c.operator.set == setAll
	holds := ast.Boolean(all)
	for i, text := range r.values[c.key] {
		one := c.one(r, values.Access(valueName(i)), text)
		if all {
			holds = holds.And(one)
		} else {
			holds = holds.Or(one)
		}
	}
	return holds
}

// one is the condition over one value: any of the wanted, or none.
func (c iamCondition) one(r *iamRequest, value ast.Node, text string) ast.Node {
	holds := anyNode(c.wants, func(w iamWant) ast.Node { return c.operator.compile(w, r, value, text) })
	if c.operator.negated {
		return ast.Not(holds)
	}
	return holds
}

// compile compares one value with one that is wanted. A value that is not of
// the operator's kind is like none.
func (o iamOperator) compile(w iamWant, r *iamRequest, value ast.Node, text string) ast.Node {
	switch o.test {
	case testBool:
		return value.Has("bool").And(value.Access("bool").Equal(ast.Boolean(w.is)))
	case testDate:
		return value.Has("instant").And(compareDates(o.compare, value.Access("instant"), ast.Datetime(w.instant)))
	case testNetwork:
		return value.Has("address").And(value.Access("address").IsInRange(ast.IPAddr(w.network)))
	}
	if !o.fold {
		return resolvedMatches(value.Access("text"), w.pattern, r, text)
	}
	pattern, ok := w.pattern.resolved(r)
	if !ok {
		return ast.False()
	}
	return value.Access("folded").Equal(ast.String(iamFold(pattern.literal())))
}

func compareDates(compare string, got, want ast.Node) ast.Node {
	switch compare {
	case "<":
		return got.LessThan(want)
	case "<=":
		return got.LessThanOrEqual(want)
	case ">":
		return got.GreaterThan(want)
	case ">=":
		return got.GreaterThanOrEqual(want)
	default:
		return got.Equal(want)
	}
}

// resolvedMatches is textMatches with the request's values in place of
// variables; where one of them has none it is false.
func resolvedMatches(value ast.Node, p iamPattern, r *iamRequest, text string) ast.Node {
	resolved, ok := p.resolved(r)
	if !ok {
		return ast.False()
	}
	return textMatches(value, resolved, text)
}

// textMatches compares value, which is text, with a pattern. Cedar's like has no
// ?: such a pattern becomes the text that it covers, or nothing.
func textMatches(value ast.Node, p iamPattern, text string) ast.Node {
	switch {
	case p.has(partOne) && p.matches(text):
		return value.Equal(ast.String(text))
	case p.has(partOne):
		return ast.False()
	case !p.has(partAny):
		return value.Equal(ast.String(p.literal()))
	}
	var components []any
	for _, part := range p {
		if part.kind == partAny {
			components = append(components, types.Wildcard{})
		} else {
			components = append(components, part.text)
		}
	}
	return value.Like(types.NewPattern(components...))
}

func anyNode[T any](all []T, compile func(T) ast.Node) ast.Node {
	holds := ast.False()
	for _, one := range all {
		holds = holds.Or(compile(one))
	}
	return holds
}

func providerUID(arn string) types.EntityUID {
	return types.NewEntityUID("SAMLProvider", types.String(arn))
}
