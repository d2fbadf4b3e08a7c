package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// shownOfPerson is how much of each kind one person's page shows.
const shownOfPerson = 20

// Person shows one person: the sessions with their tags, groups and what was
// dropped, the newest attempts, and what can be done.
func (c *Console) Person(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	ctx := r.Context()
	user, err := c.Directory.User(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	page := ui.Person{User: user, Facts: facts(user), Now: time.Now(), Notice: notice(r)}
	if user.Source == directory.FromSCIM {
		provisioned, err := c.provisioned(ctx, user.IDP)
		if err != nil {
			return err
		}
		if provisioned {
			page.Keeper = c.nameOf(user.IDP)
		}
	}
	groups, err := c.Directory.GroupsOf(ctx, user.ID)
	if err != nil {
		return err
	}
	page.Groups = groups[user.ID]
	live, err := c.Sessions.Sessions(ctx, session.Filter{UserID: user.ID, Live: true, Limit: perPage})
	if err != nil {
		return err
	}
	if page.Access, err = c.personsAssignments(ctx, user, page.Groups, live); err != nil {
		return err
	}
	isLive := map[string]bool{}
	for _, s := range live {
		isLive[s.ID] = true
		shown := ui.PersonSession{Session: s, IDPName: c.nameOf(s.IDP)}
		if shown.Groups, err = c.GroupsOf(ctx, s); err != nil {
			return err
		}
		if shown.Dropped, err = c.droppedTags(ctx, s.ID); err != nil {
			return err
		}
		if shown.Open, err = c.openAt(ctx, s); err != nil {
			return err
		}
		page.Sessions = append(page.Sessions, shown)
	}
	all, err := c.Sessions.Sessions(ctx, session.Filter{UserID: user.ID, Limit: shownOfPerson + len(live)})
	if err != nil {
		return err
	}
	for _, s := range all {
		if !isLive[s.ID] {
			page.Past = append(page.Past, s)
		}
	}
	page.Events, err = c.Events.Events(ctx, audit.Filter{
		Actions: []audit.Action{audit.SessionBegan, audit.SignInRefused},
		Person:  user.UserName,
		Limit:   shownOfPerson,
	})
	if err != nil {
		return err
	}
	return c.show(w, r, page)
}

// droppedTags is what the sign-in behind a session sent and no tag was made of.
func (c *Console) droppedTags(ctx context.Context, sessionID string) ([]session.DroppedTag, error) {
	events, err := c.Events.Events(ctx, audit.Filter{
		Actions: []audit.Action{audit.SessionBegan},
		Object:  "session:" + sessionID,
		Limit:   1,
	})
	if err != nil || len(events) == 0 || len(events[0].Detail) == 0 {
		return nil, err
	}
	var detail session.BeganDetail
	if err := json.Unmarshal(events[0].Detail, &detail); err != nil {
		return nil, fmt.Errorf("read detail of event %s: %w", events[0].ID, err)
	}
	return detail.Dropped, nil
}

// SignOutEverywhere ends all sessions of a person.
func (c *Console) SignOutEverywhere(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	user, err := c.Directory.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	n, err := c.Sessions.Revoke(r.Context(), session.Filter{UserID: user.ID}, actor(ses))
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.NotFound, "This person has no session that could be ended.")
	}
	return seeOther(w, r, personPath(user.ID), "signed_out")
}

// Deactivate stops a person from signing in and ends their sessions.
func (c *Console) Deactivate(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	user, err := c.Directory.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := c.Directory.Deactivate(r.Context(), user.UserName, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, personPath(user.ID), "deactivated")
}

// Reactivate lets a person sign in again.
func (c *Console) Reactivate(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	user, err := c.Directory.User(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := c.Directory.Reactivate(r.Context(), user.UserName, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, personPath(user.ID), "reactivated")
}

func personPath(id string) string { return "/admin/people/" + id }

// nameOf is what people call a connection.
func (c *Console) nameOf(slug string) string {
	if connection := c.Registry.Connection(slug); connection != nil {
		return connection.Provider.Name
	}
	return slug
}
