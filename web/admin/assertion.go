package admin

import (
	"net/netip"

	"sallyport/access"
	"sallyport/idp"
	"sallyport/session"
)

// AssertionBehind is what the assertion behind a session says to the policies
// of a role that it named. tags are those that count as passed, however they
// arrived; from is where the person comes from.
func AssertionBehind(registry *idp.Registry, s *session.Session, pair session.RolePair, tags []access.Tag, from netip.Addr) access.Assertion {
	said := access.Assertion{
		RoleARN: pair.RoleARN, ProviderARN: pair.ProviderARN, Subject: s.NameID.Value, SubjectType: s.SubType, Issuer: s.Issuer,
		Tags: tags, RoleSessionName: s.RoleSessionName, SourceIdentity: s.SourceIdentity, Duration: s.Duration, Address: from,
	}
	if c := registry.Connection(s.IDP); c != nil && len(c.SP.ACSURLs) > 0 {
		said.Audience = c.SP.ACSURLs[0]
	}
	for _, t := range s.Tags {
		if t.Transitive {
			said.TransitiveTags = append(said.TransitiveTags, t.Key)
		}
	}
	return said
}
