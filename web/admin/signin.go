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
// wanted, what it got, who can fix it, and in which field of that vendor's
// console. ?vendor= names another vendor than the metadata gives away.
func (c *Console) SignIn(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	e, err := c.refusal(r)
	if fault.KindOf(err) == fault.NotFound {
		// People read out references of both kinds; nobody should have to know which.
		if e, err = c.denial(r); err == nil {
			return c.showDenial(w, r, e)
		}
	}
	if err != nil {
		return err
	}
	reason := saml.Reason(e.Reason)
	page := ui.SignInReport{
		Event: e, Sentence: reason.Sentence(), Tested: e.Action == audit.SignInTested, Logout: e.Action == audit.LogoutRefused,
		Vendors: vendorChoices(), NotKept: r.URL.Query().Get("kept") == "no",
	}
	if len(e.Detail) > 0 {
		if err := json.Unmarshal(e.Detail, &page.Detail); err != nil {
			return fmt.Errorf("read detail of event %s: %w", e.ID, err)
		}
	}
	slug := ""
	if connection := c.Registry.Connection(e.IDP); connection != nil {
		page.IDP, slug = connection.Provider, e.IDP
	}
	vendor := vendorOf(page.IDP)
	if chosen := r.URL.Query().Get("vendor"); chosen != "" {
		vendor, page.Chosen = chosen, true
	}
	page.Remedy = explain(reason, vendor, slug)
	if page.Logout {
		page.Remedy = explainLogout(reason, vendor, slug)
	}
	page.Vendor = page.Remedy.Field
	return c.show(w, r, page)
}

// SignInResponse shows the refused response itself. Asking is recorded.
func (c *Console) SignInResponse(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	e, err := c.refusal(r)
	if err != nil {
		return err
	}
	raw, err := c.Sessions.RawResponse(r.Context(), e.Reference, actor(ses))
	if fault.KindOf(err) == fault.NotFound {
		http.Redirect(w, r, "/admin/signins/"+e.Reference+"?kept=no#raw", http.StatusSeeOther)
		return nil
	}
	if err != nil {
		return err
	}
	return c.show(w, r, ui.SignInResponse{Reference: e.Reference, XML: strings.ToValidUTF8(string(raw), "\uFFFD")})
}

// refusal is the event behind the reference that the path names.
func (c *Console) refusal(r *http.Request) (audit.Event, error) {
	events, err := c.Events.Events(r.Context(), audit.Filter{
		Actions:   []audit.Action{audit.SignInRefused, audit.SignInTested, audit.LogoutRefused},
		Reference: strings.ToUpper(r.PathValue("reference")),
		Limit:     1,
	})
	if err != nil {
		return audit.Event{}, err
	}
	if len(events) == 0 {
		return audit.Event{}, fault.New(fault.NotFound, "No refused sign-in has this reference. It may be mistyped, or so old that it was dropped.")
	}
	return events[0], nil
}
