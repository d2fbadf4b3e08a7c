package session

import "context"

// Revisions number what an answer about a session rests on. As long as both
// are the same, the answer is the same but for the time. They only grow, unless
// the database goes back in time (a failover, a backup that is restored): then
// what is known of later ones is worth nothing.
type Revisions struct {
	House    int64 // connections, keys, applications, permission sets, assignments, roles
	Sessions int64 // sessions, their people and groups
}

// Change says whose answers may be others since a revision of sessions: those
// of one session, of one person, or, where both are "", of everybody.
type Change struct {
	Number    int64 // the revision that it made
	SessionID string
	UserID    string
}

// Changes tells what has become of sessions.
type Changes interface {
	// Revisions reads both as they stand now: whatever any instance or command
	// had committed when the call began shows in them.
	Revisions(ctx context.Context) (Revisions, error)
	// ChangesAfter gives the changes after a revision of sessions, in their
	// order; fault.NotFound where some of them are forgotten already: then
	// everybody's answers may be others.
	ChangesAfter(ctx context.Context, after int64) ([]Change, error)
}
