package admin

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/access"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Review shows what was imported, beside what is live.
func (c *Console) Review(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.reviewPage(r, p)
	if fault.KindOf(err) == fault.NotFound {
		return seeOther(w, r, pathOf(p.Slug), "")
	}
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// reviewPage gathers all that there is to know before an activation;
// fault.NotFound where nothing waits.
func (c *Console) reviewPage(r *http.Request, p *idp.Provider) (ui.Review, error) {
	review, err := c.Registry.Review(p.Slug)
	if err != nil {
		return ui.Review{}, err
	}
	page := ui.Review{Provider: p, Review: review, Confirm: c.confirmWithin(p) > 0, Now: time.Now()}
	candidate := c.Registry.Candidate(p.Slug)
	switch {
	case candidate == nil:
		page.DryRunOff = "What waits here can't be activated as it is, so there is nothing to try."
		return page, nil
	case p.Settings.RecordDays < 0:
		page.DryRunOff = "Sign-ins of this connection are not recorded: its settings say so."
	default:
		if page.DryRun, err = c.Sessions.DryRun(r.Context(), candidate); err != nil {
			return ui.Review{}, err
		}
	}
	page.CanTest = true
	return page, nil
}

// reviewAgain shows the review as it stands now, with what stopped the last
// attempt; where nothing waits any more, the connection's page says so.
func (c *Console) reviewAgain(w http.ResponseWriter, r *http.Request, p *idp.Provider, refused error) error {
	page, err := c.reviewPage(r, p)
	if fault.KindOf(err) == fault.NotFound {
		return refused
	}
	if err != nil {
		return err
	}
	page.Word, page.Error = r.PostForm.Get("word"), public(refused)
	return c.showRefusal(w, r, refused, page)
}

// confirmTime is how long an administrator has to sign in through what was
// activated.
const confirmTime = 10 * time.Minute

// confirmWithin is how soon an activation of p has to be confirmed, 0: not at
// all. It is where Administrators come in through p as it is in force now; of
// any other connection nobody could confirm anything.
func (c *Console) confirmWithin(p *idp.Provider) time.Duration {
	if c.Administrators == nil || p.State != idp.Active || p.Live == nil {
		return 0
	}
	for _, g := range c.Administrators.Grants() {
		if g.Set == access.Administrator && g.IDP == p.Slug {
			return confirmTime
		}
	}
	return 0
}

// Activate makes what was reviewed live, or a disabled connection active again.
func (c *Console) Activate(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, version, err := c.versioned(w, r)
	if err != nil {
		return err
	}
	_, err = c.Registry.ActivateWith(r.Context(), p.Slug, version, idp.ActivateOptions{
		Word:          strings.TrimSpace(r.PostForm.Get("word")),
		ConfirmWithin: c.confirmWithin(p),
	}, actor(ses))
	if again(err) {
		if fresh := c.Registry.Connection(p.Slug); fresh != nil {
			p = fresh.Provider
		}
		return c.reviewAgain(w, r, p, err)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug), "activated")
}

// versioned is the connection that the path names and the version of it that
// the form was made for.
func (c *Console) versioned(w http.ResponseWriter, r *http.Request) (*idp.Provider, int64, error) {
	p, err := c.provider(r)
	if err != nil {
		return nil, 0, err
	}
	if err := readForm(w, r); err != nil {
		return nil, 0, err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || version <= 0 {
		return nil, 0, fault.New(fault.Invalid, "The form does not say which version it was made for. Go back, reload the page and try again.")
	}
	return p, version, nil
}
