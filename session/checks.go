package session

import (
	"slices"

	"sallyport/saml"
)

// Names of this room's own checks, as an administrator reads them behind
// those of saml.
const (
	checkNameID  = "NameID length"
	checkDomain  = "E-mail domain"
	checkTags    = "Session tags"
	checkInUse   = "Connection in use"
	checkRequest = "Request answered once"
	checkReplay  = "Assertion used once"
	checkUser    = "User"
	checkBrowser = "Browser"
)

// ownChecks in the order in which they are made.
var ownChecks = [...]string{checkNameID, checkDomain, checkTags, checkInUse, checkRequest, checkReplay, checkUser, checkBrowser}

// trail appends this room's checks to those of saml: what came before at
// passed, at failed, what comes behind it was not reached. With at "" none was
// reached.
func trail(before []saml.Check, at string, failed *saml.Error) []saml.Check {
	out := slices.Clone(before)
	outcome := saml.Passed
	if at == "" {
		outcome = saml.NotReached
	}
	for _, name := range ownChecks {
		if name != at {
			out = append(out, saml.Check{Name: name, Outcome: outcome})
			continue
		}
		out = append(out, saml.Check{Name: name, Outcome: saml.Failed, Reason: failed.Reason, Want: failed.Want, Got: failed.Got})
		outcome = saml.NotReached
	}
	return out
}

// checkOf is the check that a refusal of Store.RecordSignIn belongs to.
func checkOf(r saml.Reason) string {
	switch r {
	case saml.ConnectionDisabled:
		return checkInUse
	case saml.UnknownRequest:
		return checkRequest
	case saml.Replayed:
		return checkReplay
	default:
		return checkUser
	}
}
