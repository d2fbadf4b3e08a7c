package store

import (
	"context"
	"fmt"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// deepest is how many groups may lie in one another, the outermost counted.
const deepest = 10

// mayNest refuses to put groups into group where that made a cycle or went too
// deep. Acts that do it come one after the other: two at once could make a
// cycle that neither sees.
func mayNest(t tx, group string, groups []string) error {
	if len(groups) == 0 {
		return nil
	}
	if _, err := t.exec("UPDATE revision SET number = number + 1 WHERE name = 'nesting'"); err != nil {
		return err
	}
	above, err := distances(t, group, `SELECT m.group_id, r.distance + 1 FROM group_members m
		JOIN reached r ON m.member_id = r.id WHERE m.is_group = TRUE AND r.distance < $2`)
	if err != nil {
		return err
	}
	height := furthest(above)
	for _, g := range groups {
		if _, ok := above[g]; ok {
			return fault.Wrap(fault.Invalid, "A group cannot be in itself, also not by way of other groups.", directory.ErrMember)
		}
		below, err := distances(t, g, `SELECT m.member_id, r.distance + 1 FROM group_members m
			JOIN reached r ON m.group_id = r.id WHERE m.is_group = TRUE AND r.distance < $2`)
		if err != nil {
			return err
		}
		if height+1+furthest(below)+1 > deepest {
			return fault.Wrap(fault.Invalid, fmt.Sprintf("More than %d groups would lie in one another.", deepest), directory.ErrMember)
		}
	}
	return nil
}

// distances gives the groups that step reaches from id, which is one, and how
// far away each is by its longest way.
func distances(t tx, id, step string) (map[string]int, error) {
	rows, err := t.rows(`WITH RECURSIVE reached (id, distance) AS (
			SELECT id, 0 FROM groups WHERE id = $1 UNION `+step+`
		) SELECT id, MAX(distance) FROM reached GROUP BY id`, id, deepest)
	far := map[string]int{}
	_, err = collect(rows, err, func(from scanner) (struct{}, error) {
		var id string
		var distance int
		err := from.Scan(&id, &distance)
		far[id] = distance
		return struct{}{}, err
	})
	return far, err
}

func furthest(far map[string]int) int {
	most := 0
	for _, distance := range far {
		most = max(most, distance)
	}
	return most
}

// GroupsOf gives the groups that each user is in, through other groups too.
func (d *DB) GroupsOf(ctx context.Context, userIDs ...string) (map[string][]directory.GroupRef, error) {
	all := map[string][]directory.GroupRef{}
	_, err := inBunches(without(userIDs, nil), func(bunch []any) (int64, error) {
		rows, err := d.read(ctx).prepared(`WITH RECURSIVE up (user_id, id, distance) AS (
				SELECT m.member_id, m.group_id, 0 FROM group_members m
				WHERE m.is_group = FALSE AND m.member_id IN (`+placeholders(1, len(bunch))+`)
				UNION
				SELECT up.user_id, m.group_id, up.distance + 1 FROM group_members m JOIN up ON m.member_id = up.id
				WHERE m.is_group = TRUE
			) SELECT up.user_id, g.id, g.display_name, g.idp, MIN(up.distance)
			FROM up JOIN groups g ON g.id = up.id
			GROUP BY up.user_id, g.id, g.display_name, g.idp, g.name_key ORDER BY g.name_key, g.id`, bunch...)
		_, err = collect(rows, err, func(from scanner) (struct{}, error) {
			var user string
			var g directory.GroupRef
			var distance int
			err := from.Scan(&user, &g.ID, &g.DisplayName, &g.IDP, &distance)
			g.Direct = distance == 0
			all[user] = append(all[user], g)
			return struct{}{}, err
		})
		return 0, err
	})
	if err != nil {
		return nil, wrap(err, "find the groups of %d users", len(userIDs))
	}
	return all, nil
}
