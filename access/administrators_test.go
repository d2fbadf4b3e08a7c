package access_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/store"
)

func TestWhoIsAdministrator(t *testing.T) {
	db, a := administrators(t)
	grant(t, a, access.Administrator, false, "Ada@Example.com")
	grant(t, a, access.Auditor, false, "ada@example.com")
	grant(t, a, access.Auditor, false, "J\u00dcRGEN@example.org")
	grant(t, a, access.Auditor, true, "Audit")
	grant(t, a, access.Administrator, true, "Platform Owners")

	other, err := access.OpenAdministrators(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		userName string
		groups   []string
		want     access.AdminSet
	}{
		{"ada@example.com", nil, access.Administrator}, // the stronger of her two
		{"ADA@EXAMPLE.COM", nil, access.Administrator},
		{"ju\u0308rgen@example.org", nil, access.Auditor},
		{"bob@example.com", nil, ""},
		{"ada@example.co", nil, ""},
		{" ada@example.com", nil, ""},
		{"", nil, ""},
		{"", []string{""}, ""},
		{"bob@example.com", []string{"Staff", "Audit"}, access.Auditor},
		{"bob@example.com", []string{"Audit", "Platform Owners"}, access.Administrator},
		{"bob@example.com", []string{"audit", "Audit ", "platform owners", "AUDIT"}, ""},
		{"Audit", nil, ""},                                   // a person called like a group
		{"bob@example.com", []string{"ada@example.com"}, ""}, // a group called like a person
		{"J\u00fcrgen@example.org", []string{"Platform Owners"}, access.Administrator},
	} {
		for _, who := range []*access.Administrators{a, other} {
			got, ok := who.For("corp", tc.userName, tc.groups)
			if got != tc.want || ok != (tc.want != "") {
				t.Errorf("For(%q, %q) = %q, %v, want %q", tc.userName, tc.groups, got, ok, tc.want)
			}
			// Another identity provider that says the same of somebody.
			for _, idp := range []string{"customer", "", "CORP"} {
				if set, ok := who.For(idp, tc.userName, tc.groups); ok || set != "" {
					t.Errorf("through %q For(%q, %q) = %q", idp, tc.userName, tc.groups, set)
				}
			}
		}
	}
}

func TestGrantAndRevoke(t *testing.T) {
	db, a := administrators(t)
	ctx := t.Context()
	if a.Any() {
		t.Error("an empty house has an Administrator")
	}
	auditors := grant(t, a, access.Auditor, true, "Audit")
	if a.Any() {
		t.Error("an Auditor is called an Administrator")
	}
	ada := grant(t, a, access.Administrator, false, "  Ada@Example.com ")
	if !a.Any() || ada.Principal != "Ada@Example.com" || ada.CreatedBy != "user:1" || ada.CreatedAt.IsZero() {
		t.Errorf("Grant = %+v", ada)
	}
	if _, err := a.Grant(ctx, "corp", access.Administrator, false, "ADA@example.com", "user:1"); fault.KindOf(err) != fault.Conflict {
		t.Errorf("second Grant = %v, want conflict", err)
	}
	if err := a.Revoke(ctx, ada.ID, "user:2"); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Public(err), "last Administrator") {
		t.Errorf("Revoke of the last Administrator = %v, want to be told so", err)
	}
	if set, _ := a.For("corp", "ada@example.com", nil); set != access.Administrator {
		t.Error("a refused Revoke took the set away")
	}

	// Made by another instance, which this one hasn't seen yet.
	other, err := access.OpenAdministrators(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	bob := grant(t, other, access.Administrator, false, "bob@example.com")
	if err := a.Revoke(ctx, bob.ID, "user:2"); err != nil {
		t.Fatal(err)
	}
	if err := a.Revoke(ctx, bob.ID, "user:2"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("second Revoke = %v, want not found", err)
	}
	if err := a.Revoke(ctx, auditors.ID, "user:2"); err != nil {
		t.Fatal(err)
	}
	if got := a.Grants(); len(got) != 1 || got[0].ID != ada.ID {
		t.Errorf("Grants = %+v", got)
	}

	events, err := db.Events(ctx, audit.Filter{Actions: []audit.Action{audit.AdminGranted, audit.AdminRevoked}})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range events {
		told = append(told, string(e.Action)+" "+e.Actor+" "+e.Person+" "+string(e.Detail))
	}
	want := `admin.revoked user:2  {"group":"Audit","set":"Auditor"}
admin.revoked user:2 bob@example.com {"set":"Administrator"}
admin.granted user:1 bob@example.com {"set":"Administrator"}
admin.granted user:1 Ada@Example.com {"set":"Administrator"}
admin.granted user:1  {"group":"Audit","set":"Auditor"}`
	if got := strings.Join(told, "\n"); got != want {
		t.Errorf("events:\n%s\nwant:\n%s", got, want)
	}
}

func TestGrantRefusesWhatIsNobody(t *testing.T) {
	_, a := administrators(t)
	for name, g := range map[string]struct {
		set       access.AdminSet
		principal string
	}{
		"unknown set": {"Owner", "ada@example.com"},
		"other case":  {"administrator", "ada@example.com"},
		"no set":      {"", "ada@example.com"},
		"nobody":      {access.Administrator, ""},
		"spaces":      {access.Administrator, "  \t "},
		"two lines":   {access.Administrator, "ada\nbob"},
		"NUL":         {access.Administrator, "ada\x00"},
		"not UTF-8":   {access.Administrator, "\xff"},
		"long":        {access.Administrator, strings.Repeat("a", 257)},
	} {
		for _, group := range []bool{false, true} {
			if _, err := a.Grant(t.Context(), "corp", g.set, group, g.principal, "user:1"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: Grant = %v, want invalid", name, err)
			}
		}
	}
	if len(a.Grants()) != 0 {
		t.Error("something was saved")
	}
}

// TestAdministratorsFollowTheStore: a removal elsewhere is known here within
// 5 s, and a store that is away opens no door and shuts none.
func TestAdministratorsFollowTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &adminShelf{grants: []*access.AdminGrant{{IDP: "corp", ID: "1", Set: access.Administrator, Principal: "ada"}}}
		a, err := access.OpenAdministrators(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- a.Run(ctx) }()

		s.set(1, nil, &access.AdminGrant{IDP: "corp", ID: "2", Set: access.Auditor, Principal: "bob"})
		time.Sleep(5 * time.Second)
		_, ada := a.For("corp", "ada", nil)
		if bob, _ := a.For("corp", "bob", nil); ada || bob != access.Auditor {
			t.Errorf("after 5 s: ada %v, bob %q", ada, bob)
		}
		s.set(2, errors.New("disk gone"))
		time.Sleep(time.Minute)
		if bob, _ := a.For("corp", "bob", nil); bob != access.Auditor {
			t.Error("what was known last went away with the store")
		}
		s.set(2, nil)
		time.Sleep(5 * time.Second)
		if _, ok := a.For("corp", "bob", nil); ok {
			t.Error("not followed after the store came back")
		}
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

// TestUnknownSetsGiveNothing: a newer program may know more sets.
func TestUnknownSetsGiveNothing(t *testing.T) {
	s := &adminShelf{grants: []*access.AdminGrant{
		{IDP: "corp", ID: "1", Set: "Owner", Principal: "ada"}, {IDP: "corp", ID: "2", Set: access.Administrator, Group: true},
		{IDP: "corp", ID: "3", Set: access.Administrator}, {ID: "4", Set: access.Administrator, Principal: "ada"},
	}}
	a, err := access.OpenAdministrators(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if set, ok := a.For("corp", "ada", []string{""}); ok || set != "" {
		t.Errorf("For = %q, %v", set, ok)
	}
}

func grant(t *testing.T, a *access.Administrators, set access.AdminSet, group bool, principal string) *access.AdminGrant {
	t.Helper()
	g, err := a.Grant(t.Context(), "corp", set, group, principal, "user:1")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func administrators(t *testing.T) (*store.DB, *access.Administrators) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "test.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	a, err := access.OpenAdministrators(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return db, a
}

// adminShelf is a store that can fail.
type adminShelf struct {
	access.AdminStore
	shelf
	grants []*access.AdminGrant
}

func (s *adminShelf) Revision(ctx context.Context) (int64, error) { return s.shelf.Revision(ctx) }

func (s *adminShelf) AdminGrants(context.Context) ([]*access.AdminGrant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.grants, s.failing
}

func (s *adminShelf) set(revision int64, failing error, grants ...*access.AdminGrant) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision, s.failing, s.grants = revision, failing, grants
}
