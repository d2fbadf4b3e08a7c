package web

import (
	"context"
	"errors"
	"mime"
	"net/http"
	"net/url"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// Form fields and query parameters of the two messages.
const (
	requestField  = "SAMLRequest"
	responseField = "SAMLResponse"
)

// slo takes the messages of single logout (SAML Profiles section 4.4): an
// identity provider's request to end sessions, or its answer to ours, by
// HTTP-Redirect or HTTP-POST. The connection comes from the path.
func (s *Server) slo(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	slug, ip := slugOf(r), reqctx.ClientIP(r.Context())
	c := s.o.Registry.Connection(slug)
	if c == nil {
		return errNoConnection
	}
	kind, message, err := readLogout(w, r)
	if err != nil {
		var refusal *saml.Error
		if errors.As(err, &refusal) {
			return s.o.Sessions.RefuseLogout(r.Context(), slug, ip, refusal)
		}
		return err
	}
	if kind == responseField {
		return s.logoutAnswered(r, c, message, ip)
	}
	return s.logoutAsked(w, r, c, message, ip)
}

// logoutAsked ends what the identity provider names, and lets the browser
// carry the answer back.
func (s *Server) logoutAsked(w http.ResponseWriter, r *http.Request, c *idp.Connection, message saml.LogoutMessage, ip string) error {
	var out *session.LoggedOut
	err := s.weigh(r.Context(), func() (err error) {
		out, err = s.o.Sessions.Logout(r.Context(), c, message, ip)
		return err
	})
	if err != nil {
		return err
	}
	s.forgetEnded(w, r)
	if out.Answer == nil {
		return redirect(signedOutPath)
	}
	if out.Answer.Binding != saml.BindingPOST {
		http.Redirect(w, r, out.Answer.URL, http.StatusFound)
		return nil
	}
	to, err := endpointOf(out.Answer)
	if err != nil {
		return err
	}
	allowFramedForm(w, to)
	return s.ui.Render(w, http.StatusOK, "", ui.SigningOut{
		To: c.Provider.Name, URL: out.Answer.URL, Fields: fieldsOf(out.Answer),
		Answer: true, Ended: out.Includes(s.o.Cookies.Token(r)),
	})
}

// logoutAnswered takes the answer to a request of ours. What it says changes
// nothing here any more: the person is told.
func (s *Server) logoutAnswered(r *http.Request, c *idp.Connection, message saml.LogoutMessage, ip string) error {
	var l *session.Logout
	err := s.weigh(r.Context(), func() (err error) {
		l, err = s.o.Sessions.LogoutAnswered(r.Context(), c, message, ip)
		return err
	})
	if err != nil {
		return err
	}
	return redirect(outcomePath(l.RequestID, false))
}

// weigh verifies a message behind the gate.
func (s *Server) weigh(ctx context.Context, verify func() error) error {
	if err := s.gate.enter(ctx); err != nil {
		return err
	}
	defer s.gate.leave()
	return verify()
}

// forgetEnded takes the session cookie back where its session is over. One
// that is alive is another person's, or of another connection.
func (s *Server) forgetEnded(w http.ResponseWriter, r *http.Request) {
	if s.o.Cookies.Token(r) == "" {
		return
	}
	if _, err := s.o.Cookies.Session(r); fault.KindOf(err) == fault.Unauthenticated {
		s.o.Cookies.Clear(w, r)
	}
}

// carryOut lets the browser carry our request to end the identity provider's
// session. It is a page also where the binding is HTTP-Redirect, since
// form-action would stop a redirect that follows a form. outcome is where our
// own page tells the rest; console: the console was closed too.
func (s *Server) carryOut(w http.ResponseWriter, c *idp.Connection, m *saml.RequestMessage, outcome string, console bool) error {
	page := ui.SigningOut{To: c.Provider.Name, URL: m.URL, Outcome: outcome, Ended: true, Console: console}
	if m.Binding == saml.BindingPOST {
		to, err := endpointOf(m)
		if err != nil {
			return err
		}
		allowForm(w, to)
		page.Fields = fieldsOf(m)
	}
	return s.ui.Render(w, http.StatusOK, "", page)
}

func endpointOf(m *saml.RequestMessage) (*url.URL, error) {
	to, err := url.Parse(m.URL)
	if err != nil {
		return nil, errors.New("the identity provider's single logout URL cannot be parsed") // its text could hold the message
	}
	return to, nil
}

// readLogout reads the one message of a request, whichever of the two it is,
// as it came. Signatures of HTTP-Redirect cover the octets of the query.
func readLogout(w http.ResponseWriter, r *http.Request) (kind string, message saml.LogoutMessage, err error) {
	if r.Method != http.MethodPost {
		kind, err = readLogoutQuery(r.URL.RawQuery)
		return kind, saml.LogoutMessage{Binding: saml.BindingRedirect, Query: r.URL.RawQuery}, err
	}
	if kind, err = readLogoutForm(w, r); err != nil {
		return "", message, err
	}
	return kind, saml.LogoutMessage{
		Binding: saml.BindingPOST, Query: r.URL.RawQuery,
		Field: r.PostForm.Get(kind), RelayState: r.PostForm.Get("RelayState"),
	}, nil
}

func readLogoutQuery(raw string) (kind string, err error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return "", formError(saml.Malformed, "a query that can be read", "a broken one")
	}
	return oneMessage(query, "the address")
}

func readLogoutForm(w http.ResponseWriter, r *http.Request) (kind string, err error) {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" || r.Header.Get("Content-Encoding") != "" {
		return "", errNotAForm
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxResponse)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return "", formError(saml.TooLarge, "a form of at most 2 MB", "a larger one")
		}
		return "", formError(saml.Malformed, "a form that can be read", "a broken one")
	}
	return oneMessage(r.PostForm, "the form")
}

// oneMessage tells which of the two messages there is; both, or one twice, are
// refused, as is anything of another binding.
func oneMessage(said url.Values, where string) (kind string, err error) {
	for _, name := range []string{requestField, responseField} {
		switch n := len(said[name]); {
		case n > 1:
			return "", formError(saml.Malformed, "one "+name+" in "+where, "several")
		case n == 1 && kind != "":
			return "", formError(saml.Malformed, "one message in "+where, "a request and a response")
		case n == 1:
			kind = name
		}
	}
	if kind == "" {
		return "", errNoLogout
	}
	if said.Has("SAMLart") {
		return "", formError(saml.Malformed, "the message itself in "+where, "SAMLart")
	}
	if len(said["RelayState"]) > 1 {
		return "", formError(saml.Malformed, "at most one RelayState in "+where, "several")
	}
	return kind, nil
}

// errNoLogout is said of an empty request: nobody's message was refused.
var errNoLogout = &statusError{status: http.StatusBadRequest, err: fault.New(fault.Invalid,
	"This address takes the messages of single logout that an identity provider sends. To sign out, start from your applications.")}
