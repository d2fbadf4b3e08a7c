package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Brake shows whom the brake of one connection holds, and from when on it does.
func (c *Console) Brake(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.brakePage(r.Context(), p)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// SetBrake changes from how many people on it holds.
func (c *Console) SetBrake(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	share, least := strings.TrimSpace(r.PostForm.Get("share")), strings.TrimSpace(r.PostForm.Get("least"))
	refused := c.setBrake(r.Context(), p.Slug, share, least, actor(ses))
	if again(refused) {
		page, err := c.brakePage(r.Context(), p)
		if err != nil {
			return err
		}
		page.Share, page.Least, page.Error = share, least, public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, brakePath(p.Slug), "brake_saved")
}

func (c *Console) setBrake(ctx context.Context, slug, share, least, actor string) error {
	percent, err := number(share, "The share")
	if err != nil {
		return err
	}
	people, err := number(least, "The number of people")
	if err != nil {
		return err
	}
	return c.Directory.SetBrake(ctx, slug, percent, people, actor)
}

// ReleaseBrake does what was held as it was seen: where others wait by now, or
// something else is to become of them, it shows them first.
func (c *Console) ReleaseBrake(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	seen := r.PostForm.Get("seen")
	if seen == "" {
		return fault.New(fault.Invalid, "The form does not say which list it was made for. Go back, reload the page and try again.")
	}
	_, refused := c.Directory.Release(r.Context(), p.Slug, seen, actor(ses))
	if refused == nil {
		return seeOther(w, r, brakePath(p.Slug), "brake_released")
	}
	if fault.KindOf(refused) != fault.Conflict {
		return refused
	}
	page, err := c.brakePage(r.Context(), p)
	if err != nil {
		return err
	}
	if !page.Holds() {
		return refused
	}
	page.Again = public(refused)
	return c.showRefusal(w, r, refused, page)
}

// RejectBrake keeps the people who were held, and may bring those back who got
// through before.
func (c *Console) RejectBrake(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	if _, err := c.Directory.Reject(r.Context(), p.Slug, r.PostForm.Get("undo") == "yes", actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, brakePath(p.Slug), "brake_rejected")
}

func (c *Console) brakePage(ctx context.Context, p *idp.Provider) (ui.Brake, error) {
	page := ui.Brake{Provider: p, Now: time.Now()}
	var err error
	if page.Brake, err = c.Directory.Brake(ctx, p.Slug); err != nil {
		return page, err
	}
	page.Share, page.Least = typedNumber(page.Brake.Share), typedNumber(page.Brake.Least)
	return page, nil
}

// brakeNotices are the brakes that hold: every page of the console tells.
func (c *Console) brakeNotices(ctx context.Context) ([]ui.BrakeNotice, error) {
	brakes, err := c.Directory.Brakes(ctx)
	if err != nil {
		return nil, err
	}
	var all []ui.BrakeNotice
	for _, b := range brakes {
		all = append(all, ui.BrakeNotice{Slug: b.IDP, Name: c.nameOf(b.IDP), Held: b.People, Since: b.Since})
	}
	return all, nil
}

// typedNumber is a number as its field shows it: the default stays empty.
func typedNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func brakePath(slug string) string { return pathOf(slug) + "/brake" }
