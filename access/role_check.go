package access

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"sallyport/internal/fault"
)

const (
	maxRoleDescription = 1000
	maxInlinePolicies  = 20
	minRoleDuration    = time.Hour
	maxRoleDuration    = 12 * time.Hour
)

var inlineNameForm = regexp.MustCompile(`^[\w+=,.@-]{1,128}$`)

// CheckRole says what is wrong with a role: its ARN, and the first thing in
// its documents that this house does not evaluate, by name and place.
// fault.Invalid.
func CheckRole(r *Role) error {
	arn, ok := parseRoleARN(r.ARN)
	switch {
	case !ok || len(r.ARN) > 2048:
		return invalidRole("%q is not the ARN of a role, such as arn:aws:iam::123456789012:role/WorkSpaces.", r.ARN)
	case reserved(arn):
		return invalidRole("IAM Identity Center keeps the role %s for itself; AWS lets nobody assume it with SAML.", arn.name)
	case !isText(r.Description, maxRoleDescription):
		return invalidRole("The description takes up to %d characters in one line.", maxRoleDescription)
	case r.MaxSessionDuration != 0 && (r.MaxSessionDuration < minRoleDuration || r.MaxSessionDuration > maxRoleDuration):
		return invalidRole("The longest session takes from an hour to twelve hours.")
	case len(r.Inline) > maxInlinePolicies:
		return invalidRole("A role takes up to %d inline policies.", maxInlinePolicies)
	}
	if _, err := parseTrust(r.Trust); err != nil {
		return invalidRole("%s.", capital(err.Error()))
	}
	names := map[string]bool{}
	for _, policy := range r.Inline {
		if !inlineNameForm.MatchString(policy.Name) {
			return invalidRole("The name of the inline policy %q takes 1 to 128 letters, digits and _+=,.@-.", policy.Name)
		}
		if names[strings.ToLower(policy.Name)] {
			return invalidRole("Two inline policies have the name %s.", policy.Name)
		}
		names[strings.ToLower(policy.Name)] = true
		if _, err := parseInline(policy.Name, policy.Document); err != nil {
			return invalidRole("%s.", capital(err.Error()))
		}
	}
	return nil
}

// reserved reports whether a role is one of IAM Identity Center's own.
func reserved(arn iamARN) bool {
	return strings.HasPrefix(arn.name, "AWSReservedSSO_") || strings.HasPrefix(arn.path, "aws-reserved/")
}

func invalidRole(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Sprintf(format, args...))
}

// capital begins a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
