package scim_test

import (
	"fmt"
	"net/http"
	"testing"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
)

func renaming(name string) string {
	return patch(`{"op":"replace","path":"userName","value":"` + name + `"}`)
}

// TestRenamesAreBraked: a robot that calls everybody otherwise puts them out.
func TestRenamesAreBraked(t *testing.T) {
	h := newHouse(t)
	var ids []string
	for i := range 40 {
		ids = append(ids, h.person(fmt.Sprintf("person-%d@example.com", i)))
	}
	for i, id := range ids {
		if i < 10 {
			h.want(200, "PATCH", "/Users/"+id, renaming(fmt.Sprintf("gone-%d", i)))
			continue
		}
		if a := h.refused(http.StatusTooManyRequests, "", "PATCH", "/Users/"+id, renaming(fmt.Sprintf("gone-%d", i))); a.header.Get("Retry-After") != "3600" {
			t.Fatalf("person %d: Retry-After %q", i, a.header.Get("Retry-After"))
		}
	}
	b, err := h.directory.Brake(t.Context(), "corp")
	must(t, err)
	if b.HeldSince.IsZero() || len(b.Held) != 0 {
		t.Errorf("the brake: %+v", b)
	}
}

// TestNamesAreTheirs: robots are told which names are not theirs to give.
func TestNamesAreTheirs(t *testing.T) {
	h := newHouse(t)
	id := h.person("ada@example.com")
	for slug, domain := range map[string]string{"corp": "example.com", "other": "other.example"} {
		_, err := h.db.UpdateProvider(t.Context(), slug, 0, func(p *idp.Provider) error {
			p.Settings.EmailDomains = []string{domain}
			return nil
		}, audit.Event{})
		must(t, err)
	}
	for name, want := range map[string]struct {
		status   int
		scimType string
	}{
		"bob@other.example":     {http.StatusConflict, "uniqueness"},
		"BOB@Other.Example":     {http.StatusConflict, "uniqueness"},
		"bob@third.example":     {http.StatusBadRequest, "invalidValue"},
		" bob@example.com":      {http.StatusBadRequest, "invalidValue"},
		"bob@example.com\u2003": {http.StatusBadRequest, "invalidValue"},
	} {
		h.refused(want.status, want.scimType, "POST", "/Users", userJSON(name))
		h.refused(want.status, want.scimType, "PATCH", "/Users/"+id, renaming(name))
	}
	h.want(201, "POST", "/Users", userJSON("bob@example.com"))

	must(t, h.directory.CreateGroup(t.Context(), &directory.Group{DisplayName: "Break glass"}, nil, directory.Act{}))
	g := h.group("Staff")
	h.refused(http.StatusConflict, "uniqueness", "POST", "/Groups", `{"displayName":"break GLASS"}`)
	h.refused(http.StatusConflict, "uniqueness", "PATCH", "/Groups/"+g, patch(`{"op":"replace","path":"displayName","value":"Break glass"}`))
}
