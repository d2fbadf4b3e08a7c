package access

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/fault"
)

// Limits of what an administrator types in.
const (
	maxTitle       = 100
	maxDescription = 500
	maxURL         = 2048
	maxAllowed     = 50
)

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// check says in one sentence what is wrong with a, and tidies spaces around
// its texts.
func check(a *Application) error {
	if !nameForm.MatchString(a.Name) {
		return fault.New(fault.Invalid, "The name takes 1 to 63 small letters, digits and hyphens, and begins with a letter or digit.")
	}
	a.Title, a.Description = strings.TrimSpace(a.Title), strings.TrimSpace(a.Description)
	if !isText(a.Title, maxTitle) {
		return fault.New(fault.Invalid, fmt.Sprintf("The title takes up to %d characters in one line.", maxTitle))
	}
	if !isText(a.Description, maxDescription) {
		return fault.New(fault.Invalid, fmt.Sprintf("The description takes up to %d characters in one line.", maxDescription))
	}
	a.URL = strings.TrimSpace(a.URL)
	if err := checkURL("The URL", a.URL); err != nil {
		return err
	}
	if len(a.Allowed) > maxAllowed {
		return fault.New(fault.Invalid, fmt.Sprintf("An application takes up to %d further URLs.", maxAllowed))
	}
	for i := range a.Allowed {
		a.Allowed[i] = strings.TrimSpace(a.Allowed[i])
		if err := checkURL(fmt.Sprintf("Further URL %d", i+1), a.Allowed[i]); err != nil {
			return err
		}
	}
	return nil
}

func isText(s string, limit int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= limit && !strings.ContainsFunc(s, unicode.IsControl)
}

func checkURL(what, raw string) error {
	if raw == "" || len(raw) > maxURL {
		return fault.New(fault.Invalid, fmt.Sprintf("%s is missing, or longer than %d characters.", what, maxURL))
	}
	if strings.Contains(raw, "#") {
		return fault.New(fault.Invalid, what+" must not have a fragment (#...).")
	}
	u, ok := split(raw)
	if !ok {
		return fault.New(fault.Invalid, what+" must be a plain absolute address that begins with https:// or http://, such as https://grafana.example.com/. "+
			"It takes no user name, no backslash, no \"..\" and no \"//\" in its path; write international host names in their xn-- form.")
	}
	if !u.parsesTheSame() {
		return fault.New(fault.Invalid, what+" is not an address that every browser reads alike.")
	}
	return nil
}
