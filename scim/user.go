package scim

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
)

// sees reports whether the robot of c may know of u.
func (c *call) sees(u *directory.User) bool {
	return u.IDP == "" || u.IDP == string(c.Scope)
}

// act is what the directory is told of who makes something new.
func (c *call) act(ctx context.Context, action audit.Action) directory.Act {
	e := audit.New(action, c.Actor)
	e.IDP, e.ClientIP = string(c.Scope), reqctx.ClientIP(ctx)
	return directory.Act{Event: e, Scope: c.Scope, DryRun: c.DryRun}
}

// actOn is act on what is there already, at the version that If-Match names.
func (c *call) actOn(ctx context.Context, action audit.Action) (act directory.Act, err error) {
	act = c.act(ctx, action)
	act.Version, err = c.version()
	return act, err
}

var noUser = fault.New(fault.NotFound, "There is no such user.")

func (s *Server) user(ctx context.Context, c *call) (*answer, error) {
	c.about("User", c.ID, "")
	p, err := readProjection(userType, c.Query)
	if err != nil {
		return nil, err
	}
	u, err := s.findUser(ctx, c)
	if err != nil {
		return nil, err
	}
	if c.unchanged(u.Version) {
		return &answer{Status: http.StatusNotModified, ETag: etag(u.Version)}, nil
	}
	return s.userAnswer(ctx, c, http.StatusOK, u, p)
}

// findUser finds the one that c names.
func (s *Server) findUser(ctx context.Context, c *call) (*directory.User, error) {
	u, err := s.o.Directory.User(ctx, c.ID)
	if fault.KindOf(err) == fault.NotFound || err == nil && !c.sees(u) {
		return nil, noUser
	}
	if err != nil {
		return nil, err
	}
	c.about("User", u.ID, u.UserName)
	return u, nil
}

func (s *Server) createUser(ctx context.Context, c *call) (*answer, error) {
	c.about("User", "", "")
	p, err := readProjection(userType, c.Query)
	if err != nil {
		return nil, err
	}
	u := &directory.User{Active: true, Source: directory.FromSCIM, IDP: string(c.Scope)}
	if err := readUser(c, u); err != nil {
		return nil, err
	}
	c.about("User", "", u.UserName)
	if c.AWS {
		if err := s.awsUnique(ctx, c, u); err != nil {
			return nil, err
		}
	}
	if err := s.o.Directory.Create(ctx, u, c.act(ctx, audit.UserCreated)); err != nil {
		return nil, err
	}
	c.about("User", u.ID, u.UserName)
	c.Record.Changes = userChanges(&directory.User{}, u)
	return s.userAnswer(ctx, c, http.StatusCreated, u, p)
}

// readUser reads the body of a POST or PUT into u.
func readUser(c *call, u *directory.User) error {
	if err := c.checkBody(); err != nil {
		return err
	}
	if err := assignAll(u, c.Body); err != nil {
		return err
	}
	if u.UserName == "" {
		return bad(invalidValue, "userName is required.")
	}
	if c.AWS {
		return awsUser(u)
	}
	return nil
}

// replaceUser takes away what the body does not name, but lets active stay as
// it is: nobody is let in again because a robot left a word out.
func (s *Server) replaceUser(ctx context.Context, c *call) (*answer, error) {
	c.about("User", c.ID, "")
	next := &directory.User{Active: true}
	if err := readUser(c, next); err != nil {
		return nil, err
	}
	says := mentions(c.Body, "active")
	a, err := s.changeUser(ctx, c, func(u *directory.User) error {
		u.UserName, u.ExternalID, u.Profile = next.UserName, next.ExternalID, cloneProfile(next.Profile)
		if says {
			u.Active = next.Active
		}
		return nil
	})
	if err == nil && c.AWS {
		a.Status = http.StatusCreated // as AWS's documentation has it
	}
	return a, err
}

// mentions reports whether the object v has a value for the attribute.
func mentions(v json.RawMessage, attr directory.Attribute) bool {
	found := false
	_ = eachMember(v, func(name string, value json.RawMessage) error {
		if a := userType.resolve(name); a != nil && a.Path == attr && !isNull(value) {
			found = true
		}
		return nil
	})
	return found
}

func (s *Server) patchUser(ctx context.Context, c *call) (*answer, error) {
	c.about("User", c.ID, "")
	ops, err := readPatch(c)
	if err != nil {
		return nil, err
	}
	if c.AWS {
		if err := awsUserPatch(ops); err != nil {
			return nil, err
		}
	}
	return s.changeUser(ctx, c, func(u *directory.User) error {
		if err := applyUserPatch(u, ops, c.work()); err != nil {
			return err
		}
		if c.AWS {
			return awsUser(u)
		}
		return nil
	})
}

// changeUser changes the one that c names and answers with what it is then.
func (s *Server) changeUser(ctx context.Context, c *call, change func(*directory.User) error) (*answer, error) {
	p, err := readProjection(userType, c.Query)
	if err != nil {
		return nil, err
	}
	act, err := c.actOn(ctx, audit.UserChanged)
	if err != nil {
		return nil, err
	}
	var before directory.User
	u, err := s.o.Directory.Update(ctx, c.ID, func(u *directory.User) error {
		if !c.sees(u) {
			return noUser
		}
		before = *u
		before.Profile = cloneProfile(u.Profile)
		c.about("User", u.ID, u.UserName)
		return change(u)
	}, act)
	if err != nil {
		return nil, err
	}
	c.Record.Changes = userChanges(&before, u)
	return s.userAnswer(ctx, c, http.StatusOK, u, p)
}

// cloneProfile shares no list with p.
func cloneProfile(p directory.Profile) directory.Profile {
	p.Emails, p.PhoneNumbers, p.Addresses = slices.Clone(p.Emails), slices.Clone(p.PhoneNumbers), slices.Clone(p.Addresses)
	return p
}

func (s *Server) deleteUser(ctx context.Context, c *call) (*answer, error) {
	c.about("User", c.ID, "")
	if _, err := s.findUser(ctx, c); err != nil {
		return nil, err
	}
	act, err := c.actOn(ctx, audit.UserRemoved)
	if err != nil {
		return nil, err
	}
	if err := s.o.Directory.Remove(ctx, c.ID, act); err != nil {
		return nil, err
	}
	c.Record.Detail = "Removed."
	return &answer{Status: http.StatusNoContent}, nil
}

// userAnswer shows u as p wants to see it, where anyone does.
func (s *Server) userAnswer(ctx context.Context, c *call, status int, u *directory.User, p *projection) (*answer, error) {
	a := &answer{Status: status, ETag: etag(u.Version)}
	if status == http.StatusCreated {
		a.Location = s.location(userType, u.ID)
	}
	if c.Quiet {
		return a, nil
	}
	var groups []directory.GroupRef
	if status != http.StatusCreated && s.showsGroups(c, p) {
		of, err := s.o.Directory.GroupsSeen(ctx, c.Scope, maxGroups, u.ID)
		if err != nil {
			return nil, err
		}
		groups = of[u.ID]
	}
	a.Body = s.appendUser(make([]byte, 0, 1536), c, u, groups, p)
	return a, nil
}

// showsGroups reports whether people are shown with their groups.
func (s *Server) showsGroups(c *call, p *projection) bool {
	return !c.AWS && p.has(userGroups)
}

var userGroups = userType.resolve("groups")
