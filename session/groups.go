package session

import (
	"encoding/json"
	"strings"

	"sallyport/saml"
)

// Bounds of what a session keeps of its groups. A longer name is left out: cut
// short it could be the name of another group.
const (
	maxGroups    = 1000
	maxGroupName = 1024 // bytes
)

// Groups are the names of the groups that the assertion said the person is
// in, each once, as the identity provider spells them; at most 1000. They are
// read from the stored text at each call.
func (s *Session) Groups() []string {
	if s.GroupsJSON == "" {
		return nil
	}
	var groups []string
	// What does not read as a list names no group: nobody is let in by it.
	if err := json.Unmarshal([]byte(s.GroupsJSON), &groups); err != nil {
		return nil
	}
	return groups
}

// groupsJSON gathers the values of the usual attributes for groups, in
// document order; "" where there is none.
func groupsJSON(attributes []saml.Attribute) string {
	var groups []string
	var seen map[string]bool
	for _, a := range attributes {
		if !namesGroups(a.Name) {
			continue
		}
		for _, g := range a.Values {
			if g == "" || len(g) > maxGroupName || seen[g] || len(groups) == maxGroups {
				continue
			}
			if seen == nil {
				seen = make(map[string]bool, min(len(a.Values), maxGroups))
				groups = make([]string, 0, min(len(a.Values), maxGroups))
			}
			seen[g] = true
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		return ""
	}
	return string(encode(groups))
}

// namesGroups knows the attribute names that identity providers send groups
// under: the short ones, whose case administrators choose as they like, and
// the claims of Entra and of AD FS.
func namesGroups(attribute string) bool {
	switch len(attribute) {
	case len("groups"):
		return strings.EqualFold(attribute, "groups")
	case len("memberOf"):
		return strings.EqualFold(attribute, "memberOf")
	}
	return attribute == "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups" ||
		attribute == "http://schemas.xmlsoap.org/claims/Group"
}
