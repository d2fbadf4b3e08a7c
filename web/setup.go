package web

import (
	"net/http"

	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
)

// setup is the guided page behind a setup link: whoever holds it may do this
// one thing for one connection. It is no session and leads to none.
func (s *Server) setup(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	ip := reqctx.ClientIP(r.Context())
	if err := s.linkTries.check(ip); err != nil {
		return err
	}
	link, err := s.o.Registry.OpenSetupLink(r.Context(), r.PathValue("token"))
	if fault.KindOf(err) == fault.NotFound {
		s.linkTries.failed(ip)
		return &statusError{status: http.StatusGone, err: fault.New(fault.NotFound, fault.Public(err))}
	}
	if err != nil {
		return err
	}
	return s.console.PublicSetup(w, r, link)
}

// calendar is for programs that can't sign in: the address is the secret.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	ip := reqctx.ClientIP(r.Context())
	if err := s.linkTries.check(ip); err != nil {
		return err
	}
	err := s.console.OpenCalendar(r)
	if fault.KindOf(err) == fault.NotFound {
		s.linkTries.failed(ip)
	}
	if err != nil {
		return err
	}
	return s.console.Calendar(w, r)
}
