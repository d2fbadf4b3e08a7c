package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/session"
)

// explainFlags are what access explain asks.
type explainFlags struct {
	user, app, set, address, context, slug, at string
	tags, groups                               []string

	madeUp []access.Tag
	from   netip.Addr
	moment time.Time
}

// parse reads what can be read without the house.
func (f *explainFlags) parse() (err error) {
	if f.madeUp, err = tagsOf("--tag", f.tags); err != nil {
		return err
	}
	if f.address != "" {
		from, err := netip.ParseAddr(f.address)
		if err != nil {
			return usagef("--address is %q: write it as 203.0.113.9 or 2001:db8::1", f.address)
		}
		f.from = from.Unmap()
	}
	if f.moment, err = moment("--at", f.at); err != nil {
		return err
	}
	if f.moment.IsZero() {
		f.moment = time.Now()
	}
	return nil
}

// explain makes the decision that f asks for.
func (h *house) explain(ctx context.Context, f *explainFlags) (*explanation, error) {
	app, err := h.application(f.app)
	if err != nil {
		return nil, err
	}
	if f.set != "" {
		if _, err := h.permissionSet(f.set); err != nil {
			return nil, err
		}
	}
	person, live, known, err := h.personAsked(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := h.makeUp(ctx, f, &person); err != nil {
		return nil, err
	}
	d := h.apps.Decide(access.NewFacts(person), access.Question{Application: app.Name, PermissionSet: f.set, At: f.moment})
	e := &explanation{
		Allowed: d.Allowed, Refusal: string(d.Refusal), Application: app.Name, PermissionSets: []string{}, Steps: []explainStep{},
		Person: describePerson(&person, known), At: f.moment.UTC(),
	}
	for _, s := range d.Sets {
		e.PermissionSets = append(e.PermissionSets, s.Name)
	}
	for _, s := range d.Steps {
		e.Steps = append(e.Steps, explainStep{s.Sentence(), s.Counts})
	}
	if e.Allowed {
		h.askRoles(app, &person, live, f.moment, e)
	}
	e.Verdict = e.sentence(f.set)
	return e, nil
}

// sentence is the answer.
func (e *explanation) sentence(set string) string {
	what := e.Application
	if set != "" {
		what += " as " + set
	}
	if e.Allowed {
		return fmt.Sprintf("Yes: %s can open %s.", e.Person.UserName, what)
	}
	return fmt.Sprintf("No: %s can't open %s (%s).", e.Person.UserName, what, e.Refusal)
}

func describePerson(p *access.Person, known string) explainPerson {
	told := explainPerson{
		UserName: p.UserName, Known: known, IDP: p.IDP, Groups: []string{}, Tags: append([]access.Tag{}, p.Tags...),
		AuthnContext: p.AuthnContext, AuthnInstant: p.AuthnInstant.UTC(),
	}
	for _, g := range p.Groups {
		told.Groups = append(told.Groups, g.DisplayName)
	}
	told.Groups = append(told.Groups, p.Claimed...)
	if p.Address.IsValid() {
		told.Address = p.Address.String()
	}
	return told
}

// personAsked is the person whom f names: by their live session, by the
// directory, or nobody at all.
func (h *house) personAsked(ctx context.Context, f *explainFlags) (p access.Person, live *session.Session, known string, err error) {
	if f.user == "" {
		return access.Person{UserName: "somebody", IDP: f.slug, AuthnInstant: f.moment}, nil, "nobody was named: somebody who has nothing but what was made up", nil
	}
	user, err := h.db.UserByUserName(ctx, f.user)
	if err != nil {
		return p, nil, "", err
	}
	sessions, err := h.sessions.Sessions(ctx, session.Filter{UserID: user.ID, IDP: f.slug, Live: true, Limit: 1})
	if err != nil {
		return p, nil, "", err
	}
	p = access.Person{UserID: user.ID, UserName: user.UserName, IDP: user.IDP, AuthnInstant: f.moment}
	if f.slug != "" {
		p.IDP = f.slug
	}
	switch {
	case len(sessions) > 0:
		live, known = sessions[0], "their session, begun "+shown(sessions[0].BeganAt)+", with their groups as they are now"
		claimed, err := h.sessions.Claimed(ctx, live)
		if err != nil {
			return p, nil, "", err
		}
		p.IDP, p.Claimed, p.AuthnContext, p.AuthnInstant = live.IDP, claimed, live.AuthnContext, live.AuthnInstant
		for _, t := range live.Tags {
			p.Tags = append(p.Tags, access.Tag{Key: t.Key, Value: t.Value})
		}
	case !user.Active:
		known = "the directory, as if they could sign in: they are deactivated"
	default:
		known = "the directory, as if they signed in now: what only their identity provider says is not known"
	}
	if live == nil {
		p.Tags = h.mappedTags(user, p.IDP)
	}
	groups, err := h.people.GroupsOf(ctx, user.ID)
	for _, g := range groups[user.ID] {
		// What one identity provider says of groups is nothing to another.
		if g.IDP == "" || g.IDP == p.IDP {
			p.Groups = append(p.Groups, g)
		}
	}
	if session.Stranger(h.idps, p.IDP, user) {
		p.UserID, p.Groups = "", nil
		known += ". " + session.StrangerSays(p.IDP, user)
	}
	return p, live, known, err
}

// mappedTags are the session tags that a connection takes from the directory.
func (h *house) mappedTags(user *directory.User, slug string) (tags []access.Tag) {
	connection := h.idps.Connection(slug)
	if connection == nil {
		return nil
	}
	for _, m := range connection.Provider.Settings.TagMappings {
		if value, ok := user.Value(m.Path); ok {
			tags = append(tags, access.Tag{Key: m.Key, Value: value})
		}
	}
	return tags
}

// makeUp puts what f makes up over what is known of a person.
func (h *house) makeUp(ctx context.Context, f *explainFlags, p *access.Person) error {
	for _, t := range f.madeUp {
		p.Tags = slices.DeleteFunc(p.Tags, func(has access.Tag) bool { return strings.EqualFold(has.Key, t.Key) })
		p.Tags = append(p.Tags, t)
	}
	for _, name := range f.groups {
		page, err := h.people.QueryGroups(ctx, "", groupsNamed(name))
		if err != nil {
			return err
		}
		known := false
		for _, g := range page.Found {
			if g.DisplayName == name && (g.IDP == "" || g.IDP == p.IDP) {
				p.Groups, known = append(p.Groups, directory.GroupRef{ID: g.ID, DisplayName: g.DisplayName, IDP: g.IDP, Direct: true}), true
			}
		}
		if !known {
			p.Claimed = append(p.Claimed, name)
		}
	}
	if f.context != "" {
		p.AuthnContext = f.context
	}
	p.Address = f.from
	return nil
}
