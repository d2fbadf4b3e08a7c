package admin

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/session"
	"sallyport/web/ui"
)

// Certificates shows every certificate with its end, and where our own keys
// stand on their way from one to the next.
func (c *Console) Certificates(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	page, err := c.certificatesPage(r)
	if err != nil {
		return err
	}
	page.Notice = notice(r)
	return c.show(w, r, page)
}

func (c *Console) certificatesPage(r *http.Request) (ui.Certificates, error) {
	page := ui.Certificates{Expiries: c.Registry.Expiries(), Now: time.Now()}
	keys, err := c.Registry.Keys(r.Context())
	if err != nil {
		return page, err
	}
	for _, use := range []idp.KeyUse{idp.KeySigning, idp.KeyEncryption, idp.KeyToken} {
		rollover := rolloverOf(use, keys)
		if rollover.Next != nil && use != idp.KeyToken { // applications fetch that one, from elsewhere
			if rollover.Evidence, err = c.evidence(r, rollover.Next.Fingerprint); err != nil {
				return page, err
			}
		}
		page.Rollover = append(page.Rollover, rollover)
	}
	return page, nil
}

func rolloverOf(use idp.KeyUse, keys []idp.KeyInfo) ui.Rollover {
	out := ui.Rollover{Use: use}
	for _, k := range keys {
		if k.Use != use {
			continue
		}
		out.Keys = append(out.Keys, k)
		switch k.State {
		case idp.KeyNext:
			out.Next = &k
		case idp.KeyRetired:
			out.Retired = append(out.Retired, k)
		}
	}
	return out
}

// evidence is, of each connection, the latest fetch of a metadata that held
// the key.
func (c *Console) evidence(r *http.Request, fingerprint string) ([]ui.Evidence, error) {
	var out []ui.Evidence
	for _, p := range c.providers() {
		fetches, err := c.Registry.Fetches(r.Context(), p.Slug)
		if err != nil {
			return nil, err
		}
		e := ui.Evidence{Slug: p.Slug, Name: p.Name, Active: p.State == idp.Active}
		if at := slices.IndexFunc(fetches, func(f idp.Fetch) bool { return slices.Contains(f.Keys, fingerprint) }); at >= 0 {
			e.Fetch = &fetches[at]
		}
		out = append(out, e)
	}
	return out, nil
}

// replaceWord is typed by who means to replace all token keys.
const replaceWord = "stolen"

// RotateTokenKey lets the next token key sign now.
func (c *Console) RotateTokenKey(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	return c.tokenKeysChanged(w, r, "token_rotated", c.Registry.RotateTokenKey(r.Context(), actor(ses)))
}

// ReplaceTokenKeys is for after a theft: no token key stays.
func (c *Console) ReplaceTokenKeys(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := readForm(w, r); err != nil {
		return err
	}
	if strings.TrimSpace(r.PostForm.Get("word")) != replaceWord {
		return c.tokenKeysChanged(w, r, "", fault.New(fault.Invalid, "To replace all token keys, type the word "+replaceWord+"."))
	}
	return c.tokenKeysChanged(w, r, "token_replaced", c.Registry.ReplaceTokenKeys(r.Context(), actor(ses)))
}

func (c *Console) tokenKeysChanged(w http.ResponseWriter, r *http.Request, done string, refused error) error {
	if again(refused) {
		page, err := c.certificatesPage(r)
		if err != nil {
			return err
		}
		page.Error = public(refused)
		return c.showRefusal(w, r, refused, page)
	}
	if refused != nil {
		return refused
	}
	return seeOther(w, r, "/admin/certificates", done)
}

// PublishKey publishes the next key of one use.
func (c *Console) PublishKey(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Registry.PublishNext(r.Context(), idp.KeyUse(r.PathValue("use")), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/certificates", "key_published")
}

// PromoteKey puts the published one into use.
func (c *Console) PromoteKey(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Registry.Promote(r.Context(), idp.KeyUse(r.PathValue("use")), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/certificates", "key_promoted")
}

// RetireKey deletes a retired one for good.
func (c *Console) RetireKey(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	if err := c.Registry.Retire(r.Context(), r.PathValue("id"), actor(ses)); err != nil {
		return err
	}
	return seeOther(w, r, "/admin/certificates", "key_retired")
}
