package access

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"time"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"sallyport/internal/fault"
)

// Rule is one Cedar policy on an application or a permission set. A forbid
// that matches keeps a person out; where there is any permit, one of them must
// match; a rule that cannot be evaluated keeps out too. Rules never let in
// whom Entry and assignments leave out.
type Rule struct {
	ID   string    `json:"id"`   // stays when the text changes
	Name string    `json:"name"` // for people; unique in its object
	Text string    `json:"text"` // Cedar: exactly one permit or forbid over action "enter"
	Form *RuleForm `json:"form,omitempty"`
}

// RuleForm is what the form builder asks; Text is made from it. Conditions of
// all kinds that are filled in must hold together; of the values of one kind,
// any.
type RuleForm struct {
	Forbid      bool          `json:"forbid,omitempty"`
	Groups      []string      `json:"groups,omitempty"` // names, of the directory or the assertion
	TagKey      string        `json:"tag_key,omitempty"`
	TagValues   []string      `json:"tag_values,omitempty"`
	Connections []string      `json:"connections,omitempty"` // slugs
	Networks    []string      `json:"networks,omitempty"`    // CIDR
	Contexts    []string      `json:"contexts,omitempty"`    // AuthnContextClassRef
	MaxAge      time.Duration `json:"max_age,omitempty"`     // since AuthnInstant; 0: any
}

// maxRule bounds the text of a rule, in bytes.
const maxRule = 10 << 10

// Vocabulary is the Cedar schema that rules are written in.
const Vocabulary = `entity Group;

entity User in [Group] = {
	userName: String,
	connection: String,
	groups: Set<String>,
	authnContext: String,
	authnInstant: datetime
} tags String;

entity Application;

action "enter" appliesTo {
	principal: User,
	resource: Application,
	context: {
		now: datetime,
		connection: String,
		authnAge: duration,
		address?: ipaddr,
		permissionSet?: String
	}
};
`

var vocabulary = mustVocabulary()

func mustVocabulary() *validate.Validator {
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(Vocabulary)); err != nil {
		panic(err) // a constant, read at the start of every test
	}
	resolved, err := s.Resolve()
	if err != nil {
		panic(err)
	}
	return validate.New(resolved, validate.WithStrict())
}

// CheckRule says what is wrong with a rule's text: syntax, with line and
// column; names that do not exist, types, a tag read without hasTag, by name.
// fault.Invalid.
func CheckRule(text string) error {
	_, err := parseRule(text)
	return err
}

// parseRule reads the one policy of a rule.
func parseRule(text string) (*cedar.Policy, error) {
	if len(text) > maxRule {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("A rule takes up to %d bytes.", maxRule))
	}
	list, err := cedar.NewPolicyListFromBytes("rule", []byte(text))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "The rule is not Cedar: "+oneSentence(err), err)
	}
	if len(list) != 1 {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("A rule is exactly one permit or forbid; this text has %d. Make one rule of each.", len(list)))
	}
	p := list[0]
	if err := vocabulary.Policy("rule", (*ast.Policy)(p.AST())); err != nil {
		return nil, fault.Wrap(fault.Invalid, "The rule does not fit what is known of people and applications: "+oneSentence(err)+hint(err), err)
	}
	if !literalTagKeys(p) {
		return nil, fault.New(fault.Invalid, "The rule reads a tag whose key is worked out. Write the key as text in quotes, as in principal.hasTag(\"Key\") && principal.getTag(\"Key\") == \"value\": only then capital and small letters of keys make no difference.")
	}
	return p, nil
}

// hint helps with the one mistake that everybody makes.
func hint(err error) string {
	if strings.Contains(err.Error(), "safety of access") {
		return " Not everybody has it: ask first, as in principal.hasTag(\"Key\") && principal.getTag(\"Key\") == \"value\", or context has address && ..."
	}
	return ""
}

// oneSentence keeps what Cedar says in one line that ends with a full stop.
func oneSentence(err error) string {
	text := strings.ReplaceAll(strings.Join(strings.Fields(err.Error()), " "), "for policy `rule`, ", "")
	if r := []rune(text); len(r) > 400 {
		text = string(r[:400]) + "…"
	}
	return strings.TrimRight(text, ".") + "."
}

// ruleSet are the rules of one object, ready to be asked.
type ruleSet struct {
	object  string // "application grafana", "permission set PowerUser"
	rules   []compiledRule
	permits int
	broken  *Rule // one that cannot be read, stored by another version: it keeps out
	signIn  func() signInLook
}

type compiledRule struct {
	id     cedar.PolicyID
	rule   Rule
	policy *cedar.Policy
}

// policies are rules as Cedar has read them, by their text; nil is one that
// cannot be read. Reading costs far more than asking.
type policies map[string]*cedar.Policy

// read gives the policy of a text, from what is known before where it is there.
func (known policies) read(text string, before policies) *cedar.Policy {
	p, ok := known[text]
	if ok {
		return p
	}
	if p, ok = before[text]; !ok {
		p, _ = parseRule(text) // the rule set tells that it is broken
	}
	known[text] = p
	return p
}

func compileRules(object string, rules []Rule, known, before policies) *ruleSet {
	s := &ruleSet{object: object}
	for i, r := range rules {
		p := known.read(r.Text, before)
		if p == nil {
			s.broken = &rules[i]
			continue
		}
		if p.Effect() == cedar.Permit {
			s.permits++
		}
		s.rules = append(s.rules, compiledRule{id: cedar.PolicyID(fmt.Sprint(i)), rule: r, policy: p})
	}
	s.signIn = sync.OnceValue(func() signInLook { return lookAtSignIn(s.rules) })
	return s
}

// All makes the set what Cedar evaluates, in the order in which rules stand.
func (s *ruleSet) All() iter.Seq2[cedar.PolicyID, *cedar.Policy] {
	return func(yield func(cedar.PolicyID, *cedar.Policy) bool) {
		for i := range s.rules {
			if !yield(s.rules[i].id, s.rules[i].policy) {
				return
			}
		}
	}
}

// judge asks all rules and says whether they let pass. Where trail is not nil
// it gets a step for each rule, so that the decision names its rules; set is
// the name of the permission set that is asked about, or "".
func (s *ruleSet) judge(entities cedar.EntityGetter, r cedar.Request, set string, trail *trail) Refusal {
	if s.broken != nil {
		trail.add(Step{What: StepRule, Object: s.object, Set: set, Rule: s.broken.Name, Counts: true, Failed: "it cannot be read"})
		return RuleFailed
	}
	decision, why := cedar.Authorize(s, entities, r)
	refusal := Refusal("")
	switch {
	case len(why.Errors) > 0:
		refusal = RuleFailed
	case decision == cedar.Deny && len(why.Reasons) > 0:
		refusal = ForbiddenByRule
	case decision == cedar.Deny && s.permits > 0:
		refusal = NotPermitted
	}
	for i := range s.rules {
		if trail == nil {
			break
		}
		step := s.step(&s.rules[i], why, refusal)
		step.Set = set
		trail.add(step)
	}
	return refusal
}

func (s *ruleSet) step(c *compiledRule, why cedar.Diagnostic, refusal Refusal) Step {
	step := Step{What: StepRule, Object: s.object, Rule: c.rule.Name, Effect: EffectPermit}
	if c.policy.Effect() == cedar.Forbid {
		step.Effect = EffectForbid
	}
	for _, r := range why.Reasons {
		step.Matched = step.Matched || r.PolicyID == c.id
	}
	for _, e := range why.Errors {
		if e.PolicyID == c.id {
			step.Failed, step.Counts = oneSentence(errors.New(e.Message)), true
		}
	}
	switch refusal {
	case ForbiddenByRule:
		step.Counts = step.Matched && step.Effect == EffectForbid
	case NotPermitted:
		step.Counts = step.Effect == EffectPermit
	case "":
		step.Counts = step.Matched && step.Effect == EffectPermit
	}
	return step
}

// tagKeys are the keys that rules read from tags, as they spell them.
func (s *ruleSet) tagKeys(found func(key string)) {
	for i := range s.rules {
		eachTagKey(s.rules[i].policy, func(n ast.IsNode) {
			if key, ok := literal(n); ok {
				found(key)
			}
		})
	}
}

// literalTagKeys reports whether all keys of tags are written out. Keys of
// session tags know no case, and a tag is found under the spellings of rules:
// a key that is worked out has none, and a forbid would never match.
func literalTagKeys(p *cedar.Policy) bool {
	all := true
	eachTagKey(p, func(n ast.IsNode) {
		_, ok := literal(n)
		all = all && ok
	})
	return all
}

// eachTagKey finds what a policy reads tags by.
func eachTagKey(p *cedar.Policy, found func(key ast.IsNode)) {
	for _, c := range (*ast.Policy)(p.AST()).Conditions {
		ast.Inspect(ast.NewNode(c.Body), func(n ast.IsNode) bool {
			switch n := n.(type) {
			case ast.NodeTypeGetTag:
				found(n.Right)
			case ast.NodeTypeHasTag:
				found(n.Right)
			}
			return true
		})
	}
}

func literal(n ast.IsNode) (string, bool) {
	v, ok := n.(ast.NodeValue)
	if !ok {
		return "", false
	}
	key, ok := v.Value.(cedar.String)
	return string(key), ok
}
