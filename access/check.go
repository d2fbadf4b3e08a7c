package access

import (
	"fmt"
	"regexp"
	"slices"
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
	maxAskWhom     = 200
)

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// check says in one sentence what is wrong with a, tidies spaces around its
// texts, and makes what is made from other parts. Lists are copied before:
// the caller's may be those of the catalog.
func check(a *Application) error {
	if !nameForm.MatchString(a.Name) {
		return fault.New(fault.Invalid, "The name takes 1 to 63 small letters, digits and hyphens, and begins with a letter or digit.")
	}
	if err := checkTexts(a); err != nil {
		return err
	}
	if a.Entry != Everyone && a.Entry != Assigned {
		return fault.New(fault.Invalid, "Choose who may enter: everyone who is signed in, or who is assigned.")
	}
	if err := checkKind(a); err != nil {
		return err
	}
	if err := checkAddresses(a); err != nil {
		return err
	}
	if err := checkLinks(a); err != nil {
		return err
	}
	if err := checkUserAccess(a); err != nil {
		return err
	}
	if err := checkStepUp(a); err != nil {
		return err
	}
	if err := checkGateway(a); err != nil {
		return err
	}
	rules, err := prepareRules(a.Rules)
	if err != nil {
		return err
	}
	a.Rules = rules
	return nil
}

func checkTexts(a *Application) error {
	a.Title, a.Description = strings.TrimSpace(a.Title), strings.TrimSpace(a.Description)
	a.Icon, a.AskWhom = strings.TrimSpace(a.Icon), strings.TrimSpace(a.AskWhom)
	switch {
	case !isText(a.Title, maxTitle):
		return fault.New(fault.Invalid, fmt.Sprintf("The title takes up to %d characters in one line.", maxTitle))
	case !isText(a.Description, maxDescription):
		return fault.New(fault.Invalid, fmt.Sprintf("The description takes up to %d characters in one line.", maxDescription))
	case !isText(a.AskWhom, maxAskWhom):
		return fault.New(fault.Invalid, fmt.Sprintf("Whom to ask takes up to %d characters in one line: a name, an address, a channel.", maxAskWhom))
	case a.Icon != "" && !isIcon(a.Icon):
		return fault.New(fault.Invalid, "The icon is an emoji, or one or two letters or digits.")
	}
	return nil
}

func checkAddresses(a *Application) error {
	a.URL = strings.TrimSpace(a.URL)
	if err := checkURL("The URL", a.URL); err != nil {
		return err
	}
	if len(a.Allowed) > maxAllowed {
		return fault.New(fault.Invalid, fmt.Sprintf("An application takes up to %d further URLs.", maxAllowed))
	}
	a.Allowed = slices.Clone(a.Allowed)
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
