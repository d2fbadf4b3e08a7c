package access

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"sallyport/directory"
)

// Administrators answers from memory who may enter the console, and follows
// the store.
type Administrators struct {
	store    AdminStore
	reload   sync.Mutex // one reload at a time, so that none overtakes a later one
	snapshot atomic.Pointer[adminSnapshot]
}

// adminSnapshot is what the store held at one revision. It never changes.
type adminSnapshot struct {
	revision int64
	grants   []*AdminGrant
	people   map[principal]AdminSet // by folded userName
	groups   map[principal]AdminSet
}

// principal is a person or group as one connection names them.
type principal struct{ idp, name string }

// OpenAdministrators loads all grants.
func OpenAdministrators(ctx context.Context, store AdminStore) (*Administrators, error) {
	a := &Administrators{store: store}
	if err := a.Reload(ctx); err != nil {
		return nil, err
	}
	return a, nil
}

// Run follows the store (every 2 s) until ctx ends. While the store does not
// answer, the grants known last stay.
func (a *Administrators) Run(ctx context.Context) error {
	return follow(ctx, a.store, a, "who may administer")
}

func (a *Administrators) known() int64 { return a.snapshot.Load().revision }

// Reload reads everything again now.
func (a *Administrators) Reload(ctx context.Context) error {
	a.reload.Lock()
	defer a.reload.Unlock()
	// The revision comes first: a change in between is read again, not missed.
	revision, err := a.store.Revision(ctx)
	if err != nil {
		return fmt.Errorf("read the revision: %w", err)
	}
	grants, err := a.store.AdminGrants(ctx)
	if err != nil {
		return fmt.Errorf("load administrators: %w", err)
	}
	a.snapshot.Store(newAdminSnapshot(revision, grants))
	return nil
}

func newAdminSnapshot(revision int64, grants []*AdminGrant) *adminSnapshot {
	s := &adminSnapshot{revision: revision, grants: grants, people: map[principal]AdminSet{}, groups: map[principal]AdminSet{}}
	for _, g := range grants {
		if g.Folded() == "" || g.IDP == "" {
			continue // nobody, whoever stored it
		}
		all := s.people
		if g.Group {
			all = s.groups
		}
		who := principal{g.IDP, g.Folded()}
		all[who] = stronger(all[who], g.Set)
	}
	return s
}

// stronger gives Administrator before Auditor before nothing. A set that this
// program does not know, which another one may have stored, gives nothing.
func stronger(a, b AdminSet) AdminSet {
	switch {
	case a == Administrator || b == Administrator:
		return Administrator
	case a == Auditor || b == Auditor:
		return Auditor
	}
	return ""
}

// For gives the strongest set that a person who signed in through the
// connection idp has by userName, compared as directory.Fold does, or by a
// group, compared exactly; false where none.
func (a *Administrators) For(idp, userName string, groups []string) (AdminSet, bool) {
	s := a.snapshot.Load()
	var best AdminSet
	if userName != "" {
		best = s.people[principal{idp, directory.Fold(userName)}]
	}
	for _, g := range groups {
		best = stronger(best, s.groups[principal{idp, g}])
	}
	return best, best != ""
}

// Grants gives all, in the order they were made. Do not change them.
func (a *Administrators) Grants() []*AdminGrant { return slices.Clone(a.snapshot.Load().grants) }

// Any reports whether a person or group has the set Administrator: whether
// there is a way into the console that goes through an identity provider.
func (a *Administrators) Any() bool {
	return slices.ContainsFunc(a.snapshot.Load().grants, func(g *AdminGrant) bool { return g.Set == Administrator })
}
