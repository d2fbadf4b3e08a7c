package admin

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/web/ui"
)

// mostLooked is how many people one page of an uncounted list looks at.
const mostLooked = 5000

// byAssignments reports whether a kind of stale identity is told by
// assignments, which the directory does not know.
func byAssignments(kind directory.Staleness) bool {
	return kind == ui.StaleAssignmentOver || kind == ui.StaleUnassigned
}

// fillStale fills a page with people of a kind that assignments tell.
func (c *Console) fillStale(ctx context.Context, page *ui.Stale, asked directory.StaleFilter, query url.Values) error {
	if asked.Kind == ui.StaleUnassigned {
		return c.fillUnassigned(ctx, page, asked, query)
	}
	users, err := c.assignmentsOver(ctx, asked)
	if err != nil {
		return err
	}
	page.Total = len(users)
	after := query.Get("after")
	users = slices.DeleteFunc(users, func(u *directory.User) bool { return u.ID <= after })
	page.Users, page.Older = cutBy("after", users, "/admin/stale", query, func(u *directory.User) string { return u.ID })
	return nil
}

// assignmentsOver are people by ID who are assigned something themselves, and
// are deactivated, or nothing of it counts any more.
func (c *Console) assignmentsOver(ctx context.Context, asked directory.StaleFilter) ([]*directory.User, error) {
	now := time.Now()
	live := map[string]bool{} // whether any of a person's counts
	for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
		if a.Principal.Kind == access.ToUser {
			live[a.Principal.ID] = live[a.Principal.ID] || counts(a, now)
		}
	}
	var found []*directory.User
	for some := range slices.Chunk(slices.Sorted(maps.Keys(live)), atATime) {
		users, err := c.Directory.Users(ctx, directory.Filter{IDs: some, Limit: len(some)})
		if err != nil {
			return nil, err
		}
		for _, u := range users {
			if (asked.IDP == "" || u.IDP == asked.IDP) && (!u.Active || !live[u.ID]) {
				found = append(found, u)
			}
		}
	}
	slices.SortFunc(found, func(a, b *directory.User) int { return strings.Compare(a.ID, b.ID) })
	return found, nil
}

// fillUnassigned walks provisioned people by userName, and keeps those whom no
// assignment reaches, until a page is full or enough were looked at.
func (c *Console) fillUnassigned(ctx context.Context, page *ui.Stale, asked directory.StaleFilter, query url.Values) error {
	now := time.Now()
	reached := map[string]bool{} // IDs of people and groups
	for _, a := range c.Applications.Assignments(access.AssignmentFilter{}) {
		if counts(a, now) {
			reached[a.Principal.ID] = true
		}
	}
	active := true
	after := query.Get("after")
	for page.Looked < mostLooked {
		users, err := c.Directory.Users(ctx, directory.Filter{Source: directory.FromSCIM, IDP: asked.IDP, Active: &active, After: after, Limit: atATime})
		if err != nil {
			return err
		}
		ids := make([]string, len(users))
		for i, u := range users {
			ids[i] = u.ID
		}
		groups, err := c.Directory.GroupsOf(ctx, ids...)
		if err != nil {
			return err
		}
		for _, u := range users {
			page.Looked++
			after = directory.Fold(u.UserName)
			if u.CreatedAt.After(asked.Since) || reached[u.ID] || slices.ContainsFunc(groups[u.ID], func(g directory.GroupRef) bool { return reached[g.ID] }) {
				continue
			}
			if page.Users = append(page.Users, u); len(page.Users) == perPage {
				break
			}
		}
		if len(page.Users) == perPage {
			break
		}
		if len(users) < atATime {
			return nil // that was everybody
		}
	}
	next := url.Values{"after": {after}}
	for _, name := range []string{"kind", "days", "idp"} {
		if v := query.Get(name); v != "" {
			next.Set(name, v)
		}
	}
	page.Older = "/admin/stale?" + next.Encode()
	return nil
}

// counts reports whether an assignment has not ended.
func counts(a *access.Assignment, now time.Time) bool {
	return a.EndsAt.IsZero() || now.Before(a.EndsAt)
}
