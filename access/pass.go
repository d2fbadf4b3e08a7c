package access

import (
	"slices"
	"time"
)

// Pass decides as Decide does, without telling how it came to that: at each
// request of a browser. What was chosen counts as long as it is among what the
// person may enter with, or would be after signing in again.
func (c *Catalog) Pass(f *Facts, app *Application, p Passing) Passage {
	s := c.snapshot.Load()
	if app = s.appByID[app.ID]; app == nil {
		return Passage{Refusal: NoApplication}
	}
	if p.At.IsZero() {
		p.At = time.Now()
	}
	a := f.bind(s).asks(&f.person, p.At)
	a.address = p.Address
	d := Decision{Application: app}
	if d.decide(&a, nil, nil); !d.Allowed {
		return Passage{Refusal: d.Refusal, StepUp: d.StepUp}
	}
	for _, set := range d.Sets {
		if set.ID == p.Chosen {
			return Passage{Set: set}
		}
	}
	if wanted := s.setByID[p.Chosen]; wanted != nil {
		// Signing in again as they chose comes before going in as something else.
		chosen := Decision{Application: app}
		if chosen.decide(&a, wanted, nil); chosen.Refusal == StepUpNeeded {
			return Passage{Refusal: StepUpNeeded, StepUp: chosen.StepUp}
		}
	}
	switch len(d.Sets) {
	case 0:
		return Passage{}
	case 1:
		return Passage{Set: d.Sets[0]}
	default:
		return Passage{Choose: true}
	}
}

// GroupsThrough gives the names of the groups by which assignments of an
// application, that have not ended, reach a person, and when the first of them
// does so no longer; zero where all do without end.
func (c *Catalog) GroupsThrough(f *Facts, app *Application) (names []string, until time.Time) {
	now := time.Now()
	var ends []time.Time // of each name, the last
	for _, one := range f.bind(c.snapshot.Load()).granted[app.ID] {
		name := ""
		switch {
		case one.over(now):
		case one.Principal.Kind == ToClaim:
			name = one.Principal.Name
		case one.Principal.Kind == ToGroup:
			name = f.person.groupCalled(one.Principal.ID)
		}
		if name == "" {
			continue
		}
		at := slices.Index(names, name)
		switch {
		case at < 0:
			names, ends = append(names, name), append(ends, one.EndsAt)
		case one.EndsAt.IsZero() || !ends[at].IsZero() && one.EndsAt.After(ends[at]):
			ends[at] = one.EndsAt
		}
	}
	for _, end := range ends {
		if until.IsZero() || !end.IsZero() && end.Before(until) {
			until = end
		}
	}
	return names, until
}

func (p *Person) groupCalled(id string) string {
	for _, g := range p.Groups {
		if g.ID == id {
			return g.DisplayName
		}
	}
	return ""
}

// over reports whether an assignment has ended.
func (a *Assignment) over(at time.Time) bool { return !a.EndsAt.IsZero() && !at.Before(a.EndsAt) }
