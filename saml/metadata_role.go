package saml

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// reader collects what one entity says.
type reader struct {
	t   *tree
	now time.Time
	m   *IDPMetadata
}

// readEntity reads the chosen entity. WS-Federation roles, service provider
// roles, attribute authorities and extensions stand beside it and are left
// alone.
func readEntity(t *tree, e *entity, now time.Time) (*IDPMetadata, error) {
	r := &reader{t: t, now: now, m: &IDPMetadata{EntityID: e.id}}
	role := e.roles[0]

	for _, node := range append(slices.Clone(e.wrappers), e.node, role) {
		r.lifetime(node)
		r.m.Signed = r.m.Signed || node != role && t.child(node, nsDSig, "Signature") != -1
	}
	r.m.DisplayName = displayName(t, e.node, role)
	want, _ := t.attr(role, "WantAuthnRequestsSigned")
	want = strings.Trim(want, xmlSpace)
	r.m.WantAuthnRequestsSigned = want == "true" || want == "1"
	r.nameIDFormats(role)

	if err := r.keys(role); err != nil {
		return nil, err
	}
	if err := r.singleSignOn(role); err != nil {
		return nil, err
	}
	r.singleLogout(role)
	r.placeholders()
	return r.m, nil
}

func (r *reader) warn(format string, args ...any) {
	const most = 50 // an administrator reads no more
	if sentence := fmt.Sprintf(format, args...); len(r.m.Warnings) < most && !slices.Contains(r.m.Warnings, sentence) {
		r.m.Warnings = append(r.m.Warnings, sentence)
	}
}

func (r *reader) nameIDFormats(role int32) {
	for c := range r.t.elements(role) {
		if !r.t.is(c, nsMetadata, "NameIDFormat") {
			continue
		}
		text, _ := r.t.text(c)
		if text = clip(strings.Trim(text, xmlSpace)); text != "" && !slices.Contains(r.m.NameIDFormats, text) {
			r.m.NameIDFormats = append(r.m.NameIDFormats, text)
		}
	}
}

// placeholders notices a template that was taken for the real thing.
func (r *reader) placeholders() {
	texts := []string{r.m.EntityID}
	for _, e := range append(slices.Clone(r.m.SSO), r.m.SLO...) {
		texts = append(texts, e.Location)
	}
	for _, s := range texts {
		if strings.Contains(strings.ToLower(s), "{tenantid}") {
			r.warn("The document is the one for all tenants: it holds the placeholder {tenantid}, so no response will match its entity ID. Download the metadata of your own tenant and application.")
		}
	}
}

// displayName is what the identity provider calls itself, English first.
func displayName(t *tree, entity, role int32) string {
	if ext := t.child(role, nsMetadata, "Extensions"); ext >= 0 {
		if info := t.child(ext, nsUI, "UIInfo"); info >= 0 {
			if name := localized(t, info, nsUI, "DisplayName"); name != "" {
				return name
			}
		}
	}
	for _, node := range []int32{role, entity} {
		if org := t.child(node, nsMetadata, "Organization"); org >= 0 {
			for _, local := range []string{"OrganizationDisplayName", "OrganizationName"} {
				if name := localized(t, org, nsMetadata, local); name != "" {
					return name
				}
			}
		}
	}
	return ""
}

func localized(t *tree, parent int32, space, local string) string {
	first := ""
	for c := range t.elements(parent) {
		if !t.is(c, space, local) {
			continue
		}
		text, _ := t.text(c)
		text = clip(strings.Join(strings.Fields(text), " "))
		lang, _ := t.attrNS(c, nsXML, "lang")
		if text != "" && (lang == "en" || strings.HasPrefix(lang, "en-")) {
			return text
		}
		if first == "" {
			first = text
		}
	}
	return first
}
