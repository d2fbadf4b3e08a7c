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
	says  func() string // "its condition StringEquals saml:sub_type wants "persistent" and got "transient""
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
	all := []iamCheck{{ofAction, s.covers(s.actions, r, "action", iamFold(r.action)),
		func() string { return "its Action does not name " + r.action }}}
	if s.principals != nil {
		trusted := make([]types.Value, 0, len(s.principals))
		for _, arn := range s.principals {
			trusted = append(trusted, providerUID(arn))
		}
		all = append(all, iamCheck{ofPrincipal, ast.Value(types.NewSet(trusted...)).Contains(ast.Principal()),
			func() string {
				return fmt.Sprintf("its Principal wants %s and got %s", shownTexts(s.principals), iamQuoted(r.principal))
			}})
	}
	if s.resources != nil {
		all = append(all, iamCheck{ofResource, s.covers(s.resources, r, "resource", r.resource),
			func() string {
				return fmt.Sprintf("its Resource wants %s and got %s", shownPatterns(s.resources, r), iamQuoted(r.resource))
			}})
	}
	for i := range s.conditions {
		c := &s.conditions[i]
		all = append(all, iamCheck{ofCondition, c.compile(r, s.deny), func() string { return c.says(r) }})
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

// covers asks whether one of patterns covers text, which the context has under
// name.
func (s *iamStatement) covers(patterns []iamPattern, r *iamRequest, name types.String, text string) ast.Node {
	var wanted wantedTexts
	for _, p := range patterns {
		resolved, ok := p.resolved(r)
		if !ok {
			return withoutValue(s.deny)
		}
		wanted.add(resolved, []string{text})
	}
	return ast.Value(wanted.set()).Contains(ast.Context().Access(name))
}

// withoutValue is what becomes of a part whose variable has no value. Nobody
// can say what it would have compared with: an Allow does not match, a Deny
// does.
func withoutValue(deny bool) ast.Node { return ast.Boolean(deny) }

func (c *iamCondition) compile(r *iamRequest, deny bool) ast.Node {
	keys := ast.Context().Access("keys")
	present := keys.Has(types.String(c.key))
	if c.operator.test == testNull {
		if c.wants[0].is {
			return ast.Not(present)
		}
		return present
	}
	wanted, ok := r.wantedBy(c)
	if !ok {
		return withoutValue(deny)
	}
	got := keys.Access(types.String(c.key)).Access(c.operator.form())
	return ast.IfThenElse(present, c.among(ast.Value(wanted), got), ast.Boolean(c.missing()))
}

// missing is what a condition is worth where the request does not have its key.
func (c *iamCondition) missing() bool {
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
func (c *iamCondition) among(wanted, got ast.Node) ast.Node {
	switch all, negated := c.operator.set == setAll, c.operator.negated; {
	case all && negated:
		return ast.Not(wanted.ContainsAny(got))
	case all:
		return wanted.ContainsAll(got)
	case negated:
		return ast.Not(wanted.ContainsAll(got))
	default:
		return wanted.ContainsAny(got)
	}
}

func providerUID(arn string) types.EntityUID {
	return types.NewEntityUID("SAMLProvider", types.String(arn))
}
