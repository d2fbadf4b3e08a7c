package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/internal/fault"
)

// assignmentFlags name assignments: whom, into what, with what.
type assignmentFlags struct {
	users, groups, claims, apps, sets []string
	slug                              string
}

func newAssignmentFlags(cmd *cobra.Command) *assignmentFlags {
	f := &assignmentFlags{}
	cmd.Flags().StringArrayVar(&f.users, "user", nil, "a person, by `userName`; may be repeated")
	cmd.Flags().StringArrayVar(&f.groups, "group", nil, "a group of the directory, by `name` or ID; may be repeated")
	cmd.Flags().StringArrayVar(&f.claims, "claim", nil, "a group that assertions name, by that `name`; may be repeated")
	cmd.Flags().StringVar(&f.slug, "idp", "", "`slug` of the connection whose assertions name the --claim, or that keeps the --group (default: the only active one)")
	cmd.Flags().StringArrayVar(&f.apps, "app", nil, "an application, by `name`; may be repeated")
	cmd.Flags().StringArrayVar(&f.sets, "permission-set", nil, "a permission set, by `name`; may be repeated")
	return f
}

func (f *assignmentFlags) whom() bool { return len(f.users)+len(f.groups)+len(f.claims) > 0 }
func (f *assignmentFlags) any() bool  { return f.whom() || len(f.apps)+len(f.sets) > 0 }

// complete reports whether they say whom, into what and with what.
func (f *assignmentFlags) complete() bool { return f.whom() && len(f.apps) > 0 && len(f.sets) > 0 }

// assignments are all that the flags name together, not saved yet.
func (f *assignmentFlags) assignments(ctx context.Context, h *house) ([]*access.Assignment, error) {
	principals, err := f.principals(ctx, h)
	if err != nil {
		return nil, err
	}
	apps, sets, err := f.objects(h)
	if err != nil {
		return nil, err
	}
	var all []*access.Assignment
	for _, who := range principals {
		for _, app := range apps {
			for _, set := range sets {
				all = append(all, &access.Assignment{Principal: who, ApplicationID: app, PermissionSetID: set})
			}
		}
	}
	return all, nil
}

// matching are the assignments there are that the flags name; what no flag
// names does not count.
func (f *assignmentFlags) matching(ctx context.Context, h *house) ([]*access.Assignment, error) {
	principals, err := f.principals(ctx, h)
	if err != nil {
		return nil, err
	}
	apps, sets, err := f.objects(h)
	if err != nil {
		return nil, err
	}
	among := func(ids []string, id string) bool { return len(ids) == 0 || slices.Contains(ids, id) }
	var found []*access.Assignment
	for _, a := range h.apps.Assignments(access.AssignmentFilter{}) {
		reaches := len(principals) == 0 || slices.ContainsFunc(principals, func(p access.Principal) bool { return samePrincipal(p, a.Principal) })
		if reaches && among(apps, a.ApplicationID) && among(sets, a.PermissionSetID) {
			found = append(found, a)
		}
	}
	return found, nil
}

func samePrincipal(a, b access.Principal) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind == access.ToClaim {
		return a.IDP == b.IDP && a.Name == b.Name
	}
	return a.ID == b.ID
}

// objects are the IDs of the applications and permission sets named.
func (f *assignmentFlags) objects(h *house) (apps, sets []string, err error) {
	for _, name := range f.apps {
		a, err := h.application(name)
		if err != nil {
			return nil, nil, err
		}
		apps = append(apps, a.ID)
	}
	for _, name := range f.sets {
		s, err := h.permissionSet(name)
		if err != nil {
			return nil, nil, err
		}
		sets = append(sets, s.ID)
	}
	return apps, sets, nil
}

func (f *assignmentFlags) principals(ctx context.Context, h *house) ([]access.Principal, error) {
	var all []access.Principal
	for _, name := range f.users {
		user, err := h.db.UserByUserName(ctx, name)
		if err != nil {
			return nil, err
		}
		all = append(all, access.Principal{Kind: access.ToUser, ID: user.ID, Name: user.UserName})
	}
	for _, name := range f.groups {
		group, err := h.groupCalled(ctx, name, f.slug)
		if err != nil {
			return nil, err
		}
		all = append(all, access.Principal{Kind: access.ToGroup, ID: group.ID, Name: group.DisplayName})
	}
	for _, name := range f.claims {
		slug := f.slug
		if slug == "" {
			slug = usualConnection(h.idps)
		}
		all = append(all, access.Principal{Kind: access.ToClaim, IDP: slug, Name: name})
	}
	return all, nil
}

// groupCalled finds a group by its ID or its name; slug is that of the
// connection that keeps it, "" for any. fault.NotFound, also where several
// have the name: nobody is let in by a guess.
func (h *house) groupCalled(ctx context.Context, name, slug string) (*directory.Group, error) {
	if group, err := h.people.Group(ctx, "", name); fault.KindOf(err) != fault.NotFound {
		return group, err
	}
	page, err := h.people.QueryGroups(ctx, "", groupsNamed(name))
	if err != nil {
		return nil, err
	}
	found := slices.DeleteFunc(page.Found, func(g *directory.Group) bool { return slug != "" && g.IDP != slug })
	switch len(found) {
	case 0:
		return nil, notFound("There is no group named %s. A group that only assertions name is given as --claim.", name)
	case 1:
		return found[0], nil
	}
	return nil, notFound("There are %d groups named %s. Say which by --idp, or by its ID.", len(found), name)
}

// groupsNamed asks for the groups of a name, case aside: one of each
// connection, and a local one.
func groupsNamed(name string) directory.Query {
	return directory.Query{Where: directory.Compare{Attr: "displayName", Op: directory.EQ, Value: directory.Value{Text: directory.Fold(name)}}, Limit: 100}
}
