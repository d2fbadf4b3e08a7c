package access

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"sallyport/internal/fault"
)

const (
	maxRules    = 50
	maxRuleName = 100
)

// prepareRules checks the rules of one object and gives them with their texts
// made, where there is a form to make them from. The given ones stay as they
// are.
func prepareRules(rules []Rule) ([]Rule, error) {
	if len(rules) > maxRules {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("There may be up to %d rules.", maxRules))
	}
	ready := slices.Clone(rules)
	names := map[string]bool{}
	for i := range ready {
		r := &ready[i]
		r.Name = strings.TrimSpace(r.Name)
		if r.Name == "" || !isText(r.Name, maxRuleName) {
			return nil, fault.New(fault.Invalid, fmt.Sprintf("Give every rule a name of 1 to %d characters in one line: decisions are explained by it.", maxRuleName))
		}
		if names[foldName(r.Name)] {
			return nil, fault.New(fault.Invalid, "There are two rules named "+quoted(r.Name)+". Give each a name of its own: decisions are explained by it.")
		}
		names[foldName(r.Name)] = true
		if r.Form == nil {
			continue
		}
		text, err := r.Form.Cedar()
		if err != nil {
			return nil, fault.Wrap(fault.KindOf(err), "Rule "+quoted(r.Name)+": "+fault.Public(err), err)
		}
		r.Text = text
	}
	return ready, checkRules(ready)
}

// withRuleIDs gives each rule the ID that it had before, or a new one. IDs
// that the object did not have before are nobody's to choose.
func withRuleIDs(rules, before []Rule) []Rule {
	rules = slices.Clone(rules)
	used := map[string]bool{}
	for i := range rules {
		r := &rules[i]
		known := slices.ContainsFunc(before, func(b Rule) bool { return b.ID == r.ID })
		if r.ID == "" || !known || used[r.ID] {
			r.ID = uuid.Must(uuid.NewV7()).String()
		}
		used[r.ID] = true
	}
	return rules
}
