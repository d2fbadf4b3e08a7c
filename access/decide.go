package access

import (
	"slices"
	"time"
)

// Question is one that Decide answers.
type Question struct {
	Application   string    // name
	PermissionSet string    // name; "": any
	At            time.Time // zero: now
}

// Refusal says why somebody may not enter, in one word.
type Refusal string

const (
	NoApplication   Refusal = "no_application"
	NotAssigned     Refusal = "not_assigned"
	AssignmentEnded Refusal = "assignment_ended"
	NoSuchSet       Refusal = "no_such_permission_set"
	ForbiddenByRule Refusal = "forbidden_by_rule"
	NotPermitted    Refusal = "not_permitted" // there are permits, and none matches
	RuleFailed      Refusal = "rule_failed"
	NoRole          Refusal = "no_role"     // the assertion names no role of the account that is registered here
	RoleDenied      Refusal = "role_denied" // none of those that it names may be assumed, or permits the action
)

// Decision is the answer, with all that led to it.
type Decision struct {
	Allowed     bool
	Refusal     Refusal // "" where allowed
	StepUp      StepUp  // of StepUpNeeded: how to sign in again
	Application *Application
	Sets        []*PermissionSet // with which the person may enter, by name; none for an Everyone application without assignments
	Steps       []Step           // in the order in which they were looked at
}

// Decide answers one question from memory. It never fails: what cannot be
// evaluated keeps out.
func (c *Catalog) Decide(f *Facts, q Question) *Decision {
	s := c.snapshot.Load()
	app := s.byName[q.Application]
	if app == nil {
		return &Decision{Refusal: NoApplication}
	}
	if q.At.IsZero() {
		q.At = time.Now()
	}
	var wanted *PermissionSet
	if q.PermissionSet != "" {
		if wanted = s.setNamed[foldName(q.PermissionSet)]; wanted == nil {
			return &Decision{Refusal: NoSuchSet, Application: app}
		}
	}
	d := &Decision{Application: app}
	var t trail
	d.decide(f.ask(s, q.At), wanted, &t)
	d.Steps = t.steps
	return d
}

// decide fills d in: who is let in must have signed in as the application
// demands, and of who is kept out by rules it is asked whether another sign-in
// would help.
func (d *Decision) decide(a *asking, wanted *PermissionSet, t *trail) {
	byRule := d.enter(a, wanted, t)
	switch {
	case d.Allowed && !d.Application.StepUp.None(), byRule && a.looksAtSignIn(d.Application, wanted):
		d.insist(a, wanted, t)
	}
}

// enter: an assignment, or an application for everyone, lets in; then the rules
// of the application and of the permission set may keep out, for each
// permission set by itself. byRule reports that they did.
func (d *Decision) enter(a *asking, wanted *PermissionSet, t *trail) (byRule bool) {
	app := d.Application
	candidates, ended := a.candidates(app, wanted, t)
	switch {
	case len(candidates) > 0:
		byRule = d.weigh(a, candidates, t)
		if d.Allowed || app.Entry == Assigned || wanted != nil {
			return byRule && !d.Allowed
		}
	case app.Entry == Assigned, wanted != nil:
		d.Refusal = NotAssigned
		if ended {
			d.Refusal = AssignmentEnded
		}
		t.add(Step{What: StepEntry, Object: "application " + app.Name, Effect: EffectForbid, Counts: true})
		return false
	}
	// For everyone: also without a permission set, and also where the rules of
	// those that are assigned keep them closed.
	t.add(Step{What: StepEntry, Object: "application " + app.Name, Effect: EffectPermit, Matched: true, Counts: true})
	d.Refusal = a.judge(app, nil, t)
	d.Allowed = d.Refusal == ""
	return !d.Allowed && (byRule || d.Refusal.byRule())
}

// byRule reports whether rules said no, rather than that they failed.
func (r Refusal) byRule() bool { return r == NotPermitted || r == ForbiddenByRule }

// candidates are the permission sets that live assignments give the person,
// before any rule; ended reports an assignment that is over.
func (a *asking) candidates(app *Application, wanted *PermissionSet, t *trail) (sets []*PermissionSet, ended bool) {
	for _, one := range a.granted[app.ID] {
		set := a.snapshot.setByID[one.PermissionSetID]
		if set == nil || (wanted != nil && set != wanted) {
			continue
		}
		over := one.over(a.at)
		ended = ended || over
		if t != nil {
			t.add(Step{What: StepAssignment, Object: "permission set " + set.Name, Matched: !over, Counts: !over, Assignment: one})
		}
		if !over && !slices.Contains(sets, set) {
			sets = append(sets, set)
		}
	}
	return sets, ended
}

// weigh asks the rules for each permission set that somebody is assigned, and
// reports whether they kept one closed.
func (d *Decision) weigh(a *asking, candidates []*PermissionSet, t *trail) (byRule bool) {
	open := candidates[:0]
	for _, set := range candidates {
		refusal := a.judge(d.Application, set, t)
		if refusal == "" {
			open = append(open, set)
		} else if d.Refusal == "" {
			d.Refusal = refusal
		}
		byRule = byRule || refusal.byRule()
	}
	if len(open) > 0 {
		d.Allowed, d.Refusal, d.Sets = true, "", open
		slices.SortFunc(d.Sets, func(x, y *PermissionSet) int { return a.snapshot.rank[x] - a.snapshot.rank[y] })
	}
	return byRule
}

// judge asks the rules of an application, and of the permission set with
// which it would be entered.
func (a *asking) judge(app *Application, set *PermissionSet, t *trail) Refusal {
	ofApp := a.snapshot.appRules[app.ID]
	var ofSet *ruleSet
	if set != nil {
		ofSet = a.snapshot.setRules[set.ID]
	}
	if ofApp == nil && ofSet == nil {
		return ""
	}
	request, name := a.request(app, set), ""
	if set != nil {
		name = set.Name
	}
	for _, rules := range []*ruleSet{ofApp, ofSet} {
		if rules == nil {
			continue
		}
		if refusal := rules.judge(a.entities, request, name, t); refusal != "" {
			return refusal
		}
	}
	return ""
}
