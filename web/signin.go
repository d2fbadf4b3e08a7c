package web

import (
	"net/http"
	"slices"
	"strings"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/web/ui"
)

// signIn finds the way in: straight on where there is one, a choice or the
// e-mail address where there are several.
func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	target := r.URL.Query().Get("target")
	if ses, err := s.o.Cookies.Session(r); err == nil {
		return s.enter(w, r, ses, s.destination(target))
	}
	active := s.active()
	if len(active) == 1 {
		return redirect(loginPath(active[0].Provider.Slug, target))
	}
	return s.ui.Render(w, http.StatusOK, "", s.signInPage(active, target))
}

// signInByEmail goes on with the connection that speaks for an address's
// domain. It answers with a page and not with a redirect, which form-action
// would stop on its way to the identity provider.
func (s *Server) signInByEmail(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, "The form could not be read. Go back and try again.", err)
	}
	email, target := strings.TrimSpace(r.PostForm.Get("email")), r.PostForm.Get("target")
	active := s.active()
	page := s.signInPage(active, target)
	page.Email = email
	_, domain, ok := strings.Cut(email, "@")
	if !ok || domain == "" {
		page.Error = "Enter your whole work e-mail address, such as name@example.com."
		return s.ui.Render(w, http.StatusUnprocessableEntity, "", page)
	}
	found := forDomain(active, domain)
	switch len(found) {
	case 0:
		page.Error = "No identity provider here is set up for that address. Check the spelling, or ask your administrator."
		return s.ui.Render(w, http.StatusUnprocessableEntity, "", page)
	case 1:
		return s.ui.Render(w, http.StatusOK, "", ui.Onward{To: found[0].Provider.Name, URL: loginPath(found[0].Provider.Slug, target)})
	}
	page.ByEmail, page.Choices = false, choices(found, target)
	return s.ui.Render(w, http.StatusOK, "", page)
}

func (s *Server) signInPage(active []*idp.Connection, target string) ui.SignIn {
	page := ui.SignIn{Target: target, NoneActive: len(active) == 0}
	page.Going = s.openAt(target)
	open := slices.DeleteFunc(slices.Clone(active), hasDomains)
	page.ByEmail = len(active) > 1 && len(open) < len(active)
	if len(active) == 1 {
		open = active
	}
	page.Choices = choices(open, target)
	return page
}

func (s *Server) active() []*idp.Connection {
	return slices.DeleteFunc(slices.Clone(s.o.Registry.Connections()), func(c *idp.Connection) bool { return !c.Active() })
}

func hasDomains(c *idp.Connection) bool { return len(c.Provider.Settings.EmailDomains) > 0 }

func forDomain(connections []*idp.Connection, domain string) []*idp.Connection {
	return slices.DeleteFunc(slices.Clone(connections), func(c *idp.Connection) bool {
		return !slices.ContainsFunc(c.Provider.Settings.EmailDomains, func(d string) bool { return strings.EqualFold(d, domain) })
	})
}

func choices(connections []*idp.Connection, target string) []ui.Choice {
	var out []ui.Choice
	for _, c := range connections {
		out = append(out, ui.Choice{Name: c.Provider.Name, URL: loginPath(c.Provider.Slug, target)})
	}
	return out
}
