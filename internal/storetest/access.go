package storetest

import (
	"slices"
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

func permissionSet(name string) *access.PermissionSet {
	return &access.PermissionSet{ID: id(), Name: name, CreatedAt: soon(0), UpdatedAt: soon(0)}
}

func someRules() []access.Rule {
	return []access.Rule{
		{ID: id(), Name: "office", Text: "permit (principal, action, resource);"},
		{ID: id(), Name: "form", Text: "forbid (principal, action, resource);", Form: &access.RuleForm{Forbid: true, Groups: []string{"Ops"}, MaxAge: time.Minute}},
	}
}

// testApplicationParts: every part of an application is kept.
func testApplicationParts(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	a := application("desktops")
	a.Kind, a.Entry, a.Icon, a.AskWhom = access.KindWorkSpaces, access.Assigned, "🖥️", "#desktops"
	a.WorkSpaces = &access.WorkSpaces{Region: "eu-west-1", RegistrationCode: "SLiad+AB12CD", DirectoryID: "d-1234567890", AccountID: "123456789012", Client: "web"}
	a.Links = []access.DeepLink{{Name: "home", Title: "Home", Path: "/d/abc?x=1"}}
	a.Rules = someRules()
	a.UserAccess = []access.UserAccess{{Vendor: "okta", URL: "https://acme.okta.com/app/x/y/sso/saml"}}
	must(t, db.CreateApplication(ctx, a, audit.Event{}))
	all, err := db.Applications(ctx)
	must(t, err)
	equal(t, all, []*access.Application{a})

	b := *a
	b.Kind, b.Entry, b.Icon, b.AskWhom, b.WorkSpaces, b.Links, b.Rules, b.UserAccess = access.KindLink, access.Everyone, "", "", nil, nil, nil, nil
	must(t, db.UpdateApplication(ctx, &b, audit.Event{}))
	all, err = db.Applications(ctx)
	must(t, err)
	equal(t, all, []*access.Application{&b})
	for name, change := range map[string]func(*access.Application){
		"no kind":       func(a *access.Application) { a.Kind = "" },
		"another entry": func(a *access.Application) { a.Entry = "nobody" },
	} {
		bad := b
		change(&bad)
		if err := db.UpdateApplication(ctx, &bad, audit.Event{}); err == nil {
			t.Errorf("%s is stored", name)
		}
	}
}

func testPermissionSets(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	before, err := db.Revision(ctx)
	must(t, err)
	viewer, admin := permissionSet("viewer"), permissionSet("Admin")
	admin.Description, admin.SessionDuration, admin.RelayState = "All of it", 90*time.Minute, "/admin"
	admin.Tags, admin.Rules = []access.Tag{{Key: "Level", Value: "9"}}, someRules()
	must(t, db.CreatePermissionSet(ctx, viewer, event(audit.PermissionSetCreated)))
	must(t, db.CreatePermissionSet(ctx, admin, event(audit.PermissionSetCreated)))
	wantKind(t, db.CreatePermissionSet(ctx, permissionSet("ADMIN"), event(audit.PermissionSetCreated)), fault.Conflict)
	wantSets := func(want ...*access.PermissionSet) {
		t.Helper()
		all, err := db.PermissionSets(ctx)
		must(t, err)
		equal(t, all, want)
	}
	wantSets(admin, viewer)

	changed := *admin
	changed.Name, changed.SessionDuration, changed.Tags, changed.Rules = "Zealot", 0, nil, nil
	must(t, db.UpdatePermissionSet(ctx, &changed, event(audit.PermissionSetChanged)))
	wantSets(viewer, &changed)
	wantKind(t, db.UpdatePermissionSet(ctx, admin, event(audit.PermissionSetChanged)), fault.Conflict) // of the version before
	wantKind(t, db.UpdatePermissionSet(ctx, permissionSet("nowhere"), event(audit.PermissionSetChanged)), fault.NotFound)
	taken := changed
	taken.Name = "VIEWER"
	wantKind(t, db.UpdatePermissionSet(ctx, &taken, event(audit.PermissionSetChanged)), fault.Conflict)

	must(t, db.DeletePermissionSet(ctx, viewer.ID, event(audit.PermissionSetRemoved)))
	wantKind(t, db.DeletePermissionSet(ctx, viewer.ID, event(audit.PermissionSetRemoved)), fault.NotFound)
	wantSets(&changed)
	after, err := db.Revision(ctx)
	must(t, err)
	events, err := db.Events(ctx, audit.Filter{})
	must(t, err)
	const acts = 4 // those that were done
	if after != before+acts || len(events) != acts {
		t.Errorf("%d steps of the revision and %d events, want %d of each", after-before, len(events), acts)
	}
}

func testRoles(t *testing.T, url URL) {
	db := fresh(t, url)
	ctx := t.Context()
	before, err := db.Revision(ctx)
	must(t, err)
	role := func(name string) *access.Role {
		return &access.Role{
			ID: id(), ARN: "arn:aws:iam::123456789012:role/" + name, Trust: `{"Version": "2012-10-17"}`, CreatedAt: soon(0), UpdatedAt: soon(0),
			Inline: []access.InlinePolicy{{Name: "stream", Document: `{}`}}, MaxSessionDuration: 2 * time.Hour,
		}
	}
	z, a := role("Z"), role("A")
	must(t, db.CreateRole(ctx, z, event(audit.RoleCreated)))
	must(t, db.CreateRole(ctx, a, event(audit.RoleCreated)))
	wantKind(t, db.CreateRole(ctx, role("A"), event(audit.RoleCreated)), fault.Conflict)
	wantRoles := func(want ...*access.Role) {
		t.Helper()
		all, err := db.Roles(ctx)
		must(t, err)
		if diff := cmp.Diff(want, all, cmpopts.IgnoreUnexported(access.Role{})); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	wantRoles(a, z)
	changed := *a
	changed.Description, changed.Trust, changed.Inline, changed.MaxSessionDuration = "Desktops", "{}", nil, 0
	must(t, db.UpdateRole(ctx, &changed, event(audit.RoleChanged)))
	wantRoles(&changed, z)
	wantKind(t, db.UpdateRole(ctx, a, event(audit.RoleChanged)), fault.Conflict)
	wantKind(t, db.UpdateRole(ctx, role("none"), event(audit.RoleChanged)), fault.NotFound)
	must(t, db.DeleteRole(ctx, z.ID, event(audit.RoleRemoved)))
	wantKind(t, db.DeleteRole(ctx, z.ID, event(audit.RoleRemoved)), fault.NotFound)
	wantRoles(&changed)
	testLastRole(t, db, &changed)
	after, err := db.Revision(ctx)
	must(t, err)
	if after != before+7 {
		t.Errorf("revision went from %d to %d, want 7 steps", before, after)
	}
}

// testLastRole: the last role of an account stays while an application of
// Amazon WorkSpaces names that account.
func testLastRole(t *testing.T, db *store.DB, last *access.Role) {
	t.Helper()
	ctx := t.Context()
	desktops := application("desktops")
	desktops.Kind, desktops.WorkSpaces = access.KindWorkSpaces, &access.WorkSpaces{AccountID: "123456789012"}
	must(t, db.CreateApplication(ctx, desktops, event(audit.ApplicationAdded)))
	other := &access.Role{ID: id(), ARN: "arn:aws:iam::210987654321:role/B", Trust: "{}", CreatedAt: soon(0), UpdatedAt: soon(0)}
	must(t, db.CreateRole(ctx, other, event(audit.RoleCreated)))
	wantKind(t, db.DeleteRole(ctx, last.ID, event(audit.RoleRemoved)), fault.Conflict)
	must(t, db.DeleteRole(ctx, other.ID, event(audit.RoleRemoved)))
}

func testShelf(t *testing.T, url URL) {
	h := newAccessHouse(t, url)
	ctx := t.Context()
	before := h.revision(t)
	shelf := func(want ...access.ShelfItem) {
		t.Helper()
		items, err := h.db.Shelf(ctx, h.ada.ID)
		must(t, err)
		equal(t, items, want)
	}
	shelf()
	one, two, three := soon(0), soon(time.Minute), soon(2*time.Minute)
	must(t, h.db.Entered(ctx, h.ada.ID, h.grafana.ID, h.viewer.ID, one))
	must(t, h.db.Entered(ctx, h.ada.ID, h.crm.ID, "", two))
	shelf(access.ShelfItem{ApplicationID: h.crm.ID, EnteredAt: two}, access.ShelfItem{ApplicationID: h.grafana.ID, EnteredAt: one, PermissionSet: h.viewer.ID})
	must(t, h.db.Pin(ctx, h.ada.ID, h.grafana.ID, true, two))
	must(t, h.db.Pin(ctx, h.ada.ID, h.grafana.ID, true, three)) // stays where it is
	must(t, h.db.Entered(ctx, h.ada.ID, h.grafana.ID, h.boss.ID, three))
	shelf(access.ShelfItem{ApplicationID: h.grafana.ID, PinnedAt: two, EnteredAt: three, PermissionSet: h.boss.ID}, access.ShelfItem{ApplicationID: h.crm.ID, EnteredAt: two})
	must(t, h.db.Pin(ctx, h.ada.ID, h.grafana.ID, false, three))
	shelf(access.ShelfItem{ApplicationID: h.grafana.ID, EnteredAt: three, PermissionSet: h.boss.ID}, access.ShelfItem{ApplicationID: h.crm.ID, EnteredAt: two})
	must(t, h.db.Pin(ctx, h.bob.ID, h.crm.ID, true, one))
	must(t, h.db.Pin(ctx, h.bob.ID, h.crm.ID, false, one))
	must(t, h.db.Pin(ctx, h.bob.ID, h.crm.ID, false, one))
	items, err := h.db.Shelf(ctx, h.bob.ID)
	must(t, err)
	equal(t, len(items), 0)

	wantKind(t, h.db.Pin(ctx, "none", h.crm.ID, true, one), fault.NotFound)
	wantKind(t, h.db.Entered(ctx, h.ada.ID, "none", "", one), fault.NotFound)
	equal(t, h.revision(t), before)
	must(t, h.db.RemoveUser(ctx, h.ada.ID, directory.Act{}))
	shelf()
}

// testRecents: the last 50 are remembered, and all that is pinned.
func testRecents(t *testing.T, url URL) {
	h := newAccessHouse(t, url)
	ctx := t.Context()
	const kept = 50
	must(t, h.db.Entered(ctx, h.ada.ID, h.crm.ID, "", soon(0)))
	must(t, h.db.Pin(ctx, h.ada.ID, h.crm.ID, true, soon(0)))
	must(t, h.db.Entered(ctx, h.bob.ID, h.crm.ID, "", soon(0)))
	var ids []string
	for i := range kept + 5 {
		a := application(id())
		must(t, h.db.CreateApplication(ctx, a, audit.Event{}))
		must(t, h.db.Entered(ctx, h.ada.ID, a.ID, "", soon(time.Duration(i+1)*time.Second)))
		ids = append(ids, a.ID)
	}
	items, err := h.db.Shelf(ctx, h.ada.ID)
	must(t, err)
	var got []string
	for _, i := range items {
		got = append(got, i.ApplicationID)
	}
	last := slices.Clone(ids[5:])
	slices.Reverse(last)
	equal(t, got, append([]string{h.crm.ID}, last...))
	theirs, err := h.db.Shelf(ctx, h.bob.ID)
	must(t, err)
	equal(t, len(theirs), 1)
}
