package access

import (
	"slices"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
)

// ReadAddress reports whether a rule that decides about these applications, by
// ID, asks where a person comes from: a rule of theirs, or of a permission set
// that is assigned in them. What is decided without an address says little
// there.
func (c *Catalog) ReadAddress(applicationIDs ...string) bool {
	s := c.snapshot.Load()
	apps := make(map[string]bool, len(applicationIDs))
	for _, id := range applicationIDs {
		apps[id] = true
		if s.appRules[id].readAddress() {
			return true
		}
	}
	asking := map[string]bool{}
	for id, rules := range s.setRules {
		asking[id] = rules.readAddress()
	}
	return slices.ContainsFunc(s.held.assignments, func(a *Assignment) bool { return asking[a.PermissionSetID] && apps[a.ApplicationID] })
}

// readAddress reports whether one of the rules, of which there may be none,
// asks where a person comes from.
func (s *ruleSet) readAddress() bool {
	return s != nil && slices.ContainsFunc(s.rules, func(r compiledRule) bool { return readsAddress(r.policy) })
}

func readsAddress(p *cedar.Policy) bool {
	found := false
	for _, c := range (*ast.Policy)(p.AST()).Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			switch n := n.(type) {
			case ast.NodeTypeAccess:
				found = found || n.Value == "address"
			case ast.NodeTypeHas:
				found = found || n.Value == "address"
			}
			return !found
		})
	}
	return found
}
