package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// SignIn explains the refusal behind one reference: every check, what it
// wanted, what it got, and who can fix it where.
func (c *Console) SignIn(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	reference := strings.ToUpper(r.PathValue("reference"))
	events, err := c.Events.Events(r.Context(), audit.Filter{
		Actions:   []audit.Action{audit.SignInRefused, audit.SignInTested},
		Reference: reference,
		Limit:     1,
	})
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return fault.New(fault.NotFound, "No refused sign-in has this reference. It may be mistyped, or so old that it was dropped.")
	}
	e := events[0]
	reason := saml.Reason(e.Reason)
	page := ui.SignInReport{Event: e, Sentence: reason.Sentence(), Fixer: fixers[reason.Fixer()]}
	if len(e.Detail) > 0 {
		if err := json.Unmarshal(e.Detail, &page.Detail); err != nil {
			return fmt.Errorf("read detail of event %s: %w", e.ID, err)
		}
	}
	vendor := ""
	if connection := c.Registry.Connection(e.IDP); connection != nil {
		page.IDP = connection.Provider
		if connection.Provider.Live != nil {
			vendor = connection.Provider.Live.Vendor
		}
	}
	page.Fields = fieldsFor(reason, vendor)
	return c.show(w, r, page)
}
