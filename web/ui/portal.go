package ui

// Portal is the page of a signed-in person.
type Portal struct {
	Name       string // of the person, for the greeting
	Notice     string // a sentence, or ""
	Query      string // what is searched for, or ""
	Searchable bool   // there are enough applications to search in
	Any        bool   // there is an application at all, found or not
	Pinned     []App
	Recent     []App
	Apps       []App // of this page
	First      int   // how many stand on pages before
	Total      int   // on all pages
	Page       int   // from 1
	Pages      int
}

// App is one tile.
type App struct {
	Name        string
	Title       string
	Description string
	Host        string
	Mark        string // an emoji or one or two letters
	Pinned      bool
	Again       bool     // one has to sign in again to enter
	Sets        []Choice // permission sets to enter with, where there are several
	More        int      // further ones, which the chooser has
	Places      []Choice // named places in it
}

func (Portal) Head() Head { return Head{Template: "portal", Title: "Your applications"} }

// Last is the number of the last application on this page.
func (p Portal) Last() int { return p.First + len(p.Apps) }

// Before and After are the pages beside this one; 0: there is none.
func (p Portal) Before() int { return p.Page - 1 }

// After is the next page, or 0.
func (p Portal) After() int {
	if p.Page >= p.Pages {
		return 0
	}
	return p.Page + 1
}

// shownApp is a tile on one page of the portal, to which its form comes back.
type shownApp struct {
	App
	Query string
	Page  int
}

// On is an application as a tile of this page.
func (p Portal) On(a App) shownApp {
	page := p.Page
	if page == 1 {
		page = 0
	}
	return shownApp{a, p.Query, page}
}
