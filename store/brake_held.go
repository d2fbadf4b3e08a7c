package store

import (
	"sallyport/directory"
	"sallyport/internal/fault"
)

// groupsOfHeld are the groups that those leave who are held for removal, by ID
// and locked as told. All of them are locked before the first of their
// members, as acts on groups do: two that lock in opposite orders wait for one
// another.
func groupsOfHeld(t tx, slug string, lock func(string) string) ([]string, error) {
	rows, err := t.rows(lock(`SELECT id FROM groups WHERE id IN (
		SELECT m.group_id FROM group_members m JOIN held_changes h ON h.user_id = m.member_id
		WHERE h.idp = $1 AND h.rejected = FALSE AND h.removal = TRUE) ORDER BY id`), slug)
	return collect(rows, err, scanID)
}

// asIs locks nothing.
func asIs(query string) string { return query }

// stillSeen refuses what nobody has looked at: that more people wait, or that
// a deactivation has become a removal. It is called with the brake locked.
func stillSeen(t tx, slug, seen string) error {
	rows, err := t.rows("SELECT user_id, user_name, removal, at, rejected FROM held_changes WHERE idp = $1 AND rejected = FALSE", slug)
	held, err := collect(rows, err, scanHeld)
	if err != nil {
		return err
	}
	if directory.Fingerprint(held) != seen {
		return fault.New(fault.Conflict, "The list has changed since you looked at it: others wait, or the robot wants something else of them. "+
			"Nothing was done. Look at it, then release it once more.")
	}
	return nil
}
