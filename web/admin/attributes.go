package admin

import (
	"net/http"
	"slices"
	"strings"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

const (
	mostAttributes  = 50
	spareAttributes = 4 // empty rows to fill in
)

// Attributes is what a connection's session tags are read from here, and what
// that comes to for one person.
func (c *Console) Attributes(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.attributesPage(r, p, p.Settings.TagMappings)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// SaveAttributes replaces them all.
func (c *Console) SaveAttributes(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, version, err := c.versioned(w, r)
	if err != nil {
		return err
	}
	typed, refused := attributesOf(r.PostForm["key"], r.PostForm["path"])
	if refused == nil {
		_, refused = c.Registry.UpdateSettings(r.Context(), p.Slug, version, func(_ *string, s *idp.Settings) { s.TagMappings = slices.Clone(typed) }, actor(ses))
	}
	if again(refused) {
		if connection := c.Registry.Connection(p.Slug); connection != nil {
			p = connection.Provider
		}
		page, err := c.attributesPage(r, p, typed)
		if err != nil {
			return err
		}
		page.Error = public(refused)
		if fault.KindOf(refused) == fault.Conflict {
			page.Error = "Somebody else changed this connection while you had the page open, so nothing was saved yet. What you typed is still here: save it once more if you still want it."
		}
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, pathOf(p.Slug)+"/attributes", "attributes")
}

// attributesOf reads the rows; one without a key is none.
func attributesOf(keys, paths []string) ([]idp.TagMapping, error) {
	if len(keys) != len(paths) {
		return nil, fault.New(fault.Invalid, "The form came in pieces. Go back, reload the page and try again.")
	}
	var out []idp.TagMapping
	for i, key := range keys {
		if key = strings.TrimSpace(key); key != "" {
			out = append(out, idp.TagMapping{Key: key, Path: paths[i]})
		}
	}
	for _, m := range out {
		if m.Path == "" {
			return out, fault.New(fault.Invalid, "Choose what the key "+m.Key+" is read from.")
		}
	}
	return out, nil
}

func (c *Console) attributesPage(r *http.Request, p *idp.Provider, rows []idp.TagMapping) (ui.Attributes, error) {
	page := ui.Attributes{Provider: p, Paths: directory.Paths, Most: mostAttributes, Person: strings.TrimSpace(r.URL.Query().Get("person"))}
	page.Rows = append(slices.Clone(rows), make([]idp.TagMapping, max(0, min(spareAttributes, mostAttributes-len(rows))))...)
	if page.Person == "" {
		return page, nil
	}
	user, err := c.userCalled(r.Context(), page.Person)
	if err != nil || user == nil {
		return page, err
	}
	page.Person, page.PersonPath = user.UserName, personPath(user.ID)
	live, err := c.Sessions.Sessions(r.Context(), session.Filter{UserID: user.ID, IDP: p.Slug, Live: true, Limit: 1})
	if err != nil {
		return page, err
	}
	var tags []session.Tag
	if len(live) > 0 {
		page.SignedIn, tags = true, live[0].Tags
	}
	decided := map[string]bool{}
	for _, m := range p.Settings.TagMappings {
		seen := ui.AttributeSeen{Key: m.Key, Path: m.Path}
		seen.Value, _ = user.Value(m.Path)
		if at := slices.IndexFunc(tags, func(t session.Tag) bool { return strings.EqualFold(t.Key, m.Key) }); at >= 0 {
			seen.Tag = &tags[at]
			decided[tags[at].Key] = true
		}
		page.Seen = append(page.Seen, seen)
	}
	for _, t := range tags {
		if !decided[t.Key] {
			page.Others = append(page.Others, t)
		}
	}
	return page, nil
}
