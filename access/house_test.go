package access_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/store"
)

// house is a catalog over a real database, with the connection "corp", ann
// and the group ops.
type house struct {
	*access.Catalog
	t   *testing.T
	db  *store.DB
	ann *directory.User
	ops *directory.Group
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	h := &house{
		t: t, db: db,
		ann: &directory.User{ID: "ann", UserName: "ann@example.com", Active: true, Source: directory.FromHand},
		ops: &directory.Group{ID: "ops", DisplayName: "Ops", Source: directory.FromHand},
	}
	h.must(db.Migrate(t.Context()))
	h.must(db.CreateProvider(t.Context(), &idp.Provider{ID: "1", Slug: "corp", Name: "Corp", State: idp.Active}, audit.Event{}))
	h.must(db.CreateUser(t.Context(), h.ann, directory.Act{}))
	h.must(db.CreateGroup(t.Context(), h.ops, nil, directory.Act{}))
	h.Catalog, err = access.Open(t.Context(), db)
	h.must(err)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) wantKind(err error, kind fault.Kind, words string) {
	h.t.Helper()
	if fault.KindOf(err) != kind || !strings.Contains(fault.Public(err), words) {
		h.t.Errorf("got %v, want %s with %q", err, kind, words)
	}
}

func (h *house) addApplication(name string) *access.Application {
	h.t.Helper()
	a := &access.Application{Name: name, URL: "https://" + name + ".example.com/", Entry: access.Assigned}
	h.must(h.Add(h.t.Context(), a, "command"))
	return a
}

func (h *house) addSet(name string) *access.PermissionSet {
	h.t.Helper()
	s := &access.PermissionSet{Name: name}
	h.must(h.AddPermissionSet(h.t.Context(), s, "command"))
	return s
}

func (h *house) events(actions ...audit.Action) []audit.Event {
	h.t.Helper()
	all, err := h.db.Events(h.t.Context(), audit.Filter{Actions: actions, Limit: 100})
	h.must(err)
	return all
}

func TestPermissionSetsLive(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	s := &access.PermissionSet{Name: " PowerUser ", Rules: []access.Rule{{ID: "mine", Name: "secret", Text: anyone}}}
	h.must(h.AddPermissionSet(ctx, s, "user:1"))
	if s.Name != "PowerUser" || s.ID == "" || s.Version != 1 || s.Rules[0].ID == "" || s.Rules[0].ID == "mine" {
		t.Errorf("added %+v", s)
	}
	if h.PermissionSet(s.ID) == nil || h.PermissionSetNamed("poweruser") == nil || h.PermissionSetNamed("other") != nil {
		t.Error("it is not found by ID and name")
	}
	h.wantKind(h.AddPermissionSet(ctx, &access.PermissionSet{Name: "POWERUSER"}, "user:1"), fault.Conflict, "exists already")

	changed := *h.PermissionSet(s.ID)
	changed.SessionDuration = 2 * time.Hour
	changed.Rules = []access.Rule{{Name: "form", Form: &access.RuleForm{Groups: []string{"Ops"}}}, {ID: s.Rules[0].ID, Name: "secret", Text: nobody}}
	h.must(h.ChangePermissionSet(ctx, &changed, "user:2"))
	got := h.PermissionSet(s.ID)
	if got.Version != 2 || got.Rules[1].ID != s.Rules[0].ID || got.Rules[0].ID == "" || !strings.Contains(got.Rules[0].Text, "containsAny") {
		t.Errorf("changed to %+v", got)
	}
	stale := *s
	h.wantKind(h.ChangePermissionSet(ctx, &stale, "user:2"), fault.Conflict, "Somebody else")
	h.wantKind(h.ChangePermissionSet(ctx, &access.PermissionSet{ID: "none", Name: "x"}, "user:2"), fault.NotFound, "no such permission set")
	h.must(h.RemovePermissionSet(ctx, s.ID, "user:3"))
	h.wantKind(h.RemovePermissionSet(ctx, s.ID, "user:3"), fault.NotFound, "no such permission set")

	var told []string
	for _, e := range h.events(audit.PermissionSetCreated, audit.PermissionSetChanged, audit.PermissionSetRemoved) {
		told = append(told, string(e.Action)+" "+e.Actor+" "+string(e.Detail))
		if e.Object != "permission_set:"+s.ID {
			t.Errorf("object %q", e.Object)
		}
	}
	want := `permission_set.removed user:3 {"name":"PowerUser"}
permission_set.changed user:2 {"name":"PowerUser","changed":["session_duration","rules"]}
permission_set.created user:1 {"name":"PowerUser"}`
	if strings.Join(told, "\n") != want {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), want)
	}
}

func TestStartersAreFitToBeAdded(t *testing.T) {
	h := newHouse(t)
	var names []string
	for _, s := range access.Starters() {
		h.must(h.AddPermissionSet(t.Context(), s, "command"))
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "AdministratorAccess PowerUserAccess ViewOnlyAccess" || len(h.PermissionSets()) != 3 {
		t.Errorf("starters %s", got)
	}
}

func TestAssignmentsLive(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	grafana, viewer := h.addApplication("grafana"), h.addSet("Viewer")
	assignment := func(p access.Principal) *access.Assignment {
		return &access.Assignment{Principal: p, ApplicationID: grafana.ID, PermissionSetID: viewer.ID}
	}
	ann, ops, claim := assignment(toUser("ann")), assignment(toGroup("ops")), assignment(access.Principal{Kind: access.ToClaim, IDP: "corp", Name: "Ops Team"})
	n, err := h.Grant(ctx, []*access.Assignment{ann, ops, claim}, "user:1")
	h.must(err)
	if n != 3 || ann.CreatedBy != "user:1" || ann.Principal.Name != "ann@example.com" || len(h.Assignments(access.AssignmentFilter{})) != 3 {
		t.Errorf("%d granted, %+v", n, ann)
	}
	facts := access.NewFacts(access.Person{UserID: "ann", IDP: "corp"})
	if d := h.Decide(facts, access.Question{Application: "grafana"}); !d.Allowed {
		t.Errorf("the assignment does not let in: %s", sentences(d))
	}
	for name, tc := range map[string]struct {
		f    access.AssignmentFilter
		want string
	}{
		"person":         {access.AssignmentFilter{UserID: "ann"}, ann.ID},
		"group":          {access.AssignmentFilter{GroupID: "ops"}, ops.ID},
		"person, group":  {access.AssignmentFilter{UserID: "ann", GroupID: "ops"}, ""},
		"application":    {access.AssignmentFilter{ApplicationID: grafana.ID, Limit: 1}, ann.ID},
		"permission set": {access.AssignmentFilter{PermissionSetID: viewer.ID, After: ops.ID}, claim.ID},
		"another":        {access.AssignmentFilter{ApplicationID: "other"}, ""},
	} {
		var got []string
		for _, a := range h.Assignments(tc.f) {
			got = append(got, a.ID)
		}
		if strings.Join(got, ",") != tc.want {
			t.Errorf("by %s: %v, want %s", name, got, tc.want)
		}
	}
	h.wantKind(h.RemovePermissionSet(ctx, viewer.ID, "user:1"), fault.Conflict, "3 times")
	n, err = h.RevokeAssignments(ctx, []string{ann.ID, "none"}, "user:2")
	h.must(err)
	if d := h.Decide(facts, access.Question{Application: "grafana"}); n != 1 || d.Allowed {
		t.Errorf("%d revoked, allowed %v", n, d.Allowed)
	}
	if n := len(h.events(audit.AssignmentGranted, audit.AssignmentRevoked)); n != 4 {
		t.Errorf("%d events, want 4", n)
	}
}

func TestGrantRefuses(t *testing.T) {
	h := newHouse(t)
	grafana, viewer := h.addApplication("grafana"), h.addSet("Viewer")
	for name, tc := range map[string]struct {
		change func(*access.Assignment)
		kind   fault.Kind
		words  string
	}{
		"no application":     {func(a *access.Assignment) { a.ApplicationID = "" }, fault.Invalid, "an application"},
		"no permission set":  {func(a *access.Assignment) { a.PermissionSetID = "" }, fault.Invalid, "a permission set"},
		"nobody":             {func(a *access.Assignment) { a.Principal = access.Principal{} }, fault.Invalid, "for a person"},
		"no ID":              {func(a *access.Assignment) { a.Principal.ID = "" }, fault.Invalid, "person or group"},
		"both":               {func(a *access.Assignment) { a.Principal.IDP = "corp" }, fault.Invalid, "person or group"},
		"a claim of nobody":  {func(a *access.Assignment) { a.Principal = access.Principal{Kind: access.ToClaim, Name: "x"} }, fault.Invalid, "connection"},
		"a claim with ID":    {func(a *access.Assignment) { a.Principal.Kind, a.Principal.IDP = access.ToClaim, "corp" }, fault.Invalid, "connection"},
		"a claim of nothing": {func(a *access.Assignment) { a.Principal = access.Principal{Kind: access.ToClaim, IDP: "corp"} }, fault.Invalid, "name of the group"},
		"a claim of two lines": {func(a *access.Assignment) {
			a.Principal = access.Principal{Kind: access.ToClaim, IDP: "corp", Name: "a\nb"}
		}, fault.Invalid, "one line"},
		"over before it begins": {func(a *access.Assignment) { a.EndsAt = time.Now() }, fault.Invalid, "passed already"},
		"a person who is gone":  {func(a *access.Assignment) { a.Principal.ID = "bob" }, fault.NotFound, "people"},
	} {
		t.Run(name, func(t *testing.T) {
			good := &access.Assignment{Principal: toGroup("ops"), ApplicationID: grafana.ID, PermissionSetID: viewer.ID}
			bad := &access.Assignment{Principal: toUser("ann"), ApplicationID: grafana.ID, PermissionSetID: viewer.ID}
			tc.change(bad)
			n, err := h.Grant(t.Context(), []*access.Assignment{good, bad}, "user:1")
			h.wantKind(err, tc.kind, tc.words)
			if n != 0 || len(h.Assignments(access.AssignmentFilter{})) != 0 {
				t.Error("something was saved")
			}
		})
	}
	_, err := h.Grant(t.Context(), nil, "user:1")
	h.wantKind(err, fault.Invalid, "at least one")
	_, err = h.Grant(t.Context(), make([]*access.Assignment, 1001), "user:1")
	h.wantKind(err, fault.Invalid, "1000 at once")
	_, err = h.RevokeAssignments(t.Context(), make([]string, 1001), "user:1")
	h.wantKind(err, fault.Invalid, "1000 at once")
}

func TestRolesLive(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	const arn = "arn:aws:iam::123456789012:role/WorkSpaces"
	const trust = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::123456789012:saml-provider/corp"}, "Action": "sts:AssumeRoleWithSAML"}}`
	r := &access.Role{ARN: " " + arn + " ", Trust: trust}
	h.must(h.AddRole(ctx, r, "user:1"))
	if got := h.Role(arn); got == nil || got.ID != r.ID || len(h.Roles()) != 1 || h.Role(strings.ToLower(arn)) != nil {
		t.Errorf("Role = %+v", got)
	}
	h.wantKind(h.AddRole(ctx, &access.Role{ARN: arn, Trust: trust}, "user:1"), fault.Conflict, "exists already")
	h.wantKind(h.AddRole(ctx, &access.Role{ARN: arn + "2", Trust: "{}"}, "user:1"), fault.Invalid, "")
	changed := *r
	changed.ARN, changed.Description = "arn:aws:iam::123456789012:role/Other", "Desktops"
	h.must(h.ChangeRole(ctx, &changed, "user:1"))
	if got := h.Role(arn); got == nil || got.Description != "Desktops" || got.Version != 2 {
		t.Errorf("changed to %+v", got)
	}
	stale := *r
	h.wantKind(h.ChangeRole(ctx, &stale, "user:1"), fault.Conflict, "Somebody else")
	broken := *h.Role(arn)
	broken.Trust = "{"
	h.wantKind(h.ChangeRole(ctx, &broken, "user:1"), fault.Invalid, "")
	h.wantKind(h.ChangeRole(ctx, &access.Role{ID: "none"}, "user:1"), fault.NotFound, "no such role")
	h.must(h.RemoveRole(ctx, r.ID, "user:1"))
	h.wantKind(h.RemoveRole(ctx, r.ID, "user:1"), fault.NotFound, "no such role")
	all := h.events(audit.RoleCreated, audit.RoleChanged, audit.RoleRemoved)
	if len(all) != 3 || string(all[1].Detail) != `{"name":"`+arn+`","changed":["description"]}` {
		t.Errorf("told %+v", all)
	}
}

func TestShelfLives(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	grafana, wiki, viewer := h.addApplication("grafana"), h.addApplication("wiki"), h.addSet("Viewer")
	h.must(h.Entered(ctx, "ann", grafana.ID, viewer.ID))
	h.must(h.Pin(ctx, "ann", wiki.ID, true))
	h.wantKind(h.Pin(ctx, "nobody", wiki.ID, true), fault.NotFound, "gone")
	h.wantKind(h.Entered(ctx, "ann", "nowhere", ""), fault.NotFound, "gone")
	items, err := h.Shelf(ctx, "ann")
	h.must(err)
	if len(items) != 2 || items[0].ApplicationID != wiki.ID || items[0].PinnedAt.IsZero() || items[1].PermissionSet != viewer.ID || items[1].EnteredAt.IsZero() {
		t.Errorf("Shelf = %+v", items)
	}
	h.must(h.RemovePermissionSet(ctx, viewer.ID, "user:1"))
	items, err = h.Shelf(ctx, "ann")
	h.must(err)
	if items[1].PermissionSet != "" {
		t.Error("a permission set that is gone is remembered")
	}
}
