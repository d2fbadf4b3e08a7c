package access

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/fault"
)

// Proposal is a change that is not made yet; nil and empty fields change nothing.
type Proposal struct {
	Application   *Application   // instead of the one of its ID, or a new one
	PermissionSet *PermissionSet // instead of the one of its ID, or a new one
	Grant         []*Assignment
	Revoke        []string // IDs of assignments
}

// Preview is a catalog as it would be. Nothing is saved; fault.Invalid where
// a rule of the proposal could not be saved. It decides and lists; it has no
// store to change.
func (c *Catalog) Preview(p Proposal) (*Catalog, error) {
	s := c.snapshot.Load()
	held := s.held
	if p.Application != nil {
		if err := checkRules(p.Application.Rules); err != nil {
			return nil, err
		}
		held.applications = replace(held.applications, p.Application, func(a *Application) string { return a.ID })
	}
	if p.PermissionSet != nil {
		if err := checkRules(p.PermissionSet.Rules); err != nil {
			return nil, err
		}
		held.sets = replace(held.sets, p.PermissionSet, func(s *PermissionSet) string { return s.ID })
	}
	held.assignments = slices.DeleteFunc(slices.Clone(held.assignments), func(a *Assignment) bool { return slices.Contains(p.Revoke, a.ID) })
	held.assignments = append(held.assignments, p.Grant...)
	preview := &Catalog{}
	preview.snapshot.Store(s.next(s.revision, held))
	return preview, nil
}

func checkRules(rules []Rule) error {
	for _, r := range rules {
		if err := CheckRule(r.Text); err != nil {
			return fault.Wrap(fault.Invalid, "Rule "+quoted(r.Name)+": "+fault.Public(err), err)
		}
	}
	return nil
}

func replace[T any](list []T, one T, id func(T) string) []T {
	list = slices.Clone(list)
	for i := range list {
		if id(list[i]) == id(one) {
			list[i] = one
			return list
		}
	}
	return append(list, one)
}

// Difference is what a proposal changes for one person in one application.
type Difference struct {
	Person      Person
	Application *Application
	Before      []string // permission sets by name; "" stands for entering without one; none: no entry
	After       []string
	AgainBefore []string // those of Before that take another sign-in (StepUpNeeded)
	AgainAfter  []string
}

// Differences compares two catalogs for people at one moment. It looks only at applications
// that the two hold differently, and stops with the error of ctx when that ends.
func Differences(ctx context.Context, before, after *Catalog, people []*Facts, at time.Time) ([]Difference, error) {
	was, is := before.snapshot.Load(), after.snapshot.Load()
	names, ids := differing(was, is)
	var all []Difference
	for _, person := range people {
		old := person.person.beside(was, ids).asks(&person.person, at)
		now := person.person.beside(is, ids).asks(&person.person, at)
		for _, name := range names {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("compare who may enter what: %w", err)
			}
			if untouched(&old, &now, name) {
				continue
			}
			then, thenAgain := old.enters(name)
			since, sinceAgain := now.enters(name)
			if slices.Equal(then, since) && slices.Equal(thenAgain, sinceAgain) {
				continue
			}
			app := is.byName[name]
			if app == nil {
				app = was.byName[name]
			}
			all = append(all, Difference{Person: person.person, Application: app, Before: then, After: since, AgainBefore: thenAgain, AgainAfter: sinceAgain})
		}
	}
	return all, nil
}

// untouched reports whether all that a decision about one person's way into an
// application hangs on is the same in both.
func untouched(old, now *asking, name string) bool {
	app := old.snapshot.byName[name]
	if app == nil || app != now.snapshot.byName[name] || !slices.Equal(old.granted[app.ID], now.granted[app.ID]) {
		return false
	}
	return !slices.ContainsFunc(old.granted[app.ID], func(a *Assignment) bool {
		return old.snapshot.setByID[a.PermissionSetID] != now.snapshot.setByID[a.PermissionSetID]
	})
}

// enters names the permission sets with which somebody may enter an application,
// and those of them for which they have to sign in again.
func (a *asking) enters(name string) (all, again []string) {
	app := a.snapshot.byName[name]
	if app == nil {
		return nil, nil
	}
	one, ok := a.enterable(app)
	if !ok {
		return nil, nil
	}
	for _, set := range one.Later {
		again = append(again, set.Name)
	}
	sets := slices.Concat(one.Sets, one.Later)
	slices.SortFunc(sets, func(x, y *PermissionSet) int { return a.snapshot.rank[x] - a.snapshot.rank[y] })
	for _, set := range sets {
		all = append(all, set.Name)
	}
	if len(one.Sets) == 0 && (one.StepUp.None() || len(one.Later) == 0) {
		if all = append([]string{""}, all...); !one.StepUp.None() {
			again = append([]string{""}, again...)
		}
	}
	return all, again
}

// differing names the applications that a change between two snapshots can
// concern, and gives their IDs beside the names.
func differing(was, is *snapshot) (names []string, ids map[string]bool) {
	ids = map[string]bool{}
	for _, pair := range [][2]*snapshot{{was, is}, {is, was}} {
		for name, app := range pair[0].byName {
			if pair[1].byName[name] != app {
				ids[app.ID] = true
			}
		}
		for _, a := range pair[0].held.assignments {
			other := pair[1]
			if other.assignment[a.ID] != a || other.setByID[a.PermissionSetID] != pair[0].setByID[a.PermissionSetID] {
				ids[a.ApplicationID] = true
			}
		}
	}
	for id := range ids {
		if app := is.appByID[id]; app != nil {
			names = append(names, app.Name)
		} else if app := was.appByID[id]; app != nil {
			names = append(names, app.Name)
		}
	}
	slices.SortFunc(names, strings.Compare)
	return names, ids
}
