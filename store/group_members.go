package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// Members lists direct members of a group by ID.
func (d *DB) Members(ctx context.Context, groupID, after string, limit int) ([]directory.Member, error) {
	find := d.read(ctx).prepared
	if limit <= 0 {
		limit, find = math.MaxInt32, d.read(ctx).rows
	}
	rows, err := find(`SELECT m.member_id, m.is_group, COALESCE(u.user_name, g.display_name, ''), COALESCE(u.idp, g.idp, '')
		FROM group_members m
		LEFT JOIN users u ON u.id = m.member_id AND m.is_group = FALSE
		LEFT JOIN groups g ON g.id = m.member_id AND m.is_group = TRUE
		WHERE m.group_id = $1 AND m.member_id > $2 ORDER BY m.member_id LIMIT $3`, groupID, after, limit)
	all, err := collect(rows, err, scanMember)
	return all, wrap(err, "list members of group %s", groupID)
}

func scanMember(from scanner) (directory.Member, error) {
	m := directory.Member{Kind: directory.UserMember}
	var group bool
	err := from.Scan(&m.ID, &group, &m.Display, &m.IDP)
	if group {
		m.Kind = directory.GroupMember
	}
	return m, err
}

// moved are members who joined a group or left it.
type moved struct {
	people []string
	groups int
}

func (m *moved) count() int { return len(m.people) + m.groups }

// add gathers what a statement says that it did.
func (m *moved) add(rows *sql.Rows, err error) error {
	_, err = collect(rows, err, func(from scanner) (struct{}, error) {
		var id string
		var group bool
		err := from.Scan(&id, &group)
		if group {
			m.groups++
		} else {
			m.people = append(m.people, id)
		}
		return struct{}{}, err
	})
	return err
}

// join puts members into a group and gives those who were not in it. A group
// of any size takes a member in the same time.
func join(t tx, groupID string, members []string, scope directory.Scope) (joined moved, err error) {
	people, groups, err := resolveMembers(t, members, scope)
	if err != nil {
		return moved{}, err
	}
	if err := mayNest(t, groupID, groups); err != nil {
		return moved{}, err
	}
	for _, some := range []struct {
		ids   []string
		group bool
	}{{people, false}, {groups, true}} {
		_, err := inBunches(some.ids, func(bunch []any) (int64, error) {
			return 0, joined.add(t.rows(joining(len(bunch)), append([]any{groupID, some.group}, bunch...)...))
		})
		if err != nil {
			return moved{}, err
		}
	}
	return joined, nil
}

// joining is one INSERT of n members; $1 is the group, $2 their kind.
func joining(n int) string {
	var b strings.Builder
	b.WriteString("INSERT INTO group_members (group_id, member_id, is_group) VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "($1, $%d, $2)", i+3)
	}
	b.WriteString(" ON CONFLICT (group_id, member_id) DO NOTHING RETURNING member_id, is_group")
	return b.String()
}

// leave takes members out of a group and gives those who were in it.
func leave(t tx, groupID string, members []string) (left moved, err error) {
	_, err = inBunches(members, func(bunch []any) (int64, error) {
		return 0, left.add(t.rows(leaving(len(bunch)), append([]any{groupID}, bunch...)...))
	})
	return left, err
}

// leaving is one DELETE of n members; $1 is the group. It names whole keys:
// PostgreSQL, while it knows nothing yet of how many members groups have,
// would read all of the group for a list of members alone.
func leaving(n int) string {
	var b strings.Builder
	b.WriteString("DELETE FROM group_members WHERE (group_id, member_id) IN (VALUES ")
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "($1, $%d)", i+2)
	}
	b.WriteString(") RETURNING member_id, is_group")
	return b.String()
}

// lockGroupsOf comes before the lock of a member that is to leave all groups:
// an act on a group locks it before its members, and two acts that lock in
// opposite orders wait for one another.
func lockGroupsOf(t tx, memberID string) error {
	rows, err := t.rows(t.forChange(`SELECT id FROM groups
		WHERE id IN (SELECT group_id FROM group_members WHERE member_id = $1) ORDER BY id`), memberID)
	_, err = collect(rows, err, scanID)
	return err
}

// leaveGroups takes one member out of all groups: each of them has changed.
func leaveGroups(t tx, memberID string, now time.Time) error {
	_, err := t.exec(`UPDATE groups SET members = members - 1, updated_at = $2, version = version + 1
		WHERE id IN (SELECT group_id FROM group_members WHERE member_id = $1)`, memberID, millis(now))
	if err != nil {
		return err
	}
	_, err = t.exec("DELETE FROM group_members WHERE member_id = $1", memberID)
	return err
}

// resolveMembers sorts IDs into people and groups that scope shows, and keeps
// them from being removed before the act is over.
func resolveMembers(t tx, ids []string, scope directory.Scope) (people, groups []string, err error) {
	ids = without(ids, nil)
	for _, id := range ids {
		if !storable(id) {
			return nil, nil, noMember(id)
		}
	}
	people, err = visible(t, "users", "idp = $1 OR idp = ''", ids, scope)
	if err != nil || len(people) == len(ids) {
		return people, nil, err
	}
	rest := without(ids, people)
	groups, err = visible(t, "groups", "idp = $1", rest, scope)
	if err != nil || len(groups) == len(rest) {
		return people, groups, err
	}
	return nil, nil, noMember(without(rest, groups)[0])
}

func visible(t tx, table, within string, ids []string, scope directory.Scope) ([]string, error) {
	var found []string
	_, err := inBunches(ids, func(bunch []any) (int64, error) {
		query := fmt.Sprintf("SELECT id FROM %s WHERE ($1 = '' OR %s) AND id IN (%s) ORDER BY id", table, within,
			placeholders(2, len(bunch)))
		rows, err := t.rows(t.forKeep(query), append([]any{string(scope)}, bunch...)...)
		some, err := collect(rows, err, scanID)
		found = append(found, some...)
		return 0, err
	})
	return found, err
}

func noMember(id string) error {
	return fault.Wrap(fault.Invalid, fmt.Sprintf("There is no person and no group %q here.", clip(id)), directory.ErrMember)
}

func clip(id string) string {
	const most = 64
	if len(id) > most {
		return strings.ToValidUTF8(id[:most], "") + "…"
	}
	return id
}

// storable reports whether PostgreSQL takes text: no other can be an ID.
func storable(text string) bool { return utf8.ValidString(text) && !strings.Contains(text, "\x00") }

// bunches are the sizes of statements about many IDs: few, so that each is
// prepared once. A bunch that is not full repeats its last ID.
var bunches = []int{1, 10, 100, 500}

// inBunches calls do with all ids, some at a time, and adds up its numbers.
func inBunches(ids []string, do func(bunch []any) (int64, error)) (int, error) {
	var sum int64
	for some := range slices.Chunk(ids, bunches[len(bunches)-1]) {
		at, _ := slices.BinarySearch(bunches, len(some))
		bunch := make([]any, bunches[at])
		for i := range bunch {
			bunch[i] = some[min(i, len(some)-1)]
		}
		n, err := do(bunch)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return int(sum), nil
}

// placeholders are n of them, from $first on.
func placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}
