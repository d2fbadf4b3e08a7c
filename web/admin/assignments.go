package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// shownAssignments is how many a page of something else shows.
const shownAssignments = 20

// Assignments lists assignments, from the side of an application, a
// permission set, a person or a group.
func (c *Console) Assignments(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	page := ui.Assignments{
		Application: strings.TrimSpace(query.Get("app")), Set: strings.TrimSpace(query.Get("set")),
		Person: strings.TrimSpace(query.Get("person")), Group: strings.TrimSpace(query.Get("group")), Notice: notice(r),
	}
	page.Table.Add = "/admin/assignments/new"
	filter, err := c.assignmentFilter(r.Context(), page)
	if again(err) {
		page.Error, page.Table.Nothing = public(err), "Nothing."
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	page.Total = len(c.Applications.Assignments(filter))
	filter.After, filter.Limit = query.Get("after"), perPage+1
	all := c.Applications.Assignments(filter)
	all, page.Table.More = cutBy("after", all, "/admin/assignments", query, func(a *access.Assignment) string { return a.ID })
	page.Table.Name, page.Table.Nothing, page.Table.Ticks = "Assignments", "There is none.", viewerOf(r).Set == access.Administrator
	if page.Table.Rows, err = c.assignmentRows(r.Context(), all); err != nil {
		return err
	}
	if page.Filtering() {
		kept := url.Values{}
		for _, side := range []string{"app", "set", "person", "group"} {
			if v := query.Get(side); v != "" {
				kept.Set(side, v)
			}
		}
		page.Table.Add += "?" + kept.Encode()
	}
	return c.show(w, r, page)
}

// assignmentFilter finds what the filters name; fault.Invalid where they name
// nothing.
func (c *Console) assignmentFilter(ctx context.Context, page ui.Assignments) (access.AssignmentFilter, error) {
	var f access.AssignmentFilter
	if page.Application != "" {
		app := c.Applications.Application(page.Application)
		if app == nil {
			return f, fault.New(fault.Invalid, "There is no application called "+page.Application+".")
		}
		f.ApplicationID = app.ID
	}
	if page.Set != "" {
		set := c.Applications.PermissionSetNamed(page.Set)
		if set == nil {
			return f, fault.New(fault.Invalid, "There is no permission set called "+page.Set+".")
		}
		f.PermissionSetID = set.ID
	}
	if page.Person != "" {
		user, err := c.userCalled(ctx, page.Person)
		if err != nil {
			return f, err
		}
		if user == nil {
			return f, fault.New(fault.Invalid, "Nobody here has the user name "+page.Person+".")
		}
		f.UserID = user.ID
	}
	if page.Group != "" {
		group, err := c.groupCalled(ctx, page.Group)
		if err != nil {
			return f, err
		}
		f.GroupID = group.ID
	}
	return f, nil
}

// groupCalled finds the one group of a name; fault.Invalid where there is
// none, or several. A group is named by its ID too, for where names are not
// enough.
func (c *Console) groupCalled(ctx context.Context, name string) (*directory.Group, error) {
	found, err := c.Directory.QueryGroups(ctx, "", directory.Query{Where: equals("displayName", name), Limit: 2})
	if err != nil {
		return nil, err
	}
	if len(found.Found) == 1 {
		return found.Found[0], nil
	}
	group, err := c.Directory.Group(ctx, "", name)
	switch {
	case err == nil:
		return group, nil
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	case len(found.Found) > 1:
		return nil, fault.New(fault.Invalid, "Several connections have a group called "+name+". Give its ID, which stands on its page.")
	}
	return nil, fault.New(fault.Invalid, "There is no group called "+name+".")
}

// RevokeAssignments ends those that were ticked, after showing what changes.
func (c *Console) RevokeAssignments(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	ids := r.PostForm["id"]
	if len(ids) == 0 {
		return fault.New(fault.Invalid, "Nothing was chosen. Go back and tick the assignments that you mean.")
	}
	if !confirmed(r.PostForm) {
		what := "1 assignment ends."
		if len(ids) > 1 {
			what = count(len(ids)) + " assignments end."
		}
		return c.showChanges(w, r, ui.Changes{Question: "End these assignments?", What: what, Button: "End them", Back: "/admin/assignments"}, access.Proposal{Revoke: ids})
	}
	if _, err := c.Applications.RevokeAssignments(r.Context(), ids, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/assignments", "unassigned")
}

// assignmentTable is the beginning of a list, for the page of one of its
// sides; side names it in the addresses of the list and of the form.
func (c *Console) assignmentTable(ctx context.Context, f access.AssignmentFilter, side url.Values) (ui.AssignmentTable, error) {
	t := ui.AssignmentTable{Name: "Assignments", Nothing: "None.", Add: "/admin/assignments/new?" + side.Encode()}
	f.Limit = shownAssignments + 1
	all := c.Applications.Assignments(f)
	if len(all) > shownAssignments {
		all, t.More = all[:shownAssignments], "/admin/assignments?"+side.Encode()
	}
	var err error
	t.Rows, err = c.assignmentRows(ctx, all)
	return t, err
}

// assignmentRows puts assignments into words.
func (c *Console) assignmentRows(ctx context.Context, all []*access.Assignment) ([]ui.AssignmentRow, error) {
	makers, err := actorsOf(ctx, c, all, func(a *access.Assignment) string { return a.CreatedBy })
	if err != nil {
		return nil, err
	}
	apps := map[string]*access.Application{}
	for _, a := range c.Applications.Applications() {
		apps[a.ID] = a
	}
	now := time.Now()
	var rows []ui.AssignmentRow
	for i, a := range all {
		row := ui.AssignmentRow{
			Assignment: a, Who: cmp.Or(a.Principal.Name, a.Principal.ID), By: makers[i], Set: a.PermissionSetID, App: a.ApplicationID,
			Ended: !a.EndsAt.IsZero() && !now.Before(a.EndsAt), SetPath: setPath(a.PermissionSetID), AppPath: "/admin/applications",
		}
		switch a.Principal.Kind {
		case access.ToUser:
			row.WhoPath = personPath(a.Principal.ID)
		case access.ToGroup:
			row.WhoPath = groupPath(a.Principal.ID)
		}
		if set := c.Applications.PermissionSet(a.PermissionSetID); set != nil {
			row.Set = set.Name
		}
		if app := apps[a.ApplicationID]; app != nil {
			row.App, row.AppPath = titleOf(app), applicationPath(app.Name)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// personsAssignments are those of a person, of their groups, and of the groups
// that their live sessions claim.
func (c *Console) personsAssignments(ctx context.Context, u *directory.User, groups []directory.GroupRef, live []*session.Session) (ui.AssignmentTable, error) {
	side := url.Values{"person": {u.UserName}}
	t := ui.AssignmentTable{Name: "Assignments", NoWho: true, Nothing: "None, neither to the person nor to a group of theirs.", Add: "/admin/assignments/new?" + side.Encode()}
	all := c.Applications.Assignments(access.AssignmentFilter{UserID: u.ID})
	if len(all) > shownAssignments {
		t.More = "/admin/assignments?" + side.Encode()
	}
	for _, g := range groups {
		all = append(all, c.Applications.Assignments(access.AssignmentFilter{GroupID: g.ID})...)
	}
	claimed, err := c.claimedAssignments(ctx, live)
	if err != nil {
		return t, err
	}
	all = append(all, claimed...)
	if len(all) > perPage {
		all = all[:perPage]
	}
	rows, err := c.assignmentRows(ctx, all)
	for i := range rows {
		switch p := rows[i].Assignment.Principal; p.Kind {
		case access.ToGroup:
			rows[i].Through = rows[i].Who
		case access.ToClaim:
			rows[i].Through = rows[i].Who + ", as " + c.nameOf(p.IDP) + " says in a live session"
		}
	}
	t.Rows = rows
	return t, err
}

// claimedAssignments are those of the groups that assertions name, for which a
// live session names one.
func (c *Console) claimedAssignments(ctx context.Context, live []*session.Session) ([]*access.Assignment, error) {
	type claim struct{ idp, group string }
	claims := map[claim]bool{}
	for _, s := range live {
		names, err := c.Sessions.Claimed(ctx, s)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			claims[claim{s.IDP, name}] = true
		}
	}
	if len(claims) == 0 {
		return nil, nil
	}
	var all []*access.Assignment
	for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
		if p := a.Principal; p.Kind == access.ToClaim && claims[claim{p.IDP, p.Name}] {
			all = append(all, a)
		}
	}
	return all, nil
}

func setPath(id string) string { return "/admin/permission-sets/" + id }
