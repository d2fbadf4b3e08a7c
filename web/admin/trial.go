package admin

import (
	"errors"
	"net/http"
	"slices"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/internal/reqctx"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// StartTest sends the administrator's browser to the identity provider with a
// request of the draft, or of what is in force where nothing waits. The answer
// comes back to TestResult and is worth nothing anywhere else.
func (c *Console) StartTest(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	connection, err := c.tested(r)
	if err != nil {
		return err
	}
	message, err := c.Sessions.Begin(r.Context(), connection, session.Start{Browser: c.Cookies.Browser(w, r), Test: true})
	if err != nil {
		return err
	}
	if message.Binding == saml.BindingPOST {
		return c.Send(w, r, connection, message)
	}
	// A page and not a redirect: form-action would stop that on its way.
	return c.UI.Render(w, http.StatusOK, "", ui.Onward{To: connection.Provider.Name, URL: message.URL, Away: true})
}

// tested is the connection that a test is about.
func (c *Console) tested(r *http.Request) (*idp.Connection, error) {
	p, err := c.provider(r)
	if err != nil {
		return nil, err
	}
	if candidate := c.Registry.Candidate(p.Slug); candidate != nil {
		return candidate, nil
	}
	if connection := c.Registry.Connection(p.Slug); connection.Active() && p.Draft == nil {
		return connection, nil
	}
	return nil, fault.New(fault.Conflict, "There is nothing that could be tested. Import the identity provider's metadata first.")
}

// maxAnswer bounds a response on its way from the assertion consumer service.
const maxAnswer = 2 << 20

// TestResult shows what a test's response holds, to the administrator whose
// browser began the test. It begins no session and changes nothing.
func (c *Console) TestResult(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	connection, err := c.tested(r)
	if err != nil {
		return err
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxAnswer)
	if err := r.ParseForm(); err != nil {
		return fault.Wrap(fault.Invalid, "The answer could not be read. Start the test again.", err)
	}
	preview, err := c.Sessions.Test(r.Context(), connection, session.Arrival{
		SAMLResponse: r.PostForm.Get("SAMLResponse"),
		ClientIP:     reqctx.ClientIP(r.Context()),
	}, c.Cookies.BrowserToken(r))
	var refused *session.Refused
	if errors.As(err, &refused) {
		return seeOther(w, r, "/admin/signins/"+refused.Reference, "")
	}
	if err != nil {
		return err
	}
	a := preview.Assertion
	p, _ := c.provider(r)
	return c.show(w, r, ui.TestResult{
		Provider:     connection.Provider,
		Draft:        p != nil && p.Draft != nil,
		NameID:       a.NameID(),
		Issuer:       a.Issuer(),
		AuthnContext: a.AuthnContextClassRef(),
		AuthnInstant: a.AuthnInstant(),
		Expires:      preview.Expires,
		Signed:       signedWhat(a),
		Encrypted:    a.Encrypted(),
		Attributes:   slices.Clone(a.Attributes()),
		Tags:         preview.Tags,
		Dropped:      preview.Dropped,
		Checks:       a.Checks(),
	})
}

func signedWhat(a *saml.Assertion) string {
	if a.ResponseSigned() {
		return "the whole response"
	}
	return "the assertion"
}
