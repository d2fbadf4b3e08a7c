package admin

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// newRule stands in an address for a rule that is not there yet.
const newRule = "new"

// ruled is what rules belong to: an application or a permission set.
type ruled struct {
	title, path string
	version     int64
	rules       []access.Rule
	app         *access.Application
	set         *access.PermissionSet
}

// ruledObject is what the path names.
func (c *Console) ruledObject(r *http.Request) (*ruled, error) {
	if r.PathValue("id") != "" {
		set, err := c.permissionSet(r)
		if err != nil {
			return nil, err
		}
		return &ruled{title: set.Name, path: setPath(set.ID), version: set.Version, rules: set.Rules, set: set}, nil
	}
	app, err := c.application(r)
	if err != nil {
		return nil, err
	}
	return &ruled{title: titleOf(app), path: applicationPath(app.Name), version: app.Version, rules: app.Rules, app: app}, nil
}

// proposal is the object with other rules.
func (o *ruled) proposal(rules []access.Rule, version int64) access.Proposal {
	if o.set != nil {
		set := *o.set
		set.Rules, set.Version = rules, version
		return access.Proposal{PermissionSet: &set}
	}
	app := *o.app
	app.Rules, app.Version = rules, version
	return access.Proposal{Application: &app}
}

func (c *Console) saveRules(ctx context.Context, p access.Proposal, actor string) error {
	if p.PermissionSet != nil {
		return c.Applications.ChangePermissionSet(ctx, p.PermissionSet, actor)
	}
	return c.Applications.Change(ctx, p.Application, actor)
}

// at is the place of the rule that the path names; len(rules) for a new one.
func (o *ruled) at(r *http.Request) (int, error) {
	id := r.PathValue("rule")
	if id == newRule {
		return len(o.rules), nil
	}
	if i := slices.IndexFunc(o.rules, func(rule access.Rule) bool { return rule.ID == id }); i >= 0 {
		return i, nil
	}
	return 0, fault.New(fault.NotFound, "There is no such rule. It may have been removed: look at the list.")
}

// Rule is the form or the editor of one rule.
func (c *Console) Rule(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	o, err := c.ruledObject(r)
	if err != nil {
		return err
	}
	i, err := o.at(r)
	if err != nil {
		return err
	}
	page := c.rulePage(r, o)
	page.AsText = r.URL.Query().Get("as") == "text"
	if i < len(o.rules) {
		rule := o.rules[i]
		page.Name, page.Text, page.Form = rule.Name, rule.Text, ui.RuleFormOf(rule.Form)
		page.AsText = page.AsText || rule.Form == nil && !r.URL.Query().Has("as")
	}
	return c.show(w, r, page)
}

// SaveRule saves one, after showing what changes.
func (c *Console) SaveRule(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	o, err := c.ruledObject(r)
	if err != nil {
		return err
	}
	version, err := readVersion(w, r)
	if err != nil {
		return err
	}
	i, err := o.at(r)
	if err != nil {
		return err
	}
	rule, form, refused := typedRule(r)
	rules := slices.Clone(o.rules)
	if i < len(rules) {
		rule.ID = rules[i].ID
		rules[i] = rule
	} else {
		rules = append(rules, rule)
	}
	if refused == nil && slices.ContainsFunc(o.rules, func(other access.Rule) bool {
		return directory.Fold(other.Name) == directory.Fold(rule.Name) && other.ID != rule.ID
	}) {
		refused = fault.New(fault.Conflict, "There is a rule of this name already.")
	}
	p := o.proposal(rules, version)
	if refused == nil && !confirmed(r.PostForm) {
		return c.showChanges(w, r, ui.Changes{
			Question: "Save this rule?", What: "The rule “" + rule.Name + "” of " + o.title + " then says:", Text: rule.Text, Button: "Save the rule", Back: o.path,
		}, p)
	}
	if refused == nil {
		refused = c.saveRules(r.Context(), p, actor(ses))
	}
	if again(refused) {
		page := c.rulePage(r, o)
		page.AsText, page.Name, page.Form = r.PostForm.Get("as") == "text", rule.Name, form
		if page.AsText {
			page.Text = rule.Text
		}
		page.Error = public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, o.path, "rule_saved")
}

// RemoveRule takes one away, after showing what changes.
func (c *Console) RemoveRule(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	o, err := c.ruledObject(r)
	if err != nil {
		return err
	}
	version, err := readVersion(w, r)
	if err != nil {
		return err
	}
	i, err := o.at(r)
	if err != nil {
		return err
	}
	if i == len(o.rules) {
		return fault.New(fault.NotFound, "There is no such rule.")
	}
	p := o.proposal(slices.Delete(slices.Clone(o.rules), i, i+1), version)
	if !confirmed(r.PostForm) {
		return c.showChanges(w, r, ui.Changes{
			Question: "Remove this rule?", What: "The rule “" + o.rules[i].Name + "” of " + o.title + " goes for good:", Text: o.rules[i].Text, Button: "Remove the rule", Back: o.path,
		}, p)
	}
	if err := c.saveRules(r.Context(), p, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, o.path, "rule_removed")
}

func (c *Console) rulePage(r *http.Request, o *ruled) ui.Rule {
	return ui.Rule{Of: o.title, Path: o.path, ID: r.PathValue("rule"), Version: o.version, IDPs: c.providers(), Contexts: ui.UsualContexts()}
}

// typedRule is what was typed, by the form or the editor; fault.Invalid where
// that makes no rule.
func typedRule(r *http.Request) (access.Rule, ui.RuleForm, error) {
	sent := r.PostForm
	rule := access.Rule{Name: strings.TrimSpace(sent.Get("name"))}
	form := ui.RuleForm{
		Forbid: sent.Get("effect") == "forbid", Groups: sent.Get("groups"), TagKey: strings.TrimSpace(sent.Get("tag_key")), TagValues: sent.Get("tag_values"),
		Connections: sent["connection"], Networks: sent.Get("networks"), Contexts: sent.Get("contexts"), Minutes: strings.TrimSpace(sent.Get("minutes")),
	}
	var refused error
	if rule.Name == "" {
		refused = fault.New(fault.Invalid, "Give the rule a name.")
	}
	if sent.Get("as") == "text" {
		rule.Text = unix(sent.Get("text"))
		return rule, form, cmp.Or(refused, access.CheckRule(rule.Text))
	}
	minutes := 0
	if form.Minutes != "" {
		var err error
		if minutes, err = strconv.Atoi(form.Minutes); err != nil || minutes < 1 || minutes > 1<<20 {
			refused = cmp.Or[error](refused, fault.New(fault.Invalid, "The age of the sign-in is a whole number of minutes."))
		}
	}
	rule.Form = &access.RuleForm{
		Forbid: form.Forbid, Groups: lines(form.Groups), TagKey: form.TagKey, TagValues: lines(form.TagValues), Connections: form.Connections,
		Networks: lines(form.Networks), Contexts: lines(form.Contexts), MaxAge: time.Duration(minutes) * time.Minute,
	}
	var err error
	rule.Text, err = rule.Form.Cedar()
	return rule, form, cmp.Or(refused, err)
}
