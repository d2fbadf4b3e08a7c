package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/ui"
)

// Bounds of the portal's page.
const (
	portalPage  = 60 // applications of one page
	maxRecent   = 6
	maxQuery    = 200 // bytes of a search
	fewEnough   = 8   // applications that need no search
	veryFew     = 3   // applications among which nothing is recent
	fewSets     = 4   // permission sets shown on a tile; the chooser has all
	maxPlaces   = 6   // named places shown on a tile
	portalQuery = "q"
	portalNth   = "page"
)

// portal shows a signed-in person where to go: what they may enter, with what,
// what they have pinned and entered lately.
func (s *Server) portal(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	facts, err := s.facts(r.Context(), ses)
	if err != nil {
		return err
	}
	shelf, err := s.shelf(r, facts.Person().UserID)
	if err != nil {
		return err
	}
	all := s.o.Applications.Portal(facts, time.Now())
	query := r.URL.Query()
	page := ui.Portal{Name: ses.UserName, Query: clipped(query.Get(portalQuery)), Searchable: len(all) > fewEnough}
	if query.Get("notice") == "target" {
		page.Notice = "The link you followed names no application that we know, so here are all of yours. Your administrator can see what it asked for."
	}
	pinned := onShelf(&page, all, shelf)
	found := search(all, page.Query)
	page.Any, page.Total = len(all) > 0, len(found)
	page.Pages = max(1, (len(found)+portalPage-1)/portalPage)
	page.Page = min(max(1, number(query.Get(portalNth))), page.Pages)
	page.First = (page.Page - 1) * portalPage
	for _, one := range found[page.First:min(len(found), page.First+portalPage)] {
		page.Apps = append(page.Apps, tile(one, pinned))
	}
	allowFetch(w)
	return s.ui.Render(w, http.StatusOK, ses.UserName, page)
}

// onShelf fills in what the person has pinned and entered lately, as far as
// they may enter it, and gives what is pinned by ID.
func onShelf(page *ui.Portal, all []access.Enterable, shelf []access.ShelfItem) map[string]bool {
	byID := make(map[string]access.Enterable, len(all))
	if len(shelf) > 0 {
		for _, one := range all {
			byID[one.Application.ID] = one
		}
	}
	pinned := map[string]bool{}
	for _, item := range shelf {
		if !item.PinnedAt.IsZero() {
			pinned[item.ApplicationID] = true
		}
	}
	for _, item := range shelf {
		one, ok := byID[item.ApplicationID]
		if !ok || page.Query != "" {
			continue
		}
		switch {
		case pinned[item.ApplicationID]:
			page.Pinned = append(page.Pinned, tile(one, pinned))
		case !item.EnteredAt.IsZero() && len(page.Recent) < maxRecent && len(all) > veryFew:
			page.Recent = append(page.Recent, tile(one, pinned))
		}
	}
	return pinned
}

func tile(one access.Enterable, pinned map[string]bool) ui.App {
	a := one.Application
	app := ui.App{
		Name: a.Name, Title: titleOf(a), Description: a.Description, Host: hostOf(a.URL), Mark: markOf(a),
		Pinned: pinned[a.ID], Again: !one.StepUp.None(),
	}
	if sets := slices.Concat(one.Sets, one.Later); len(sets) > 1 || len(one.Later) > 0 && !app.Again {
		app.More = max(0, len(sets)-fewSets)
		for _, set := range sets[:min(len(sets), fewSets)] {
			app.Sets = append(app.Sets, ui.Choice{Name: set.Name, URL: goPrefix + a.Name + "?" + url.Values{setParameter: {set.Name}}.Encode()})
		}
	}
	for _, l := range a.Links[:min(len(a.Links), maxPlaces)] {
		name := l.Title
		if name == "" {
			name = l.Name
		}
		app.Places = append(app.Places, ui.Choice{Name: name, URL: goPrefix + a.Name + "/~" + l.Name})
	}
	return app
}

func titleOf(a *access.Application) string {
	if a.Title != "" {
		return a.Title
	}
	return a.Name
}

// markOf is what stands for an application where there is little room.
func markOf(a *access.Application) string {
	if a.Icon != "" {
		return a.Icon
	}
	return initial(titleOf(a))
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func initial(title string) string {
	first, _ := utf8.DecodeRuneInString(title)
	return string(unicode.ToUpper(first))
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}
