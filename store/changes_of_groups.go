package store

import (
	"fmt"
	"slices"
	"time"

	"sallyport/directory"
)

// membersChanged notes whose groups are others once members have joined a group
// and left it. Where groups did it is everybody: at the same time others may
// join a group below, whom this act would not find there.
func membersChanged(t tx, joined, left moved, now time.Time) error {
	if joined.groups+left.groups > 0 {
		t.changed(everybody)
		return nil
	}
	return peopleChanged(t, slices.Concat(joined.people, left.people), now)
}

// groupNamed notes whose groups are others when g, which is locked, is made,
// has another name, or is to be removed. The name of a local group counts for
// all whom an assertion claims to be in one of that name.
func groupNamed(t tx, g *directory.Group, now time.Time) error {
	if g.IDP == "" {
		t.changed(everybody)
		return nil
	}
	var inside moved
	err := inside.add(t.rows(`SELECT member_id, is_group FROM group_members
		WHERE group_id = $1 AND is_group = TRUE LIMIT 1`, g.ID))
	if err != nil {
		return fmt.Errorf("find groups in group %s: %w", g.ID, err)
	}
	err = inside.add(t.rows(`SELECT member_id, is_group FROM group_members
		WHERE group_id = $1 AND is_group = FALSE LIMIT $2`, g.ID, mostChanges+1))
	if err != nil {
		return fmt.Errorf("find people in group %s: %w", g.ID, err)
	}
	return membersChanged(t, inside, moved{}, now)
}
