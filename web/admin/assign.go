package admin

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// mostAssigned is how many assignments one form makes.
const mostAssigned = 1000

// NewAssignments is the form, with what its address names filled in.
func (c *Console) NewAssignments(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	page := ui.Assign{People: query.Get("person"), Groups: query.Get("group"), Applications: query.Get("app")}
	if set := c.Applications.PermissionSetNamed(query.Get("set")); set != nil {
		page.Chosen = []string{set.ID}
	}
	return c.show(w, r, c.assignPage(page))
}

// Assign makes assignments, all or none, after showing what changes.
func (c *Console) Assign(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	form := r.PostForm
	page := ui.Assign{
		People: form.Get("people"), Groups: form.Get("groups"), Claims: form.Get("claims"), ClaimIDP: form.Get("claim_idp"),
		Applications: form.Get("applications"), Chosen: form["set"], Ends: strings.TrimSpace(form.Get("ends")),
	}
	all, refused := c.assignmentsOf(r.Context(), page)
	if refused == nil && !confirmed(form) {
		again := c.assignedAgain(all, time.Now())
		return c.showChanges(w, r, ui.Changes{
			Question: "Make these assignments?", What: again.sentence(len(all)), Button: "Assign", Back: "/admin/assignments",
		}, access.Proposal{Grant: all, Revoke: again.replaced})
	}
	if refused == nil {
		for _, a := range all {
			a.ID = ""
		}
		_, refused = c.Applications.Grant(r.Context(), all, actor(ses))
	}
	if again(refused) || fault.KindOf(refused) == fault.NotFound {
		page.Error, page.Ends = public(refused), typed(page.Ends)
		return c.showRefusal(w, r, refused, c.assignPage(page))
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, "/admin/assignments", "assigned")
}

func count(n int) string { return strconv.Itoa(n) }

func (c *Console) assignPage(page ui.Assign) ui.Assign {
	page.Sets = c.Applications.PermissionSets()
	for _, p := range c.providers() {
		page.Connections = append(page.Connections, ui.GrantConnection{Slug: p.Slug, Name: p.Name})
	}
	return page
}

// assignmentsOf is every principal by every application by every permission
// set that a form names; fault.Invalid where it names what is not there.
func (c *Console) assignmentsOf(ctx context.Context, page ui.Assign) ([]*access.Assignment, error) {
	who, err := c.principalsCalled(ctx, page)
	if err != nil {
		return nil, err
	}
	apps, err := c.applicationsCalled(lines(page.Applications))
	if err != nil {
		return nil, err
	}
	ends, _, err := moment(page.Ends)
	switch {
	case err != nil:
		return nil, err
	case !ends.IsZero() && !ends.After(time.Now()):
		return nil, fault.New(fault.Invalid, "The end has passed already. Choose a later one, or none.")
	case len(page.Chosen) == 0:
		return nil, fault.New(fault.Invalid, "Tick at least one permission set.")
	case len(who)*len(apps)*len(page.Chosen) > mostAssigned:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("These would be %d assignments; make at most %d at a time.", len(who)*len(apps)*len(page.Chosen), mostAssigned))
	}
	var all []*access.Assignment
	for _, id := range page.Chosen {
		if c.Applications.PermissionSet(id) == nil {
			return nil, fault.New(fault.Invalid, "A permission set that was ticked is gone. Choose again.")
		}
		for _, app := range apps {
			for _, p := range who {
				all = append(all, &access.Assignment{
					ID: "new-" + count(len(all)), Principal: p, ApplicationID: app.ID, PermissionSetID: id, EndsAt: ends,
				})
			}
		}
	}
	return all, nil
}

// principalsCalled are the people and groups that a form names.
func (c *Console) principalsCalled(ctx context.Context, page ui.Assign) ([]access.Principal, error) {
	var who []access.Principal
	add := func(p access.Principal) {
		if !slices.Contains(who, p) {
			who = append(who, p)
		}
	}
	people, groups, claims := lines(page.People), lines(page.Groups), lines(page.Claims)
	switch n := len(people) + len(groups) + len(claims); {
	case n == 0:
		return nil, fault.New(fault.Invalid, "Name at least one person or group.")
	case n > mostAdded:
		return nil, fault.New(fault.Invalid, fmt.Sprintf("Name at most %d people and groups at a time.", mostAdded))
	}
	for _, name := range groups {
		group, err := c.groupCalled(ctx, name)
		if err != nil {
			return nil, err
		}
		add(access.Principal{Kind: access.ToGroup, ID: group.ID, Name: group.DisplayName})
	}
	var unknown []string
	for _, name := range people {
		user, err := c.userCalled(ctx, name)
		switch {
		case err != nil:
			return nil, err
		case user == nil:
			unknown = append(unknown, name)
		default:
			add(access.Principal{Kind: access.ToUser, ID: user.ID, Name: user.UserName})
		}
	}
	if len(unknown) > 0 {
		return nil, fault.New(fault.Invalid, "Nobody here has the user name "+strings.Join(unknown[:min(len(unknown), 5)], ", ")+". Nothing was assigned.")
	}
	if len(claims) > 0 && c.Registry.Connection(page.ClaimIDP) == nil {
		return nil, fault.New(fault.Invalid, "Choose the connection whose assertions name the groups.")
	}
	for _, name := range claims {
		add(access.Principal{Kind: access.ToClaim, IDP: page.ClaimIDP, Name: name})
	}
	return who, nil
}

func (c *Console) applicationsCalled(names []string) ([]*access.Application, error) {
	if len(names) == 0 {
		return nil, fault.New(fault.Invalid, "Name at least one application.")
	}
	var apps []*access.Application
	for _, name := range names {
		app := c.Applications.Application(name)
		if app == nil {
			return nil, fault.New(fault.Invalid, "There is no application called "+name+". Nothing was assigned.")
		}
		if !slices.Contains(apps, app) {
			apps = append(apps, app)
		}
	}
	return apps, nil
}
