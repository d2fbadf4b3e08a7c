package web

import (
	"net/http"
	"net/url"

	"sallyport/internal/fault"
	"sallyport/session"
)

// door says who may call a route. The zero door is the locked one.
type door int

const (
	signedIn      door = iota // a person's live session
	administrator             // the console, to change things: Administrators
	auditor                   // the console, to look: Auditors too
	open                      // anyone
	assertion                 // anyone, and also by a form of another site
)

// handler serves one route. The session is that of the door, nil where the
// door asks for none. An error is rendered by Server.fail, and there alone.
type handler func(w http.ResponseWriter, r *http.Request, ses *session.Session) error

type route struct {
	pattern string
	door    door
	serve   handler
}

type table struct{ routes []route }

type plain = func(http.ResponseWriter, *http.Request) error

func (t *table) open(pattern string, serve plain)      { t.add(pattern, open, unlocked(serve)) }
func (t *table) assertion(pattern string, serve plain) { t.add(pattern, assertion, unlocked(serve)) }
func (t *table) signedIn(pattern string, serve handler) {
	t.add(pattern, signedIn, serve)
}
func (t *table) administrator(pattern string, serve handler) {
	t.add(pattern, administrator, serve)
}
func (t *table) auditor(pattern string, serve handler) { t.add(pattern, auditor, serve) }

func (t *table) add(pattern string, d door, serve handler) {
	t.routes = append(t.routes, route{pattern, d, serve})
}

func unlocked(serve plain) handler {
	return func(w http.ResponseWriter, r *http.Request, _ *session.Session) error { return serve(w, r) }
}

// mux makes the table answer requests.
func (t *table) mux(s *Server) http.Handler {
	mux := http.NewServeMux()
	for _, rt := range t.routes {
		mux.Handle(rt.pattern, s.guard(rt))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h, pattern := mux.Handler(r); pattern == "" {
			s.fail(w, r, unmatched(h, r))
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// guard is the door of one route.
func (s *Server) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setRoute(r, rt.pattern)
		ses, err := s.admit(w, r, rt.door)
		if err == nil && (rt.door == administrator || rt.door == auditor) {
			r, err = s.console.Admit(r, ses, rt.door == administrator)
		}
		if err == nil {
			err = rt.serve(w, r, ses)
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// admit checks what the door asks for.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, d door) (*session.Session, error) {
	if d != assertion {
		if err := s.csrf.Check(r); err != nil {
			return nil, fault.Wrap(fault.Forbidden, "This form was sent from another site, so nothing was done. Go back, reload the page and try again.", err)
		}
	}
	switch d {
	case open, assertion:
		return nil, nil
	case administrator, auditor:
		noStore(w)
		return s.consoleSession(r)
	default:
		noStore(w)
		ses, err := s.o.Cookies.Session(r)
		if fault.KindOf(err) == fault.Unauthenticated && r.Method == http.MethodGet && !wantsJSON(r) {
			return nil, redirect("/signin?target=" + url.QueryEscape(r.URL.Path))
		}
		return ses, err
	}
}

// consoleSession is that of a one-time link, else that of a person.
func (s *Server) consoleSession(r *http.Request) (*session.Session, error) {
	ses, err := s.o.Cookies.AdminSession(r)
	if fault.KindOf(err) == fault.Unauthenticated {
		ses, err = s.o.Cookies.Session(r)
	}
	if fault.KindOf(err) == fault.Unauthenticated {
		return nil, errLocked
	}
	return ses, err
}

// unmatched tells a path that does not exist from one that is there for other
// methods; only the mux's own handler knows which.
func unmatched(h http.Handler, r *http.Request) error {
	probe := &probe{header: http.Header{}}
	h.ServeHTTP(probe, r)
	if probe.status == http.StatusMethodNotAllowed {
		return &methodError{allow: probe.header.Get("Allow")}
	}
	return fault.New(fault.NotFound, "There is nothing at this address. Check it, or start from your applications.")
}

// probe takes an answer's head and drops the rest.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }
