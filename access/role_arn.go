package access

import "regexp"

// iamARN is the ARN of a role or of a SAML provider.
type iamARN struct {
	partition string
	account   string
	name      string // without its path
	path      string // "" or "service/team/"
}

var (
	roleForm     = regexp.MustCompile(`^arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):role/((?:[!-.0-~]+/)*)([\w+=,.@-]{1,64})$`)
	providerForm = regexp.MustCompile(`^arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):saml-provider/()([\w._-]{1,128})$`)
)

func parseRoleARN(text string) (iamARN, bool)     { return parseARN(roleForm, text) }
func parseProviderARN(text string) (iamARN, bool) { return parseARN(providerForm, text) }

func parseARN(form *regexp.Regexp, text string) (iamARN, bool) {
	m := form.FindStringSubmatch(text)
	if m == nil {
		return iamARN{}, false
	}
	return iamARN{partition: m[1], account: m[2], path: m[3], name: m[4]}, true
}
