package admin

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"sallyport/audit"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// SignIns lists recent sign-ins and refusals.
func (c *Console) SignIns(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	query := r.URL.Query()
	filter := ui.SignInFilter{
		IDP:       query.Get("idp"),
		Reason:    query.Get("reason"),
		Person:    strings.TrimSpace(query.Get("person")),
		Reference: strings.ToUpper(strings.TrimSpace(query.Get("reference"))),
		From:      strings.TrimSpace(query.Get("from")),
		To:        strings.TrimSpace(query.Get("to")),
	}
	page := ui.SignIns{Filter: filter, IDPs: c.providers(), Reasons: reasons(), Filtering: filter != ui.SignInFilter{}}
	page.Filter.From, page.Filter.To = typed(filter.From), typed(filter.To)
	asked, err := signInsAsked(filter)
	if again(err) {
		page.Error = public(err)
		return c.showRefusal(w, r, err, page)
	}
	asked.Before = query.Get("before")
	events, err := c.Events.Events(r.Context(), asked)
	if err != nil {
		return err
	}
	page.Events, page.Older = cut(events, "/admin/signins", query, func(e audit.Event) string { return e.ID })
	return c.show(w, r, page)
}

// signInsAsked is what the store is asked for.
func signInsAsked(f ui.SignInFilter) (audit.Filter, error) {
	asked := audit.Filter{
		Actions:   []audit.Action{audit.SessionBegan, audit.SignInRefused, audit.LogoutRefused},
		IDP:       f.IDP,
		Person:    f.Person,
		Reference: f.Reference,
		Limit:     perPage + 1,
	}
	switch f.Reason {
	case ui.OutcomeAccepted:
		asked.Actions = []audit.Action{audit.SessionBegan}
	case ui.OutcomeRefused:
		asked.Actions = []audit.Action{audit.SignInRefused, audit.LogoutRefused}
	default:
		asked.Reason = f.Reason
	}
	var err error
	asked.Since, asked.Until, err = period(f.From, f.To)
	return asked, err
}

func reasons() []saml.Reason {
	all := saml.Reasons()
	slices.Sort(all)
	return all
}

// cut keeps one page of items and gives the address of the next, which begins
// behind the last one kept.
func cut[T any](items []T, path string, query url.Values, id func(T) string) ([]T, string) {
	return cutBy("before", items, path, query, id)
}

// cutBy is cut for lists whose place in the query has another name.
func cutBy[T any](place string, items []T, path string, query url.Values, id func(T) string) ([]T, string) {
	if len(items) <= perPage {
		return items, ""
	}
	items = items[:perPage]
	next := url.Values{}
	for key, values := range query {
		if key != "done" && values[0] != "" {
			next[key] = values
		}
	}
	next.Set(place, id(items[perPage-1]))
	return items, path + "?" + next.Encode()
}
