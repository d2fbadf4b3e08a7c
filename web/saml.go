package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// metadata sends our side of one connection, whatever its state: the identity
// provider's administrator needs it before theirs is known here.
func (s *Server) metadata(w http.ResponseWriter, r *http.Request) error {
	slug := slugOf(r)
	if s.o.Registry.Connection(slug) == nil {
		return errNoConnection
	}
	doc, err := s.o.Registry.ServiceMetadata(slug)
	if err != nil {
		return err
	}
	if r.Method == http.MethodGet {
		s.noteFetch(r, slug)
	}
	h := w.Header()
	h.Set("Content-Type", "application/samlmetadata+xml")
	h.Set("Content-Length", strconv.Itoa(len(doc)))
	h.Set("Cache-Control", "no-cache")
	if r.URL.Query().Has("download") {
		h.Set("Content-Disposition", `attachment; filename="sallyport-`+slug+`-metadata.xml"`)
	}
	_, _ = w.Write(doc) // the reader has gone: nobody is left to tell
	return nil
}

// noteFetch keeps the evidence of who knows which of our keys. The document is
// worth more than the note: where that fails, the log says so.
func (s *Server) noteFetch(r *http.Request, slug string) {
	err := s.o.Registry.MetadataFetched(r.Context(), slug, reqctx.ClientIP(r.Context()), r.UserAgent())
	if err != nil {
		s.logFailure(r, err)
	}
}

// login asks the identity provider (SAML Profiles section 4.1.3.2). The query
// may name a target as a relay state would.
func (s *Server) login(w http.ResponseWriter, r *http.Request) error {
	noStore(w)
	slug, ip := slugOf(r), reqctx.ClientIP(r.Context())
	c := s.o.Registry.Connection(slug)
	if c == nil {
		return errNoConnection
	}
	if !c.Active() {
		return s.o.Sessions.Refuse(r.Context(), slug, ip, disabled(c))
	}
	message, err := s.o.Sessions.Begin(r.Context(), c, session.Start{
		Target:  s.destination(r.URL.Query().Get("target")).link(),
		Browser: s.o.Cookies.Browser(w, r),
	})
	if err != nil {
		return err
	}
	return s.send(w, r, c, message)
}

// send lets the browser carry a request by its binding.
func (s *Server) send(w http.ResponseWriter, r *http.Request, c *idp.Connection, m *saml.RequestMessage) error {
	if m.Binding != saml.BindingPOST {
		http.Redirect(w, r, m.URL, http.StatusFound)
		return nil
	}
	to, err := url.Parse(m.URL)
	if err != nil {
		return errors.New("the identity provider's sign-in URL cannot be parsed") // its text could hold the request
	}
	allowForm(w, to)
	return s.ui.Render(w, http.StatusOK, "", ui.PostRequest{To: c.Provider.Name, URL: m.URL, Fields: fieldsOf(m)})
}

// fieldsOf are the hidden fields of a message by HTTP-POST.
func fieldsOf(m *saml.RequestMessage) []ui.Field {
	var fields []ui.Field
	for _, name := range []string{requestField, responseField, "RelayState"} {
		for _, value := range m.Form[name] {
			fields = append(fields, ui.Field{Name: name, Value: value})
		}
	}
	return fields
}

var errNoConnection = fault.New(fault.NotFound, "No identity provider is connected under this address. Check the address, or ask your administrator.")

func disabled(c *idp.Connection) *saml.Error {
	return &saml.Error{
		Reason: saml.ConnectionDisabled,
		Want:   "an active connection",
		Got:    string(c.Provider.State),
		Checks: []saml.Check{{Name: "Connection", Outcome: saml.Failed, Reason: saml.ConnectionDisabled, Want: "active", Got: string(c.Provider.State)}},
	}
}

// slugOf is the connection that the path names; the short paths mean the
// default one.
func slugOf(r *http.Request) string {
	if slug := r.PathValue("idp"); slug != "" {
		return slug
	}
	return idp.Default
}

// familyOf is the path family that the request used, to stay within it.
func familyOf(r *http.Request) string {
	if slug := r.PathValue("idp"); slug != "" {
		return "/saml/" + slug
	}
	return "/saml"
}

// loginPath starts a sign-in through a connection; target is a relay state or
// a checked address.
func loginPath(slug, target string) string {
	path := "/saml/" + slug + "/login"
	if slug == idp.Default {
		path = "/saml/login"
	}
	if target == "" {
		return path
	}
	return path + "?" + url.Values{"target": {target}}.Encode()
}
