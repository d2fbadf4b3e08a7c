package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"sallyport/internal/fault"
	"sallyport/session"
)

// tokensOfHost is how many tokens of one session work at one host: tabs that
// come at once get one each, a program that keeps none does not fill the house.
const tokensOfHost = 8

const noCode = "This way in is used up, or was not made for this browser. Open the application again."

// SaveCode keeps one.
func (d *DB) SaveCode(ctx context.Context, c *session.Code) error {
	err := d.write(ctx, func(t tx) error {
		_, err := t.exec("INSERT INTO codes (code_hash, session_id, host, browser_hash, expires_at) VALUES ($1, $2, $3, $4, $5)",
			c.Hash, c.SessionID, c.Host, notNil(c.BrowserHash), millis(c.ExpiresAt))
		return err
	})
	return wrap(err, "save a code of session %s", c.SessionID)
}

// UseCode consumes a code and makes tokenHash stand for its session at host.
func (d *DB) UseCode(ctx context.Context, codeHash []byte, host string, browserHash, tokenHash []byte, now time.Time) (*session.Session, error) {
	var s *session.Session
	err := d.write(ctx, func(t tx) (err error) {
		s, err = useCode(t, codeHash, host, browserHash, now)
		// A code that was tried is gone, whatever came of it: that is no failure
		// of the act.
		if err != nil || s == nil {
			return err
		}
		return saveHostToken(t, tokenHash, s.ID, host, now)
	})
	if err == nil && s == nil {
		err = fault.New(fault.NotFound, noCode)
	}
	if err != nil {
		return nil, wrap(err, "use a code")
	}
	return s, nil
}

// useCode gives nil where there is nothing to be had for the code.
func useCode(t tx, codeHash []byte, host string, browserHash []byte, now time.Time) (*session.Session, error) {
	var sessionID, madeFor string
	var browser []byte
	var expires int64
	err := t.row("DELETE FROM codes WHERE code_hash = $1 RETURNING session_id, host, browser_hash, expires_at", codeHash).
		Scan(&sessionID, &madeFor, &browser, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if expires <= millis(now) || madeFor != host || len(browser) == 0 || !bytes.Equal(browser, browserHash) {
		return nil, nil
	}
	s, err := scanSession(t.row(t.forKeep("SELECT "+sessionColumns+" FROM sessions WHERE id = $1"), sessionID))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !s.Completed || !s.EndedAt.IsZero() || !now.Before(s.ExpiresAt) {
		return nil, nil
	}
	return s, nil
}

func saveHostToken(t tx, tokenHash []byte, sessionID, host string, now time.Time) error {
	dropped, err := t.exec(`DELETE FROM host_tokens WHERE token_hash IN (
		SELECT token_hash FROM host_tokens WHERE session_id = $1 AND host = $2 ORDER BY made_at DESC, token_hash LIMIT 1000 OFFSET $3)`,
		sessionID, host, tokensOfHost-1)
	if err != nil {
		return err
	}
	if dropped > 0 {
		sessionsChanged(t, []string{sessionID})
	}
	_, err = t.exec("INSERT INTO host_tokens (token_hash, session_id, host, made_at) VALUES ($1, $2, $3, $4)",
		tokenHash, sessionID, host, millis(now))
	return err
}

// Door finds what a host's token opens, ended and expired sessions too.
func (d *DB) Door(ctx context.Context, tokenHash []byte, host string) (*session.Door, error) {
	door := &session.Door{Host: host, Choices: map[string]string{}}
	rows, err := d.read(ctx).prepared(selectDoor, tokenHash, host)
	_, err = collect(rows, err, func(from scanner) (struct{}, error) {
		var application, set sql.NullString
		s, err := scanSession(also{also{from, &set}, &application})
		if application.Valid {
			door.Choices[application.String] = set.String
		}
		door.Session = s
		return struct{}{}, err
	})
	if err == nil && door.Session == nil {
		err = fault.New(fault.NotFound, "There is no such session.")
	}
	if err != nil {
		return nil, wrap(err, "find the session of a host's token")
	}
	return door, nil
}

// selectDoor repeats the session for each of its choices, which are few.
const selectDoor = "SELECT " + sessionColumns + `,
	application_id, permission_set_id
	FROM (SELECT session_id AS opened FROM host_tokens WHERE token_hash = $1 AND host = $2) h
	JOIN sessions ON id = opened LEFT JOIN choices ON session_id = opened`

// CloseDoor makes a host's token worthless.
func (d *DB) CloseDoor(ctx context.Context, tokenHash []byte, host string) error {
	err := d.write(ctx, func(t tx) error {
		var sessionID string
		err := t.row("DELETE FROM host_tokens WHERE token_hash = $1 AND host = $2 RETURNING session_id", tokenHash, host).Scan(&sessionID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil {
			sessionsChanged(t, []string{sessionID})
		}
		return err
	})
	return wrap(err, "close a door at %s", host)
}

// Choose remembers with which permission set a session enters an application;
// fault.NotFound where there is no such session.
func (d *DB) Choose(ctx context.Context, sessionID, applicationID, permissionSetID string) error {
	err := d.write(ctx, func(t tx) error {
		n, err := t.exec(`INSERT INTO choices (session_id, application_id, permission_set_id) VALUES ($1, $2, $3)
			ON CONFLICT (session_id, application_id) DO UPDATE SET permission_set_id = excluded.permission_set_id
			WHERE choices.permission_set_id <> excluded.permission_set_id`, sessionID, applicationID, permissionSetID)
		if foreignKeyViolation(err) {
			return fault.New(fault.NotFound, "There is no such session.")
		}
		if err == nil && n > 0 {
			sessionsChanged(t, []string{sessionID})
		}
		return err
	})
	return wrap(err, "save a choice of session %s", sessionID)
}

// Choice is the permission set with which a session enters an application; ""
// where nothing was chosen.
func (d *DB) Choice(ctx context.Context, sessionID, applicationID string) (set string, err error) {
	err = d.read(ctx).row("SELECT permission_set_id FROM choices WHERE session_id = $1 AND application_id = $2", sessionID, applicationID).Scan(&set)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return set, wrap(err, "find a choice of session %s", sessionID)
}

// Hosts are those at which a session has a token, in their order.
func (d *DB) Hosts(ctx context.Context, sessionID string) ([]string, error) {
	rows, err := d.read(ctx).rows("SELECT DISTINCT host FROM host_tokens WHERE session_id = $1", sessionID)
	hosts, err := collect(rows, err, scanID)
	slices.Sort(hosts) // engines order text each in its own way
	return hosts, wrap(err, "list the hosts of session %s", sessionID)
}

// notNil: an empty hash is stored as such, and fits nothing.
func notNil(hash []byte) []byte {
	if hash == nil {
		return []byte{}
	}
	return hash
}
