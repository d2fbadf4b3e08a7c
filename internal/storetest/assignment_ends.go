package storetest

import (
	"context"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

func testAssignmentsOfRemovedUser(t *testing.T, h *accessHouse) {
	theirs, other := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toUser(h.bob), h.grafana, h.viewer)
	h.create(t, theirs, other)
	must(t, h.db.Pin(t.Context(), h.ada.ID, h.grafana.ID, true, soon(0)))
	before := h.revision(t)
	must(t, h.db.RemoveUser(t.Context(), h.ada.ID, directory.Act{Event: audit.Event{Action: audit.UserRemoved, Actor: "user:2"}}))
	equal(t, h.stored(t, access.AssignmentFilter{}), []*access.Assignment{other})
	equal(t, h.revision(t), before+1)
	h.wantTold(t, []audit.Event{{Action: audit.AssignmentEnded, Actor: "user:2", Object: "assignment:" + theirs.ID, Person: "ada@example.com", Reason: "user removed",
		Detail: []byte(`{"application":"grafana","permission_set":"Viewer"}`)}}, audit.AssignmentEnded)

	nobodys := user("eve@example.com")
	must(t, h.db.CreateUser(t.Context(), nobodys, directory.Act{}))
	must(t, h.db.RemoveUser(t.Context(), nobodys.ID, directory.Act{}))
	equal(t, h.revision(t), before+1) // nothing went with them
}

func testAssignmentsOfRemovedGroup(t *testing.T, h *accessHouse) {
	theirs, claim := h.assign(toGroup(h.ops), h.grafana, h.viewer), h.assign(toClaim("Ops"), h.grafana, h.viewer)
	h.create(t, theirs, claim)
	before := h.revision(t)
	must(t, h.db.RemoveGroup(t.Context(), h.ops.ID, directory.Act{Event: audit.Event{Action: audit.GroupRemoved, Actor: "user:2"}}))
	equal(t, h.stored(t, access.AssignmentFilter{}), []*access.Assignment{claim})
	equal(t, h.revision(t), before+1)
	h.wantTold(t, []audit.Event{{Action: audit.AssignmentEnded, Actor: "user:2", Object: "assignment:" + theirs.ID, Reason: "group removed",
		Detail: []byte(`{"application":"grafana","permission_set":"Viewer","group":"Ops"}`)}}, audit.AssignmentEnded)
}

func testAssignmentsOfRemovedApplication(t *testing.T, h *accessHouse) {
	gone, other := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toUser(h.ada), h.crm, h.viewer)
	h.create(t, gone, other)
	must(t, h.db.Entered(t.Context(), h.ada.ID, h.grafana.ID, h.viewer.ID, soon(0)))
	must(t, h.db.DeleteApplication(t.Context(), "grafana", audit.Event{Action: audit.ApplicationRemoved, Actor: "user:2"}))
	equal(t, h.stored(t, access.AssignmentFilter{}), []*access.Assignment{other})
	h.wantTold(t, []audit.Event{{Action: audit.AssignmentEnded, Actor: "user:2", Object: "assignment:" + gone.ID, Person: "ada@example.com", Reason: "application removed",
		Detail: []byte(`{"application":"grafana","permission_set":"Viewer"}`)}}, audit.AssignmentEnded)
	items, err := h.db.Shelf(t.Context(), h.ada.ID)
	must(t, err)
	equal(t, len(items), 0)
}

// testAssignedSetStays: a permission set stays while somebody has it, and goes
// with assignments that have ended.
func testAssignedSetStays(t *testing.T, h *accessHouse) {
	live, over := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toUser(h.bob), h.grafana, h.viewer)
	over.EndsAt = soon(-time.Minute)
	h.create(t, live, over)
	removed := audit.Event{Action: audit.PermissionSetRemoved, Actor: "user:2"}
	wantKind(t, h.db.DeletePermissionSet(t.Context(), h.viewer.ID, removed), fault.Conflict)
	equal(t, len(h.stored(t, access.AssignmentFilter{})), 2)
	_, err := h.db.DeleteAssignments(t.Context(), []string{live.ID}, "user:2")
	must(t, err)
	must(t, h.db.DeletePermissionSet(t.Context(), h.viewer.ID, removed))
	equal(t, len(h.stored(t, access.AssignmentFilter{})), 0)
	ended := h.told(t, audit.AssignmentEnded)
	if len(ended) != 1 || ended[0].Object != "assignment:"+over.ID || ended[0].Reason != "permission set removed" {
		t.Errorf("told %+v", ended)
	}
}

func testAssignmentsDryRun(t *testing.T, h *accessHouse) {
	h.create(t, h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer))
	before, told := h.revision(t), len(h.told(t))
	try := directory.Act{Event: event(audit.UserRemoved), DryRun: true}
	must(t, h.db.RemoveUser(t.Context(), h.ada.ID, try))
	must(t, h.db.RemoveGroup(t.Context(), h.ops.ID, try))
	if len(h.stored(t, access.AssignmentFilter{})) != 2 || h.revision(t) != before || len(h.told(t)) != told {
		t.Error("what was only tried changed something")
	}
}

// testAssignedRenamed: memory shows names, so it must learn of new ones.
func testAssignedRenamed(t *testing.T, h *accessHouse) {
	ctx := t.Context()
	h.create(t, h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer))
	before := h.revision(t)
	rename := func(u *directory.User, name string) {
		t.Helper()
		_, err := h.db.UpdateUser(ctx, u.ID, func(u *directory.User) error { u.UserName = name; return nil }, directory.Act{})
		must(t, err)
	}
	rename(h.ada, "ada.lovelace@example.com")
	name := "Operations"
	_, err := h.db.ChangeGroup(ctx, h.ops.ID, directory.GroupChange{DisplayName: &name}, directory.Act{})
	must(t, err)
	equal(t, h.revision(t), before+2)
	all := h.stored(t, access.AssignmentFilter{})
	equal(t, []string{all[0].Principal.Name, all[1].Principal.Name}, []string{"ada.lovelace@example.com", "Operations"})

	rename(h.bob, "robert@example.com") // has no assignment
	_, err = h.db.ChangeGroup(ctx, h.ops.ID, directory.GroupChange{Add: []string{h.bob.ID}}, directory.Act{})
	must(t, err)
	equal(t, h.revision(t), before+2)
}

// testAssignmentEnds: an end is told once and forgotten 30 days later.
func testAssignmentEnds(t *testing.T, h *accessHouse) {
	ctx := t.Context()
	const month = 30 * 24 * time.Hour
	soonOver, later, never := h.assign(toUser(h.ada), h.grafana, h.viewer), h.assign(toUser(h.bob), h.grafana, h.viewer), h.assign(toGroup(h.ops), h.grafana, h.viewer)
	soonOver.EndsAt, later.EndsAt = soon(time.Hour), soon(2*month)
	h.create(t, soonOver, later, never)
	before := h.revision(t)
	prune := func(now time.Time, want int64) {
		t.Helper()
		n, err := h.db.Prune(ctx, now)
		must(t, err)
		equal(t, n, want)
	}
	prune(soonOver.EndsAt.Add(-time.Millisecond), 0)
	equal(t, len(h.told(t, audit.AssignmentEnded)), 0)
	prune(soonOver.EndsAt, 0)
	prune(soonOver.EndsAt.Add(time.Hour), 0)
	h.wantTold(t, []audit.Event{{Action: audit.AssignmentEnded, Actor: "system", Object: "assignment:" + soonOver.ID, Person: "ada@example.com", Reason: "end date",
		Detail: []byte(`{"application":"grafana","permission_set":"Viewer","ends_at":"` + soonOver.EndsAt.Format(time.RFC3339) + `"}`)}}, audit.AssignmentEnded)
	equal(t, h.revision(t), before) // decisions look at the time themselves
	equal(t, len(h.stored(t, access.AssignmentFilter{})), 3)

	prune(soonOver.EndsAt.Add(month), 1)
	equal(t, h.stored(t, access.AssignmentFilter{}), []*access.Assignment{later, never})
	equal(t, h.revision(t), before+1)

	// One that had ended is as good as new when it is given again.
	must(t, endNow(ctx, h, later))
	prune(soon(0), 0)
	equal(t, len(h.told(t, audit.AssignmentEnded)), 2)
	again := h.assign(toUser(h.bob), h.grafana, h.viewer)
	if n := h.create(t, again); n != 1 || again.ID != later.ID {
		t.Errorf("%d are new, ID %s, want 1 with ID %s", n, again.ID, later.ID)
	}
	prune(soon(2*month), 0)
	must(t, endNow(ctx, h, later))
	prune(soon(0), 0)
	equal(t, len(h.told(t, audit.AssignmentEnded)), 3) // its second end is told too
	must(t, h.db.RemoveUser(ctx, h.bob.ID, directory.Act{}))
	equal(t, len(h.told(t, audit.AssignmentEnded)), 3) // and not a third time
}

// testAssignedMeanwhile: whoever comes first, nothing that is gone is assigned.
func testAssignedMeanwhile(t *testing.T, h *accessHouse) {
	ctx := t.Context()
	removals := map[int]func() error{
		0: func() error { return h.db.RemoveUser(ctx, h.ada.ID, directory.Act{}) },
		1: func() error { return h.db.RemoveGroup(ctx, h.ops.ID, directory.Act{}) },
		2: func() error { return h.db.DeleteApplication(ctx, "grafana", audit.Event{}) },
		3: func() error { return h.db.DeletePermissionSet(ctx, h.boss.ID, audit.Event{}) },
	}
	bossGone := false
	together(atOnce, func(i int) {
		if remove := removals[i]; remove != nil {
			err := remove()
			if i == 3 {
				bossGone = err == nil
			}
			if err != nil && (i != 3 || fault.KindOf(err) != fault.Conflict) {
				t.Error(err)
			}
			return
		}
		for _, a := range []*access.Assignment{
			h.assign(toUser(h.ada), h.crm, h.viewer), h.assign(toGroup(h.ops), h.crm, h.viewer), h.assign(toUser(h.bob), h.grafana, h.viewer), h.assign(toUser(h.bob), h.crm, h.boss),
		} {
			_, err := h.db.CreateAssignments(ctx, []*access.Assignment{a}, "user:1")
			if kind := fault.KindOf(err); err != nil && kind != fault.NotFound && kind != fault.Conflict {
				t.Error(err)
			}
		}
	})
	for _, a := range h.stored(t, access.AssignmentFilter{}) {
		if a.Principal.ID != h.bob.ID || a.ApplicationID != h.crm.ID || a.PermissionSetID != h.boss.ID || bossGone {
			t.Errorf("assigned: %+v", a)
		}
	}
}

// endNow gives an assignment an end that has passed.
func endNow(ctx context.Context, h *accessHouse, a *access.Assignment) error {
	over := *a
	over.EndsAt = soon(-time.Second)
	_, err := h.db.CreateAssignments(ctx, []*access.Assignment{&over}, "user:1")
	return err
}
