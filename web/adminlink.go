package web

import (
	"net/http"
	"net/url"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/web/ui"
)

// adminLink shows the page behind a one-time link. It asks nothing of the
// store: chat programs and mail filters open links too, and must neither spend
// one nor learn whether it is good.
func (s *Server) adminLink(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	return s.ui.Render(w, http.StatusOK, "", ui.AdminLink{Action: "/admin/signin/" + url.PathEscape(r.PathValue("token"))})
}

// useAdminLink spends the link and opens the console in this browser.
func (s *Server) useAdminLink(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	ip := reqctx.ClientIP(r.Context())
	if err := s.linkTries.check(ip); err != nil {
		return err
	}
	token, err := s.o.Sessions.UseAdminLink(r.Context(), r.PathValue("token"), ip)
	if fault.KindOf(err) == fault.NotFound {
		s.linkTries.failed(ip)
		return errLinkOver
	}
	if err != nil {
		return err
	}
	ses, err := s.o.Sessions.Session(r.Context(), token)
	if err != nil {
		return err
	}
	if err := s.o.Cookies.SetAdminSession(w, r, token, ses.ExpiresAt); err != nil {
		return err
	}
	return redirect("/admin")
}

// errLinkOver is said of every link that does not work, also of one that never
// did.
var errLinkOver = &statusError{status: http.StatusGone, err: fault.New(fault.NotFound,
	"It was used before, or its hour is over. Make a new one: sallyport admin link.")}
