package store

import (
	"context"
	"database/sql"
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
	all, err := groupsOf(d.read(ctx).prepared, userIDs, func(bunch []any) (string, []any) {
		return "SELECT user_id, id, display_name, idp, distance FROM (" + groupsAboveAll(len(bunch), "") + ") s ORDER BY name_key, id", bunch
	})
	return all, wrap(err, "find the groups of %d users", len(userIDs))
}

// GroupsSeen gives the first groups of each user that scope shows. Of many
// users' it can be interrupted: they may be in many groups each.
func (d *DB) GroupsSeen(ctx context.Context, scope directory.Scope, most int, userIDs ...string) (map[string][]directory.GroupRef, error) {
	find := d.read(ctx).rows
	if len(userIDs) == 1 {
		find = d.read(ctx).prepared
	}
	all, err := groupsOf(find, userIDs, func(bunch []any) (string, []any) {
		n := len(bunch)
		return fmt.Sprintf(`SELECT user_id, id, display_name, idp, distance FROM (
				SELECT s.*, ROW_NUMBER() OVER (PARTITION BY user_id ORDER BY name_key, id) AS place FROM (%s) s
			) p WHERE place <= $%d ORDER BY name_key, id`,
			groupsAboveAll(n, fmt.Sprintf("WHERE $%[1]d = '' OR g.idp = $%[1]d", n+1)), n+2), append(bunch, string(scope), most)
	})
	return all, wrap(err, "find the groups of %d users", len(userIDs))
}

// groupsAboveAll selects those of n users, $1 and on; where is of the groups g.
func groupsAboveAll(n int, where string) string {
	return `WITH RECURSIVE up (user_id, id, distance) AS (
			SELECT m.member_id, m.group_id, 0 FROM group_members m
			WHERE m.is_group = FALSE AND m.member_id IN (` + placeholders(1, n) + `)
			UNION
			SELECT up.user_id, m.group_id, up.distance + 1 FROM group_members m JOIN up ON m.member_id = up.id
			WHERE m.is_group = TRUE
		) SELECT up.user_id, g.id, g.display_name, g.idp, MIN(up.distance) AS distance, g.name_key
		FROM up JOIN groups g ON g.id = up.id ` + where + `
		GROUP BY up.user_id, g.id, g.display_name, g.idp, g.name_key`
}

func groupsOf(find func(string, ...any) (*sql.Rows, error), userIDs []string, query func(bunch []any) (string, []any)) (map[string][]directory.GroupRef, error) {
	all := map[string][]directory.GroupRef{}
	_, err := inBunches(without(userIDs, nil), func(bunch []any) (int64, error) {
		text, args := query(bunch)
		rows, err := find(text, args...)
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
		return nil, err
	}
	return all, nil
}
