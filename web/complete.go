package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/session"
	"sallyport/web/ui"
)

// complete gives an accepted sign-in to the browser. It is a top-level GET, so
// our cookies are here: the browser that asked is the browser that is answered,
// and another person's session is never replaced without a word.
func (s *Server) complete(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	name := r.URL.Query().Get("a")
	token, arrived, err := s.arrival(w, r, name)
	if err != nil {
		return err
	}
	present, err := s.o.Cookies.Session(r)
	switch {
	case err == nil:
		page := ui.Switch{Present: present.UserName, Arriving: arrived.UserName, Action: familyOf(r) + "/complete?a=" + url.QueryEscape(name)}
		ask := present.UserID != arrived.UserID
		if !ask {
			if ask, err = s.strangerApart(r.Context(), present, arrived); err != nil {
				return err
			}
			if page.From, page.To = s.nameOfIDP(present.IDP), s.nameOfIDP(arrived.IDP); page.From == page.To {
				page.From, page.To = present.IDP, arrived.IDP
			}
		}
		if ask {
			return s.ui.Render(w, http.StatusOK, "", page)
		}
	case fault.KindOf(err) != fault.Unauthenticated:
		return err
	}
	if err := s.adopt(w, r, name, token, arrived); err != nil {
		return err
	}
	http.Redirect(w, r, s.landing(r, arrived), http.StatusSeeOther)
	return nil
}

// strangerApart reports whether two sessions of one name are as different as
// those of two people: one of them is the person's, and the other one that of a
// stranger whom another identity provider calls so.
func (s *Server) strangerApart(ctx context.Context, one, other *session.Session) (bool, error) {
	if one.IDP == other.IDP {
		return false, nil
	}
	a, err := s.console.Stranger(ctx, one)
	if err != nil {
		return false, err
	}
	b, err := s.console.Stranger(ctx, other)
	return (a == nil) != (b == nil), err
}

// chooseSession takes the answer to whether another person's session may be
// replaced.
func (s *Server) chooseSession(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	name := r.URL.Query().Get("a")
	token, arrived, err := s.arrival(w, r, name)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if r.PostFormValue("choice") != "switch" {
		s.o.Cookies.TakeArrival(w, r, name)
		if err := s.o.Sessions.SignOut(r.Context(), token, reqctx.ClientIP(r.Context())); err != nil {
			return err
		}
		return redirect("/")
	}
	if err := s.adopt(w, r, name, token, arrived); err != nil {
		return err
	}
	return s.ui.Render(w, http.StatusOK, "", ui.Onward{To: s.placeName(arrived.Target), URL: s.landing(r, arrived)})
}

// maxForm bounds our own small forms.
const maxForm = 64 << 10

// arrival finds the sign-in that waits in this browser under name and
// completes it where that has not been done.
func (s *Server) arrival(w http.ResponseWriter, r *http.Request, name string) (string, *session.Session, error) {
	token := s.o.Cookies.PeekArrival(r, name)
	if token == "" {
		if _, err := s.o.Cookies.Session(r); err == nil {
			return "", nil, redirect("/") // a reload: the sign-in is long finished
		}
		return "", nil, errNoArrival
	}
	ses, err := s.o.Sessions.Complete(r.Context(), token, s.o.Cookies.BrowserToken(r))
	if fault.KindOf(err) == fault.Conflict {
		// Completed when the question was asked; the arrival cookie shows
		// that it was this browser.
		ses, err = s.o.Sessions.Session(r.Context(), token)
	}
	if err != nil {
		if kind := fault.KindOf(err); kind == fault.Unauthenticated || errors.As(err, new(*session.Refused)) {
			s.o.Cookies.TakeArrival(w, r, name) // over for good; our own failures may pass
		}
		return "", nil, err
	}
	return token, ses, nil
}

var errNoArrival = &statusError{status: http.StatusBadRequest, err: fault.New(fault.Invalid,
	"This sign-in is over, or your browser did not keep our cookie. Allow cookies for this site, then start again from your applications.")}

// adopt makes a sign-in the browser's session; the one it had ends.
func (s *Server) adopt(w http.ResponseWriter, r *http.Request, name, token string, ses *session.Session) error {
	if old := s.o.Cookies.Token(r); old != "" && old != token {
		err := s.endBefore(r, old, ses)
		if kind := fault.KindOf(err); kind == fault.Internal || kind == fault.Unavailable {
			return err
		}
	}
	if err := s.o.Cookies.SetSession(w, r, token, ses.ExpiresAt); err != nil {
		return err
	}
	s.o.Cookies.TakeArrival(w, r, name)
	s.confirm(r, ses)
	if ses.Target != unknownTarget {
		return nil
	}
	e := audit.New(audit.RelayStateUnknown, "user:"+ses.UserID)
	e.IDP, e.Person, e.Object, e.ClientIP = ses.IDP, ses.UserName, "session:"+ses.ID, reqctx.ClientIP(r.Context())
	return s.o.Events.AppendEvent(r.Context(), e)
}

// endBefore ends the session that a browser had. Who signed in again since an
// application asked for it keeps what they have chosen.
func (s *Server) endBefore(r *http.Request, old string, by *session.Session) error {
	ip := reqctx.ClientIP(r.Context())
	if strings.HasPrefix(by.Target, stepMark) {
		return s.o.Sessions.Replace(r.Context(), old, by, ip)
	}
	return s.o.Sessions.SignOut(r.Context(), old, ip)
}

// confirm makes an activation stay that waits for an Administrator to sign in
// through it. Only a sign-in that this very trust verified proves something: another
// instance may not have followed yet. Where it fails the sign-in stands, and
// what was live before comes back: the log says why.
func (s *Server) confirm(r *http.Request, ses *session.Session) {
	c := s.o.Registry.Connection(ses.IDP)
	if c == nil || c.Provider.Confirm == nil || c.Provider.Live == nil || ses.Trust != c.Provider.Live.Number {
		return
	}
	set, _, err := s.console.SetOf(r.Context(), ses)
	if err != nil {
		s.logFailure(r, err)
		return
	}
	if set != access.Administrator {
		return
	}
	if err := s.o.Registry.Confirm(r.Context(), ses.IDP, "user:"+ses.UserID); err != nil {
		s.logFailure(r, err)
	}
}

// placeName is what people call a checked target.
func (s *Server) placeName(target string) string {
	if title := s.applicationAt(target); title != "" {
		return title
	}
	return "your applications"
}
