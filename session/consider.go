package session

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// considered is what a verified assertion would make of a session.
type considered struct {
	roleClaims
	tags    []Tag
	dropped []DroppedTag
	expires time.Time
	create  *directory.User // nil: the connection creates nobody
	version int64           // of the directory entry that tags were read from; 0: of none
}

// consider applies the rules of this room to an assertion: whom the connection
// may speak for, session tags, lifetime. A refusal is *saml.Error with every
// check so far; any other error is our own failure.
func (m *Manager) consider(ctx context.Context, p *idp.Provider, a *saml.Assertion, now time.Time) (*considered, error) {
	nameID := a.NameID().Value
	if n := utf8.RuneCountInString(nameID); n > maxNameID {
		return nil, refusal(a, checkNameID, saml.InvalidNameID, fmt.Sprintf("at most %d characters", maxNameID), fmt.Sprintf("%d characters", n))
	}
	if !DomainAllowed(nameID, p.Settings.EmailDomains) {
		return nil, refusal(a, checkDomain, saml.DomainNotAllowed, "an address at "+strings.Join(p.Settings.EmailDomains, ", "), nameID)
	}
	out := &considered{roleClaims: readRoleClaims(a.Attributes())}
	if p.Settings.FirstSignIn != idp.FirstSignInRefuse {
		out.create = newUser(p, a, now)
	}
	user, err := m.mappedUser(ctx, p, nameID, out.create)
	if err != nil {
		return nil, err
	}
	if user != nil {
		out.version = user.Version
	}
	tags := readTags(a.Attributes(), p.Settings.TagMappings, user)
	broken := append(tags.broken, out.broken...)
	out.tags = tags.tags
	out.dropped = append(broken, tags.dropped...)
	out.dropped = out.dropped[:min(len(out.dropped), maxDropped)]
	if len(broken) > 0 && p.Settings.InvalidTags != idp.InvalidTagsDrop {
		return out, refusal(a, checkTags, saml.InvalidTag, "session tags that keep the rules", broken[0].sentence())
	}
	out.expires = expiry(now, p.Settings, a.SessionNotOnOrAfter(), out.duration)
	return out, nil
}

// mappedUser is the person whose directory entry the configured attributes
// read: the one that is there, or the one that this sign-in makes. It asks
// the directory only where there is something to read.
func (m *Manager) mappedUser(ctx context.Context, p *idp.Provider, userName string, create *directory.User) (*directory.User, error) {
	if len(p.Settings.TagMappings) == 0 {
		return nil, nil
	}
	user, err := m.users.UserByUserName(ctx, userName)
	if fault.KindOf(err) == fault.NotFound {
		return create, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the user for the attributes for access control: %w", err)
	}
	return user, nil
}

// detail is what the event of a sign-in says.
func (c *considered) detail(flow string) json.RawMessage {
	d := BeganDetail{Flow: flow, Dropped: c.dropped}
	for _, t := range c.tags {
		d.Tags = append(d.Tags, TagSource{Key: t.Key, Source: t.Source})
	}
	return encode(d)
}

// refusal is a *saml.Error of one of this room's checks.
func refusal(a *saml.Assertion, check string, reason saml.Reason, want, got string) *saml.Error {
	failed := &saml.Error{Reason: reason, Want: want, Got: got}
	failed.Checks = trail(a.Checks(), check, failed)
	return failed
}

// sentence says what is wrong with a tag, for an administrator.
func (d DroppedTag) sentence() string {
	name := d.Source
	if d.Name != d.Source {
		name += " " + d.Name
	}
	return fmt.Sprintf("%s %q: %s", name, d.Value, d.Why)
}
