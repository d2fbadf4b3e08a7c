package directory_test

import (
	"strings"
	"testing"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
)

func TestGroupsAreKeptByWhoMadeThem(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	_, token, err := h.dir.MakeToken(ctx, "corp", directory.TokenOptions{}, "user:9")
	h.must(err)
	ada := h.staff(1)[0]
	local, theirs := &directory.Group{DisplayName: "Local"}, &directory.Group{DisplayName: "Theirs", IDP: "other"}
	h.must(h.dir.CreateGroup(ctx, local, []string{ada.ID}, administrator(audit.GroupCreated)))
	h.must(h.dir.CreateGroup(ctx, theirs, nil, robot(audit.GroupCreated)))
	if local.Source != directory.FromHand || local.IDP != "" || theirs.Source != directory.FromSCIM || theirs.IDP != "corp" {
		t.Errorf("local %+v, theirs %+v", local, theirs)
	}
	name := "Renamed"
	rename := directory.GroupChange{DisplayName: &name}
	changed, err := h.dir.ChangeGroup(ctx, local.ID, rename, administrator(audit.GroupChanged))
	h.must(err)
	if changed.DisplayName != name || changed.Members != 1 || changed.Version != 2 {
		t.Errorf("changed %+v", changed)
	}
	_, err = h.dir.ChangeGroup(ctx, theirs.ID, rename, administrator(audit.GroupChanged))
	wantKind(t, err, fault.Forbidden)
	wantKind(t, h.dir.RemoveGroup(ctx, theirs.ID, administrator(audit.GroupRemoved)), fault.Forbidden)
	_, err = h.dir.ChangeGroup(ctx, theirs.ID, rename, robot(audit.GroupChanged))
	wantKind(t, err, fault.Conflict) // a local group is called so
	name = "Theirs too"
	_, err = h.dir.ChangeGroup(ctx, theirs.ID, rename, robot(audit.GroupChanged))
	h.must(err)
	_, err = h.dir.ChangeGroup(ctx, "none", rename, administrator(audit.GroupChanged))
	wantKind(t, err, fault.NotFound)
	wantKind(t, h.dir.RemoveGroup(ctx, "none", administrator(audit.GroupRemoved)), fault.NotFound)

	// Of a connection that is no longer provisioned, administrators keep what is left over.
	h.must(h.dir.RevokeToken(ctx, "corp", token.ID, "user:9"))
	name = "Left over"
	changed, err = h.dir.ChangeGroup(ctx, theirs.ID, directory.GroupChange{DisplayName: &name, Add: []string{ada.ID}}, administrator(audit.GroupChanged))
	h.must(err)
	if changed.DisplayName != name || changed.Members != 1 || changed.IDP != "corp" {
		t.Errorf("changed %+v", changed)
	}
	h.must(h.dir.RemoveGroup(ctx, theirs.ID, administrator(audit.GroupRemoved)))
	h.must(h.dir.RemoveGroup(ctx, local.ID, administrator(audit.GroupRemoved)))
}

func TestGroupsAreChecked(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	g := &directory.Group{DisplayName: "Staff"}
	h.must(h.dir.CreateGroup(ctx, g, nil, administrator(audit.GroupCreated)))
	for _, c := range []struct{ name, displayName, externalID string }{
		{"no name", "", ""},
		{"blank", " ", ""},
		{"a line break", "a\nb", ""},
		{"long", strings.Repeat("x", 1001), ""},
		{"broken UTF-8", "\xff", ""},
		{"NUL in externalId", "Name", "\x00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wantKind(t, h.dir.CreateGroup(ctx, &directory.Group{DisplayName: c.displayName, ExternalID: c.externalID}, nil, robot(audit.GroupCreated)), fault.Invalid)
			_, err := h.dir.ChangeGroup(ctx, g.ID, directory.GroupChange{DisplayName: &c.displayName, ExternalID: &c.externalID}, administrator(audit.GroupChanged))
			wantKind(t, err, fault.Invalid)
		})
	}
	stored, err := h.dir.Group(ctx, "", g.ID)
	h.must(err)
	if stored.Version != 1 || stored.CreatedAt.After(time.Now()) {
		t.Errorf("stored %+v", stored)
	}
}
