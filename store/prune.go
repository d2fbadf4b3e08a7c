package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"sallyport/directory"
)

// pruneStep bounds one act of Prune, and so how long sign-ins wait behind it.
const pruneStep = 500

// disposable names what is forgotten when a time has passed.
var disposable = []struct {
	table, key, after string
	kept              time.Duration // how long after that time
	only              string
}{
	{"pending", "request_id", "expires_at", 0, ""},
	{"used_assertions", "idp, assertion_id", "used_until", 0, ""},
	{"admin_links", "token_hash", "expires_at", 0, ""},
	{"codes", "code_hash", "expires_at", 0, ""},
	{"kept_forms", "form_hash", "expires_at", 0, ""},
	{"logouts", "idp, request_id", "expires_at", 0, ""},
	{"setup_links", "id", "expires_at", 0, ""},
	// No session is forgotten within 30 days of its beginning: the ids of the
	// older ones are the index.
	{"sessions", "id", "forget_after", 0, " AND id < $3"},
	{"scim_tokens", "id", "expires_at", tokenKept, ""},
	// While a brake holds, an administrator may still undo what it let through.
	{"robot_acts", "idp, user_id", "at", directory.BrakeWindow, " AND idp NOT IN (SELECT b.idp FROM brakes b WHERE b.held_since > 0)"},
}

// Prune forgets, as of now, pending sign-ins, records of used assertions, codes,
// kept forms, sign-outs and administrators' and setup links that have expired,
// what became of sessions an hour ago, sessions 30 days after
// their end, recorded responses past the time that their connection keeps
// them, provisioning tokens 30 days after their end, the provisioning log after
// 30 days and beyond the newest 200,000 of each connection, with what was sent
// for the newest 5,000 alone, assignments 30 days after their end,
// and refusals of each kind beyond the newest 10,000. It also tells of assignments whose end
// has passed. It works in small steps with sign-ins in between, and may run in
// several instances at once. It gives the number of rows that are gone,
// refusals and what became of sessions not counted.
func (d *DB) Prune(ctx context.Context, now time.Time) (int64, error) {
	var gone int64
	for _, kind := range disposable {
		query := fmt.Sprintf("DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s WHERE %[3]s <= $1%[4]s LIMIT $2)",
			kind.table, kind.key, kind.after, kind.only)
		args := []any{millis(now.Add(-kind.kept)), pruneStep}
		if strings.Contains(kind.only, "$3") {
			args = append(args, firstID(now.Add(-sessionKept)))
		}
		n, err := d.deleteInSteps(ctx, query, args...)
		gone += n
		if err != nil {
			return gone, wrap(err, "prune %s", kind.table)
		}
	}
	if err := d.pruneChanges(ctx, now); err != nil {
		return gone, wrap(err, "prune what became of sessions")
	}
	n, err := d.pruneRecordings(ctx, now)
	gone += n
	if err != nil {
		return gone, wrap(err, "prune recordings")
	}
	n, err = d.pruneRecords(ctx, now)
	gone += n
	if err != nil {
		return gone, wrap(err, "prune the provisioning log")
	}
	n, err = d.pruneAssignments(ctx, now)
	gone += n
	if err != nil {
		return gone, wrap(err, "prune assignments")
	}
	err = d.write(ctx, dropOldRefusals)
	return gone, wrap(err, "prune events")
}

// firstID is below every sortable id that is made from t on (RFC 9562 section
// 5.7: 48 bits of Unix milliseconds come first).
func firstID(t time.Time) string {
	ms := t.UnixMilli()
	return fmt.Sprintf("%08x-%04x-7000-8000-000000000000", ms>>16&0xffffffff, ms&0xffff)
}

// deleteInSteps runs query, whose $2 is a limit, until it finds less.
func (d *DB) deleteInSteps(ctx context.Context, query string, args ...any) (gone int64, err error) {
	for {
		var n int64
		err := d.write(ctx, func(t tx) error {
			var err error
			n, err = t.exec(query, args...)
			return err
		})
		if err != nil {
			return gone, err
		}
		gone += n
		if n < pruneStep {
			return gone, nil
		}
	}
}
