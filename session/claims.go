package session

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"sallyport/saml"
)

// maxRoles keeps a session small enough to be read with every request.
const maxRoles = 500

// roleClaims is what an assertion says for a role session, besides its tags.
type roleClaims struct {
	roles           []RolePair
	roleSessionName string
	sourceIdentity  string
	duration        time.Duration // 0: not said
	broken          []DroppedTag
}

var (
	roleARN     = regexp.MustCompile(`^arn:(aws|aws-us-gov|aws-cn):iam::([0-9]{12}):role/[\x21-\x7e]{1,512}$`)
	providerARN = regexp.MustCompile(`^arn:(aws|aws-us-gov|aws-cn):iam::([0-9]{12}):saml-provider/[\w+=,.@-]{1,128}$`)
	sessionName = regexp.MustCompile(`^[a-zA-Z_0-9+=,.@-]{2,64}$`)
)

// readRoleClaims reads Role, RoleSessionName, SourceIdentity and
// SessionDuration. Role never breaks a rule: some identity providers put
// other things there, such as a department.
func readRoleClaims(attributes []saml.Attribute) roleClaims {
	var r roleClaims
	seen := map[string]bool{}
	for _, a := range attributes {
		name, ok := strings.CutPrefix(a.Name, attributePrefix)
		if !ok {
			continue
		}
		if name == "Role" {
			r.addRoles(a.Values)
			continue
		}
		if name != "RoleSessionName" && name != "SourceIdentity" && name != "SessionDuration" {
			continue
		}
		why := brokenAttribute(a)
		if seen[name] {
			why = "the attribute is there more than once"
		}
		seen[name] = true
		value := ""
		if len(a.Values) > 0 {
			value = a.Values[0]
		} else if why == "" {
			continue
		}
		if why == "" {
			why = r.set(name, value)
		}
		if why != "" {
			r.broken = append(r.broken, claim{key: name, source: name, value: value}.drop(why))
		}
	}
	return r
}

// set takes one value, or says which rule it breaks.
func (r *roleClaims) set(name, value string) string {
	switch name {
	case "RoleSessionName":
		if !sessionName.MatchString(value) {
			return "it must be 2 to 64 letters, digits or _ + = , . @ -"
		}
		r.roleSessionName = value
	case "SourceIdentity":
		if !sessionName.MatchString(value) || reserved(value) {
			return "it must be 2 to 64 letters, digits or _ + = , . @ -"
		}
		r.sourceIdentity = value
	case "SessionDuration":
		d, ok := duration(value)
		if !ok {
			return "it must be a whole number of seconds from 900 to 43200"
		}
		r.duration = d
	}
	return ""
}

// duration reads 900 to 43200 seconds in decimal digits. Blanks around them
// go, as in any xs:integer.
func duration(value string) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if len(value) == 0 || len(value) > 5 || strings.Trim(value, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 900 || n > 43200 {
		return 0, false
	}
	return time.Duration(n) * time.Second, true
}

// addRoles keeps what are pairs of a role and a provider of one account, in
// either order, each once.
func (r *roleClaims) addRoles(values []string) {
	for _, v := range values {
		pair, ok := rolePair(v)
		if !ok || len(r.roles) == maxRoles {
			continue
		}
		r.roles = append(r.roles, pair)
	}
}

func rolePair(value string) (RolePair, bool) {
	// A role's path may hold a comma, so every comma is tried as the one
	// between the two.
	for i := range len(value) {
		if value[i] != ',' {
			continue
		}
		a, b := strings.TrimSpace(value[:i]), strings.TrimSpace(value[i+1:])
		if sameAccount(a, b) {
			return RolePair{RoleARN: a, ProviderARN: b}, true
		}
		if sameAccount(b, a) {
			return RolePair{RoleARN: b, ProviderARN: a}, true
		}
	}
	return RolePair{}, false
}

// sameAccount reports whether role and provider are ARNs of the two kinds, in
// one partition and account.
func sameAccount(role, provider string) bool {
	r, p := roleARN.FindStringSubmatch(role), providerARN.FindStringSubmatch(provider)
	return r != nil && p != nil && r[1] == p[1] && r[2] == p[2]
}
