package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/store"
)

func testAssignments(t *testing.T, url URL) {
	for name, run := range map[string]func(*testing.T, *accessHouse){
		"of every principal":        testAssignmentsOfAll,
		"again":                     testAssignedAgain,
		"again without an end":      testAssignedAgainWithoutAnEnd,
		"all or none":               testAssignmentsAllOrNone,
		"filters":                   testAssignmentFilters,
		"revoked":                   testAssignmentsRevoked,
		"gone with a person":        testAssignmentsOfRemovedUser,
		"gone with a group":         testAssignmentsOfRemovedGroup,
		"gone with the application": testAssignmentsOfRemovedApplication,
		"the set stays":             testAssignedSetStays,
		"a dry run":                 testAssignmentsDryRun,
		"another name":              testAssignedRenamed,
		"their end":                 testAssignmentEnds,
		"removed meanwhile":         testAssignedMeanwhile,
		"the same at once":          testAssignedAtOnce,
	} {
		t.Run(name, func(t *testing.T) { run(t, newAccessHouse(t, url)) })
	}
}

// accessHouse has a connection, two people, a group, two applications and two
// permission sets.
type accessHouse struct {
	db           *store.DB
	ada, bob     *directory.User
	ops          *directory.Group
	grafana, crm *access.Application
	viewer, boss *access.PermissionSet
}

func newAccessHouse(t *testing.T, url URL) *accessHouse {
	t.Helper()
	ctx := t.Context()
	h := &accessHouse{
		db: corp(t, url), ada: user("ada@example.com"), bob: user("bob@example.com"), ops: group("Ops", ""),
		grafana: application("grafana"), crm: application("crm"), viewer: permissionSet("Viewer"), boss: permissionSet("Boss"),
	}
	for _, u := range []*directory.User{h.ada, h.bob} {
		must(t, h.db.CreateUser(ctx, u, directory.Act{}))
	}
	must(t, h.db.CreateGroup(ctx, h.ops, nil, directory.Act{}))
	for _, a := range []*access.Application{h.grafana, h.crm} {
		must(t, h.db.CreateApplication(ctx, a, audit.Event{}))
	}
	for _, s := range []*access.PermissionSet{h.viewer, h.boss} {
		must(t, h.db.CreatePermissionSet(ctx, s, audit.Event{}))
	}
	return h
}

func (h *accessHouse) assign(p access.Principal, a *access.Application, s *access.PermissionSet) *access.Assignment {
	return &access.Assignment{ID: id(), Principal: p, ApplicationID: a.ID, PermissionSetID: s.ID, CreatedAt: soon(0), CreatedBy: "user:1"}
}

func (h *accessHouse) create(t *testing.T, all ...*access.Assignment) int {
	t.Helper()
	n, err := h.db.CreateAssignments(t.Context(), all, "user:1")
	must(t, err)
	return n
}

func (h *accessHouse) stored(t *testing.T, f access.AssignmentFilter) []*access.Assignment {
	t.Helper()
	all, err := h.db.Assignments(t.Context(), f)
	must(t, err)
	return all
}

func (h *accessHouse) revision(t *testing.T) int64 {
	t.Helper()
	n, err := h.db.Revision(t.Context())
	must(t, err)
	return n
}

// told are the events of assignments, oldest first, without what differs from
// run to run.
func (h *accessHouse) told(t *testing.T, actions ...audit.Action) []audit.Event {
	t.Helper()
	if len(actions) == 0 {
		actions = []audit.Action{audit.AssignmentGranted, audit.AssignmentRevoked, audit.AssignmentEnded}
	}
	events, err := h.db.Events(t.Context(), audit.Filter{Actions: actions, Limit: 1000})
	must(t, err)
	told := make([]audit.Event, len(events))
	for i, e := range events {
		e.ID, e.At = "", time.Time{}
		told[len(events)-1-i] = e
	}
	return told
}

func (h *accessHouse) wantTold(t *testing.T, want []audit.Event, actions ...audit.Action) {
	t.Helper()
	byObject := cmpopts.SortSlices(func(a, b audit.Event) bool { return a.Object+string(a.Action) < b.Object+string(b.Action) })
	if diff := cmp.Diff(want, h.told(t, actions...), byObject, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
}

func toUser(u *directory.User) access.Principal {
	return access.Principal{Kind: access.ToUser, ID: u.ID}
}
func toGroup(g *directory.Group) access.Principal {
	return access.Principal{Kind: access.ToGroup, ID: g.ID}
}
func toClaim(name string) access.Principal {
	return access.Principal{Kind: access.ToClaim, IDP: "corp", Name: name}
}

func testAssignmentsOfAll(t *testing.T, h *accessHouse) {
	before := h.revision(t)
	person, team, claim := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("Ops Team"), h.crm, h.boss)
	person.EndsAt = soon(time.Hour)
	if n := h.create(t, person, team, claim); n != 3 {
		t.Errorf("%d are new, want 3", n)
	}
	equal(t, person.Principal.Name, "ada@example.com")
	equal(t, team.Principal.Name, "Ops")
	equal(t, h.stored(t, access.AssignmentFilter{}), []*access.Assignment{person, team, claim})
	equal(t, h.revision(t), before+1)
	h.wantTold(t, []audit.Event{
		{Action: audit.AssignmentGranted, Actor: "user:1", Object: "assignment:" + person.ID, Person: "ada@example.com",
			Detail: []byte(`{"application":"grafana","permission_set":"Viewer","ends_at":"` + person.EndsAt.Format(time.RFC3339) + `"}`)},
		{Action: audit.AssignmentGranted, Actor: "user:1", Object: "assignment:" + team.ID, Detail: []byte(`{"application":"grafana","permission_set":"Viewer","group":"Ops"}`)},
		{Action: audit.AssignmentGranted, Actor: "user:1", Object: "assignment:" + claim.ID, IDP: "corp", Detail: []byte(`{"application":"crm","permission_set":"Boss","group":"Ops Team"}`)},
	})
}

func testAssignedAgain(t *testing.T, h *accessHouse) {
	first := []*access.Assignment{h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("x"), h.grafana, h.viewer)}
	h.create(t, first...)
	before := h.revision(t)

	again := []*access.Assignment{h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("x"), h.grafana, h.viewer)}
	if n := h.create(t, again...); n != 0 || h.revision(t) != before || len(h.told(t)) != 3 {
		t.Errorf("%d are new, revision %d after %d, %d events: nothing had changed", n, h.revision(t), before, len(h.told(t)))
	}
	equal(t, again, first) // what is stored, its ID too

	later := []*access.Assignment{h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("x"), h.grafana, h.viewer)}
	for _, a := range later {
		a.EndsAt = soon(time.Hour)
	}
	other := h.assign(toClaim("X"), h.grafana, h.viewer) // the case of a claim counts
	if n := h.create(t, append(later, other)...); n != 1 {
		t.Errorf("%d are new, want 1", n)
	}
	for i, a := range h.stored(t, access.AssignmentFilter{})[:3] {
		if a.ID != first[i].ID || !a.EndsAt.Equal(later[i].EndsAt) {
			t.Errorf("stored %+v, want %s to end at %s", a, first[i].ID, later[i].EndsAt)
		}
	}
	equal(t, h.revision(t), before+1)
	equal(t, len(h.told(t, audit.AssignmentGranted)), 7)
}

// testAssignedAgainWithoutAnEnd: an end to come stays where none is given; one
// that has passed goes.
func testAssignedAgainWithoutAnEnd(t *testing.T, h *accessHouse) {
	first := []*access.Assignment{h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("x"), h.grafana, h.viewer)}
	for _, a := range first {
		a.EndsAt = soon(time.Hour)
	}
	h.create(t, first...)
	over := h.assign(toUser(h.bob), h.grafana, h.viewer)
	over.EndsAt = soon(-time.Minute)
	h.create(t, over)
	before, told := h.revision(t), len(h.told(t, audit.AssignmentGranted))

	again := []*access.Assignment{h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("x"), h.grafana, h.viewer)}
	if n := h.create(t, again...); n != 0 || h.revision(t) != before || len(h.told(t, audit.AssignmentGranted)) != told {
		t.Errorf("%d are new, revision %d after %d: nothing had changed", n, h.revision(t), before)
	}
	equal(t, again, first) // what is stored, its end too
	equal(t, h.stored(t, access.AssignmentFilter{})[:3], first)

	anew := h.assign(toUser(h.bob), h.grafana, h.viewer)
	if n := h.create(t, anew); n != 1 || anew.ID != over.ID || !anew.EndsAt.IsZero() {
		t.Errorf("%d are new, stored %+v", n, anew)
	}
}

func testAssignmentsAllOrNone(t *testing.T, h *accessHouse) {
	good := h.assign(toUser(h.ada), h.grafana, h.viewer)
	nobody, nowhere, nothing := *good, *good, *good
	nobody.Principal.ID, nowhere.ApplicationID, nothing.PermissionSetID = "none", "none", "none"
	otherIDP, broken := *good, *good
	otherIDP.Principal = access.Principal{Kind: access.ToClaim, IDP: "other", Name: "x"}
	broken.Principal.ID = "a\x00b"
	noGroup := *good
	noGroup.Principal = access.Principal{Kind: access.ToGroup, ID: h.ada.ID} // a person is no group
	before := h.revision(t)
	for name, bad := range map[string]*access.Assignment{
		"person": &nobody, "application": &nowhere, "permission set": &nothing, "connection": &otherIDP, "broken": &broken, "group": &noGroup,
	} {
		bad.ID = id()
		n, err := h.db.CreateAssignments(t.Context(), []*access.Assignment{good, bad}, "user:1")
		if fault.KindOf(err) != fault.NotFound || n != 0 {
			t.Errorf("%s: %d, %v", name, n, err)
		}
	}
	if len(h.stored(t, access.AssignmentFilter{})) != 0 || h.revision(t) != before || len(h.told(t)) != 0 {
		t.Error("half of an act stays")
	}
}

func testAssignmentFilters(t *testing.T, h *accessHouse) {
	one, two, three := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.boss), h.assign(toUser(h.ada), h.crm, h.viewer)
	h.create(t, one, two, three)
	for name, tc := range map[string]struct {
		f    access.AssignmentFilter
		want []*access.Assignment
	}{
		"application":    {access.AssignmentFilter{ApplicationID: h.grafana.ID}, []*access.Assignment{one, two}},
		"permission set": {access.AssignmentFilter{PermissionSetID: h.viewer.ID}, []*access.Assignment{one, three}},
		"person":         {access.AssignmentFilter{UserID: h.ada.ID}, []*access.Assignment{one, three}},
		"group":          {access.AssignmentFilter{GroupID: h.ops.ID}, []*access.Assignment{two}},
		"several":        {access.AssignmentFilter{UserID: h.ada.ID, ApplicationID: h.crm.ID}, []*access.Assignment{three}},
		"page":           {access.AssignmentFilter{Limit: 1, After: one.ID}, []*access.Assignment{two}},
		"none":           {access.AssignmentFilter{UserID: h.bob.ID}, nil},
	} {
		t.Run(name, func(t *testing.T) { equal(t, h.stored(t, tc.f), tc.want) })
	}
}

func testAssignmentsRevoked(t *testing.T, h *accessHouse) {
	one, two := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toUser(h.bob), h.grafana, h.viewer)
	h.create(t, one, two)
	before := h.revision(t)
	n, err := h.db.DeleteAssignments(t.Context(), []string{one.ID, "none", one.ID}, "user:2")
	must(t, err)
	equal(t, n, 1)
	equal(t, h.revision(t), before+1)
	equal(t, h.stored(t, access.AssignmentFilter{}), []*access.Assignment{two})
	h.wantTold(t, []audit.Event{{Action: audit.AssignmentRevoked, Actor: "user:2", Object: "assignment:" + one.ID, Person: "ada@example.com",
		Detail: []byte(`{"application":"grafana","permission_set":"Viewer"}`)}}, audit.AssignmentRevoked)
	n, err = h.db.DeleteAssignments(t.Context(), []string{one.ID}, "user:2")
	must(t, err)
	if n != 0 || h.revision(t) != before+1 {
		t.Errorf("revoked twice: %d, revision %d", n, h.revision(t))
	}
}

// testAssignedAtOnce has the same made by many at once: one is new.
func testAssignedAtOnce(t *testing.T, h *accessHouse) {
	var news [atOnce]int
	together(atOnce, func(i int) {
		var err error
		news[i], err = h.db.CreateAssignments(t.Context(), []*access.Assignment{
			h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toClaim("x"), h.grafana, h.viewer),
		}, fmt.Sprint("user:", i))
		if err != nil {
			t.Error(err)
		}
	})
	sum := 0
	for _, n := range news {
		sum += n
	}
	if sum != 2 || len(h.stored(t, access.AssignmentFilter{})) != 2 || len(h.told(t)) != 2 {
		t.Errorf("%d are new, %d stored, %d told, want 2 of each", sum, len(h.stored(t, access.AssignmentFilter{})), len(h.told(t)))
	}
}
