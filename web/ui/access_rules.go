package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/idp"
)

// RuleTable is the list of rules of an application or a permission set.
type RuleTable struct {
	Rules []access.Rule
	Path  string // of what they belong to
}

// Rule is the page of one rule: a form for the usual ones, an editor for the
// rest.
type Rule struct {
	Of       string // title of the application or permission set
	Path     string // its address
	ID       string // "new" for one that is not there yet
	Version  int64  // of the application or permission set
	AsText   bool   // the editor is shown
	Name     string
	Text     string
	Form     RuleForm
	IDPs     []*idp.Provider
	Error    string
	Contexts []AuthnContext // usual ones, to copy
}

// RuleForm is what was typed into the form of a rule.
type RuleForm struct {
	Forbid      bool
	Groups      string // one a line
	TagKey      string
	TagValues   string // one a line
	Connections []string
	Networks    string // one a line
	Contexts    string // one a line
	Minutes     string // the most since the sign-in
}

// RuleFormOf is a rule's form as its fields have it.
func RuleFormOf(f *access.RuleForm) RuleForm {
	if f == nil {
		return RuleForm{}
	}
	form := RuleForm{
		Forbid: f.Forbid, Groups: strings.Join(f.Groups, "\n"), TagKey: f.TagKey, TagValues: strings.Join(f.TagValues, "\n"),
		Connections: f.Connections, Networks: strings.Join(f.Networks, "\n"), Contexts: strings.Join(f.Contexts, "\n"),
	}
	if f.MaxAge > 0 {
		form.Minutes = strconv.Itoa(int((f.MaxAge + time.Minute - 1) / time.Minute))
	}
	return form
}

// Has reports whether a connection was ticked.
func (f RuleForm) Has(slug string) bool { return slices.Contains(f.Connections, slug) }

func (p Rule) Head() Head {
	if p.New() {
		return Head{Template: "admin/rule", Title: "New rule", Section: "applications"}
	}
	return Head{Template: "admin/rule", Title: p.Name, Section: "applications"}
}

// New reports whether the rule is not there yet.
func (p Rule) New() bool { return p.ID == "new" }

// Vocabulary is what rules are written in.
func (Rule) Vocabulary() string { return access.Vocabulary }

// Examples are rules to begin from.
func (Rule) Examples() []string {
	return []string{
		`forbid (principal, action == Action::"enter", resource)
unless { context has address && context.address.isInRange(ip("10.0.0.0/8")) };`,
		`permit (principal, action == Action::"enter", resource)
when { principal.hasTag("Department") && principal.getTag("Department") == "Engineering" };`,
		`forbid (principal, action == Action::"enter", resource)
when { context.now.toTime() < duration("7h") || context.now.toTime() > duration("19h") };`,
		`forbid (principal, action == Action::"enter", resource)
when { context has permissionSet && context.permissionSet == "AdministratorAccess" && context.authnAge > duration("1h") };`,
	}
}
