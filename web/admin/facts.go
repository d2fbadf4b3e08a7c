package admin

import (
	"context"
	"slices"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/session"
)

// factsOf makes people ready for decisions, by their live session where there
// is one, and says for how many there was, and whether there were more
// sessions than it looked at.
func (c *Console) factsOf(ctx context.Context, people []*directory.User) (all []*access.Facts, live int, cut bool, err error) {
	sessions, cut, err := c.liveOf(ctx, people)
	if err != nil {
		return nil, 0, false, err
	}
	for some := range slices.Chunk(people, atATime) {
		ids := make([]string, len(some))
		for i, u := range some {
			ids[i] = u.ID
		}
		groups, err := c.Directory.GroupsOf(ctx, ids...)
		if err != nil {
			return nil, 0, false, err
		}
		for _, u := range some {
			s := sessions[u.ID]
			if s != nil {
				live++
			}
			p, err := c.personOf(ctx, u, s, groups[u.ID])
			if err != nil {
				return nil, 0, false, err
			}
			all = append(all, access.NewFacts(p))
		}
	}
	return all, live, cut, nil
}

// liveOf are the newest live sessions of people, and whether there are more than
// were looked at.
func (c *Console) liveOf(ctx context.Context, people []*directory.User) (of map[string]*session.Session, cut bool, err error) {
	const few = 20 // each for itself is cheaper than everybody's
	if len(people) > few {
		live, err := c.Sessions.Sessions(ctx, session.Filter{Live: true, Limit: mostConcerned + 1})
		return newest(live[:min(len(live), mostConcerned)]), len(live) > mostConcerned, err
	}
	var all []*session.Session
	for _, u := range people {
		live, err := c.Sessions.Sessions(ctx, session.Filter{UserID: u.ID, Live: true, Limit: perPage})
		if err != nil {
			return nil, false, err
		}
		all = append(all, live...)
	}
	return newest(all), false, nil
}

// personOf is somebody as a decision sees them: as their session says, or,
// without one, as the directory does, as if they signed in now.
func (c *Console) personOf(ctx context.Context, u *directory.User, s *session.Session, groups []directory.GroupRef) (access.Person, error) {
	p := access.Person{UserID: u.ID, UserName: u.UserName, IDP: u.IDP, AuthnInstant: time.Now()}
	if s != nil {
		claimed, err := c.Sessions.Claimed(ctx, s)
		if err != nil {
			return p, err
		}
		p.IDP, p.Claimed, p.AuthnContext, p.AuthnInstant = s.IDP, claimed, s.AuthnContext, s.AuthnInstant
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
	c.estrange(&p, u)
	return p, nil
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

// newest is the live session of each person that began last.
func newest(live []*session.Session) map[string]*session.Session {
	of := map[string]*session.Session{}
	for _, s := range live {
		if now := of[s.UserID]; s.Kind == session.Person && (now == nil || s.BeganAt.After(now.BeganAt)) {
			of[s.UserID] = s
		}
	}
	return of
}
