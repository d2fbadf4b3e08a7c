package ui

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"sallyport/access"
	"sallyport/directory"
	"sallyport/idp"
	"sallyport/saml"
)

func (r *Renderer) functions() template.FuncMap {
	return template.FuncMap{
		"away":         away,
		"asset":        r.Static.Path,
		"brief":        brief,
		"left":         left,
		"actorKind":    actorKind,
		"stepValue":    newStepValue,
		"steps":        func(all []idp.Step, of guided) steps { return steps{all, of} },
		"symptom":      symptom,
		"wrong":        func(text, id string) wrong { return wrong{text, id} },
		"binding":      func(urn string) string { return urn[strings.LastIndexByte(urn, ':')+1:] },
		"certificates": certificates,
		"changes":      func(what string, all []directory.AttributeChange) changed { return changed{what, all} },
		"clock":        func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") },
		"copy":         func(value, what string) copyable { return copyable{Value: value, What: what} },
		"date":         func(t time.Time) string { return t.UTC().Format("2 Jan 2006") },
		"format":       takesFormat,
		"hours":        hours,
		"iso":          func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"kind":         kind,
		"lines":        func(all []string) string { return strings.Join(all, "\n") },
		"method":       method,
		"named":        func(what string, rows any) named { return named{what, rows} },
		"number":       func(i int) int { return i + 1 },
		"otherFormats": otherFormats,
		"outcome":      func(o saml.Outcome) string { return strings.ReplaceAll(string(o), " ", "-") },
		"ruled":        func(table RuleTable, acts bool) ruled { return ruled{table, acts} },
		"source":       func(s directory.Source) string { return sources[s] },
		"thousands":    thousands,
		"vendor":       vendor,
		"words":        words,
	}
}

// copyable is a value shown with a button that copies it.
type copyable struct{ Value, What string }

// named are the rows of a table with its name, by which it is told from its
// like on the same page.
type named struct {
	What string
	Rows any
}

// changed is a table of changes with its name.
type changed struct {
	What    string
	Changes []directory.AttributeChange
}

var sources = map[directory.Source]string{
	directory.FromSignIn: "first sign-in",
	directory.FromSCIM:   "provisioning",
	directory.FromHand:   "hand",
}

// vendor is what people call a maker of identity providers.
func vendor(id string) string {
	if name, ok := vendors[id]; ok {
		return name
	}
	return id
}

var vendors = map[string]string{
	"adfs":         "AD FS",
	"auth0":        "Auth0",
	"duo":          "Duo",
	"entra":        "Microsoft Entra ID",
	"google":       "Google Workspace",
	"jumpcloud":    "JumpCloud",
	"keycloak":     "Keycloak",
	"okta":         "Okta",
	"onelogin":     "OneLogin",
	"pingfederate": "PingFederate",
	"pingone":      "PingOne",
}

// certificate is one of an identity provider with what is wrong with its dates.
type certificate struct {
	idp.Certificate
	Light   string // as in idp.Expiry.State
	Trouble string
}

// soon is when a certificate's end is worth a warning.
const soon = 90 * 24 * time.Hour

func certificates(all []idp.Certificate, now time.Time) []certificate {
	var out []certificate
	for _, c := range all {
		shown := certificate{Certificate: c, Light: idp.ExpiryGood}
		switch left := c.NotAfter.Sub(now); {
		case now.Before(c.NotBefore):
			shown.Light, shown.Trouble = idp.ExpirySoon, "not valid yet"
		case left < 0:
			shown.Light, shown.Trouble = idp.ExpiryExpired, "expired"
		case left < soon:
			shown.Light, shown.Trouble = idp.ExpirySoon, "expires in "+strconv.Itoa(int(left/(24*time.Hour)))+" days"
		}
		out = append(out, shown)
	}
	return out
}

// boxed are the formats that the settings form has boxes for.
var boxed = []string{saml.FormatEmailAddress, saml.FormatPersistent, saml.FormatUnspecified}

func takesFormat(s idp.Settings, format string) bool {
	if len(s.NameIDFormats) == 0 {
		return format == saml.FormatEmailAddress || format == saml.FormatPersistent
	}
	return slices.Contains(s.NameIDFormats, format)
}

func otherFormats(s idp.Settings) []string {
	return slices.DeleteFunc(slices.Clone(s.NameIDFormats), func(f string) bool { return slices.Contains(boxed, f) })
}

// words takes a name such as WrongNameIDFormat apart: "Wrong NameID format".
func words(name string) string {
	if name == string(access.StepUpNeeded) {
		return "has to sign in again"
	}
	name = strings.ReplaceAll(name, "_", " ")
	name = strings.NewReplacer("NameID", "\x00", "AuthnStatement", "\x01", "AuthnContext", "\x02").Replace(name)
	var b strings.Builder
	runes := []rune(name)
	for i, c := range runes {
		if i > 0 && startsWord(runes, i) {
			b.WriteByte(' ')
			if acronym := i+1 == len(runes) || !unicode.IsLower(runes[i+1]) && !startsWord(runes, i+1); !acronym {
				c = unicode.ToLower(c)
			}
		}
		b.WriteRune(c)
	}
	return strings.NewReplacer("\x00", "NameID", "\x01", "AuthnStatement", "\x02", "AuthnContext").Replace(b.String())
}

func startsWord(runes []rune, i int) bool {
	if runes[i] < ' ' || runes[i-1] < ' ' {
		return true
	}
	if !unicode.IsUpper(runes[i]) {
		return false
	}
	return unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])
}
