package scim_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"sallyport/directory"
)

// signedIn is a person who came by a first sign-in through a connection, or
// was made by hand (slug "").
func (h *house) signedIn(userName, slug string) string {
	h.t.Helper()
	u := &directory.User{
		ID: uuid.Must(uuid.NewV7()).String(), UserName: userName, Active: true, Source: directory.FromSignIn, IDP: slug,
		CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}
	if slug == "" {
		u.Source = directory.FromHand
	}
	must(h.t, h.directory.Create(context.Background(), u, directory.Act{}))
	return u.ID
}

// TestOtherConnections: what another connection keeps is not there for a
// robot, and cannot be taken by it.
func TestOtherConnections(t *testing.T) {
	corp := newHouse(t)
	other := corp.as(corp.tokenOf("other", directory.TokenOptions{}))
	eve := other.person("eve@example.com")
	theirs := other.group("theirs", eve)
	visitor := corp.signedIn("visitor@example.com", "other")
	ada := corp.person("ada@example.com")
	ours := corp.group("ours", ada)

	corp.unchanged(t, func() {
		for _, path := range []string{"/Users/" + eve, "/Users/" + visitor, "/Groups/" + theirs} {
			corp.refused(404, "", "GET", path, "")
			corp.refused(404, "", "DELETE", path, "")
			corp.refused(404, "", "PATCH", path, patch(`{"op":"replace","path":"displayName","value":"taken"}`))
			corp.refused(404, "", "PUT", path, `{"userName":"eve@example.com","displayName":"taken"}`)
		}
		for _, target := range []string{
			`/Users?filter=userName eq "eve@example.com"`, `/Users?filter=id eq "` + eve + `"`, `/Users?filter=groups.value eq "` + theirs + `"`,
			`/Groups?filter=displayName eq "theirs"`, `/Groups?filter=members.value eq "` + eve + `"`, `/Users?filter=not (userName eq "ada@example.com")`,
		} {
			if a := corp.want(200, "GET", target, ""); a.at("totalResults") != 0.0 {
				t.Errorf("%s finds %s", target, a.body)
			}
		}
		for _, target := range []string{"/Users", "/Groups", "/Users?cursor"} {
			if a := corp.want(200, "GET", target, ""); len(a.ids()) != 1 {
				t.Errorf("%s lists %s", target, a.body)
			}
		}
		// The name is taken, and no more is said.
		corp.refused(409, "uniqueness", "POST", "/Users", userJSON("EVE@example.com"))
		corp.refused(409, "uniqueness", "PATCH", "/Users/"+ada, patch(`{"op":"replace","path":"userName","value":"eve@example.com"}`))
		corp.refused(400, "invalidValue", "PATCH", "/Groups/"+ours, patch(`{"op":"add","path":"members","value":[{"value":"`+eve+`"}]}`))
		corp.refused(400, "invalidValue", "PATCH", "/Groups/"+ours, patch(`{"op":"add","path":"members","value":[{"value":"`+theirs+`"}]}`))
		corp.refused(400, "invalidValue", "POST", "/Groups", `{"displayName":"new","members":[{"value":"`+eve+`"}]}`)
		if a := corp.want(200, "POST", "/Bulk", bulk(`{"method":"DELETE","path":"/Users/`+eve+`"}`)); a.text("Operations", 0, "status") != "404" {
			t.Errorf("in bulk: %s", a.body)
		}
	})

	// Groups of two connections may have one name.
	corp.group("theirs")
	if a := corp.want(200, "GET", `/Groups?filter=displayName eq "theirs"`, ""); len(a.ids()) != 1 || a.ids()[0] == theirs {
		t.Errorf("the group of one name: %s", a.body)
	}
}

// TestAdoption: people of the connection who came otherwise are found, and
// become the robot's with its first write.
func TestAdoption(t *testing.T) {
	h := newHouse(t)
	for userName, slug := range map[string]string{"came@example.com": "corp", "made@example.com": ""} {
		id := h.signedIn(userName, slug)
		h.refused(409, "uniqueness", "POST", "/Users", userJSON(userName))
		if a := h.want(200, "GET", `/Users?filter=userName eq "`+userName+`"`, ""); len(a.ids()) != 1 || a.ids()[0] != id {
			t.Fatalf("not found: %s", a.body)
		}
		// To look is not to take.
		if u, err := h.directory.User(t.Context(), id); err != nil || u.Source == directory.FromSCIM {
			t.Errorf("after a look: %+v, %v", u, err)
		}
		h.want(200, "PATCH", "/Users/"+id, patch(`{"op":"add","path":"externalId","value":"x-`+userName+`"}`))
		u, err := h.directory.User(t.Context(), id)
		must(t, err)
		if u.Source != directory.FromSCIM || u.IDP != "corp" || u.ExternalID != "x-"+userName {
			t.Errorf("after its first write: %+v", u)
		}
	}
}

// TestLocalGroups: a local group is not the robot's, and neither is its name.
func TestLocalGroups(t *testing.T) {
	h := newHouse(t)
	ada := h.person("ada@example.com")
	g := &directory.Group{DisplayName: "Local"}
	must(t, h.directory.CreateGroup(t.Context(), g, []string{ada}, directory.Act{}))
	h.refused(404, "", "GET", "/Groups/"+g.ID, "")
	h.refused(404, "", "DELETE", "/Groups/"+g.ID, "")
	h.refused(409, "uniqueness", "POST", "/Groups", `{"displayName":"local"}`)
}
