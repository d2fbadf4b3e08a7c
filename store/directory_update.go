package store

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"sallyport/directory"
	"sallyport/internal/fault"
)

// UpdateUser changes one in a transaction; the stored version grows by one,
// UpdatedAt becomes the present. fault.NotFound, also where act's scope does
// not show the person; fault.Conflict where the new userName is taken. ID,
// CreatedAt, LastSignInAt and Version are not change's to change. change may
// run twice and must not write to the store itself.
func (d *DB) UpdateUser(ctx context.Context, id string, change func(*directory.User) error, act directory.Act) (*directory.User, error) {
	var u *directory.User
	err := d.robotAct(ctx, act, func(t tx, domains *emailDomains) error {
		var err error
		u, err = d.updateUser(t, id, change, act, domains, time.Now())
		return err
	})
	if err != nil {
		return nil, d.hold(ctx, wrap(err, "update user %s", id))
	}
	return u, nil
}

func (d *DB) updateUser(t tx, id string, change func(*directory.User) error, act directory.Act, domains *emailDomains, now time.Time) (*directory.User, error) {
	u, err := userForUpdate(t, id, act)
	if err != nil {
		return nil, err
	}
	if act.Scope != "" {
		if err := unhold(t, u, change, act); err != nil {
			return nil, err
		}
	}
	before := cloneUser(u)
	if err := change(u); err != nil {
		return nil, err
	}
	u.ID, u.CreatedAt, u.UpdatedAt, u.LastSignInAt, u.Version = before.ID, before.CreatedAt, before.UpdatedAt, before.LastSignInAt, before.Version
	own(u, act.Scope)
	if sameUser(before, u) {
		return before, nil
	}
	if act.Scope != "" {
		if err := d.mayUpdate(t, before, u, act, domains, now); err != nil {
			return nil, err
		}
	}
	u.Version, u.UpdatedAt = before.Version+1, fromMillis(millis(now))
	if err := updateUserRow(t, u); err != nil {
		return nil, taken(err, "A person with that user name exists already.")
	}
	if err := updateKeys(t, before, u); err != nil {
		return nil, err
	}
	if why := endedBy(before, u); why != "" {
		if err := endSessionsOf(t, id, why, now); err != nil {
			return nil, err
		}
	}
	if err := userChanged(t, before, u, act.Scope, now); err != nil {
		return nil, err
	}
	if err := peopleChanged(t, []string{id}, now); err != nil {
		return nil, err
	}
	if err := d.appendEvent(t, changeEvent(eventOn(act, u), before, u)); err != nil || u.UserName == before.UserName {
		return u, err
	}
	return u, renamed(t, ofUser, id)
}

// mayUpdate is what a robot must pass to make before what u is: whose names it
// may give, whom it may have, and the brake.
func (d *DB) mayUpdate(t tx, before, u *directory.User, act directory.Act, domains *emailDomains, now time.Time) error {
	if before.IDP == "" {
		if err := domains.mayTake(act.Scope, before); err != nil {
			return err
		}
	}
	if before.IDP == "" || before.UserName != u.UserName {
		if err := domains.mayName(act.Scope, u.UserName); err != nil {
			return err
		}
	}
	switch {
	case !before.Active:
		return nil
	case !u.Active:
		return d.brake(t, before, false, act, now)
	case before.UserName != u.UserName:
		return d.brakeRename(t, before, act, now)
	}
	return nil
}

// endedBy says why the sessions of who was before end now; "": they go on. A
// session is somebody's who signed in by their userName: whoever has another
// one signs in anew.
func endedBy(before, u *directory.User) string {
	switch {
	case before.Active && !u.Active:
		return "user deactivated"
	case before.UserName != u.UserName:
		return "user renamed"
	}
	return ""
}

// userForUpdate locks and gives the person whom act is about, if act sees one
// of that version.
func userForUpdate(t tx, id string, act directory.Act) (*directory.User, error) {
	u, err := scanUser(t.row(t.forUpdate(selectUser), id))
	if err == nil && !seesUser(act.Scope, u) {
		return nil, fault.New(fault.NotFound, "There is no such person.")
	}
	if err != nil {
		return nil, missing(err, "There is no such person.")
	}
	return u, atVersion(act, u.Version)
}

// seesUser: a connection's robot sees its people and those of none.
func seesUser(scope directory.Scope, u *directory.User) bool {
	return scope == "" || u.IDP == string(scope) || u.IDP == ""
}

// own makes a record that a connection's robot writes its connection's.
func own(u *directory.User, scope directory.Scope) {
	if scope != "" {
		u.IDP, u.Source = string(scope), directory.FromSCIM
	}
}

func atVersion(act directory.Act, version int64) error {
	if act.Version == 0 || act.Version == version {
		return nil
	}
	return fault.Wrap(fault.Conflict, "The record has changed meanwhile. Read it again.", directory.ErrVersion)
}

func cloneUser(u *directory.User) *directory.User {
	c := *u
	c.Profile.Emails = slices.Clone(u.Profile.Emails)
	c.Profile.PhoneNumbers = slices.Clone(u.Profile.PhoneNumbers)
	c.Profile.Addresses = slices.Clone(u.Profile.Addresses)
	return &c
}

// sameUser takes an empty list for none, as they are stored.
func sameUser(a, b *directory.User) bool { return reflect.DeepEqual(withoutEmpty(a), withoutEmpty(b)) }

func withoutEmpty(u *directory.User) directory.User {
	c := *u
	if len(c.Profile.Emails) == 0 {
		c.Profile.Emails = nil
	}
	if len(c.Profile.PhoneNumbers) == 0 {
		c.Profile.PhoneNumbers = nil
	}
	if len(c.Profile.Addresses) == 0 {
		c.Profile.Addresses = nil
	}
	return c
}

func endSessionsOf(t tx, userID, why string, now time.Time) error {
	w := ending(now, why)
	w.add("user_id = ?", userID)
	_, err := endSessions(t, w)
	return err
}

// errDryRun takes back what an act did that was only tried.
var errDryRun = errors.New("only tried")

// act is write for acts that may be a dry run: then run does everything, and
// nothing stays.
func (d *DB) act(ctx context.Context, act directory.Act, run func(tx) error) error {
	err := d.write(ctx, func(t tx) error {
		if err := run(t); err != nil || !act.DryRun {
			return err
		}
		return errDryRun
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	return err
}
