package session_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/testidp"
)

// robot acts for the provisioning robot of a connection.
func robot(connection string, a audit.Action) directory.Act {
	return directory.Act{Scope: directory.Scope(connection), Event: audit.New(a, "scim_token:"+connection)}
}

// TestRobotOfAnotherDomain: no robot decides who somebody is whom another
// connection signs in.
func TestRobotOfAnotherDomain(t *testing.T) {
	h := newHouse(t, idp.Settings{EmailDomains: []string{"b.example"}, TagMappings: []idp.TagMapping{{Key: "CostCenter", Path: costCenter}}})
	h.connect("other", idp.Settings{})
	people := directory.New(h.db, directory.Options{})
	early := &directory.User{UserName: "bob@b.example", Active: true}
	early.Profile.Enterprise.CostCenter = "chosen by another"
	if err := people.Create(t.Context(), early, robot("other", audit.UserCreated)); fault.KindOf(err) != fault.Conflict {
		t.Fatalf("a person of another connection's domain: %v, want a conflict", err)
	}
	a := h.mustReceive(h.respond(testidp.Response{NameID: "bob@b.example", Attributes: []testidp.Attribute{access("costcenter", "honest")}}))
	for name, change := range map[string]func(*directory.User) error{
		"another value": func(u *directory.User) error { u.Profile.Enterprise.CostCenter = "later"; return nil },
		"deactivated":   func(u *directory.User) error { u.Active = false; return nil },
	} {
		if _, err := people.Update(t.Context(), a.Session.UserID, change, robot("other", audit.UserChanged)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: %v, want that nobody is there", name, err)
		}
	}
	if _, err := h.manager.Session(t.Context(), a.Token); err != nil {
		t.Errorf("the session is over: %v", err)
	}
}

// TestLocalGroupsAreOurs: being in a local group is nothing that a robot or an
// assertion can claim.
func TestLocalGroupsAreOurs(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	people := directory.New(h.db, directory.Options{})
	local := &directory.Group{DisplayName: "Break glass"}
	if err := people.CreateGroup(t.Context(), local, nil, directory.Act{}); err != nil {
		t.Fatal(err)
	}
	mallory := &directory.User{UserName: "mallory@example.com", Active: true}
	if err := people.Create(t.Context(), mallory, robot(slug, audit.UserCreated)); err != nil {
		t.Fatal(err)
	}
	same := &directory.Group{DisplayName: "BREAK glass"}
	if err := people.CreateGroup(t.Context(), same, []string{mallory.ID}, robot(slug, audit.GroupCreated)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a robot's group of a local one's name: %v, want a conflict", err)
	}
	theirs := &directory.Group{DisplayName: "Staff"}
	if err := people.CreateGroup(t.Context(), theirs, []string{mallory.ID}, robot(slug, audit.GroupCreated)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		claims  []string
		claimed []string
		all     []string
	}{
		{"nothing", []string{}, nil, []string{"Staff"}},
		{"a local group", []string{"Break glass"}, []string{}, []string{"Staff"}},
		{"a local group in another case", []string{"break GLASS", "Sales", "Ｂreak glass"}, []string{"Sales"}, []string{"Staff", "Sales"}},
		{"what a robot's is called", []string{"Staff", "Sales"}, []string{"Staff", "Sales"}, []string{"Staff", "Sales"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.mustReceive(h.respond(testidp.Response{NameID: "mallory@example.com", Groups: []string{},
				Attributes: []testidp.Attribute{{Name: "groups", Values: c.claims}}}))
			s, err := h.manager.Session(t.Context(), a.Token)
			if err != nil {
				t.Fatal(err)
			}
			claimed, err := h.manager.Claimed(t.Context(), s)
			if diff := cmp.Diff(c.claimed, claimed); diff != "" || err != nil {
				t.Errorf("claimed, %v (-want +got):\n%s", err, diff)
			}
			all, err := h.manager.Groups(t.Context(), s)
			if diff := cmp.Diff(c.all, all); diff != "" || err != nil {
				t.Errorf("groups, %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestRenamedPersonSignsInAnew: a session is of who signed in by a userName,
// which somebody else may have by now.
func TestRenamedPersonSignsInAnew(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	people := directory.New(h.db, directory.Options{})
	ada := &directory.User{UserName: "ada@example.com", Active: true}
	if err := people.Create(t.Context(), ada, robot(slug, audit.UserCreated)); err != nil {
		t.Fatal(err)
	}
	before := h.mustReceive(h.respond(testidp.Response{NameID: "ada@example.com"}))
	if _, err := people.Update(t.Context(), ada.ID, func(u *directory.User) error { u.UserName = "ada.l@example.com"; return nil }, robot(slug, audit.UserChanged)); err != nil {
		t.Fatal(err)
	}
	if _, err := h.manager.Session(t.Context(), before.Token); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("the session of a renamed person: %v", err)
	}
	if after := h.mustReceive(h.respond(testidp.Response{NameID: "ada.l@example.com"})); after.Session.UserID != ada.ID {
		t.Errorf("signed in as %s, want %s", after.Session.UserID, ada.ID)
	}
}
