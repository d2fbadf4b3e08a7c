package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"sallyport/audit"
	"sallyport/directory"
	"sallyport/session"
	"sallyport/web/ui"
)

// Activity lists what happened, newest first.
func (c *Console) Activity(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	page := ui.Activity{
		Filter: activityFilter(query), Groups: actionChoices(), IDPs: c.providers(), Most: mostExported,
		CSV: "/admin/activity.csv" + same(query), JSON: "/admin/activity.json" + same(query),
	}
	page.Filtering = page.Filter != ui.ActivityFilter{}
	asked, err := c.activityAsked(r.Context(), page.Filter)
	page.Filter.From, page.Filter.To = typed(page.Filter.From), typed(page.Filter.To)
	if again(err) {
		page.Error = public(err)
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	asked.Before, asked.Limit = query.Get("before"), perPage+1
	events, err := c.Events.Events(r.Context(), asked)
	if err != nil {
		return err
	}
	events, page.Older = cut(events, "/admin/activity", query, func(e audit.Event) string { return e.ID })
	page.Rows, err = c.activityRows(r.Context(), events)
	if err != nil {
		return err
	}
	return c.show(w, r, page)
}

func activityFilter(query url.Values) ui.ActivityFilter {
	text := func(name string) string { return strings.TrimSpace(query.Get(name)) }
	return ui.ActivityFilter{
		Action: text("action"), IDP: text("idp"), Person: text("person"), Actor: text("actor"),
		Object: text("object"), From: text("from"), To: text("to"),
	}
}

// same is the query without the place in the list.
func same(query url.Values) string {
	kept := url.Values{}
	for key, values := range query {
		if key != "before" && key != "done" && values[0] != "" {
			kept.Set(key, values[0])
		}
	}
	if len(kept) == 0 {
		return ""
	}
	return "?" + kept.Encode()
}

// activityAsked is what the store is asked for.
func (c *Console) activityAsked(ctx context.Context, f ui.ActivityFilter) (audit.Filter, error) {
	asked := audit.Filter{IDP: f.IDP, Person: f.Person, Object: f.Object}
	if f.Action != "" {
		asked.Actions = []audit.Action{audit.Action(f.Action)}
	}
	var err error
	if asked.Since, asked.Until, err = period(f.From, f.To); err != nil {
		return asked, err
	}
	asked.Actor, err = c.actorCalled(ctx, f.Actor)
	return asked, err
}

// actorCalled is the actor behind what an administrator types: a user name, or
// the word as events have it.
func (c *Console) actorCalled(ctx context.Context, name string) (string, error) {
	if name == "" || name == "command" || name == "system" || strings.HasPrefix(name, "user:") || strings.HasPrefix(name, "link:") {
		return name, nil
	}
	users, err := c.Directory.Users(ctx, directory.Filter{Search: name})
	if err != nil {
		return "", err
	}
	for _, u := range users {
		if directory.Fold(u.UserName) == directory.Fold(name) {
			return "user:" + u.ID, nil
		}
	}
	return "user:" + name, nil // nobody: finds nothing
}

func (c *Console) activityRows(ctx context.Context, events []audit.Event) ([]ui.ActivityRow, error) {
	actors := make([]string, len(events))
	for i, e := range events {
		actors[i] = e.Actor
	}
	names, err := c.actorNames(ctx, actors)
	if err != nil {
		return nil, err
	}
	rows := make([]ui.ActivityRow, len(events))
	for i, e := range events {
		rows[i] = ui.ActivityRow{Event: e, Words: wordsOf(e.Action), Actor: names[e.Actor], Detail: indented(e.Detail)}
		if id, ok := strings.CutPrefix(e.Actor, "user:"); ok && names[e.Actor] != gone {
			rows[i].ActorPath = personPath(id)
		}
	}
	return rows, nil
}

// gone is what a person is called whose record is not there any more.
const gone = "somebody who is gone"

// actorNames says what people call each actor.
func (c *Console) actorNames(ctx context.Context, actors []string) (map[string]string, error) {
	names := map[string]string{"command": "the command line", "system": "Sallyport itself", "": ""}
	var ids []string
	for _, a := range actors {
		kind, id, _ := strings.Cut(a, ":")
		switch {
		case names[a] != "":
		case kind == "user":
			names[a] = gone
			ids = append(ids, id)
		case kind == "link":
			names[a] = "one-time link"
		case kind == "setup" || kind == "setup_link":
			names[a] = "setup link"
		case kind == "scim":
			names[a] = "provisioning"
		default:
			names[a] = a
		}
	}
	if len(ids) == 0 {
		return names, nil
	}
	users, err := c.Directory.Users(ctx, directory.Filter{IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, err
	}
	for _, u := range users {
		names["user:"+u.ID] = u.UserName
	}
	return names, nil
}

func indented(detail json.RawMessage) string {
	var b bytes.Buffer
	if len(detail) == 0 || json.Indent(&b, detail, "", "  ") != nil {
		return ""
	}
	return b.String()
}
