package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"sallyport/idp"
	"sallyport/internal/fault"
	"sallyport/saml"
	"sallyport/session"
	"sallyport/web/ui"
)

// Settings is the form with an administrator's choices for one connection.
func (c *Console) Settings(w http.ResponseWriter, r *http.Request, _ *session.Session) error {
	p, err := c.provider(r)
	if err != nil {
		return err
	}
	return c.show(w, r, ui.Settings{Provider: p, Name: p.Name, Settings: p.Settings, Notice: notice(r)})
}

// SaveSettings changes them; what was typed stays in the form where it is refused.
func (c *Console) SaveSettings(w http.ResponseWriter, r *http.Request, ses *session.Session) error {
	p, version, err := c.versioned(w, r)
	if err != nil {
		return err
	}
	name := strings.TrimSpace(r.PostForm.Get("name"))
	settings, err := settingsOf(r.PostForm)
	settings.TagMappings = p.Settings.TagMappings // they have a page of their own
	if err == nil {
		_, err = c.Registry.UpdateSettings(r.Context(), p.Slug, version, func(n *string, s *idp.Settings) {
			settings.TagMappings = s.TagMappings
			*n, *s = name, settings
		}, actor(ses))
	}
	if again(err) {
		page := ui.Settings{Provider: p, Name: name, Settings: settings, Error: public(err)}
		if fault.KindOf(err) == fault.Conflict {
			page.Provider, page.Others = c.savedMeanwhile(p, name, settings)
			page.Error = "Somebody else changed this connection while you had the page open, so nothing was saved yet. Compare, then save once more if you still want it."
		}
		return c.showRefusal(w, r, err, page)
	}
	if err != nil {
		return err
	}
	return seeOther(w, r, pathOf(p.Slug)+"/settings", "saved")
}

// settingsOf reads the whole form: a box that is not ticked is not sent, and
// means no.
func settingsOf(form url.Values) (idp.Settings, error) {
	s := idp.Settings{
		EmailDomains:               lines(form.Get("email_domains")),
		NameIDFormats:              append(form["name_id_format"], lines(form.Get("other_formats"))...),
		ProviderARN:                form.Get("provider_arn"),
		AnyNameID:                  form.Has("any_name_id"),
		Unsolicited:                form.Get("unsolicited"),
		FirstSignIn:                form.Get("first_sign_in"),
		InvalidTags:                form.Get("invalid_tags"),
		SignRequests:               form.Has("sign_requests"),
		RequestBinding:             form.Get("request_binding"),
		ForceAuthn:                 form.Has("force_authn"),
		RequestedAuthnContext:      lines(form.Get("authn_context")),
		AllowSHA1:                  form.Has("allow_sha1"),
		AllowExpiredCertificates:   form.Has("allow_expired_certificates"),
		AllowMissingAuthnStatement: form.Has("allow_missing_authn_statement"),
		AllowUnsignedCBC:           form.Has("allow_unsigned_cbc"),
		MergeDuplicateAttributes:   form.Has("merge_duplicate_attributes"),
		RequireSignedResponse:      form.Has("require_signed_response"),
		SignMetadata:               form.Has("sign_metadata"),
		AddedCertificates:          form.Get("added_certificates"),
	}
	if len(s.NameIDFormats) == 2 && s.NameIDFormats[0] == saml.FormatEmailAddress && s.NameIDFormats[1] == saml.FormatPersistent {
		s.NameIDFormats = nil // the default, which may grow
	}
	var err error
	if s.ClockSkewSeconds, err = number(form.Get("clock_skew"), "The clock difference"); err != nil {
		return s, err
	}
	if s.SessionLifetimeMinutes, err = number(form.Get("session_lifetime"), "The session lifetime"); err != nil {
		return s, err
	}
	if s.RecordDays, err = number(form.Get("record_days"), "The number of days"); err != nil {
		return s, err
	}
	return s, nil
}

func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

func number(text, what string) (int, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fault.Wrap(fault.Invalid, what+" must be a whole number, or empty for the default.", err)
	}
	return n, nil
}
