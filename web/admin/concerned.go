package admin

import (
	"context"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/session"
)

const (
	mostConcerned = 2000   // people looked at for one difference
	mostDecided   = 200000 // people by applications looked at for one
	atATime       = 500    // people asked for in one go
)

// concerned are the active people whom a proposal may let in or keep out, and
// whether there are more than were taken.
func (c *Console) concerned(ctx context.Context, p access.Proposal) ([]*directory.User, bool, error) {
	most := max(1, min(mostConcerned, mostDecided/max(1, c.touched(p))))
	if c.concernsAll(p) {
		return c.activePeople(ctx, most)
	}
	var ids []string
	seen := map[string]bool{}
	add := func(id string) bool {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
		return len(ids) <= most
	}
	groups := map[string]bool{}
	for _, who := range c.principals(p) {
		var err error
		switch who.Kind {
		case access.ToUser:
			add(who.ID)
		case access.ToGroup:
			err = c.eachMember(ctx, who.ID, groups, add)
		case access.ToClaim:
			err = c.eachClaiming(ctx, who, add)
		}
		if err != nil {
			return nil, false, err
		}
		if len(ids) > most {
			break
		}
	}
	more := len(ids) > most
	var people []*directory.User
	for some := range slices.Chunk(ids[:min(len(ids), most)], atATime) {
		users, err := c.Directory.Users(ctx, directory.Filter{IDs: some, Limit: len(some)})
		if err != nil {
			return nil, false, err
		}
		people = append(people, users...)
	}
	people = slices.DeleteFunc(people, func(u *directory.User) bool { return !u.Active })
	slices.SortFunc(people, func(a, b *directory.User) int { return strings.Compare(a.UserName, b.UserName) })
	return people, more, nil
}

// concernsAll reports whether anybody at all may be concerned: the application
// is, or would be, for everyone.
func (c *Console) concernsAll(p access.Proposal) bool {
	if p.Application == nil {
		return false
	}
	if p.Application.Entry != access.Assigned {
		return true
	}
	now := c.Applications.Application(p.Application.Name)
	return now != nil && now.Entry != access.Assigned
}

// principals are those whose assignments a proposal touches.
func (c *Console) principals(p access.Proposal) []access.Principal {
	var all []access.Principal
	add := func(list []*access.Assignment) {
		for _, a := range list {
			all = append(all, a.Principal)
		}
	}
	add(p.Grant)
	if p.Application != nil {
		add(c.Applications.Assignments(access.AssignmentFilter{ApplicationID: p.Application.ID}))
	}
	if p.PermissionSet != nil {
		add(c.Applications.Assignments(access.AssignmentFilter{PermissionSetID: p.PermissionSet.ID}))
	}
	if len(p.Revoke) > 0 {
		for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
			if slices.Contains(p.Revoke, a.ID) {
				all = append(all, a.Principal)
			}
		}
	}
	return all
}

// touched is how many applications a proposal changes for somebody.
func (c *Console) touched(p access.Proposal) int {
	apps := map[string]bool{}
	add := func(list []*access.Assignment) {
		for _, a := range list {
			apps[a.ApplicationID] = true
		}
	}
	add(p.Grant)
	if p.Application != nil {
		apps[p.Application.ID] = true
	}
	if p.PermissionSet != nil {
		add(c.Applications.Assignments(access.AssignmentFilter{PermissionSetID: p.PermissionSet.ID}))
	}
	if len(p.Revoke) > 0 {
		for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
			if slices.Contains(p.Revoke, a.ID) {
				apps[a.ApplicationID] = true
			}
		}
	}
	return len(apps)
}

func (c *Console) activePeople(ctx context.Context, most int) ([]*directory.User, bool, error) {
	active := true
	users, err := c.Directory.Users(ctx, directory.Filter{Active: &active, Limit: most + 1})
	if err != nil {
		return nil, false, err
	}
	return users[:min(len(users), most)], len(users) > most, nil
}

// eachMember visits the people in a group and in the groups in it, until add
// has enough.
func (c *Console) eachMember(ctx context.Context, group string, seen map[string]bool, add func(string) bool) error {
	if seen[group] {
		return nil
	}
	seen[group] = true
	after := ""
	for {
		members, err := c.Directory.Members(ctx, group, after, atATime)
		if err != nil {
			return err
		}
		for _, m := range members {
			after = m.ID
			if m.Kind == directory.GroupMember {
				if err := c.eachMember(ctx, m.ID, seen, add); err != nil {
					return err
				}
			} else if !add(m.ID) {
				return nil
			}
		}
		if len(members) < atATime {
			return nil
		}
	}
}

// eachClaiming visits those whose live session says that they are in a group.
func (c *Console) eachClaiming(ctx context.Context, who access.Principal, add func(string) bool) error {
	live, err := c.Sessions.Sessions(ctx, session.Filter{IDP: who.IDP, Live: true, Limit: mostConcerned})
	if err != nil {
		return err
	}
	for _, s := range live {
		if s.UserID != "" && slices.Contains(s.Groups(), who.Name) && !add(s.UserID) {
			return nil
		}
	}
	return nil
}

// factsOf makes people ready for decisions, by their live session where there
// is one, and says for how many there was.
func (c *Console) factsOf(ctx context.Context, people []*directory.User) (all []*access.Facts, live int, err error) {
	sessions, err := c.liveOf(ctx, people)
	if err != nil {
		return nil, 0, err
	}
	for some := range slices.Chunk(people, atATime) {
		ids := make([]string, len(some))
		for i, u := range some {
			ids[i] = u.ID
		}
		groups, err := c.Directory.GroupsOf(ctx, ids...)
		if err != nil {
			return nil, 0, err
		}
		for _, u := range some {
			s := sessions[u.ID]
			if s != nil {
				live++
			}
			all = append(all, access.NewFacts(c.personOf(u, s, groups[u.ID])))
		}
	}
	return all, live, nil
}

// liveOf are the newest live sessions of people.
func (c *Console) liveOf(ctx context.Context, people []*directory.User) (map[string]*session.Session, error) {
	const few = 20 // each for itself is cheaper than everybody's
	if len(people) > few {
		live, err := c.Sessions.Sessions(ctx, session.Filter{Live: true, Limit: mostConcerned})
		return newest(live), err
	}
	var all []*session.Session
	for _, u := range people {
		live, err := c.Sessions.Sessions(ctx, session.Filter{UserID: u.ID, Live: true, Limit: perPage})
		if err != nil {
			return nil, err
		}
		all = append(all, live...)
	}
	return newest(all), nil
}

// personOf is somebody as a decision sees them: as their session says, or,
// without one, as the directory does, as if they signed in now.
func (c *Console) personOf(u *directory.User, s *session.Session, groups []directory.GroupRef) access.Person {
	p := access.Person{UserID: u.ID, UserName: u.UserName, IDP: u.IDP, AuthnInstant: time.Now()}
	if s != nil {
		p.IDP, p.Claimed, p.AuthnContext, p.AuthnInstant = s.IDP, s.Groups(), s.AuthnContext, s.AuthnInstant
		for _, t := range s.Tags {
			p.Tags = append(p.Tags, access.Tag{Key: t.Key, Value: t.Value})
		}
	} else {
		p.Tags = c.mappedTags(u)
	}
	for _, g := range groups {
		// What one identity provider says of groups is nothing to another.
		if g.IDP == "" || g.IDP == p.IDP {
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

// mappedTags are the session tags that the directory gives.
func (c *Console) mappedTags(u *directory.User) []access.Tag {
	connection := c.Registry.Connection(u.IDP)
	if connection == nil {
		return nil
	}
	var tags []access.Tag
	for _, m := range connection.Provider.Settings.TagMappings {
		if value, ok := u.Value(m.Path); ok {
			tags = append(tags, access.Tag{Key: m.Key, Value: value})
		}
	}
	return tags
}
