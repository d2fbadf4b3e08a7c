package web

import (
	"net/http"
	"net/url"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/web/ui"
)

const signedOutPath = "/signed-out"

// outcomePath is where the browser sees what came of a logout.
func outcomePath(handle string) string {
	if handle == "" {
		return signedOutPath
	}
	return signedOutPath + "?" + url.Values{"h": {handle}}.Encode()
}

// askSignOut is the page with the button, to which applications' hosts lead:
// a link alone signs nobody out.
func (s *Server) askSignOut(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	ses, err := s.o.Cookies.Session(r)
	if fault.KindOf(err) == fault.Unauthenticated {
		return redirect(signedOutPath)
	}
	if err != nil {
		return err
	}
	return s.ui.Render(w, http.StatusOK, ses.UserName, ui.SignOut{UserName: ses.UserName, To: s.nameOfIDP(ses.IDP)})
}

// signOut ends the browser's session here, at once, and then tells the
// identity provider where that takes part.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	token := s.o.Cookies.Token(r)
	if token == "" {
		return redirect(signedOutPath)
	}
	out, err := s.o.Sessions.SignOutWith(r.Context(), s.o.Registry, token, s.o.Cookies.Browser(w, r), reqctx.ClientIP(r.Context()))
	if err != nil {
		return err
	}
	s.o.Cookies.Clear(w, r)
	if out.Request == nil {
		return redirect(outcomePath(out.Handle))
	}
	c := s.o.Registry.Connection(out.Session.IDP)
	if c == nil { // gone this very moment
		return redirect(outcomePath(out.Handle))
	}
	return s.carryOut(w, c, out.Request, outcomePath(out.Handle))
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
	return s.ui.Render(w, http.StatusOK, page.Present, page)
}

// nameOfIDP is what people call a connection's identity provider.
func (s *Server) nameOfIDP(slug string) string {
	if c := s.o.Registry.Connection(slug); c != nil {
		return c.Provider.Name
	}
	return "your identity provider"
}
