package admin

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/session"
)

const (
	mostConcerned = 2000   // people looked at for one difference
	mostDecided   = 200000 // people by applications looked at for one
	atATime       = 500    // people asked for in one go
)

// concerned are the active people whom a proposal may let in or keep out;
// whether there are more than were taken; and whether they were looked for in
// fewer live sessions than there are.
func (c *Console) concerned(ctx context.Context, p access.Proposal) (people []*directory.User, more, cut bool, err error) {
	most := max(1, min(mostConcerned, mostDecided/max(1, len(c.touched(p)))))
	if c.concernsAll(p) {
		people, more, err = c.activePeople(ctx, most)
		return people, more, false, err
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
		switch who.Kind {
		case access.ToUser:
			add(who.ID)
		case access.ToGroup:
			err = c.eachMember(ctx, who.ID, groups, add)
		case access.ToClaim:
			var missed bool
			missed, err = c.eachClaiming(ctx, who, add)
			cut = cut || missed
		}
		if err != nil {
			return nil, false, false, err
		}
		if len(ids) > most {
			break
		}
	}
	more = len(ids) > most
	for some := range slices.Chunk(ids[:min(len(ids), most)], atATime) {
		users, err := c.Directory.Users(ctx, directory.Filter{IDs: some, Limit: len(some)})
		if err != nil {
			return nil, false, false, err
		}
		people = append(people, users...)
	}
	people = slices.DeleteFunc(people, func(u *directory.User) bool { return !u.Active })
	slices.SortFunc(people, func(a, b *directory.User) int { return strings.Compare(a.UserName, b.UserName) })
	return people, more, cut, nil
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

// touched are the applications, by ID, that a proposal changes for somebody.
func (c *Console) touched(p access.Proposal) []string {
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
	return slices.Collect(maps.Keys(apps))
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

// eachClaiming visits those whose live session says that they are in a group,
// and says whether there are more sessions than it looked at.
func (c *Console) eachClaiming(ctx context.Context, who access.Principal, add func(string) bool) (cut bool, err error) {
	live, err := c.Sessions.Sessions(ctx, session.Filter{IDP: who.IDP, Live: true, Limit: mostConcerned + 1})
	if err != nil {
		return false, err
	}
	cut = len(live) > mostConcerned
	for _, s := range live[:min(len(live), mostConcerned)] {
		if s.UserID != "" && slices.Contains(s.Groups(), who.Name) && !add(s.UserID) {
			break
		}
	}
	return cut, nil
}
