package web

import (
	"net/http"
	"net/url"

	"sallyport/access"
	"sallyport/internal/fault"
	"sallyport/session"
)

// pin puts an application in front on the person's portal.
func (s *Server) pin(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	return s.setPin(w, r, ses, true)
}

// unpin takes it back.
func (s *Server) unpin(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	return s.setPin(w, r, ses, false)
}

// setPin comes back to the page of the portal that the form was on.
func (s *Server) setPin(w http.ResponseWriter, r *http.Request, ses *session.Session, pinned bool) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, "The form could not be read. Go back and try again.", err)
	}
	facts, err := s.facts(r.Context(), ses)
	if err != nil {
		return err
	}
	if facts.Person().UserID == "" {
		return fault.New(fault.Forbidden, "Your applications are remembered only where you sign in through your own identity provider.")
	}
	app := s.o.Applications.Application(r.PostForm.Get("application"))
	if pinned && !s.onPortal(facts, app) {
		return fault.New(fault.NotFound, "This application is not there any more. Go back to your applications.")
	}
	if app != nil { // one that is gone is not pinned any more
		if err := s.o.Applications.Pin(r.Context(), ses.UserID, app.ID, pinned); err != nil {
			return err
		}
	}
	back := url.Values{}
	for _, name := range []string{portalQuery, portalNth} {
		if said := r.PostForm.Get(name); said != "" {
			back.Set(name, clipped(said))
		}
	}
	if len(back) == 0 {
		return redirect("/")
	}
	return redirect("/?" + back.Encode())
}

// onPortal reports whether somebody's portal has an application: what they may
// not enter is to them as if it were not there.
func (s *Server) onPortal(facts *access.Facts, app *access.Application) bool {
	if app == nil {
		return false
	}
	d := s.o.Applications.Decide(facts, access.Question{Application: app.Name})
	return d.Allowed || d.Refusal == access.StepUpNeeded
}
