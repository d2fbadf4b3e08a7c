package admin

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"sallyport/access"
	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/web/ui"
)

// denial is the denied entry behind a reference.
func (c *Console) denial(r *http.Request) (audit.Event, error) {
	events, err := c.Events.Events(r.Context(), audit.Filter{
		Actions:   []audit.Action{audit.AccessDenied},
		Reference: strings.ToUpper(r.PathValue("reference")),
		Limit:     1,
	})
	if err != nil {
		return audit.Event{}, err
	}
	if len(events) == 0 {
		return audit.Event{}, fault.New(fault.NotFound, "No refused sign-in and no denied entry has this reference. It may be mistyped, or so old that it was dropped.")
	}
	return events[0], nil
}

// showDenial explains a denied entry: all that was looked at, as it was then.
func (c *Console) showDenial(w http.ResponseWriter, r *http.Request, e audit.Event) error {
	page := ui.DenialReport{Event: e, Sentence: refusals[access.Refusal(e.Reason)]}
	if len(e.Detail) > 0 {
		if err := json.Unmarshal(e.Detail, &page.Detail); err != nil {
			return fmt.Errorf("read detail of event %s: %w", e.ID, err)
		}
	}
	page.Application = c.Applications.Application(page.Detail.Application)
	page.Person = strings.TrimPrefix(e.Actor, "user:")
	page.Ask = "/admin/reach?" + url.Values{"person": {e.Person}, "app": {page.Detail.Application}, "set": {page.Detail.PermissionSet}}.Encode()
	return c.show(w, r, page)
}
