package access

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// AssumeDecision is whether a role may be assumed.
type AssumeDecision struct {
	Allowed bool
	Code    string // AWS's: "AccessDenied", "InvalidIdentityToken", ...; "" where allowed
	Message string // AWS's words: "Not authorized to perform sts:AssumeRoleWithSAML"
	Because string // ours: which statement's which condition, want and got; a whole sentence
	Lasts   time.Duration
}

// AWS's codes and words.
const (
	codeAccessDenied         = "AccessDenied"
	codeInvalidIdentityToken = "InvalidIdentityToken"
	codeValidationError      = "ValidationError"

	wordsNotAuthorized  = "Not authorized to perform sts:AssumeRoleWithSAML"
	wordsNoSessionName  = "RoleSessionName is required in AuthnResponse"
	wordsSessionName    = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
	wordsSourceIdentity = `Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"`
	wordsTooLong        = "Requested DurationSeconds exceeds MaxSessionDuration set for this role"
	wordsInvalid        = "Your request included an invalid SAML response"
)

const (
	actionAssume         = "sts:AssumeRoleWithSAML"
	actionTag            = "sts:TagSession"
	actionSourceIdentity = "sts:SetSourceIdentity"
)

// A session without SessionDuration lasts an hour, and one with it from a
// quarter of an hour to twelve hours.
const (
	usualDuration   = time.Hour
	minSaidDuration = 15 * time.Minute
	maxSaidDuration = 12 * time.Hour
)

var sessionNameForm = regexp.MustCompile(`^[a-zA-Z_0-9+=,.@-]{2,64}$`)

// Assume decides sts:AssumeRoleWithSAML, sts:TagSession where tags are
// passed, and sts:SetSourceIdentity where there is one. Lasts is what the role
// and SessionDuration give; SessionNotOnOrAfter may cut it shorter.
func (r *Role) Assume(a Assertion, at time.Time) AssumeDecision {
	if refusal, refused := r.unfit(a); refused {
		return refusal
	}
	trust, err := r.trustDocument()
	if err != nil {
		return assumeDenied("The role cannot be assumed: " + err.Error() + ".")
	}
	request := trustRequest(a, at)
	documents := []*iamDocument{trust}
	var because []string
	for _, action := range neededActions(a) {
		v := decideIAM(documents, request.asking(action, ""))
		if !v.allowed {
			return assumeDenied(v.because + whyNeeded(action, a))
		}
		because = append(because, v.because)
	}
	return r.lasting(a, strings.Join(because, " "))
}

// unfit looks at what AWS looks at before any policy.
func (r *Role) unfit(a Assertion) (AssumeDecision, bool) {
	role, roleOK := parseRoleARN(r.ARN)
	provider, providerOK := parseProviderARN(a.ProviderARN)
	switch {
	case a.RoleSessionName == "":
		return assumeRefused(codeInvalidIdentityToken, wordsNoSessionName, "The assertion has no RoleSessionName."), true
	case !sessionNameForm.MatchString(a.RoleSessionName):
		return assumeRefused(codeInvalidIdentityToken, wordsSessionName,
			fmt.Sprintf("RoleSessionName wants 2 to 64 letters, digits and _+=,.@- without blanks, and got %s.", iamQuoted(a.RoleSessionName))), true
	case a.SourceIdentity != "" && (!sessionNameForm.MatchString(a.SourceIdentity) || strings.HasPrefix(iamFold(a.SourceIdentity), "aws:")):
		return assumeRefused(codeInvalidIdentityToken, wordsSourceIdentity,
			fmt.Sprintf("SourceIdentity wants 2 to 64 letters, digits and _+=,.@- without blanks, and got %s.", iamQuoted(a.SourceIdentity))), true
	case a.Duration != 0 && (a.Duration < minSaidDuration || a.Duration > maxSaidDuration):
		return assumeRefused(codeInvalidIdentityToken, wordsInvalid,
			fmt.Sprintf("SessionDuration wants 900 to 43200 seconds, and got %d.", int64(a.Duration/time.Second))), true
	case a.Subject == "":
		return assumeDenied("The assertion has no NameID."), true
	case !roleOK || reserved(role):
		return assumeDenied(fmt.Sprintf("%s is not the ARN of a role that may be assumed.", iamQuoted(r.ARN))), true
	case a.RoleARN != r.ARN:
		return assumeDenied(fmt.Sprintf("The assertion asks for the role %s, and this is %s; capitals count.", iamQuoted(a.RoleARN), r.ARN)), true
	case !providerOK:
		return assumeDenied(fmt.Sprintf("%s is not the ARN of a SAML provider.", iamQuoted(a.ProviderARN))), true
	case provider.account != role.account || provider.partition != role.partition:
		return assumeDenied(fmt.Sprintf("The role %s and the provider %s are not of the same account.", r.ARN, a.ProviderARN)), true
	}
	return AssumeDecision{}, false
}

// lasting allows, for as long as the role and the assertion say.
func (r *Role) lasting(a Assertion, because string) AssumeDecision {
	longest := r.MaxSessionDuration
	if longest == 0 {
		longest = usualDuration
	}
	if a.Duration > longest {
		return assumeRefused(codeValidationError, wordsTooLong,
			fmt.Sprintf("The role wants a SessionDuration of at most %d seconds, and got %d.", int64(longest/time.Second), int64(a.Duration/time.Second)))
	}
	lasts := a.Duration
	if lasts == 0 {
		lasts = min(usualDuration, longest)
	}
	return AssumeDecision{Allowed: true, Because: because, Lasts: lasts}
}

// neededActions are those that one sign-in takes.
func neededActions(a Assertion) []string {
	actions := []string{actionAssume}
	if len(a.Tags) > 0 {
		actions = append(actions, actionTag)
	}
	if a.SourceIdentity != "" {
		actions = append(actions, actionSourceIdentity)
	}
	return actions
}

// whyNeeded says why an action that the person did not ask for was looked at.
func whyNeeded(action string, a Assertion) string {
	switch action {
	case actionTag:
		return fmt.Sprintf(" The assertion passes session tags (%d), so the trust policy must allow %s too.", len(a.Tags), actionTag)
	case actionSourceIdentity:
		return " The assertion has a SourceIdentity, so the trust policy must allow " + actionSourceIdentity + " too."
	}
	return ""
}

func assumeDenied(because string) AssumeDecision {
	return assumeRefused(codeAccessDenied, wordsNotAuthorized, because)
}

func assumeRefused(code, message, because string) AssumeDecision {
	return AssumeDecision{Code: code, Message: message, Because: because}
}
