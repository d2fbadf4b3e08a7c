package access

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"sallyport/internal/fault"
)

// Bounds of StepUp.
const (
	maxContextText = 512 // characters
	minMaxAge      = time.Minute
	maxMaxAge      = 30 * 24 * time.Hour
)

// checkStepUp sees to how people must have signed in. The list is copied.
func checkStepUp(a *Application) error {
	var contexts []string
	for _, context := range a.StepUp.Contexts {
		context = strings.TrimSpace(context)
		n := utf8.RuneCountInString(context)
		if n == 0 || n > maxContextText || !utf8.ValidString(context) || strings.ContainsFunc(context, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return fault.New(fault.Invalid, fmt.Sprintf("An authentication context (AuthnContextClassRef) takes 1 to %d printable characters in one line, such as urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport.", maxContextText))
		}
		if !slices.Contains(contexts, context) {
			contexts = append(contexts, context)
		}
	}
	if len(contexts) > maxContexts {
		return fault.New(fault.Invalid, fmt.Sprintf("An application takes up to %d authentication contexts.", maxContexts))
	}
	a.StepUp.Contexts = contexts
	if age := a.StepUp.MaxAge; age != 0 && (age < minMaxAge || age > maxMaxAge || age%time.Second != 0) {
		return fault.New(fault.Invalid, "The age that a sign-in may have is 1 minute to 30 days, in whole seconds; 0 is any.")
	}
	return nil
}

// checkGateway sees to what a proxy tells an application.
func checkGateway(a *Application) error {
	g := a.Gateway
	switch {
	case g.Headers != "" && !slices.Contains(Presets(), g.Headers):
		return fault.New(fault.Invalid, "Choose the headers by which the application learns who came: remote, x-auth-request, x-forwarded, x-webauth or none.")
	case g.Separator != "" && !slices.Contains(Separators(), g.Separator):
		return fault.New(fault.Invalid, "Between groups stands a comma, a semicolon, a vertical bar or a space.")
	case g.Groups != "" && g.Groups != TellAll && g.Groups != TellAssigned && g.Groups != TellNone:
		return fault.New(fault.Invalid, "Choose which groups the application is told: all, assigned or none.")
	case a.Kind != KindWeb && g != Gateway{}:
		return fault.New(fault.Invalid, "Only a web application stands behind a proxy that tells it who came: a link and a WorkSpaces directory take no headers, separator or groups.")
	}
	return nil
}
