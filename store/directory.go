package store

import (
	"context"
	"fmt"
	"strings"

	"sallyport/audit"
	"sallyport/directory"
)

const (
	userColumns = "id, user_name, external_id, active, source, idp, profile, created_at, updated_at, last_sign_in_at, version"
	selectUser  = "SELECT " + userColumns + " FROM users WHERE id = $1"
)

// User finds one by ID.
func (d *DB) User(ctx context.Context, id string) (*directory.User, error) {
	u, err := scanUser(d.read(ctx).row(selectUser, id))
	return u, wrap(missing(err, "There is no such person."), "find user %s", id)
}

// UserByUserName finds one by folded userName.
func (d *DB) UserByUserName(ctx context.Context, userName string) (*directory.User, error) {
	u, err := scanUser(d.read(ctx).row("SELECT "+userColumns+" FROM users WHERE folded_name = $1", directory.Fold(userName)))
	return u, wrap(missing(err, "There is no person with that user name."), "find a user by userName")
}

// Users lists people by folded userName.
func (d *DB) Users(ctx context.Context, f directory.Filter) ([]*directory.User, error) {
	w := &where{}
	if f.Search != "" {
		w.add(`search LIKE ? ESCAPE '\'`, containing(oneLine.Replace(directory.Fold(f.Search))))
	}
	if len(f.IDs) > 0 {
		in(w, "id", f.IDs)
	}
	if f.Source != "" {
		w.add("source = ?", string(f.Source))
	}
	if f.IDP != "" {
		w.add("idp = ?", f.IDP)
	}
	if f.Active != nil && *f.Active {
		w.add("active = TRUE")
	}
	if f.Active != nil && !*f.Active {
		w.add("id IN (SELECT user_id FROM user_keys WHERE active = FALSE)")
	}
	if f.After != "" {
		w.add("folded_name > ?", f.After)
	}
	w.args = append(w.args, limit(f.Limit))
	query := fmt.Sprintf("SELECT %s FROM users%s ORDER BY folded_name LIMIT $%d", userColumns, w, len(w.args))
	rows, err := d.read(ctx).rows(query, w.args...)
	all, err := collect(rows, err, scanUser)
	return all, wrap(err, "list users")
}

// CreateUser saves a new one and sets its Version; a robot's is its
// connection's.
func (d *DB) CreateUser(ctx context.Context, u *directory.User, act directory.Act) error {
	own(u, act.Scope)
	err := d.robotAct(ctx, act, func(t tx, domains *emailDomains) error {
		if act.Scope != "" {
			if err := domains.mayName(act.Scope, u.UserName); err != nil {
				return err
			}
		}
		if _, err := insertUser(t, u, ""); err != nil {
			return taken(err, "A person with that user name exists already.")
		}
		if err := userCreated(t, u, act.Scope); err != nil {
			return err
		}
		return d.appendEvent(t, eventOn(act, u))
	})
	if err != nil {
		return wrap(err, "create user %s", u.ID)
	}
	u.Version = 1
	return nil
}

// eventOn fills in what act's event leaves to the store.
func eventOn(act directory.Act, u *directory.User) audit.Event {
	e := act.Event
	if e.Object == "" {
		e.Object = "user:" + u.ID
	}
	if e.Person == "" {
		e.Person = u.UserName
	}
	if e.IDP == "" {
		e.IDP = u.IDP
	}
	return e
}

// insertUser saves a person with their keys. It gives the number of people it
// made; onConflict says what to do where that is none.
func insertUser(t tx, u *directory.User, onConflict string) (int64, error) {
	profile, err := encode(u.Profile)
	if err != nil {
		return 0, err
	}
	n, err := t.exec(`INSERT INTO users (id, user_name, folded_name, external_id, active, source, idp, profile, search,
		created_at, updated_at, last_sign_in_at, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`+onConflict,
		u.ID, u.UserName, directory.Fold(u.UserName), u.ExternalID, u.Active, string(u.Source), u.IDP, profile,
		searchKey(u), millis(u.CreatedAt), millis(u.UpdatedAt), millis(u.LastSignInAt))
	if err != nil || n == 0 {
		return n, err
	}
	return n, insertKeys(t, u)
}

func updateUserRow(t tx, u *directory.User) error {
	profile, err := encode(u.Profile)
	if err != nil {
		return err
	}
	_, err = t.exec(`UPDATE users SET user_name = $2, folded_name = $3, external_id = $4, active = $5, source = $6,
		idp = $7, profile = $8, search = $9, updated_at = $10, version = $11 WHERE id = $1`,
		u.ID, u.UserName, directory.Fold(u.UserName), u.ExternalID, u.Active, string(u.Source), u.IDP, profile,
		searchKey(u), millis(u.UpdatedAt), u.Version)
	return err
}

var oneLine = strings.NewReplacer("\n", " ", "\r", " ")

// searchKey holds a line break between its parts, which no search contains,
// so that nothing is found across them.
func searchKey(u *directory.User) string {
	return oneLine.Replace(directory.Fold(u.UserName)) + "\n" + oneLine.Replace(directory.Fold(u.Profile.DisplayName))
}

func scanUser(from scanner) (*directory.User, error) {
	var u directory.User
	var profile string
	var created, updated, signedIn int64
	err := from.Scan(&u.ID, &u.UserName, &u.ExternalID, &u.Active, &u.Source, &u.IDP, &profile, &created, &updated,
		&signedIn, &u.Version)
	if err != nil {
		return nil, err
	}
	u.CreatedAt, u.UpdatedAt, u.LastSignInAt = fromMillis(created), fromMillis(updated), fromMillis(signedIn)
	return &u, decode(profile, &u.Profile)
}
