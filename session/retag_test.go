package session_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/testidp"
	"sallyport/saml"
	"sallyport/session"
)

const (
	costCenter = "${path:enterprise.costCenter}"
	title      = "${path:title}"
)

func TestRetag(t *testing.T) {
	said := session.Tag{Key: "Team", Value: "Blue", Source: "AccessControl", Transitive: true}
	person := func(center, title string) *directory.User {
		u := &directory.User{}
		u.Profile.Enterprise.CostCenter, u.Profile.Title = center, title
		return u
	}
	mapping := func(key, path string) idp.TagMapping { return idp.TagMapping{Key: key, Path: path} }
	full := make([]session.Tag, 50)
	for i := range full {
		full[i] = session.Tag{Key: fmt.Sprintf("Key%02d", i), Value: "1", Source: "PrincipalTag"}
	}
	for _, c := range []struct {
		name     string
		tags     []session.Tag
		mappings []idp.TagMapping
		user     *directory.User
		want     []session.Tag
	}{
		{"nothing is configured", []session.Tag{said}, nil, person("1", ""), []session.Tag{said}},
		{
			"another value", []session.Tag{{Key: "CostCenter", Value: "1", Source: costCenter, Transitive: true, Lost: []session.Loser{{Value: "0", Source: "PrincipalTag"}}}, said},
			[]idp.TagMapping{mapping("CostCenter", costCenter)}, person(" 2 ", ""),
			[]session.Tag{{Key: "CostCenter", Value: "2", Source: costCenter, Transitive: true, Lost: []session.Loser{{Value: "0", Source: "PrincipalTag"}}}, said},
		},
		{
			"no value any more", []session.Tag{{Key: "CostCenter", Value: "1", Source: costCenter}, said},
			[]idp.TagMapping{mapping("CostCenter", costCenter)}, person("", ""), []session.Tag{said},
		},
		{
			"a value that breaks a rule", []session.Tag{{Key: "CostCenter", Value: "1", Source: costCenter}, said},
			[]idp.TagMapping{mapping("CostCenter", costCenter)}, person("<2>", ""), []session.Tag{said},
		},
		{
			"a first value", []session.Tag{said},
			[]idp.TagMapping{mapping("CostCenter", costCenter), mapping("Title", title)}, person("2", "Dr."),
			[]session.Tag{{Key: "CostCenter", Value: "2", Source: costCenter}, {Key: "Title", Value: "Dr.", Source: title}, said},
		},
		{
			"configured over the assertion's", []session.Tag{said},
			[]idp.TagMapping{mapping("TEAM", title)}, person("", "Dr."),
			[]session.Tag{{Key: "TEAM", Value: "Dr.", Source: title, Transitive: true, Lost: []session.Loser{{Value: "Blue", Source: "AccessControl"}}}},
		},
		{"configured, without a value, over the assertion's", []session.Tag{said}, []idp.TagMapping{mapping("team", title)}, person("", ""), nil},
		{"configured no more", []session.Tag{{Key: "CostCenter", Value: "1", Source: costCenter}, said}, nil, person("2", ""), []session.Tag{said}},
		{
			"too many", full, []idp.TagMapping{mapping("Title", title)}, person("", "Dr."),
			append([]session.Tag{{Key: "Title", Value: "Dr.", Source: title}}, full[:49]...),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := append([]session.Tag(nil), c.tags...)
			if diff := cmp.Diff(c.want, session.Retag(c.tags, c.mappings, c.user)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(before, c.tags); diff != "" {
				t.Errorf("changed what it was given: %s", diff)
			}
		})
	}
}

// TestRetagAgreesWithSignIn: a session whose person changes has the tags that
// a sign-in afterwards would have.
func TestRetagAgreesWithSignIn(t *testing.T) {
	h := newHouse(t, idp.Settings{TagMappings: []idp.TagMapping{{Key: "CostCenter", Path: costCenter}, {Key: "Title", Path: title}}})
	u := &directory.User{ID: "u1", UserName: "ada@example.com", Active: true, Source: directory.FromHand}
	u.Profile.Title = "Mr."
	if err := h.db.CreateUser(t.Context(), u, directory.Act{}); err != nil {
		t.Fatal(err)
	}
	response := func() string {
		return h.respond(testidp.Response{NameID: u.UserName, Attributes: []testidp.Attribute{access("team", "Blue"), access("title", "Said")}})
	}
	early := h.mustReceive(response())
	_, err := h.db.UpdateUser(t.Context(), u.ID, func(u *directory.User) error {
		u.Profile.Title, u.Profile.Enterprise.CostCenter = "Dr.", "4711"
		return nil
	}, directory.Act{Event: audit.New(audit.UserChanged, "command")})
	if err != nil {
		t.Fatal(err)
	}
	late := h.mustReceive(response())
	now, err := h.manager.Session(t.Context(), early.Token)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(late.Session.Tags, now.Tags); diff != "" || len(now.Tags) != 3 {
		t.Errorf("(-a sign-in's +the session's)\n%s", diff)
	}
}

// changing changes the person between the reading of tags and the recording.
type changing struct {
	session.Store
	change func()
}

func (c changing) RecordSignIn(ctx context.Context, s *session.SignIn) error {
	c.change()
	return c.Store.RecordSignIn(ctx, s)
}

func TestTagsOfAPersonWhoChangesMeanwhile(t *testing.T) {
	h := newHouse(t, idp.Settings{TagMappings: []idp.TagMapping{{Key: "CostCenter", Path: costCenter}}})
	u := &directory.User{ID: "u1", UserName: "ada@example.com", Active: true, Source: directory.FromHand}
	u.Profile.Enterprise.CostCenter = "before"
	if err := h.db.CreateUser(t.Context(), u, directory.Act{}); err != nil {
		t.Fatal(err)
	}
	manager := h.over(changing{h.db, func() {
		_, err := h.db.UpdateUser(t.Context(), u.ID, func(u *directory.User) error {
			u.Profile.Enterprise.CostCenter = "after"
			return nil
		}, directory.Act{})
		if err != nil {
			t.Error(err)
		}
	}}, h.db)
	arrived, err := manager.Receive(t.Context(), h.c, session.Arrival{SAMLResponse: h.respond(testidp.Response{NameID: u.UserName}), Target: "/"})
	if err != nil {
		t.Fatal(explain(err))
	}
	want := []session.Tag{{Key: "CostCenter", Value: "after", Source: costCenter}}
	if diff := cmp.Diff(want, arrived.Session.Tags); diff != "" {
		t.Error(diff)
	}
	stored, err := h.manager.Session(t.Context(), arrived.Token)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, stored.Tags); diff != "" {
		t.Error(diff)
	}
}

func TestARemovedPersonIsRefused(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	response := func() string { return h.respond(testidp.Response{NameID: "ada@example.com"}) }
	arrived := h.mustReceive(response())
	if err := h.db.RemoveUser(t.Context(), arrived.Session.UserID, directory.Act{Event: audit.New(audit.UserRemoved, "command")}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.manager.Session(t.Context(), arrived.Token); err == nil {
		t.Error("the session of a removed person goes on")
	}
	_, err := h.receive(response())
	_, _, detail := h.refused(err, saml.UserInactive)
	if detail.Want != "a person who has not been removed" || !strings.Contains(detail.Got, "removed at") {
		t.Errorf("want %q got %q", detail.Want, detail.Got)
	}
}

func TestGroupsOfTheDirectory(t *testing.T) {
	h := newHouse(t, idp.Settings{})
	arrived := h.mustReceive(h.respond(testidp.Response{NameID: "ada@example.com", Groups: []string{"Said", "Ops", "said", "LOCAL"}}))
	for i, g := range []directory.Group{
		{DisplayName: "Ops", IDP: slug},
		{DisplayName: "everybody"},
		{DisplayName: "Elsewhere", IDP: "other"},
		{DisplayName: "Local", IDP: ""},
		{DisplayName: "Not hers", IDP: slug},
	} {
		g.ID = fmt.Sprintf("g%d", i)
		members := []string{arrived.Session.UserID}
		switch g.DisplayName {
		case "Not hers":
			members = nil
		case "everybody": // through another group
			members = []string{"g0"}
		}
		if err := h.db.CreateGroup(t.Context(), &g, members, directory.Act{}); err != nil {
			t.Fatal(err)
		}
	}
	s, err := h.manager.Session(t.Context(), arrived.Token)
	if err != nil {
		t.Fatal(err)
	}
	got, err := h.manager.Groups(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"everybody", "Local", "Ops", "Said", "said"}, got); diff != "" {
		t.Error(diff)
	}

	if err := h.db.RemoveGroup(t.Context(), "g0", directory.Act{}); err != nil {
		t.Fatal(err)
	}
	if got, err = h.manager.Groups(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Local", "Said", "Ops", "said"}, got); diff != "" {
		t.Errorf("groups follow the directory at once: %s", diff)
	}
	if got, err := h.manager.Groups(t.Context(), &session.Session{Kind: session.Link}); err != nil || len(got) != 0 {
		t.Errorf("groups of a link's session: %v, %v", got, err)
	}
}
