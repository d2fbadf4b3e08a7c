package access

import "time"

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

// Cedar is the rule's text; fault.Invalid with what is wrong in the form.
func (f *RuleForm) Cedar() (string, error) { panic("unwritten") }

// CheckRule says what is wrong with a rule's text, with line and column:
// syntax, names that do not exist, types, a tag read without hasTag.
// fault.Invalid.
func CheckRule(text string) error { panic("unwritten") }
