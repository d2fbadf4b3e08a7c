package store

import (
	"context"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
)

// sessionKept is how long a session is remembered after its end.
const sessionKept = 30 * 24 * time.Hour

const sessionColumns = `id, token_hash, kind, user_id, user_name, idp, name_id, name_id_format, name_qualifier,
	sp_name_qualifier, sub_type, issuer, session_index, authn_context, authn_instant, tags, roles, role_session_name,
	source_identity, groups, trust, browser_hash, target, completed, began_at, expires_at, ended_at, ended_why, role_seconds`

const (
	selectSession = "SELECT " + sessionColumns + " FROM sessions WHERE token_hash = $1"

	insertSession = "INSERT INTO sessions (" + sessionColumns + `, forget_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
		$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30)`
)

// Session finds a session by token hash, ended and expired ones too.
func (d *DB) Session(ctx context.Context, tokenHash []byte) (*session.Session, error) {
	s, err := scanSession(d.read(ctx).row(selectSession, tokenHash))
	return s, wrap(missing(err, "There is no such session."), "find a session")
}

// Sessions lists sessions, newest first.
func (d *DB) Sessions(ctx context.Context, f session.Filter) ([]*session.Session, error) {
	w := &where{}
	sessionConditions(w, f)
	if f.Live {
		w.add("ended_at = 0 AND expires_at > ?", millis(time.Now()))
	}
	if f.Before != "" {
		w.add("id < ?", f.Before)
	}
	w.args = append(w.args, limit(f.Limit))
	query := fmt.Sprintf("SELECT %s FROM sessions%s ORDER BY id DESC LIMIT $%d", sessionColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanSession)
	return all, wrap(err, "list sessions")
}

// CompleteSession marks a session completed, once.
func (d *DB) CompleteSession(ctx context.Context, id string, now time.Time) error {
	err := d.write(ctx, func(t tx) error {
		n, err := t.exec(`UPDATE sessions SET completed = TRUE
			WHERE id = $1 AND completed = FALSE AND ended_at = 0 AND expires_at > $2`, id, millis(now))
		if err != nil || n == 1 {
			return err
		}
		var completed bool
		err = t.row("SELECT completed FROM sessions WHERE id = $1 AND ended_at = 0 AND expires_at > $2", id, millis(now)).Scan(&completed)
		if err != nil {
			return missing(err, "This sign-in is over. Sign in again.")
		}
		return fault.New(fault.Conflict, "This sign-in was completed already.")
	})
	return wrap(err, "complete session %s", id)
}

// EndSessions ends the live ones that f selects and writes e once if there
// was any. It gives their number.
func (d *DB) EndSessions(ctx context.Context, f session.Filter, why string, e audit.Event) (int, error) {
	var ended int64
	err := d.write(ctx, func(t tx) error {
		w := ending(time.Now(), why)
		sessionConditions(w, f)
		if f.Before != "" {
			w.add("id < ?", f.Before)
		}
		var err error
		ended, err = endSessions(t, w)
		if err != nil || ended == 0 {
			return err
		}
		return d.appendEvent(t, e)
	})
	if err != nil {
		return 0, wrap(err, "end sessions")
	}
	return int(ended), nil
}

func sessionConditions(w *where, f session.Filter) {
	if f.ID != "" {
		w.add("id = ?", f.ID)
	}
	if f.UserID != "" {
		w.add("user_id = ?", f.UserID)
	}
	if f.IDP != "" {
		w.add("idp = ?", f.IDP)
	}
	if f.Search != "" {
		w.add(`user_id IN (SELECT id FROM users WHERE folded_name LIKE ? ESCAPE '\')`, containing(directory.Fold(f.Search)))
	}
}

// ending selects what is live, for endSessions; the caller adds whose.
func ending(now time.Time, why string) *where {
	w := &where{args: []any{millis(now), why, millis(now.Add(sessionKept))}}
	w.add("ended_at = 0 AND expires_at > $1")
	return w
}

func endSessions(t tx, w *where) (int64, error) {
	rows, err := t.rows("UPDATE sessions SET ended_at = $1, ended_why = $2, forget_after = $3"+w.String()+" RETURNING id", w.args...)
	ids, err := collect(rows, err, scanID)
	if err != nil {
		return 0, err
	}
	sessionsChanged(t, ids)
	return int64(len(ids)), nil
}

func saveSession(t tx, s *session.Session, userID, userName string) error {
	tags, err := encodeList(s.Tags)
	if err != nil {
		return err
	}
	roles, err := encodeList(s.Roles)
	if err != nil {
		return err
	}
	_, err = t.exec(insertSession, s.ID, s.TokenHash, string(s.Kind), userID, userName, s.IDP, s.NameID.Value,
		s.NameID.Format, s.NameID.NameQualifier, s.NameID.SPNameQualifier, s.SubType, s.Issuer, s.SessionIndex,
		s.AuthnContext, millis(s.AuthnInstant), tags, roles, s.RoleSessionName, s.SourceIdentity, s.GroupsJSON,
		s.Trust, s.BrowserHash, s.Target, s.Completed, millis(s.BeganAt), millis(s.ExpiresAt), millis(s.EndedAt), s.EndedWhy,
		seconds(s.Duration), millis(s.ExpiresAt.Add(sessionKept)))
	if err != nil {
		return fmt.Errorf("save session %s: %w", s.ID, err)
	}
	return nil
}

func scanSession(from scanner) (*session.Session, error) {
	var s session.Session
	var tags, roles string
	var instant, began, expires, ended, asked int64
	err := from.Scan(&s.ID, &s.TokenHash, &s.Kind, &s.UserID, &s.UserName, &s.IDP, &s.NameID.Value, &s.NameID.Format,
		&s.NameID.NameQualifier, &s.NameID.SPNameQualifier, &s.SubType, &s.Issuer, &s.SessionIndex, &s.AuthnContext,
		&instant, &tags, &roles, &s.RoleSessionName, &s.SourceIdentity, &s.GroupsJSON, &s.Trust, &s.BrowserHash, &s.Target, &s.Completed,
		&began, &expires, &ended, &s.EndedWhy, &asked)
	if err != nil {
		return nil, err
	}
	s.AuthnInstant, s.BeganAt = fromMillis(instant), fromMillis(began)
	s.Duration = time.Duration(asked) * time.Second
	s.ExpiresAt, s.EndedAt = fromMillis(expires), fromMillis(ended)
	if s.Tags, err = decodeList[session.Tag](tags); err != nil {
		return nil, err
	}
	s.Roles, err = decodeList[session.RolePair](roles)
	return &s, err
}
