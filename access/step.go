package access

import "fmt"

// What a Step looked at.
const (
	StepEntry      = "entry"      // who may enter the application at all
	StepAssignment = "assignment" // one that reaches the person
	StepRule       = "rule"
	StepSignIn     = "sign_in" // how and when the person signed in
)

// Effects of a Step.
const (
	EffectPermit = "permit"
	EffectForbid = "forbid"
)

// Step is one look of a decision.
type Step struct {
	What       string // StepEntry, StepAssignment or StepRule
	Object     string // "application grafana", "permission set PowerUser"
	Rule       string // the rule's name, or ""
	Set        string // name of the permission set for which the rule was asked, or ""
	Effect     string // EffectPermit, EffectForbid or ""
	Matched    bool
	Counts     bool        // it made the decision, or has a part in it
	Failed     string      // why a rule could not be evaluated, or ""
	Assignment *Assignment // of StepAssignment
	StepUp     StepUp      // of StepSignIn: what the application demands; with Again, what would let in, none where nothing would
	Again      bool        // of StepSignIn: it was asked for somebody who signs in again
}

// trail gathers the steps of one decision; a nil one gathers nothing.
type trail struct{ steps []Step }

func (t *trail) add(s Step) {
	if t != nil {
		t.steps = append(t.steps, s)
	}
}

// Sentence says it to an administrator.
func (s Step) Sentence() string {
	switch {
	case s.What == StepEntry && s.Matched:
		return "Any signed-in person may enter " + s.Object + "."
	case s.What == StepEntry:
		return "Only who is assigned may enter " + s.Object + ", and no assignment that counts reaches this person."
	case s.What == StepAssignment:
		return s.assignmentSentence()
	case s.What == StepSignIn:
		return s.signInSentence()
	case s.Failed != "":
		return fmt.Sprintf("Rule %q of %s could not be evaluated%s, so it keeps out: %s", s.Rule, s.Object, s.as(), s.Failed)
	case s.Effect == EffectForbid && s.Matched:
		return fmt.Sprintf("Rule %q of %s forbids it%s.", s.Rule, s.Object, s.as())
	case s.Effect == EffectForbid:
		return fmt.Sprintf("Rule %q of %s would forbid it%s, and does not match.", s.Rule, s.Object, s.as())
	case s.Matched:
		return fmt.Sprintf("Rule %q of %s permits it%s.", s.Rule, s.Object, s.as())
	default:
		return fmt.Sprintf("Rule %q of %s would permit it%s, and does not match.", s.Rule, s.Object, s.as())
	}
}

// as says for which permission set a rule of an application was asked, since
// it is asked for each by itself.
func (s Step) as() string {
	if s.Set == "" || s.Object == "permission set "+s.Set {
		return ""
	}
	return " as " + s.Set
}

func (s Step) assignmentSentence() string {
	through := "to the person"
	if p := s.Assignment.Principal; p.Kind == ToGroup {
		through = "through group " + p.Name
	} else if p.Kind == ToClaim {
		through = "through group " + p.Name + " of the assertion"
	}
	if !s.Matched {
		return fmt.Sprintf("An assignment of %s %s has ended (%s).", s.Object, through, s.Assignment.EndsAt.UTC().Format("2006-01-02 15:04 MST"))
	}
	return fmt.Sprintf("The %s is assigned %s.", s.Object, through)
}
