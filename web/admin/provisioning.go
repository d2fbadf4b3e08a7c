package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"sallyport/directory"
	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// soon is when a token's end is worth telling.
const soon = 90 * 24 * time.Hour

// Provisioning is where one connection's robot is let in.
func (c *Console) Provisioning(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.provisioningPage(r, p)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

// MakeToken makes a token, and shows it this once. The first one turns
// provisioning on, and may say that only provisioned people come in from then on.
func (c *Console) MakeToken(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	secret, refused := c.makeToken(r, p, ses)
	if refused != nil && !again(refused) {
		return refused
	}
	var unsaved error
	if refused == nil && r.PostForm.Get("refuse") == "yes" {
		unsaved = c.refuseFirstSignIns(r.Context(), p, ses)
	}
	if connection := c.Registry.Connection(p.Slug); connection != nil {
		p = connection.Provider
	}
	page, err := c.provisioningPage(r, p)
	if err != nil && secret == "" {
		return err
	}
	if secret != "" {
		// Whatever else failed: this is the only time that the token can be shown.
		page.Provider, page.BaseURL, page.NewToken, page.Now = p, c.scimURL(), secret, time.Now()
		if unsaved != nil {
			page.TokenError = "The token works, and the setting about first sign-ins could not be saved: change it under Settings."
		}
		return c.show(w, r, page)
	}
	page.TokenError = public(refused)
	return c.showRefusal(w, r, refused, page)
}

func (c *Console) makeToken(r *http.Request, p *idp.Provider, ses *session.Session) (string, error) {
	days, err := strconv.Atoi(r.PostForm.Get("days"))
	if err != nil || days < 1 || days > 365 {
		return "", fault.New(fault.Invalid, "A token works for 1 to 365 days.")
	}
	kind := directory.Compatibility(r.PostForm.Get("compatibility"))
	if kind != directory.RFC && kind != directory.AWS {
		return "", fault.New(fault.Invalid, "Answers follow the standard, or AWS.")
	}
	secret, _, err := c.Directory.MakeToken(r.Context(), p.Slug, directory.TokenOptions{Compatibility: kind, Lifetime: time.Duration(days) * 24 * time.Hour}, actor(ses))
	return secret, err
}

func (c *Console) refuseFirstSignIns(ctx context.Context, p *idp.Provider, ses *session.Session) error {
	_, err := c.Registry.UpdateSettings(ctx, p.Slug, 0, func(_ *string, s *idp.Settings) { s.FirstSignIn = idp.FirstSignInRefuse }, actor(ses))
	return err
}

// RevokeToken ends one at once. The last one that works goes with the typed
// word alone: it turns provisioning off.
func (c *Console) RevokeToken(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	page, err := c.provisioningPage(r, p)
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	for _, t := range page.Tokens {
		if t.ID == id && page.Live(t) && page.LiveTokens() == 1 {
			refused := fault.New(fault.Conflict, "This is the last token: to revoke it is to turn provisioning off, which takes the word below.")
			page.OffError = refused.Public
			return c.showRefusal(w, r, refused, page)
		}
	}
	if err := c.Directory.RevokeToken(r.Context(), p.Slug, id, actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, provisioningPath(p.Slug), "token_revoked")
}

// DisableProvisioning revokes all tokens of a connection, after the typed word.
func (c *Console) DisableProvisioning(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	if err := readForm(w, r); err != nil {
		return err
	}
	word := r.PostForm.Get("word")
	refused := c.Directory.DisableProvisioning(r.Context(), p.Slug, word, actor(ses))
	if again(refused) {
		page, err := c.provisioningPage(r, p)
		if err != nil {
			return err
		}
		page.Word, page.OffError = word, public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, provisioningPath(p.Slug), "provisioned_off")
}

func (c *Console) provisioningPage(r *http.Request, p *idp.Provider) (ui.Provisioning, error) {
	ctx := r.Context()
	page := ui.Provisioning{
		Provider: p, BaseURL: c.scimURL(), Guide: idp.GuideFor(vendorFor(p, "")), Values: c.values(p), Now: time.Now(),
	}
	var err error
	if page.Tokens, err = c.Directory.Tokens(ctx, p.Slug); err != nil {
		return page, err
	}
	if page.Makers, err = actorsOf(ctx, c, page.Tokens, func(t *directory.Token) string { return t.CreatedBy }); err != nil {
		return page, err
	}
	page.Brake, err = c.Directory.Brake(ctx, p.Slug)
	return page, err
}

// tokenNotices are the tokens that end soon, and those that have ended while
// no other lets the robot in.
func (c *Console) tokenNotices(ctx context.Context) ([]ui.TokenNotice, error) {
	tokens, err := c.Directory.Tokens(ctx, "")
	if err != nil {
		return nil, err
	}
	now := time.Now()
	live, lasting := map[string]bool{}, map[string]bool{}
	for _, t := range tokens {
		live[t.IDP] = live[t.IDP] || now.Before(t.ExpiresAt)
		lasting[t.IDP] = lasting[t.IDP] || t.ExpiresAt.Sub(now) >= soon
	}
	var all []ui.TokenNotice
	for _, t := range tokens {
		ended := !now.Before(t.ExpiresAt)
		if t.ExpiresAt.Sub(now) >= soon || ended && live[t.IDP] {
			continue
		}
		all = append(all, ui.TokenNotice{Slug: t.IDP, Name: c.nameOf(t.IDP), ExpiresAt: t.ExpiresAt, Now: now, Lasting: lasting[t.IDP]})
	}
	return all, nil
}

func (c *Console) scimURL() string { return c.BaseURL + "/scim/v2" }

func provisioningPath(slug string) string { return pathOf(slug) + "/provisioning" }

// actorsOf says, for each thing, what people call who made it.
func actorsOf[T any](ctx context.Context, c *Console, all []T, by func(T) string) ([]string, error) {
	actors := make([]string, len(all))
	for i, t := range all {
		actors[i] = by(t)
	}
	names, err := c.actorNames(ctx, actors)
	if err != nil {
		return nil, err
	}
	for i, a := range actors {
		actors[i] = names[a]
	}
	return actors, nil
}
