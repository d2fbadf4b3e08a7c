package web

import (
	"net/http"
	"net/url"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/web/ui"
)

const signedOutPath = "/signed-out"

// outcomePath is where the browser sees what came of a logout; console: the
// console was closed too.
func outcomePath(handle string, console bool) string {
	said := url.Values{}
	if handle != "" {
		said.Set("h", handle)
	}
	if console {
		said.Set("console", "closed")
	}
	if len(said) == 0 {
		return signedOutPath
	}
	return signedOutPath + "?" + said.Encode()
}

// askSignOut is the page with the button, to which applications' hosts lead:
// a link alone signs nobody out.
func (s *Server) askSignOut(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	console, err := s.consoleOpen(r)
	if err != nil {
		return err
	}
	ses, err := s.o.Cookies.Session(r)
	if fault.KindOf(err) == fault.Unauthenticated {
		if console {
			return s.ui.Render(w, http.StatusOK, "", ui.SignOut{Console: true})
		}
		return redirect(signedOutPath)
	}
	if err != nil {
		return err
	}
	return s.ui.Render(w, http.StatusOK, ses.UserName, ui.SignOut{UserName: ses.UserName, To: s.nameOfIDP(ses.IDP), Console: console})
}

// consoleOpen reports whether a one-time link has opened the console in this
// browser.
func (s *Server) consoleOpen(r *http.Request) (bool, error) {
	_, err := s.o.Cookies.AdminSession(r)
	if fault.KindOf(err) == fault.Unauthenticated {
		return false, nil
	}
	return err == nil, err
}

// signOut ends whatever this browser has here, at once, and then tells the
// identity provider of the person's session where that takes part.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	console, err := s.endBeside(w, r)
	if err != nil {
		return err
	}
	token := s.o.Cookies.Token(r)
	if token == "" {
		return redirect(outcomePath("", console))
	}
	out, err := s.o.Sessions.SignOutWith(r.Context(), s.o.Registry, token, s.o.Cookies.Browser(w, r), reqctx.ClientIP(r.Context()))
	if err != nil {
		return err
	}
	s.o.Cookies.Clear(w, r)
	if out.Request == nil {
		return redirect(outcomePath(out.Handle, console))
	}
	c := s.o.Registry.Connection(out.Session.IDP)
	if c == nil { // gone this very moment
		return redirect(outcomePath(out.Handle, console))
	}
	return s.carryOut(w, c, out.Request, outcomePath(out.Handle, console), console)
}

// endBeside ends what a browser can have beside the person's session: sign-ins
// that have arrived and wait for an answer (or for a click, to be somebody's
// session without asking anybody), and the console that a one-time link has
// opened. It reports whether there was the latter.
func (s *Server) endBeside(w http.ResponseWriter, r *http.Request) (console bool, err error) {
	ip := reqctx.ClientIP(r.Context())
	for _, name := range s.o.Cookies.Arrivals(r) {
		if err := s.o.Sessions.SignOut(r.Context(), s.o.Cookies.PeekArrival(r, name), ip); err != nil {
			return false, err
		}
		s.o.Cookies.ClearArrival(w, r, name)
	}
	token := s.o.Cookies.AdminToken(r)
	if token == "" {
		return false, nil
	}
	if console, err = s.consoleOpen(r); err != nil {
		return false, err
	}
	if err := s.o.Sessions.SignOut(r.Context(), token, ip); err != nil {
		return false, err
	}
	s.o.Cookies.ClearAdmin(w, r)
	return console, nil
}

// signedOut tells what ended: to the browser that signed out with all that is
// known, to any other in general.
func (s *Server) signedOut(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	var page ui.SignedOut
	l, err := s.o.Sessions.LogoutOutcome(r.Context(), r.URL.Query().Get("h"), s.o.Cookies.BrowserToken(r))
	switch kind := fault.KindOf(err); {
	case err == nil:
		page = ui.SignedOut{
			Known: true, UserName: l.UserName, Hosts: l.Hosts, Outcome: l.Outcome,
			IDP: s.nameOfIDP(l.IDP),
		}
	case kind != fault.NotFound:
		return err
	}
	present, err := s.o.Cookies.Session(r)
	if err == nil {
		page.Present = present.UserName
	} else if fault.KindOf(err) != fault.Unauthenticated {
		return err
	}
	if page.ConsoleOpen, err = s.consoleOpen(r); err != nil {
		return err
	}
	// Anybody may write such a link: it says what is so, or nothing.
	page.ConsoleClosed = !page.ConsoleOpen && r.URL.Query().Get("console") == "closed"
	return s.ui.Render(w, http.StatusOK, page.Present, page)
}

// nameOfIDP is what people call a connection's identity provider.
func (s *Server) nameOfIDP(slug string) string {
	if c := s.o.Registry.Connection(slug); c != nil {
		return c.Provider.Name
	}
	return "your identity provider"
}
