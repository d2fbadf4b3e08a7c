package store

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/directory"
)

// brakeRow is a brake as it is stored.
type brakeRow struct {
	share, least  int64
	heldSince     int64
	releasedUntil int64
	passed        int64
	people        int64
	measuredAt    int64
}

const selectBrake = "SELECT share, least, held_since, released_until, passed, people, measured_at FROM brakes WHERE idp = $1"

// lockBrake reads the brake of a connection, which it makes where there is
// none, and lets acts that are counted come one by one.
func lockBrake(t tx, slug string) (brakeRow, error) {
	b, err := scanBrake(t.row(t.forUpdate(selectBrake), slug))
	if !errors.Is(err, sql.ErrNoRows) {
		return b, err
	}
	_, err = t.exec(`INSERT INTO brakes (idp, share, least, held_since, released_until, passed, people, measured_at)
		VALUES ($1, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT (idp) DO NOTHING`, slug)
	if err != nil {
		return brakeRow{}, fmt.Errorf("make the brake of connection %s: %w", slug, err)
	}
	return scanBrake(t.row(t.forUpdate(selectBrake), slug))
}

func scanBrake(from scanner) (b brakeRow, err error) {
	err = from.Scan(&b.share, &b.least, &b.heldSince, &b.releasedUntil, &b.passed, &b.people, &b.measuredAt)
	return b, err
}

func (b *brakeRow) sharePercent() int64 { return cmp.Or(b.share, directory.DefaultShare) }
func (b *brakeRow) leastPeople() int64  { return cmp.Or(b.least, directory.DefaultLeast) }

func (b *brakeRow) over() bool {
	return b.passed > b.leastPeople() && b.passed*100 > b.sharePercent()*b.people
}

// measure counts anew whom the robot deactivated or removed within the hour,
// and how many people were active when it began: those who are, and those of the
// hour who are not. It is called before the act that is counted already
// changes its person.
func (b *brakeRow) measure(t tx, slug string, now time.Time) error {
	since := millis(now.Add(-directory.BrakeWindow))
	err := t.row("SELECT COUNT(*) FROM robot_acts WHERE idp = $1 AND at > $2", slug, since).Scan(&b.passed)
	if err != nil {
		return err
	}
	var active, gone int64
	if err := t.row("SELECT COUNT(*) FROM user_keys WHERE idp = $1 AND active = TRUE", slug).Scan(&active); err != nil {
		return err
	}
	err = t.row(`SELECT COUNT(*) FROM robot_acts a WHERE a.idp = $1 AND a.at > $2 AND NOT EXISTS (
		SELECT 1 FROM user_keys k WHERE k.user_id = a.user_id AND k.idp = $1 AND k.active = TRUE)`, slug, since).Scan(&gone)
	if err != nil {
		return err
	}
	b.people, b.measuredAt = active+gone, millis(now)
	return nil
}
