package scim

import (
	"context"
	"fmt"
	"net/http"

	"sallyport/audit"
	"sallyport/directory"
)

func (s *Server) group(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", c.ID, "")
	p, err := readProjection(groupType, c.Query)
	if err != nil {
		return nil, err
	}
	g, err := s.o.Directory.Group(ctx, c.Scope, c.ID)
	if err != nil {
		return nil, err
	}
	if c.unchanged(g.Version) {
		return &answer{Status: http.StatusNotModified, ETag: etag(g.Version)}, nil
	}
	return s.groupAnswer(ctx, c, http.StatusOK, g, p)
}

func (s *Server) createGroup(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", "", "")
	p, err := readProjection(groupType, c.Query)
	if err != nil {
		return nil, err
	}
	change, err := readGroup(c)
	if err != nil {
		return nil, err
	}
	if c.AWS {
		if err := awsGroup(change); err != nil {
			return nil, err
		}
	}
	g := &directory.Group{DisplayName: *change.DisplayName, ExternalID: *change.ExternalID, Source: directory.FromSCIM, IDP: string(c.Scope)}
	if err := s.o.Directory.CreateGroup(ctx, g, change.Add, c.act(ctx, audit.GroupCreated)); err != nil {
		return nil, err
	}
	c.about("Group", g.ID, "")
	c.Record.Changes = groupChanges(&directory.Group{}, g, change)
	if c.AWS {
		p = p.without(groupMembers) // AWS's answer has none
	}
	return s.groupAnswer(ctx, c, http.StatusCreated, g, p)
}

// replaceGroup takes the members for the whole list where the body names
// them; where it does not, they stay: a rename has emptied groups elsewhere.
func (s *Server) replaceGroup(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", c.ID, "")
	p, err := readProjection(groupType, c.Query)
	if err != nil {
		return nil, err
	}
	change, err := readGroup(c)
	if err != nil {
		return nil, err
	}
	g, err := s.changeGroup(ctx, c, func(*directory.Group) (directory.GroupChange, error) { return change, nil })
	if err != nil {
		return nil, err
	}
	return s.groupAnswer(ctx, c, http.StatusOK, g, p)
}

// patchGroup answers without a body, unless attributes were asked for: the
// whole of a large group would cost more than its change.
func (s *Server) patchGroup(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", c.ID, "")
	p, err := readProjection(groupType, c.Query)
	if err != nil {
		return nil, err
	}
	ops, err := readPatch(c)
	if err != nil {
		return nil, err
	}
	if c.AWS {
		if err := awsGroupPatch(ops); err != nil {
			return nil, err
		}
	}
	g, err := s.changeGroup(ctx, c, func(*directory.Group) (directory.GroupChange, error) {
		return groupPatch(ops, c.work(), func() ([]directory.Member, error) { return s.o.Directory.Members(ctx, c.ID, "", 0) })
	})
	if err != nil {
		return nil, err
	}
	if !c.Query.has("attributes") || c.AWS {
		return &answer{Status: http.StatusNoContent, ETag: etag(g.Version)}, nil
	}
	return s.groupAnswer(ctx, c, http.StatusOK, g, p)
}

// changeGroup changes the one that c names, which must be in sight.
func (s *Server) changeGroup(ctx context.Context, c *call, plan func(*directory.Group) (directory.GroupChange, error)) (*directory.Group, error) {
	before, err := s.o.Directory.Group(ctx, c.Scope, c.ID)
	if err != nil {
		return nil, err
	}
	change, err := plan(before)
	if err != nil {
		return nil, err
	}
	if change.DisplayName != nil && *change.DisplayName == "" {
		return nil, bad(invalidValue, "displayName is required.")
	}
	act, err := c.actOn(ctx, audit.GroupChanged)
	if err != nil {
		return nil, err
	}
	g, err := s.o.Directory.ChangeGroup(ctx, c.ID, change, act)
	if err != nil {
		return nil, err
	}
	c.Record.Changes = groupChanges(before, g, change)
	return g, nil
}

func (s *Server) deleteGroup(ctx context.Context, c *call) (*answer, error) {
	c.about("Group", c.ID, "")
	if _, err := s.o.Directory.Group(ctx, c.Scope, c.ID); err != nil {
		return nil, err
	}
	act, err := c.actOn(ctx, audit.GroupRemoved)
	if err != nil {
		return nil, err
	}
	if err := s.o.Directory.RemoveGroup(ctx, c.ID, act); err != nil {
		return nil, err
	}
	c.Record.Detail = "Removed."
	return &answer{Status: http.StatusNoContent}, nil
}

// groupAnswer shows g as p wants to see it, where anyone does.
func (s *Server) groupAnswer(ctx context.Context, c *call, status int, g *directory.Group, p *projection) (*answer, error) {
	a := &answer{Status: status, ETag: etag(g.Version)}
	if status == http.StatusCreated {
		a.Location = s.location(groupType, g.ID)
	}
	if c.Quiet {
		return a, nil
	}
	members, err := s.membersOf(ctx, c, g, p)
	if err != nil {
		return nil, err
	}
	a.Body = s.appendGroup(make([]byte, 0, 512+256*len(members)), c, g, members, p)
	return a, nil
}

// membersOf gives the members of g where p shows them. AWS shows none.
func (s *Server) membersOf(ctx context.Context, c *call, g *directory.Group, p *projection) ([]directory.Member, error) {
	if c.AWS || g.Members == 0 || !p.has(groupMembers) {
		return nil, nil
	}
	members, err := s.o.Directory.Members(ctx, g.ID, "", 0)
	if err != nil {
		return nil, fmt.Errorf("show group %s: %w", g.ID, err)
	}
	return members, nil
}

var groupMembers = groupType.resolve("members")
