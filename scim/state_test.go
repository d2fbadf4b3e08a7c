package scim_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sallyport/audit"
	"sallyport/directory"
)

// state is all that a robot could have written.
type state struct {
	Users   []*directory.User
	Groups  []*directory.Group
	Members map[string][]directory.Member
	Events  int
}

func (h *house) state() *state {
	h.t.Helper()
	ctx := context.Background()
	users, err := h.db.QueryUsers(ctx, "", directory.Query{Limit: 100_000})
	must(h.t, err)
	groups, err := h.db.QueryGroups(ctx, "", directory.Query{Limit: 100_000})
	must(h.t, err)
	events, err := h.db.Events(ctx, audit.Filter{Limit: 100_000})
	must(h.t, err)
	s := &state{Users: users.Found, Groups: groups.Found, Members: map[string][]directory.Member{}, Events: len(events)}
	for _, g := range s.Groups {
		s.Members[g.ID], err = h.db.Members(ctx, g.ID, "", 0)
		must(h.t, err)
	}
	return s
}

// unchanged says what do changed that should have changed nothing.
func (h *house) unchanged(t *testing.T, do func()) {
	t.Helper()
	before := h.state()
	do()
	if diff := cmp.Diff(before, h.state()); diff != "" {
		t.Errorf("something was written (-before +after)\n%s", diff)
	}
}
