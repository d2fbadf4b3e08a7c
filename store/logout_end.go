package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/session"
)

// longestIndexed is the longest SessionIndex, in characters, that the index
// sessions_session_index holds.
const longestIndexed = 500

// EndByLogout ends live sessions of a connection: those whose SessionIndex is
// among q's, or, where q names none, those of the person whose folded userName
// its NameID is. An event without
// person gets that of the first.
func (d *DB) EndByLogout(ctx context.Context, q *session.LogoutByIDP, e audit.Event) ([]*session.Session, error) {
	var ended []*session.Session
	err := d.write(ctx, func(t tx) error {
		if err := useLogout(t, q); err != nil {
			return err
		}
		var err error
		if ended, err = endNamed(t, q); err != nil || len(ended) == 0 {
			return err
		}
		slices.SortFunc(ended, func(a, b *session.Session) int { return cmp.Compare(a.ID, b.ID) })
		told := e
		told.Person = cmp.Or(told.Person, ended[0].UserName)
		told.Object = cmp.Or(told.Object, "session:"+ended[0].ID)
		return d.appendEvent(t, told)
	})
	if err != nil {
		return nil, wrap(err, "end sessions by a LogoutRequest of connection %s", q.IDP)
	}
	return ended, nil
}

// useLogout is the replay check, beside that of assertions: their IDs are XML
// names and hold no space.
func useLogout(t tx, q *session.LogoutByIDP) error {
	message := "LogoutRequest " + q.ID
	return useOnce(t, q.IDP, message, q.UsedUntil, "a LogoutRequest", message)
}

// endNamed ends and gives the sessions that q names.
func endNamed(t tx, q *session.LogoutByIDP) ([]*session.Session, error) {
	if len(q.SessionIndexes) == 0 {
		return endByNameID(t, q)
	}
	var short, long []string
	for _, index := range without(q.SessionIndexes, []string{""}) {
		if len(index) <= longestIndexed {
			short = append(short, index)
		} else {
			long = append(long, index)
		}
	}
	var all []*session.Session
	for _, of := range []struct {
		indexes   []string
		condition string
	}{
		{short, fmt.Sprintf("session_index <> '' AND LENGTH(session_index) <= %d", longestIndexed)},
		{long, "session_index <> ''"}, // no index serves it, and nobody is known who sends one
	} {
		_, err := inBunches(of.indexes, func(bunch []any) (int64, error) {
			some, err := endWhere(t, q, of.condition+" AND session_index IN ("+placeholders(5, len(bunch))+")", bunch...)
			all = append(all, some...)
			return 0, err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// endByNameID goes by the person: a session is somebody's who signed in by
// their userName, and is over when they get another one. The letters' case does
// not count, as it does not anywhere between two people: better one session
// ended for nothing than one left open.
func endByNameID(t tx, q *session.LogoutByIDP) ([]*session.Session, error) {
	if q.NameID.Value == "" {
		return nil, nil
	}
	return endWhere(t, q, "user_id IN (SELECT id FROM users WHERE folded_name = $5)", directory.Fold(q.NameID.Value))
}

// endWhere ends and gives live sessions of q's connection by a condition whose
// arguments are $5 and on.
func endWhere(t tx, q *session.LogoutByIDP, condition string, args ...any) ([]*session.Session, error) {
	rows, err := t.rows(`UPDATE sessions SET ended_at = $1, ended_why = $2, forget_after = $3
		WHERE ended_at = 0 AND expires_at > $1 AND idp = $4 AND `+condition+" RETURNING "+sessionColumns,
		append([]any{millis(q.Now), "signed out at the identity provider", millis(q.Now.Add(sessionKept)), q.IDP}, args...)...)
	ended, err := collect(rows, err, scanSession)
	if err != nil {
		return nil, fmt.Errorf("end the sessions: %w", err)
	}
	for _, s := range ended {
		t.changed(session.Change{SessionID: s.ID})
	}
	return ended, nil
}
