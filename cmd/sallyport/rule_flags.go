package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/access"
)

// ruleRow is a rule as the commands show it.
type ruleRow struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

func ruleRows(rules []access.Rule) []ruleRow {
	var rows []ruleRow
	for _, r := range rules {
		rows = append(rows, ruleRow{r.Name, r.Text})
	}
	return rows
}

// ruleFlags put rules on an application or a permission set, and take them off.
type ruleFlags struct{ put, off []string }

func newRuleFlags(cmd *cobra.Command) *ruleFlags {
	f := &ruleFlags{}
	cmd.Flags().StringArrayVar(&f.put, "rule", nil, "a rule in Cedar, as `NAME=FILE`, instead of the one of that name; may be repeated")
	cmd.Flags().StringArrayVar(&f.off, "remove-rule", nil, "take off the rule of this `name`; may be repeated")
	return f
}

// apply gives the rules as the flags would have them. The given ones stay as
// they are: they may be the catalog's.
func (f *ruleFlags) apply(rules []access.Rule) ([]access.Rule, error) {
	rules = slices.Clone(rules)
	at := func(name string) int {
		return slices.IndexFunc(rules, func(r access.Rule) bool { return r.Name == name })
	}
	for _, name := range f.off {
		i := at(name)
		if i < 0 {
			return nil, notFound("There is no rule named %q.", name)
		}
		rules = slices.Delete(rules, i, i+1)
	}
	for _, text := range f.put {
		name, content, err := namedFile("--rule", text)
		if err != nil {
			return nil, err
		}
		if i := at(name); i >= 0 {
			rules[i].Text, rules[i].Form = content, nil
			continue
		}
		rules = append(rules, access.Rule{Name: name, Text: content})
	}
	return rules, nil
}

// namedFile reads NAME=FILE.
func namedFile(flag, text string) (name, content string, err error) {
	name, file, ok := strings.Cut(text, "=")
	if !ok || name == "" || file == "" {
		return "", "", usagef("%s is %q: give NAME=FILE", flag, text)
	}
	content, err = document(file)
	return name, content, err
}

// maxDocument is far above what any rule or policy may hold, in bytes.
const maxDocument = 1 << 20

// document reads a file that somebody wrote.
func document(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", fmt.Errorf("read a document: %w", err)
	}
	if info.Size() > maxDocument {
		return "", fmt.Errorf("read a document: %s holds %d bytes, and no rule or policy has more than %d", file, info.Size(), maxDocument)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read a document: %w", err)
	}
	return string(raw), nil
}
