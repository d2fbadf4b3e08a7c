package access

import (
	"slices"
	"time"
)

// Enterable is one application of somebody's portal.
type Enterable struct {
	Application *Application
	Sets        []*PermissionSet // with which they may enter as they are signed in
	Later       []*PermissionSet // with which they may once they have signed in again
	StepUp      StepUp           // how they have to sign in again to enter at all; None where they may as they are
}

// Portal gives all applications that a person may enter, or may once they have
// signed in again, by title.
func (c *Catalog) Portal(f *Facts, at time.Time) []Enterable {
	s := c.snapshot.Load()
	a := f.ask(s, at)
	var all []Enterable
	for _, app := range s.byTitle {
		if app.Entry == Assigned && len(a.granted[app.ID]) == 0 {
			continue
		}
		if one, ok := a.enterable(app); ok {
			all = append(all, one)
		}
	}
	return all
}

// enterable decides about one application with all that is assigned in it.
func (a *asking) enterable(app *Application) (Enterable, bool) {
	d := Decision{Application: app}
	d.decide(a, nil, nil)
	one := Enterable{Application: app, Sets: d.Sets, StepUp: d.StepUp}
	if d.Allowed || d.Refusal == StepUpNeeded {
		one.Later = a.later(app, d.Sets)
	}
	return one, d.Allowed || d.Refusal == StepUpNeeded
}

// later gives the permission sets that are open once the person has signed in
// again, beside those that are open now.
func (a *asking) later(app *Application, open []*PermissionSet) []*PermissionSet {
	if app.StepUp.None() && !a.looksAtSignIn(app, nil) {
		return nil
	}
	var all []*PermissionSet
	sets, _ := a.candidates(app, nil, nil)
	for _, set := range sets {
		if slices.Contains(open, set) {
			continue
		}
		d := Decision{Application: app}
		if d.decide(a, set, nil); d.Refusal == StepUpNeeded {
			all = append(all, set)
		}
	}
	slices.SortFunc(all, func(x, y *PermissionSet) int { return a.snapshot.rank[x] - a.snapshot.rank[y] })
	return all
}
