package store

import (
	"context"
	"slices"
	"time"

	"sallyport/directory"
)

// ChangeGroup applies c, all of it or nothing. What stands in both of c's
// lists is added; beside Replace, Remove counts for nothing. A change that
// changes nothing writes nothing: no event, no version.
func (d *DB) ChangeGroup(ctx context.Context, id string, c directory.GroupChange, act directory.Act) (*directory.Group, error) {
	var g *directory.Group
	err := d.act(ctx, act, func(t tx) error {
		var err error
		g, err = d.changeGroup(t, id, c, act, time.Now())
		return err
	})
	if err != nil {
		return nil, wrap(err, "change group %s", id)
	}
	return g, nil
}

func (d *DB) changeGroup(t tx, id string, c directory.GroupChange, act directory.Act, now time.Time) (*directory.Group, error) {
	g, err := groupOf(t, t.forChange(selectGroup), id, act)
	if err != nil {
		return nil, err
	}
	before := *g
	if c.DisplayName != nil {
		g.DisplayName = *c.DisplayName
	}
	if c.ExternalID != nil {
		g.ExternalID = *c.ExternalID
	}
	if g.DisplayName != before.DisplayName {
		if err := freeName(t, g); err != nil {
			return nil, err
		}
	}
	add, remove := c.Add, without(c.Remove, c.Add)
	if c.Replace {
		current, err := memberIDs(t, id)
		if err != nil {
			return nil, err
		}
		add, remove = without(c.Add, current), without(current, c.Add)
	}
	left, err := leave(t, id, remove)
	if err != nil {
		return nil, err
	}
	joined, err := join(t, id, add, act.Scope)
	if err != nil {
		return nil, err
	}
	if *g == before && joined.count() == 0 && left.count() == 0 {
		return g, nil
	}
	g.Members += joined.count() - left.count()
	g.Version, g.UpdatedAt = before.Version+1, fromMillis(millis(now))
	_, err = t.exec(`UPDATE groups SET display_name = $2, external_id = $3, name_key = $4, external_key = $5, members = $6,
		updated_at = $7, version = $8 WHERE id = $1`, id, g.DisplayName, g.ExternalID, folded(g.DisplayName),
		exact(g.ExternalID), g.Members, millis(g.UpdatedAt), g.Version)
	if err != nil {
		return nil, taken(err, nameTaken)
	}
	if err := membersChanged(t, joined, left, now); err != nil {
		return nil, err
	}
	if err := d.appendEvent(t, eventOnGroup(act, g)); err != nil || g.DisplayName == before.DisplayName {
		return g, err
	}
	if err := groupNamed(t, g, now); err != nil {
		return nil, err
	}
	return g, renamed(t, ofGroup, id)
}

// without gives the IDs of list that are not in others, each once, sorted.
func without(list, others []string) []string {
	if len(list) == 0 {
		return nil
	}
	known := make(map[string]struct{}, len(others))
	for _, id := range others {
		known[id] = struct{}{}
	}
	left := make([]string, 0, len(list))
	for _, id := range list {
		if _, ok := known[id]; !ok {
			left = append(left, id)
		}
	}
	slices.Sort(left)
	return slices.Compact(left)
}

func memberIDs(t tx, groupID string) ([]string, error) {
	rows, err := t.rows("SELECT member_id FROM group_members WHERE group_id = $1", groupID)
	return collect(rows, err, scanID)
}
