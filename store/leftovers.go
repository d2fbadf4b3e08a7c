package store

import (
	"context"
	"fmt"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// Stale lists people whom somebody should look at again, by ID.
func (d *DB) Stale(ctx context.Context, f directory.StaleFilter) ([]*directory.User, error) {
	w, err := staleConditions(f)
	if err != nil {
		return nil, err
	}
	if f.After != "" {
		w.add("id > ?", f.After)
	}
	w.args = append(w.args, limit(f.Limit))
	query := fmt.Sprintf("SELECT %s FROM users%s ORDER BY id LIMIT $%d", userColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanUser)
	return all, wrap(err, "list people who are %s", f.Kind)
}

// CountStale counts them, pages aside.
func (d *DB) CountStale(ctx context.Context, f directory.StaleFilter) (int, error) {
	w, err := staleConditions(f)
	if err != nil {
		return 0, err
	}
	var n int
	err = d.pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM users"+w.String(), w.args...).Scan(&n)
	return n, wrap(err, "count people who are %s", f.Kind)
}

func staleConditions(f directory.StaleFilter) (*where, error) {
	w := &where{}
	since := millis(f.Since)
	switch f.Kind {
	case directory.StaleDisabled:
		w.add(`id IN (SELECT user_id FROM user_keys WHERE active = FALSE)
			AND (CASE WHEN inactive_since > 0 THEN inactive_since ELSE created_at END) <= ?`, since)
	case directory.StaleNeverSignedIn:
		w.add("last_sign_in_at = 0 AND active = TRUE AND created_at <= ?", since)
	case directory.StaleNotSeen:
		w.add("last_sign_in_at > 0 AND active = TRUE AND last_sign_in_at <= ?", since)
	case directory.StaleUngrouped:
		w.add(`source = 'scim' AND active = TRUE AND created_at <= ?
			AND NOT EXISTS (SELECT 1 FROM group_members m WHERE m.member_id = users.id)`, since)
	case directory.StaleUnprovisioned:
		w.add(`source = 'signin' AND active = TRUE AND created_at <= ?
			AND idp IN (SELECT k.idp FROM scim_tokens k WHERE k.expires_at > ?)`, since, millis(time.Now()))
	default:
		return nil, fault.New(fault.Invalid, "There is no such list of people.")
	}
	if f.IDP != "" {
		w.add("idp = ?", f.IDP)
	}
	return w, nil
}

// Removals lists removed people, newest first.
func (d *DB) Removals(ctx context.Context, before time.Time, n int) ([]directory.Removal, error) {
	w := &where{}
	if !before.IsZero() {
		w.add("at < ?", millis(before))
	}
	w.args = append(w.args, limit(n))
	query := fmt.Sprintf("SELECT user_name, idp, at, actor FROM removals%s ORDER BY at DESC, folded_name DESC LIMIT $%d", w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanRemoval)
	return all, wrap(err, "list removed people")
}

// ForgetRemoval lets a sign-in make that person anew.
func (d *DB) ForgetRemoval(ctx context.Context, userName string, act directory.Act) error {
	err := d.write(ctx, func(t tx) error {
		n, err := forgetRemoval(t, userName, "")
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "Nobody of that user name was removed, or it is forgotten already.")
		}
		e := act.Event
		if e.Person == "" {
			e.Person = userName
		}
		return d.appendEvent(t, e)
	})
	return wrap(err, "forget a removal")
}

// forgetRemoval forgets what scope may: a robot that of its own connection and
// of none.
func forgetRemoval(t tx, userName string, scope directory.Scope) (int64, error) {
	return t.exec("DELETE FROM removals WHERE folded_name = $1 AND ($2 = '' OR idp = '' OR idp = $2)", directory.Fold(userName), string(scope))
}

// removal is that of a folded userName; sql.ErrNoRows where there is none.
func removal(t tx, userName string) (directory.Removal, error) {
	return scanRemoval(t.row("SELECT user_name, idp, at, actor FROM removals WHERE folded_name = $1", directory.Fold(userName)))
}

func scanRemoval(from scanner) (directory.Removal, error) {
	var r directory.Removal
	var at int64
	if err := from.Scan(&r.UserName, &r.IDP, &at, &r.Actor); err != nil {
		return directory.Removal{}, err
	}
	r.At = fromMillis(at)
	return r, nil
}
