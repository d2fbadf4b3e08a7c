package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

const (
	// mostChanges is how many one act names; beyond it, it names everybody.
	mostChanges = 200
	// mostTold is how many ChangesAfter gives.
	mostTold = 1000
	// changesKept is how long they are told.
	changesKept = time.Hour
)

// ChangesAfter gives the changes after a revision of sessions, in their order;
// fault.NotFound where some of them are forgotten already, or are more than are
// worth telling.
func (d *DB) ChangesAfter(ctx context.Context, after int64) ([]session.Change, error) {
	// One statement, so that the number and the changes are of one moment.
	rows, err := d.read(ctx).prepared(`SELECT r.number, c.number, c.session_id, c.user_id
		FROM revision r LEFT JOIN session_changes c ON c.number > $1
		WHERE r.name = 'sessions' ORDER BY c.number LIMIT $2`, after, mostTold+1)
	var now int64
	all := []session.Change{}
	_, err = collect(rows, err, func(from scanner) (struct{}, error) {
		var number sql.NullInt64
		var sessionID, userID sql.NullString
		err := from.Scan(&now, &number, &sessionID, &userID)
		if number.Valid {
			all = append(all, session.Change{Number: number.Int64, SessionID: sessionID.String, UserID: userID.String})
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, wrap(err, "find the changes of sessions after %d", after)
	}
	// Each number has one row, until it is forgotten.
	if len(all) > mostTold || int64(len(all)) != now-after {
		return nil, fault.New(fault.NotFound, "Those changes are forgotten already.")
	}
	return all, nil
}

func (d *DB) pruneChanges(ctx context.Context, now time.Time) error {
	_, err := d.deleteInSteps(ctx, `DELETE FROM session_changes WHERE number IN (
		SELECT number FROM session_changes WHERE at <= $1 ORDER BY number LIMIT $2)`, millis(now.Add(-changesKept)), pruneStep)
	return err
}

var everybody session.Change

// changes are noted while an act runs, and saved at its very end.
type changes struct{ noted []session.Change }

func (c *changes) changed(some ...session.Change) { c.noted = append(c.noted, some...) }

// run runs act and saves what it noted, last of all: on PostgreSQL the row of
// the number is held from then until the commit, so that numbers become visible
// in their order, and no act waits for it while it holds it.
func (c *changes) run(t tx, act func(tx) error) error {
	c.noted = c.noted[:0]
	if err := act(t); err != nil {
		return err
	}
	if len(c.noted) == 0 {
		return nil
	}
	if err := saveChanges(t, gathered(c.noted), time.Now()); err != nil {
		return fmt.Errorf("tell what became of sessions: %w", err)
	}
	return nil
}

// gathered gives each change once, or everybody instead of too many.
func gathered(noted []session.Change) []session.Change {
	noted = slices.Clone(noted)
	slices.SortFunc(noted, func(a, b session.Change) int {
		return strings.Compare(a.SessionID+" "+a.UserID, b.SessionID+" "+b.UserID)
	})
	noted = slices.Compact(noted)
	if len(noted) > mostChanges || noted[0] == everybody {
		return []session.Change{everybody}
	}
	return noted
}

func saveChanges(t tx, all []session.Change, now time.Time) error {
	var number int64
	err := t.row("UPDATE revision SET number = number + $1 WHERE name = 'sessions' RETURNING number", len(all)).Scan(&number)
	if err != nil {
		return err
	}
	first := number - int64(len(all)) + 1
	for i, c := range all {
		all[i].Number = first + int64(i)
		if len(all) > 1 {
			continue
		}
		_, err := t.exec("INSERT INTO session_changes (number, session_id, user_id, at) VALUES ($1, $2, $3, $4)",
			all[i].Number, c.SessionID, c.UserID, millis(now))
		return err
	}
	for some := range slices.Chunk(all, bunches[len(bunches)-1]) {
		at, _ := slices.BinarySearch(bunches, len(some))
		args := []any{millis(now)}
		var b strings.Builder
		b.WriteString("INSERT INTO session_changes (number, session_id, user_id, at) VALUES ")
		for i := range bunches[at] {
			c := some[min(i, len(some)-1)]
			args = append(args, c.Number, c.SessionID, c.UserID)
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "($%d, $%d, $%d, $1)", 3*i+2, 3*i+3, 3*i+4)
		}
		b.WriteString(" ON CONFLICT (number) DO NOTHING")
		if _, err := t.exec(b.String(), args...); err != nil {
			return err
		}
	}
	return nil
}

// sessionsChanged notes the changes of sessions by ID.
func sessionsChanged(t tx, ids []string) {
	if len(ids) > mostChanges {
		t.changed(everybody)
		return
	}
	for _, id := range ids {
		t.changed(session.Change{SessionID: id})
	}
}

// peopleChanged notes the changes of those people who have a live session. Who
// signs in meanwhile finds what has become of them already: a sign-in writes
// the row of its person, which is locked here until the commit, before the
// look at sessions. Of too many nobody is looked at.
func peopleChanged(t tx, ids []string, now time.Time) error {
	ids = without(ids, nil)
	if len(ids) > mostChanges {
		t.changed(everybody)
		return nil
	}
	_, err := inBunches(ids, func(bunch []any) (int64, error) {
		rows, err := t.rows(t.forShare("SELECT id FROM users WHERE id IN ("+placeholders(1, len(bunch))+") ORDER BY id"), bunch...)
		_, err = collect(rows, err, scanID)
		return 0, err
	})
	if err != nil {
		return fmt.Errorf("lock people whose groups change: %w", err)
	}
	_, err = inBunches(ids, func(bunch []any) (int64, error) {
		rows, err := t.rows("SELECT DISTINCT user_id FROM sessions WHERE ended_at = 0 AND expires_at > $1 AND user_id IN ("+
			placeholders(2, len(bunch))+")", append([]any{millis(now)}, bunch...)...)
		live, err := collect(rows, err, scanID)
		for _, id := range live {
			t.changed(session.Change{UserID: id})
		}
		return 0, err
	})
	if err != nil {
		return fmt.Errorf("find people who have a live session: %w", err)
	}
	return nil
}
