package web

import (
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/access"
	"sallyport/session"
	"sallyport/web/ui"
)

// portal shows a signed-in person where to go.
func (s *Server) portal(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	page := ui.Portal{Name: ses.UserName}
	if r.URL.Query().Get("notice") == "target" {
		page.Notice = "The link you followed names no application that we know, so here are all of yours. Your administrator can see what it asked for."
	}
	for _, a := range s.o.Applications.Applications() {
		page.Apps = append(page.Apps, ui.App{
			Name:        a.Name,
			Title:       titleOf(a),
			Description: a.Description,
			Host:        hostOf(a.URL),
			Initial:     initial(titleOf(a)),
		})
	}
	return s.ui.Render(w, http.StatusOK, ses.UserName, page)
}

// goTo is a link to a target, as a relay state would name it: it signs in
// first where that is needed.
func (s *Server) goTo(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	relayState := strings.TrimPrefix(r.URL.EscapedPath(), "/go/")
	if r.URL.RawQuery != "" {
		relayState += "?" + r.URL.RawQuery
	}
	target := s.targetOf(relayState)
	if _, err := s.o.Cookies.Session(r); err != nil {
		return redirect("/signin?target=" + url.QueryEscape(target))
	}
	return redirect(target)
}

func titleOf(a *access.Application) string {
	if a.Title != "" {
		return a.Title
	}
	return a.Name
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
