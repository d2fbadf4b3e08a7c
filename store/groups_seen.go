package store

import (
	"cmp"
	"context"
	"slices"

	"sallyport/directory"
)

// GroupsSeen gives the first groups of each user that scope shows. It goes up
// from each group once, however many of these users are in it.
func (d *DB) GroupsSeen(ctx context.Context, scope directory.Scope, most int, userIDs ...string) (map[string][]directory.GroupRef, error) {
	direct, err := d.directGroups(ctx, userIDs)
	if err != nil {
		return nil, wrap(err, "find the groups of %d users", len(userIDs))
	}
	var inner []string
	for _, ids := range direct {
		inner = append(inner, ids...)
	}
	above, err := d.groupsFrom(ctx, scope, without(inner, nil))
	if err != nil {
		return nil, wrap(err, "find the groups of %d users", len(userIDs))
	}
	all := make(map[string][]directory.GroupRef, len(direct))
	for user, ids := range direct {
		if refs := above.of(ids, most); len(refs) > 0 {
			all[user] = refs
		}
	}
	return all, nil
}

// directGroups gives the IDs of the groups that each user is in themselves.
func (d *DB) directGroups(ctx context.Context, userIDs []string) (map[string][]string, error) {
	direct := map[string][]string{}
	_, err := inBunches(without(userIDs, nil), func(bunch []any) (int64, error) {
		rows, err := d.read(ctx).rows(`SELECT member_id, group_id FROM group_members
			WHERE is_group = FALSE AND member_id IN (`+placeholders(1, len(bunch))+")", bunch...)
		_, err = collect(rows, err, func(from scanner) (struct{}, error) {
			var user, group string
			err := from.Scan(&user, &group)
			direct[user] = append(direct[user], group)
			return struct{}{}, err
		})
		return 0, err
	})
	return direct, err
}

// ways are the groups that some groups lead to, themselves included.
type ways struct {
	from   map[string][]int // by group: places in groups
	groups []directory.GroupRef
}

// groupsFrom finds those in scope that each of ids is in, in their order.
func (d *DB) groupsFrom(ctx context.Context, scope directory.Scope, ids []string) (ways, error) {
	w := ways{from: make(map[string][]int, len(ids))}
	keys, places := []groupKey{}, map[string]int{}
	_, err := inBunches(ids, func(bunch []any) (int64, error) {
		n := len(bunch)
		rows, err := d.read(ctx).rows(`WITH RECURSIVE up (start, id) AS (
				SELECT id, id FROM groups WHERE id IN (`+placeholders(2, n)+`)
				UNION
				SELECT up.start, m.group_id FROM group_members m JOIN up ON m.member_id = up.id WHERE m.is_group = TRUE
			) SELECT up.start, g.id, g.display_name, g.idp, g.name_key FROM up JOIN groups g ON g.id = up.id
			WHERE $1 = '' OR g.idp = $1`, append([]any{string(scope)}, bunch...)...)
		_, err = collect(rows, err, func(from scanner) (struct{}, error) {
			var start string
			var g directory.GroupRef
			var key []byte
			err := from.Scan(&start, &g.ID, &g.DisplayName, &g.IDP, &key)
			at, known := places[g.ID]
			if !known {
				at = len(w.groups)
				places[g.ID] = at
				w.groups, keys = append(w.groups, g), append(keys, groupKey{string(key), g.ID, at})
			}
			w.from[start] = append(w.from[start], at)
			return struct{}{}, err
		})
		return 0, err
	})
	if err != nil {
		return ways{}, err
	}
	w.sort(keys)
	return w, nil
}

// groupKey orders groups by folded name.
type groupKey struct {
	name, id string
	at       int
}

func (k groupKey) compare(other groupKey) int {
	return cmp.Or(cmp.Compare(k.name, other.name), cmp.Compare(k.id, other.id))
}

// sort puts groups, and all ways to them, in their order.
func (w *ways) sort(keys []groupKey) {
	slices.SortFunc(keys, groupKey.compare)
	sorted, place := make([]directory.GroupRef, len(keys)), make([]int, len(keys))
	for i, k := range keys {
		sorted[i], place[k.at] = w.groups[k.at], i
	}
	w.groups = sorted
	for _, places := range w.from {
		for i, at := range places {
			places[i] = place[at]
		}
	}
}

// of gives the first groups of who is in those of ids themselves.
func (w *ways) of(ids []string, most int) []directory.GroupRef {
	var places []int
	direct := make(map[string]bool, len(ids))
	for _, id := range ids {
		direct[id] = true
		places = append(places, w.from[id]...)
	}
	slices.Sort(places)
	places = slices.Compact(places)
	refs := make([]directory.GroupRef, min(len(places), most))
	for i := range refs {
		refs[i] = w.groups[places[i]]
		refs[i].Direct = direct[refs[i].ID]
	}
	return refs
}
