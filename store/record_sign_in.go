package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
	"sallyport/session"
)

// RecordSignIn makes one sign-in durable, all of it or nothing. Besides what
// session.Store asks for, it refuses with saml.ConnectionDisabled where the
// connection is not active at this moment, whoever disabled it. It fills
// Session.UserID and UserName once everything is saved; an event without actor,
// object or person gets them from the session.
func (d *DB) RecordSignIn(ctx context.Context, s *session.SignIn) error {
	var person signedIn
	err := d.write(ctx, func(t tx) error {
		var err error
		person, err = d.recordSignIn(t, s, time.Now())
		return err
	})
	if err != nil {
		return wrap(err, "record sign-in of session %s", s.Session.ID)
	}
	s.Session.UserID, s.Session.UserName, s.Session.Tags = person.id, person.userName, person.tags
	return nil
}

// signedIn is the person that a sign-in turned out to be.
type signedIn struct {
	id       string
	userName string
	version  int64         // of the record that was there; 0: the sign-in made it
	tags     []session.Tag // of the session, as the directory has them now
}

// recordSignIn goes from what refuses most cheaply to what writes most, and in
// the order in which other acts lock rows: connection, person, sessions.
func (d *DB) recordSignIn(t tx, s *session.SignIn, now time.Time) (signedIn, error) {
	if err := requireActive(t, s.Session.IDP); err != nil {
		return signedIn{}, err
	}
	if err := consumePending(t, s, now); err != nil {
		return signedIn{}, err
	}
	if err := useAssertion(t, s); err != nil {
		return signedIn{}, err
	}
	person, err := d.signPersonIn(t, s, now)
	if err != nil {
		return signedIn{}, err
	}
	if person.tags, err = presentTags(t, s, person); err != nil {
		return signedIn{}, err
	}
	present := *s.Session
	present.Tags = person.tags
	if err := saveSession(t, &present, person.id, person.userName); err != nil {
		return signedIn{}, err
	}
	if s.Recording != nil {
		if err := saveRecording(t, s.Recording); err != nil {
			return signedIn{}, err
		}
	}
	return person, d.appendEvent(t, began(s, person))
}

func requireActive(t tx, slug string) error {
	var state idp.State
	err := t.row(t.forShare("SELECT state FROM idps WHERE slug = $1"), slug).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return &saml.Error{Reason: saml.ConnectionDisabled, Want: "an active connection", Got: "no connection " + slug}
	}
	if err != nil {
		return fmt.Errorf("read the state of connection %s: %w", slug, err)
	}
	if state != idp.Active {
		return &saml.Error{Reason: saml.ConnectionDisabled, Want: "an active connection", Got: "connection " + slug + " is " + stateWords(state)}
	}
	return nil
}

func stateWords(s idp.State) string {
	if s == idp.Draft {
		return "still a draft"
	}
	return string(s)
}

// consumePending takes the pending sign-in away, so that a second response to
// the same request finds none.
func consumePending(t tx, s *session.SignIn, now time.Time) error {
	if s.RequestID == "" {
		return nil
	}
	var expires int64
	err := t.row("DELETE FROM pending WHERE request_id = $1 AND idp = $2 RETURNING expires_at", s.RequestID, s.Session.IDP).Scan(&expires)
	if errors.Is(err, sql.ErrNoRows) {
		return &saml.Error{
			Reason: saml.UnknownRequest,
			Want:   "an answer to a sign-in request that is waiting",
			Got:    "request " + s.RequestID + ", which is not waiting (any more)",
		}
	}
	if err != nil {
		return fmt.Errorf("consume pending sign-in %s: %w", s.RequestID, err)
	}
	if expires <= millis(now) {
		return &saml.Error{
			Reason: saml.UnknownRequest,
			Want:   "an answer before the sign-in request expires",
			Got:    "request " + s.RequestID + ", which expired at " + fromMillis(expires).Format(time.RFC3339),
		}
	}
	return nil
}

// useAssertion is the replay check.
func useAssertion(t tx, s *session.SignIn) error {
	return useOnce(t, s.Session.IDP, s.AssertionID, s.UsedUntil, "an assertion", "assertion "+s.AssertionID)
}

// useOnce notes that a message of a connection was used: the primary key
// admits one of that id. kind and message name it, for the refusal.
func useOnce(t tx, idp, id string, until time.Time, kind, message string) error {
	n, err := t.exec(`INSERT INTO used_assertions (idp, assertion_id, used_until) VALUES ($1, $2, $3)
		ON CONFLICT (idp, assertion_id) DO NOTHING`, idp, id, millis(until))
	if err != nil {
		return fmt.Errorf("record the use of %s: %w", kind, err)
	}
	if n == 0 {
		return &saml.Error{
			Reason: saml.Replayed,
			Want:   kind + " that was not used before",
			Got:    message + ", which was used already",
		}
	}
	return nil
}

// signPersonIn finds or creates the person. Where another first sign-in of the
// same person comes between looking and creating, it looks again.
func (d *DB) signPersonIn(t tx, s *session.SignIn, now time.Time) (signedIn, error) {
	person, found, err := findPerson(t, s, now)
	if err != nil || found {
		return person, err
	}
	if err := refuseRemoved(t, s.Session.NameID.Value); err != nil {
		return signedIn{}, err
	}
	if s.CreateUser == nil {
		return signedIn{}, &saml.Error{
			Reason: saml.UserUnknown,
			Want:   "a person who is known here, because this connection creates nobody",
			Got:    "NameID " + s.Session.NameID.Value + ", which nobody here has as user name",
		}
	}
	person, created, err := d.createPerson(t, s, now)
	if err != nil {
		return signedIn{}, err
	}
	if created {
		// Again, now that nobody else can come and go under this name.
		return person, refuseRemoved(t, s.Session.NameID.Value)
	}
	person, found, err = findPerson(t, s, now)
	if err == nil && !found {
		return signedIn{}, errors.New("the person of a sign-in is neither there nor can be created")
	}
	return person, err
}

// refuseRemoved refuses a person who was removed: no sign-in makes them anew.
func refuseRemoved(t tx, nameID string) error {
	r, err := removal(t, nameID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("find the removal of the person of a sign-in: %w", err)
	}
	return &saml.Error{
		Reason: saml.UserInactive,
		Want:   "a person who has not been removed",
		Got:    r.UserName + ", who was removed at " + r.At.Format(time.RFC3339),
	}
}

// presentTags are the session's tags, read again where the person's record is
// not the one that they were read from.
func presentTags(t tx, s *session.SignIn, person signedIn) ([]session.Tag, error) {
	if len(s.Mappings) == 0 || person.version == s.PersonVersion {
		return s.Session.Tags, nil
	}
	u, err := scanUser(t.row(selectUser, person.id))
	if err != nil {
		return nil, fmt.Errorf("read user %s for the tags of a session: %w", person.id, err)
	}
	return session.Retag(s.Session.Tags, s.Mappings, u), nil
}

// findPerson looks by folded userName, marks the sign-in and judges the row as
// it then stands, locked until the commit.
func findPerson(t tx, s *session.SignIn, now time.Time) (person signedIn, found bool, err error) {
	want := s.Session.NameID.Value
	var active bool
	err = t.row("UPDATE users SET last_sign_in_at = $2 WHERE folded_name = $1 RETURNING id, user_name, active, version",
		directory.Fold(want), millis(now)).Scan(&person.id, &person.userName, &active, &person.version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return signedIn{}, false, nil
	case err != nil:
		return signedIn{}, false, fmt.Errorf("find the person of a sign-in: %w", err)
	case person.userName != want:
		return signedIn{}, false, &saml.Error{
			Reason: saml.UserNameCase,
			Want:   "NameID " + person.userName + ", as the person's user name is spelled here",
			Got:    "NameID " + want,
		}
	case !active:
		return signedIn{}, false, &saml.Error{
			Reason: saml.UserInactive,
			Want:   "a person who is active",
			Got:    person.userName + ", who was deactivated",
		}
	}
	return person, true, nil
}

func (d *DB) createPerson(t tx, s *session.SignIn, now time.Time) (person signedIn, created bool, err error) {
	u := *s.CreateUser
	u.LastSignInAt = now
	n, err := insertUser(t, &u, " ON CONFLICT (folded_name) DO NOTHING")
	if err != nil || n == 0 {
		return signedIn{}, false, err
	}
	return signedIn{id: u.ID, userName: u.UserName}, true, d.appendEvent(t, audit.Event{
		At:       s.Event.At,
		Action:   audit.UserCreated,
		Actor:    "user:" + u.ID,
		IDP:      s.Session.IDP,
		Object:   "user:" + u.ID,
		Person:   u.UserName,
		ClientIP: s.Event.ClientIP,
	})
}

func began(s *session.SignIn, person signedIn) audit.Event {
	e := s.Event
	if e.Actor == "" {
		e.Actor = "user:" + person.id
	}
	if e.Object == "" {
		e.Object = "session:" + s.Session.ID
	}
	if e.Person == "" {
		e.Person = person.userName
	}
	return e
}
