package web

import (
	"net/http"
	"net/url"
	"strings"

	"sallyport/saml"
)

const (
	askAdministrator = "Please give your administrator this reference. It shows them what went wrong and who can fix it."
	startAgain       = "Please start again. If it happens again, give your administrator this reference."
)

// explain puts a refusal into a person's words. They are general on purpose:
// the details are for the administrator, at the reference.
func explain(reason saml.Reason) (status int, what, next string) {
	switch reason {
	case saml.TooLarge:
		return http.StatusRequestEntityTooLarge, "Your identity provider's answer was too large.", askAdministrator
	case saml.NotBase64, saml.Malformed, saml.ForbiddenXML, saml.DuplicateID, saml.NotAResponse, saml.SeveralAssertions, saml.NoAssertion:
		return http.StatusBadRequest, "Your identity provider's answer could not be read.", askAdministrator
	case saml.UnknownRequest, saml.Replayed, saml.Expired, saml.TooOld, saml.SessionExpired, saml.StaleAuthentication:
		return http.StatusForbidden, "This sign-in took too long, or was used before.", startAgain
	case saml.WrongBrowser:
		return http.StatusForbidden, "This sign-in was begun in another browser.", "Please start again in this one. If it happens again, give your administrator this reference."
	case saml.ConnectionDisabled:
		return http.StatusForbidden, "Signing in this way is not open at the moment.", askAdministrator
	case saml.UserInactive:
		return http.StatusForbidden, "Your account here is switched off.", askAdministrator
	case saml.UserUnknown:
		return http.StatusForbidden, "There is no account for you here yet.", askAdministrator
	case saml.StatusNotSuccess:
		return http.StatusForbidden, "Your identity provider did not sign you in.", startAgain
	case saml.WrongAuthnContext:
		return http.StatusForbidden, "Your identity provider did not sign you in the way that was asked for.", startAgain
	}
	return http.StatusForbidden, "Your identity provider's answer was not accepted.", askAdministrator
}

// explainLogout does so for messages of single logout. A refused one ends
// nothing, and the person must know.
func explainLogout(reason saml.Reason) (status int, what, next string) {
	status, what = http.StatusForbidden, "Your identity provider's message about signing out was not accepted, so it ended nothing here."
	switch reason {
	case saml.TooLarge:
		status = http.StatusRequestEntityTooLarge
	case saml.NotBase64, saml.Malformed, saml.ForbiddenXML, saml.DuplicateID, saml.NotAResponse:
		status = http.StatusBadRequest
	case saml.UnknownRequest, saml.Replayed, saml.Expired, saml.TooOld:
		what = "Your identity provider's message about signing out came too late, or was used before, so it ended nothing here."
	case saml.ConnectionDisabled:
		what = "Your identity provider is not connected here at the moment, so its message ended nothing here."
	}
	return status, what, askAdministrator
}

// tryAgain starts afresh, through the same connection where there was one.
func tryAgain(r *http.Request, reason saml.Reason, target string) string {
	if link, ok := strings.CutPrefix(target, stepMark); ok {
		return link // where the same is asked for again
	}
	if target == unknownTarget || target == "/" {
		target = ""
	}
	if strings.HasPrefix(r.URL.Path, "/saml") && reason != saml.ConnectionDisabled {
		return loginPath(slugOf(r), target)
	}
	if target == "" {
		return "/signin"
	}
	return "/signin?target=" + url.QueryEscape(target)
}
