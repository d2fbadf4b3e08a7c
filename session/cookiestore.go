package session

import (
	"errors"
	"net/http"

	"github.com/gorilla/sessions"
)

// cookieStore is a sessions.Store whose cookie holds an opaque token and
// nothing else: what the token stands for is in our own store, where it can be
// ended. It neither signs nor encrypts, because there is nothing to read in a
// random value and no way to guess a good one.
type cookieStore struct {
	secure bool
}

var _ sessions.Store = (*cookieStore)(nil)

// Get is New, remembered for the length of the request.
func (s *cookieStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New reads the cookie of that name. Its token is the session's ID, "" and
// IsNew where the cookie is missing or malformed.
func (s *cookieStore) New(r *http.Request, name string) (*sessions.Session, error) {
	return s.read(r, name), nil
}

// read is New, which cannot fail here.
func (s *cookieStore) read(r *http.Request, name string) *sessions.Session {
	out := sessions.NewSession(s, name)
	out.Options = s.options(0)
	out.ID = tokenOf(r, name)
	out.IsNew = out.ID == ""
	return out
}

// Save writes the cookie, or takes it back where MaxAge is negative.
func (s *cookieStore) Save(_ *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	// Only the age is the caller's choice: no session leaves without the rest.
	options := s.options(session.Options.MaxAge)
	if options.MaxAge < 0 {
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", options))
		return nil
	}
	if !wellFormed(session.ID) {
		return errors.New("a cookie without a token")
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, options))
	return nil
}

// options are written out in full: those of gorilla's own stores leave
// HttpOnly off.
func (s *cookieStore) options(maxAge int) *sessions.Options {
	return &sessions.Options{
		Path:     "/",
		Domain:   "",
		MaxAge:   maxAge,
		Secure:   s.secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
}

// tokenOf is the well-formed token in a request's cookie, or "".
func tokenOf(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil || !wellFormed(c.Value) {
		return ""
	}
	return c.Value
}
