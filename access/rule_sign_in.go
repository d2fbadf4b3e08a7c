package access

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/types"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
)

// signInLook is what rules look at of how and when somebody signed in.
type signInLook struct {
	context  bool
	age      bool
	contexts []string        // that they compare with by name
	ages     []time.Duration // that stand in them
}

// looksAtSignIn reports whether one of the rules, of which there may be none,
// looks at how or when people signed in.
func (s *ruleSet) looksAtSignIn() bool {
	if s == nil {
		return false
	}
	look := s.signIn()
	return look.context || look.age
}

// add puts what rules, of which there may be none, look at to the rest.
func (l *signInLook) add(s *ruleSet) {
	if s == nil {
		return
	}
	more := s.signIn()
	l.context, l.age = l.context || more.context, l.age || more.age
	l.contexts, l.ages = append(l.contexts, more.contexts...), append(l.ages, more.ages...)
}

// among gives those of the contexts, and of one further, that do.
func (l *signInLook) among(further string, does func(context string) bool) []string {
	var tried, found []string
	for _, context := range slices.Concat([]string{further}, l.contexts) {
		if context == "" || slices.Contains(tried, context) {
			continue
		}
		if tried = append(tried, context); does(context) {
			found = append(found, context)
		}
		if len(tried) == maxContextsTried || len(found) == maxContexts {
			break
		}
	}
	return found
}

// oldest gives the oldest age that does, of those that stand in the rules; a
// minute where it can't be told.
func (l *signInLook) oldest(does func(age time.Duration) bool) time.Duration {
	ages := slices.Clone(l.ages)
	slices.SortFunc(ages, func(a, b time.Duration) int { return int(b/time.Second - a/time.Second) })
	for _, age := range slices.Compact(ages) {
		for _, age := range []time.Duration{age, age - time.Second} { // at most as old, or younger
			if age >= minMaxAge && does(age) {
				return age
			}
		}
	}
	return minMaxAge
}

// lookAtSignIn reads it from the rules. It is asked for where somebody is kept
// out, and read once.
func lookAtSignIn(rules []compiledRule) signInLook {
	var l signInLook
	for _, r := range rules {
		for _, c := range (*ast.Policy)(r.policy.AST()).Conditions {
			ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
				l.see(n)
				return true
			})
		}
	}
	return l
}

func (l *signInLook) see(n ast.IsNode) {
	switch n := n.(type) {
	case ast.NodeTypeAccess:
		l.context = l.context || n.Value == authnContext
		l.age = l.age || n.Value == "authnAge" || n.Value == "authnInstant"
	case ast.NodeTypeEquals:
		l.compared(n.Left, n.Right)
	case ast.NodeTypeNotEquals:
		l.compared(n.Left, n.Right)
	case ast.NodeTypeContains:
		l.compared(n.Left, n.Right)
	case ast.NodeTypeContainsAll:
		l.compared(n.Left, n.Right)
	case ast.NodeTypeContainsAny:
		l.compared(n.Left, n.Right)
	case ast.NodeTypeLike:
		if name, ok := withoutWildcards(n.Value); ok && readsContext(n.Arg) {
			l.contexts = append(l.contexts, name)
		}
	case ast.NodeTypeExtensionCall:
		if n.Name == "duration" && len(n.Args) == 1 {
			if text, ok := literal(n.Args[0]); ok {
				if d, err := types.ParseDuration(text); err == nil {
					l.stands(d)
				}
			}
		}
	case ast.NodeValue:
		if d, ok := n.Value.(types.Duration); ok {
			l.stands(d)
		}
	}
}

func (l *signInLook) stands(d types.Duration) {
	age, err := d.Duration()
	if err != nil {
		return // longer than anybody waits
	}
	l.ages = append(l.ages, max(age, -age)) // authnInstant is compared with a moment so long ago
}

const authnContext = "authnContext"

// compared notes the texts that stand on the other side of the context.
func (l *signInLook) compared(left, right ast.IsNode) {
	if readsContext(left) {
		l.contexts = append(l.contexts, textsIn(right)...)
	}
	if readsContext(right) {
		l.contexts = append(l.contexts, textsIn(left)...)
	}
}

func readsContext(n ast.IsNode) bool {
	found := false
	ast.Inspect(ast.NewNode(n), func(n ast.IsNode) bool {
		one, ok := n.(ast.NodeTypeAccess)
		found = found || ok && one.Value == authnContext
		return !found
	})
	return found
}

func textsIn(n ast.IsNode) []string {
	var all []string
	var add func(v cedar.Value)
	add = func(v cedar.Value) {
		switch v := v.(type) {
		case cedar.String:
			all = append(all, string(v))
		case cedar.Set:
			for one := range v.All() {
				add(one)
			}
		}
	}
	ast.Inspect(ast.NewNode(n), func(n ast.IsNode) bool {
		if v, ok := n.(ast.NodeValue); ok {
			add(v.Value)
		}
		return true
	})
	return all
}

// withoutWildcards gives the one text that a pattern matches, if it is one.
func withoutWildcards(p types.Pattern) (string, bool) {
	raw, err := p.MarshalJSON()
	if err != nil {
		return "", false
	}
	var parts []struct{ Literal string }
	// A wildcard is a text in the list, which fits no part.
	if json.Unmarshal(raw, &parts) != nil || len(parts) != 1 {
		return "", false
	}
	return parts[0].Literal, true
}
