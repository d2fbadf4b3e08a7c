package store

import (
	"fmt"
	"time"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/session"
)

// retagSessions lets the tags of a person's live sessions follow the
// directory, where a change touched anything that a tag can be read from.
func retagSessions(t tx, before, after *directory.User, now time.Time) error {
	if !after.Active || sameValues(before, after) {
		return nil
	}
	rows, err := t.rows(t.forUpdate("SELECT id, idp, tags FROM sessions WHERE user_id = $1 AND ended_at = 0 AND expires_at > $2 ORDER BY id"),
		after.ID, millis(now))
	live, err := collect(rows, err, scanTagged)
	if err != nil {
		return fmt.Errorf("find the sessions of user %s: %w", after.ID, err)
	}
	known := map[string][]idp.TagMapping{}
	for _, s := range live {
		mappings, ok := known[s.idp]
		if !ok {
			settings, err := scanSettings(t.row("SELECT settings FROM idps WHERE slug = $1", s.idp))
			if err != nil {
				return fmt.Errorf("read the settings of connection %s: %w", s.idp, err)
			}
			mappings = settings.TagMappings
			known[s.idp] = mappings
		}
		if err := retagSession(t, s, mappings, after); err != nil {
			return fmt.Errorf("change the tags of session %s: %w", s.id, err)
		}
	}
	return nil
}

func retagSession(t tx, s tagged, mappings []idp.TagMapping, u *directory.User) error {
	tags, err := decodeList[session.Tag](s.tags)
	if err != nil {
		return err
	}
	text, err := encodeList(session.Retag(tags, mappings, u))
	if err != nil || text == s.tags {
		return err
	}
	_, err = t.exec("UPDATE sessions SET tags = $2 WHERE id = $1", s.id, text)
	return err
}

// sameValues reports whether no session tag could tell the two apart.
func sameValues(a, b *directory.User) bool {
	for _, path := range directory.Paths {
		was, _ := a.Value(path)
		if is, _ := b.Value(path); is != was {
			return false
		}
	}
	return true
}

// tagged is a session with its tags as they are stored.
type tagged struct {
	id   string
	idp  string
	tags string
}

func scanTagged(from scanner) (tagged, error) {
	var s tagged
	err := from.Scan(&s.id, &s.idp, &s.tags)
	return s, err
}
