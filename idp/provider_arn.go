package idp

import (
	"fmt"
	"regexp"
	"strings"
)

// providerARNForm is an ARN as a role's trust policy names an identity
// provider (Principal.Federated).
var providerARNForm = regexp.MustCompile(`^arn:(aws|aws-us-gov|aws-cn):iam::[0-9]{12}:saml-provider/[\w+=,.@-]{1,128}$`)

func checkProviderARN(s *Settings) error {
	s.ProviderARN = strings.TrimSpace(s.ProviderARN)
	if s.ProviderARN != "" && !providerARNForm.MatchString(s.ProviderARN) {
		return invalid("The provider ARN %q is not one such as arn:aws:iam::123456789012:saml-provider/Example.", s.ProviderARN)
	}
	return nil
}

// NotProvider says in a sentence why assertions of a connection may not speak
// as the SAML provider that a role's trust policy names; "" where they may.
// Assertions name the provider themselves: only what an administrator has set
// tells whose it is. Where nothing is set, the one connection that people sign
// in through is meant.
func (r *Registry) NotProvider(slug, arn string) string {
	s := r.snapshot.Load()
	c := s.connections[slug]
	if c == nil {
		return fmt.Sprintf("There is no connection %s any more.", slug)
	}
	switch own := c.Provider.Settings.ProviderARN; {
	case own == arn:
		return ""
	case own != "":
		return fmt.Sprintf("The assertion names the provider %s, and that of the connection %s is %s.", arn, slug, own)
	}
	for _, other := range s.byName {
		if other != c && other.Active() {
			return fmt.Sprintf("The assertion names the provider %s, and nothing says that it is the connection %s, which is not the only active one. Set the provider ARN of this connection.", arn, slug)
		}
	}
	return ""
}
