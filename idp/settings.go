package idp

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"sallyport/audit"
	"sallyport/internal/fault"
	"sallyport/saml"
)

// UpdateSettings changes name and settings after checking them; fault.Invalid,
// fault.Conflict. version is the Provider.Version that was seen, 0 for any.
// change may run more than once.
func (r *Registry) UpdateSettings(ctx context.Context, slug string, version int64, change func(name *string, s *Settings), actor string) (*Provider, error) {
	p, err := r.provider(ctx, slug)
	if err != nil {
		return nil, err
	}
	edit := func(p *Provider) error {
		name, s := p.Name, p.Settings.clone()
		change(&name, &s)
		name = strings.TrimSpace(name)
		if err := checkName(name); err != nil {
			return err
		}
		if err := r.checkSettings(&s); err != nil {
			return err
		}
		p.Name, p.Settings = name, s
		return nil
	}
	would := *p
	if err := edit(&would); err != nil {
		return nil, err
	}
	e := audit.New(audit.IDPSettingsChanged, actor)
	if e.Detail, err = json.Marshal(map[string]any{"changed": changedSettings(p, &would)}); err != nil {
		return nil, fmt.Errorf("describe settings: %w", err)
	}
	return r.update(ctx, p, version, edit, e)
}

func (s Settings) clone() Settings {
	s.EmailDomains = slices.Clone(s.EmailDomains)
	s.NameIDFormats = slices.Clone(s.NameIDFormats)
	s.RequestedAuthnContext = slices.Clone(s.RequestedAuthnContext)
	s.TagMappings = slices.Clone(s.TagMappings)
	return s
}

// changedSettings names the settings that differ, as their JSON does.
func changedSettings(before, after *Provider) []string {
	changed := []string{}
	if before.Name != after.Name {
		changed = append(changed, "name")
	}
	b, a := reflect.ValueOf(before.Settings), reflect.ValueOf(after.Settings)
	for i := range b.NumField() {
		if !reflect.DeepEqual(b.Field(i).Interface(), a.Field(i).Interface()) {
			name, _, _ := strings.Cut(b.Type().Field(i).Tag.Get("json"), ",")
			changed = append(changed, name)
		}
	}
	return changed
}

var (
	domainForm  = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$`)
	tagKeyForm  = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`)
	tagPathForm = regexp.MustCompile(`^\$\{path:[A-Za-z]+(\[[a-z]+ eq (true|"[a-z]+")\])?(\.[A-Za-z]+)*\}$`)
)

// Limits of Settings.
const (
	maxList            = 100
	maxTags            = 50
	maxTagKey          = 128
	maxClockSkew       = 180
	minSessionLifetime = 15
	maxSessionLifetime = 90 * 24 * 60
	maxRecordDays      = 90
)

// checkSettings tidies what was typed and says in one sentence what is wrong.
func (r *Registry) checkSettings(s *Settings) error {
	for i, d := range s.EmailDomains {
		s.EmailDomains[i] = strings.ToLower(strings.TrimPrefix(strings.TrimSpace(d), "@"))
		if len(s.EmailDomains[i]) > 253 || !domainForm.MatchString(s.EmailDomains[i]) {
			return invalid("The e-mail domain %q is not a domain such as example.com. Write international ones in their xn-- form.", d)
		}
	}
	if len(s.EmailDomains) > maxList {
		return invalid("A connection takes up to %d e-mail domains.", maxList)
	}
	if err := checkURIs("NameID format", s.NameIDFormats); err != nil {
		return err
	}
	if slices.Contains(s.NameIDFormats, saml.FormatTransient) {
		return invalid("The NameID format transient changes at each sign-in, so nobody can be recognised by it. Choose another one.")
	}
	if err := checkURIs("authentication context", s.RequestedAuthnContext); err != nil {
		return err
	}
	for _, w := range []struct {
		what, word string
		known      []string
	}{
		{"unsolicited responses", s.Unsolicited, []string{UnsolicitedAccept, UnsolicitedBounce, UnsolicitedRefuse}},
		{"a first sign-in", s.FirstSignIn, []string{FirstSignInCreate, FirstSignInRefuse}},
		{"invalid tags", s.InvalidTags, []string{InvalidTagsRefuse, InvalidTagsDrop}},
		{"added certificates", s.AddedCertificates, []string{AddedCertificatesHold}},
		{"the request's binding", s.RequestBinding, []string{saml.BindingRedirect, saml.BindingPOST}},
	} {
		if w.word != "" && !slices.Contains(w.known, w.word) {
			return invalid("The choice for %s must be one of: %s.", w.what, strings.Join(w.known, ", "))
		}
	}
	if s.ClockSkewSeconds < 0 || s.ClockSkewSeconds > maxClockSkew {
		return invalid("The clock skew must be 0 to %d seconds.", maxClockSkew)
	}
	if l := s.SessionLifetimeMinutes; l != 0 && (l < minSessionLifetime || l > maxSessionLifetime) {
		return invalid("A session lasts %d to %d minutes (90 days).", minSessionLifetime, maxSessionLifetime)
	}
	if s.RecordDays < -1 || s.RecordDays > maxRecordDays {
		return invalid("Responses are kept for 1 to %d days; 0 is 7 days, and -1 keeps none.", maxRecordDays)
	}
	if err := checkProviderARN(s); err != nil {
		return err
	}
	return r.checkTagMappings(s.TagMappings)
}

func checkURIs(what string, uris []string) error {
	if len(uris) > maxList {
		return invalid("A connection takes up to %d values of %s.", maxList, what)
	}
	for i, raw := range uris {
		uris[i] = strings.TrimSpace(raw)
		u, err := url.Parse(uris[i])
		if err != nil || u.Scheme == "" || len(uris[i]) > maxEntityID || strings.ContainsFunc(uris[i], notInURI) {
			return invalid("The %s %q is not a URI such as %s.", what, raw, saml.FormatEmailAddress)
		}
	}
	return nil
}

// checkTagMappings keeps to the rules of session tags: 1 to 128 characters,
// letters, digits, spaces and _ . : / = + - @, "aws:" reserved, and no key
// twice in whatever case.
func (r *Registry) checkTagMappings(mappings []TagMapping) error {
	if len(mappings) > maxTags {
		return invalid("A connection takes up to %d attributes for access control.", maxTags)
	}
	seen := map[string]bool{}
	for i := range mappings {
		m := &mappings[i]
		m.Key, m.Path = strings.TrimSpace(m.Key), strings.TrimSpace(m.Path)
		folded := strings.ToLower(m.Key)
		switch {
		case !utf8.ValidString(m.Key) || utf8.RuneCountInString(m.Key) > maxTagKey || !tagKeyForm.MatchString(m.Key):
			return invalid("The tag key %q must have 1 to %d letters, digits, spaces or _ . : / = + - @.", m.Key, maxTagKey)
		case strings.HasPrefix(folded, "aws:"):
			return invalid("The tag key %q begins with aws:, which is reserved.", m.Key)
		case seen[folded]:
			return invalid("The tag key %q is there twice. Upper and lower case are the same here.", m.Key)
		case !r.options.KnownTagPath(m.Path):
			return invalid("The source %q of the tag %q is unknown. Sources look like ${path:enterprise.costCenter}.", m.Path, m.Key)
		}
		seen[folded] = true
	}
	return nil
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Sprintf(format, args...))
}
