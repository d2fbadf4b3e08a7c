package access

import (
	"slices"
	"time"
)

// StepUp is how somebody must have signed in to enter. All that it says must
// hold.
type StepUp struct {
	Contexts []string      `json:"contexts,omitempty"` // any of these AuthnContextClassRefs
	MaxAge   time.Duration `json:"max_age,omitempty"`  // since AuthnInstant, a minute or more; 0: any
}

// None reports whether s demands nothing.
func (s StepUp) None() bool { return len(s.Contexts) == 0 && s.MaxAge == 0 }

// StepUpNeeded is the refusal of somebody who would be let in once they have
// signed in again, in the way that Decision.StepUp says: the application demands
// it, or a rule looks at how or when people signed in and would let them in then.
const StepUpNeeded Refusal = "step_up"

// clockSkew is the most that the clock of an identity provider may be ahead of
// ours: an AuthnInstant further in the future is worth nothing.
const clockSkew = 3 * time.Minute

// Bounds of what is tried for one refusal, and of what is asked for.
const (
	maxContextsTried = 100
	maxContexts      = 20
)

// unnamed stands for an authentication context that nobody names.
const unnamed = "?"

// meets reports whether a sign-in does all that s says. An instant that is not
// known is not fresh.
func (s StepUp) meets(in signIn, at time.Time) bool {
	if len(s.Contexts) > 0 && !slices.Contains(s.Contexts, in.context) {
		return false
	}
	return s.MaxAge == 0 || !in.instant.IsZero() && at.Sub(in.instant) <= s.MaxAge
}

// signIn is how and when somebody signed in.
type signIn struct {
	context string
	instant time.Time // zero: not known
}

// insist holds the application's own demand against who is let in, and finds
// out of who is kept out by rules whether another sign-in would do.
func (d *Decision) insist(a *asking, wanted *PermissionSet, t *trail) {
	demand, closed := d.Application.StepUp, !d.Allowed
	if !closed {
		met := demand.meets(a.signIn, a.at)
		if !demand.None() {
			t.add(demandStep(d.Application, demand, met))
		}
		if met {
			return
		}
		d.Allowed, d.Sets, d.Refusal = false, nil, ForbiddenByRule
	}
	needed, ok := a.stepUp(d.Application, wanted)
	if ok {
		d.Refusal, d.StepUp = StepUpNeeded, needed
	}
	if closed || !ok { // else the demand has said it
		t.add(againStep(d.Application, needed, ok))
	}
}

// stepUp finds out how the person would have to sign in to be let in: it asks
// once more for somebody who is the same in all else. ok is false where no way
// of signing in that application and rules name would do.
func (a *asking) stepUp(app *Application, wanted *PermissionSet) (needed StepUp, ok bool) {
	looks := a.looks(app, wanted)
	lets := func(context string, instant time.Time) bool { return a.lets(app, wanted, signIn{context, instant}) }
	willDo := []string{a.context} // contexts, once fresh
	switch anew := lets(a.context, a.at); {
	case looks.context && anew && a.context != "" && !lets(unnamed, a.at):
		needed.Contexts = looks.among(a.context, func(context string) bool { return lets(context, a.at) })
		willDo = needed.Contexts
	case anew: // to do the same again is enough
	case looks.context:
		needed.Contexts = looks.among("", func(context string) bool { return lets(context, a.at) })
		willDo = needed.Contexts
	default:
		return StepUp{}, false
	}
	if len(willDo) == 0 {
		return StepUp{}, false
	}
	all := func(instant time.Time) bool {
		return !slices.ContainsFunc(willDo, func(context string) bool { return !lets(context, instant) })
	}
	if looks.age && !all(a.instant) {
		needed.MaxAge = looks.oldest(func(age time.Duration) bool { return all(a.at.Add(-age)) })
	}
	return needed, !needed.None()
}

// lets reports whether the person would be let in had they signed in so.
func (a *asking) lets(app *Application, wanted *PermissionSet, in signIn) bool {
	d, again := Decision{Application: app}, a.signedIn(in)
	d.enter(&again, wanted, nil)
	return d.Allowed && app.StepUp.meets(in, a.at)
}

// looks is what an application, and those of its permission sets that the
// person is assigned, look at of a sign-in.
func (a *asking) looks(app *Application, wanted *PermissionSet) signInLook {
	all := signInLook{
		context: len(app.StepUp.Contexts) > 0, age: app.StepUp.MaxAge != 0,
		contexts: slices.Clone(app.StepUp.Contexts), ages: []time.Duration{app.StepUp.MaxAge},
	}
	all.add(a.snapshot.appRules[app.ID])
	sets, _ := a.candidates(app, wanted, nil)
	for _, set := range sets {
		all.add(a.snapshot.setRules[set.ID])
	}
	return all
}

// looksAtSignIn reports whether the rules that decide about an application for
// a person look at how or when people signed in.
func (a *asking) looksAtSignIn(app *Application, wanted *PermissionSet) bool {
	if a.snapshot.appRules[app.ID].looksAtSignIn() {
		return true
	}
	return slices.ContainsFunc(a.granted[app.ID], func(one *Assignment) bool {
		return (wanted == nil || one.PermissionSetID == wanted.ID) && a.snapshot.setRules[one.PermissionSetID].looksAtSignIn()
	})
}
