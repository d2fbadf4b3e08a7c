package admin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// mostAdded is how many people one form adds.
const mostAdded = 200

// Group shows one group with its members, a page at a time.
func (c *Console) Group(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	page, err := c.groupPage(r)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// RenameGroup gives a group that administrators keep another name.
func (c *Console) RenameGroup(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	name := strings.TrimSpace(r.PostForm.Get("name"))
	act := c.act(r, ses, audit.GroupChanged)
	var err error
	if act.Version, err = strconv.ParseInt(r.PostForm.Get("version"), 10, 64); err != nil || act.Version <= 0 {
		return fault.New(fault.Invalid, "The form does not say which version it was made for. Go back, reload the page and try again.")
	}
	_, refused := c.Directory.ChangeGroup(r.Context(), r.PathValue("id"), directory.GroupChange{DisplayName: &name}, act)
	if again(refused) {
		page, err := c.groupPage(r)
		if err != nil {
			return err
		}
		page.Rename = ui.GroupForm{Name: name, Error: public(refused)}
		if errors.Is(refused, directory.ErrVersion) {
			page.Rename.Error = "Somebody else changed this group while you had the page open. The page now shows how it stands; rename it once more if you still want it."
		}
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, groupPath(r.PathValue("id")), "group_renamed")
}

// AddMembers puts people, by userName, or a whole group into a group that
// administrators keep: all of them or nobody.
func (c *Console) AddMembers(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	form := ui.MemberForm{People: r.PostForm.Get("people"), Group: strings.TrimSpace(r.PostForm.Get("group"))}
	ids, refused := c.membersCalled(r.Context(), lines(form.People), form.Group)
	if refused == nil {
		_, refused = c.Directory.ChangeGroup(r.Context(), r.PathValue("id"), directory.GroupChange{Add: ids}, c.act(r, ses, audit.GroupChanged))
	}
	if again(refused) {
		page, err := c.groupPage(r)
		if err != nil {
			return err
		}
		form.Error = public(refused)
		page.Add = form
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, groupPath(r.PathValue("id")), "members_added")
}

// RemoveMember takes one out of a group that administrators keep.
func (c *Console) RemoveMember(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	member := r.PostForm.Get("member")
	if member == "" {
		return fault.New(fault.Invalid, "The form names no member. Go back, reload the page and try again.")
	}
	_, err := c.Directory.ChangeGroup(r.Context(), r.PathValue("id"), directory.GroupChange{Remove: []string{member}}, c.act(r, ses, audit.GroupChanged))
	if err != nil {
		return err
	}
	return seeOther(w, r, groupPath(r.PathValue("id")), "member_removed")
}

// RemoveGroup deletes a group that administrators keep.
func (c *Console) RemoveGroup(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Directory.RemoveGroup(r.Context(), r.PathValue("id"), c.act(r, ses, audit.GroupRemoved)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/groups", "group_removed")
}

// membersCalled finds people by userName, and a group by its name.
func (c *Console) membersCalled(ctx context.Context, people []string, group string) ([]string, error) {
	if len(people) == 0 && group == "" {
		return nil, fault.New(fault.Invalid, "Give a user name, or the name of a group.")
	}
	if len(people) > mostAdded {
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Add at most %d people at a time.", mostAdded))
	}
	var ids, unknown []string
	for _, name := range people {
		u, err := c.userCalled(ctx, name)
		switch {
		case err != nil:
			return nil, err
		case u == nil:
			unknown = append(unknown, name)
		default:
			ids = append(ids, u.ID)
		}
	}
	if len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "Nobody here has the user name "+strings.Join(unknown[:min(len(unknown), 5)], ", ")+". Nobody was added.")
	}
	if group == "" {
		return ids, nil
	}
	found, err := c.Directory.QueryGroups(ctx, "", directory.Query{Where: equals("displayName", group), Limit: 2})
	if err != nil {
		return nil, err
	}
	switch len(found.Found) {
	case 0:
		return nil, fault.New(fault.Invalid, "There is no group called "+group+". Nobody was added.")
	case 1:
		return append(ids, found.Found[0].ID), nil
	}
	return nil, fault.New(fault.Invalid, "Several connections have a group called "+group+". Nobody was added: rename one of them first.")
}

// userCalled finds a person by userName, whatever its case; nil where nobody
// is called so.
func (c *Console) userCalled(ctx context.Context, userName string) (*directory.User, error) {
	found, err := c.Directory.Query(ctx, "", directory.Query{Where: equals(directory.AttrUserName, userName), Limit: 1})
	if err != nil || len(found.Found) == 0 {
		return nil, err
	}
	return found.Found[0], nil
}

func equals(attr directory.Attribute, text string) directory.Expr {
	return directory.Compare{Attr: attr, Op: directory.EQ, Value: directory.Value{Text: directory.Fold(text)}}
}

func (c *Console) groupPage(r *http.Request) (ui.Group, error) {
	ctx := r.Context()
	group, err := c.Directory.Group(ctx, "", r.PathValue("id"))
	if err != nil {
		return ui.Group{}, err
	}
	page := ui.Group{Group: group, Keeper: c.keeper(group)}
	query := r.URL.Query()
	members, err := c.Directory.Members(ctx, group.ID, query.Get("after"), perPage+1)
	if err != nil {
		return page, err
	}
	page.Members, page.Older = cutBy("after", members, groupPath(group.ID), query, func(m directory.Member) string { return m.ID })
	if page.Access, err = c.assignmentTable(ctx, access.AssignmentFilter{GroupID: group.ID}, url.Values{"group": {group.ID}}); err != nil {
		return page, err
	}
	page.Access.NoWho = true
	page.Unkept = page.Local()
	if !page.Unkept {
		provisioned, err := c.provisioned(ctx, group.IDP)
		if err != nil {
			return page, err
		}
		page.Unkept = !provisioned
	}
	return page, nil
}

// provisioned reports whether a robot keeps the connection's records now.
func (c *Console) provisioned(ctx context.Context, slug string) (bool, error) {
	tokens, err := c.Directory.Tokens(ctx, slug)
	now := time.Now()
	return slices.ContainsFunc(tokens, func(t *directory.Token) bool { return now.Before(t.ExpiresAt) }), err
}
