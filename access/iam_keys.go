package access

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// iamKeys are the condition keys that one kind of document may ask for. A key
// that is never filled would make a Deny that asks for it a dead letter, so it
// is refused.
type iamKeys struct {
	single   []string // one value
	multi    []string // several
	prefixes []string // before a session tag's key
	inVars   []string // of single: those that may stand in ${...}
	services bool     // keys of the services' own, such as workspaces:userId
}

// The condition keys of AssumeRoleWithSAML. aud, iss, doc and namequalifier's
// parts are known only while a role is being assumed.
var trustKeys = &iamKeys{
	single: []string{
		"saml:aud", "saml:iss", "saml:sub", "saml:sub_type", "saml:doc", "saml:namequalifier",
		"sts:RoleSessionName", "sts:SourceIdentity", "aws:CurrentTime", "aws:EpochTime", "aws:SourceIp",
	},
	multi:    []string{"aws:TagKeys", "sts:TransitiveTagKeys"},
	prefixes: []string{"aws:RequestTag/", "aws:PrincipalTag/"},
	inVars:   []string{"saml:sub", "saml:sub_type", "saml:namequalifier"},
}

// The condition keys of a session that has assumed a role.
var inlineKeys = &iamKeys{
	single: []string{
		"saml:sub", "saml:sub_type", "saml:namequalifier",
		"aws:SourceIdentity", "aws:FederatedProvider", "aws:CurrentTime", "aws:EpochTime", "aws:SourceIp",
	},
	prefixes: []string{"aws:PrincipalTag/"},
	inVars:   []string{"saml:sub", "saml:sub_type", "saml:namequalifier", "aws:SourceIdentity"},
	services: true,
}

// iamFold is the form under which keys, tag keys and whatever ignores case are
// one and the same.
func iamFold(s string) string {
	// ToUpper first: it joins letters, such as ſ and s, that ToLower alone
	// keeps apart.
	return strings.ToLower(strings.ToUpper(s))
}

// condition gives a key of a Condition as it is looked up, and whether it has
// several values.
func (k *iamKeys) condition(name string) (key string, several, known bool) {
	key = iamFold(name)
	switch {
	case holdsFolded(k.multi, key):
		return key, true, true
	case holdsFolded(k.single, key), k.tag(key), k.service(key):
		return key, false, true
	}
	return "", false, false
}

func (k *iamKeys) variable(name string) (key string, known bool) {
	key = iamFold(name)
	return key, isASCII(name) && (holdsFolded(k.inVars, key) || k.tag(key))
}

func (k *iamKeys) tag(folded string) bool {
	return slices.ContainsFunc(k.prefixes, func(prefix string) bool {
		return strings.HasPrefix(folded, iamFold(prefix)) && len(folded) > len(prefix)
	})
}

// service reports whether a key is of a service's own. Those of aws:, saml: and
// sts: are not: all of them that have a value here are listed.
func (k *iamKeys) service(folded string) bool {
	service, rest, ok := strings.Cut(folded, ":")
	return k.services && ok && service != "" && rest != "" && !slices.Contains([]string{"aws", "saml", "sts"}, service)
}

func (k *iamKeys) variables() string {
	all := slices.Clone(k.inVars)
	for _, prefix := range k.prefixes {
		all = append(all, prefix+"...")
	}
	return strings.Join(all, ", ")
}

func (k *iamKeys) conditions() string {
	all := slices.Concat(k.single, k.multi)
	for _, prefix := range k.prefixes {
		all = append(all, prefix+"...")
	}
	if k.services {
		all = append(all, "keys of services such as workspaces:userId")
	}
	return strings.Join(all, ", ")
}

func holdsFolded(names []string, folded string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return iamFold(name) == folded })
}

// isASCII: folding joins letters of other alphabets with ours, and ſaml:sub
// would be saml:sub.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}
