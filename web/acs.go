package web

import (
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

// maxResponse bounds the whole body of a POST to an assertion consumer service.
const maxResponse = 2 << 20

// acs takes a response (SAML Bindings section 3.5, Profiles section 4.1.4). The
// connection comes from the path, never from the message. The session is not
// given to the browser here: this POST comes from another site, so our cookies
// did not travel with it, and only /complete can see whose browser this is.
func (s *Server) acs(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	slug, ip := slugOf(r), reqctx.ClientIP(r.Context())
	arrived, err := s.receive(w, r, slug, ip)
	var test *testAnswer
	if errors.As(err, &test) {
		// Nothing is believed here: whose browser this is shows in the console,
		// which our own page reaches with our cookies.
		return s.ui.Render(w, http.StatusOK, "", ui.TestArrived{
			Action: "/admin/idps/" + slug + "/tests/results",
			Fields: []ui.Field{{Name: "SAMLResponse", Value: test.response}},
		})
	}
	if err != nil {
		return err
	}
	if arrived.Bounce {
		// By way of the browser: /login sees the cookie that binds the
		// request to it, which this cross-site POST does not.
		http.Redirect(w, r, loginPath(slug, arrived.Target), http.StatusSeeOther)
		return nil
	}
	name := s.o.Cookies.SetArrival(w, r, arrived.Token)
	http.Redirect(w, r, familyOf(r)+"/complete?a="+url.QueryEscape(name), http.StatusSeeOther)
	return nil
}

// testAnswer is the outcome that a response belongs to an administrator's test.
type testAnswer struct{ response string }

func (*testAnswer) Error() string { return "the answer to a test" }

func (s *Server) receive(w http.ResponseWriter, r *http.Request, slug, ip string) (*session.Arrived, error) {
	c := s.o.Registry.Connection(slug)
	if c == nil {
		return nil, errNoConnection
	}
	if !c.Active() && s.o.Registry.Candidate(slug) == nil {
		return nil, s.o.Sessions.Refuse(r.Context(), slug, ip, disabled(c))
	}
	response, relayState, err := readResponse(w, r)
	if err != nil {
		var refusal *saml.Error
		if errors.As(err, &refusal) {
			return nil, s.o.Sessions.Refuse(r.Context(), slug, ip, refusal)
		}
		return nil, err
	}
	test, err := s.o.Sessions.AwaitsTest(r.Context(), slug, relayState)
	if err != nil {
		return nil, err
	}
	if test {
		return nil, &testAnswer{response}
	}
	if !c.Active() {
		return nil, s.o.Sessions.Refuse(r.Context(), slug, ip, disabled(c))
	}
	return s.verify(r, c, session.Arrival{
		SAMLResponse: response,
		Target:       s.destination(relayState).link(),
		ClientIP:     ip,
		// No PriorToken: an identity provider on the same site would send our
		// cookie along, and whether the session behind it may end is for
		// /complete to ask.
	})
}

// verify is the dear part, behind the gate.
func (s *Server) verify(r *http.Request, c *idp.Connection, a session.Arrival) (*session.Arrived, error) {
	if err := s.gate.enter(r.Context()); err != nil {
		return nil, err
	}
	defer s.gate.leave()
	return s.o.Sessions.Receive(r.Context(), c, a)
}

// readResponse reads the form: one SAMLResponse, at most one RelayState, from
// the body alone, and nothing of the other bindings.
func readResponse(w http.ResponseWriter, r *http.Request) (response, relayState string, err error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" || r.Header.Get("Content-Encoding") != "" {
		return "", "", errNotAForm
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxResponse)
	if err := r.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return "", "", formError(saml.TooLarge, "a form of at most 2 MB", "a larger one")
		}
		return "", "", formError(saml.Malformed, "a form that can be read", "a broken one")
	}
	query := r.URL.Query()
	for _, name := range []string{"SAMLResponse", "SAMLRequest", "SAMLart", "SAMLEncoding"} {
		if query.Has(name) {
			return "", "", formError(saml.Malformed, "a response in the form (HTTP-POST binding)", name+" in the address")
		}
	}
	for _, name := range []string{"SAMLRequest", "SAMLart", "SAMLEncoding"} {
		if r.PostForm.Has(name) {
			return "", "", formError(saml.NotAResponse, "the field SAMLResponse alone", "the field "+name)
		}
	}
	switch len(r.PostForm["SAMLResponse"]) {
	case 0:
		return "", "", formError(saml.NotAResponse, "the field SAMLResponse", "a form without it")
	case 1:
	default:
		return "", "", formError(saml.Malformed, "one field SAMLResponse", "several")
	}
	if len(r.PostForm["RelayState"]) > 1 {
		return "", "", formError(saml.Malformed, "at most one field RelayState", "several")
	}
	return r.PostForm.Get("SAMLResponse"), r.PostForm.Get("RelayState"), nil
}

var errNotAForm = &statusError{status: http.StatusUnsupportedMediaType, err: fault.New(fault.Invalid,
	"This address takes the form that an identity provider sends, and nothing else. Start from your applications.")}

func formError(reason saml.Reason, want, got string) *saml.Error {
	return &saml.Error{
		Reason: reason, Want: want, Got: got,
		Checks: []saml.Check{{Name: "Form", Outcome: saml.Failed, Reason: reason, Want: want, Got: got}},
	}
}
