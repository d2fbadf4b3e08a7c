package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/session"
	"sallyport/web/ui"
)

// linksLooked is how many events about one-time links are looked through:
// far more than there are between two that somebody reads.
const linksLooked = 200

// linkUses gives the newest uses of one-time links, each with its dismissal.
func (c *Console) linkUses(ctx context.Context) ([]ui.LinkUse, error) {
	events, err := c.Events.Events(ctx, audit.Filter{
		Actions: []audit.Action{audit.AdminLinkUsed, audit.AdminLinkDismissed},
		Limit:   linksLooked,
	})
	if err != nil {
		return nil, err
	}
	dismissed := map[string]audit.Event{}
	var actors []string
	var uses []ui.LinkUse
	for _, e := range events { // newest first: a dismissal comes before its use
		id := strings.TrimPrefix(e.Object, "session:")
		if e.Action == audit.AdminLinkDismissed {
			dismissed[id] = e
			actors = append(actors, e.Actor)
			continue
		}
		use := ui.LinkUse{Session: id, At: e.At, ClientIP: e.ClientIP}
		if d, ok := dismissed[id]; ok {
			use.DismissedAt, use.DismissedBy = d.At, d.Actor
		}
		uses = append(uses, use)
	}
	names, err := c.actorNames(ctx, actors)
	if err != nil {
		return nil, err
	}
	for i := range uses {
		uses[i].DismissedBy = names[uses[i].DismissedBy]
	}
	return uses, nil
}

// openLinkUses are those that nobody has dismissed.
func (c *Console) openLinkUses(ctx context.Context) ([]ui.LinkUse, error) {
	uses, err := c.linkUses(ctx)
	return slices.DeleteFunc(uses, func(u ui.LinkUse) bool { return !u.DismissedAt.IsZero() }), err
}

// DismissLink takes the use of a one-time link off every page. Whoever came in
// by that very link leaves it to others, once there are others.
func (c *Console) DismissLink(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	id := r.PathValue("session")
	if ses.Kind == session.Link && ses.ID == id && c.Administrators != nil && c.Administrators.Any() {
		return fault.New(fault.Forbidden, "You came in by this very link. Another administrator takes the notice away, or you yourself once you have signed in.")
	}
	open, err := c.openLinkUses(r.Context())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(open, func(u ui.LinkUse) bool { return u.Session == id }) {
		return fault.New(fault.NotFound, "There is no such use of a one-time link, or it was dismissed already.")
	}
	e := audit.New(audit.AdminLinkDismissed, actor(ses))
	e.Object, e.ClientIP = "session:"+id, clientIP(r)
	if err := c.Events.AppendEvent(r.Context(), e); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/administrators", "dismissed")
}

func clientIP(r *http.Request) string { return reqctx.ClientIP(r.Context()) }
