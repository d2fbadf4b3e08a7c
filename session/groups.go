package session

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
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

// Groups are the names of the groups that the person of a session is in, each
// once: those of the directory as it stands, by name, then those that the
// assertion claims (Claimed). Of the directory's, groups of other connections
// do not count: what one identity provider says of groups is nothing to what
// another one vouches for.
func (m *Manager) Groups(ctx context.Context, s *Session) ([]string, error) {
	said, err := m.Claimed(ctx, s)
	if err != nil {
		return nil, err
	}
	if s.UserID == "" {
		return said, nil
	}
	of, err := m.users.GroupsOf(ctx, s.UserID)
	if err != nil {
		return nil, fmt.Errorf("find the groups of session %s: %w", s.ID, err)
	}
	refs := of[s.UserID]
	groups := make([]string, 0, len(refs)+len(said))
	seen := make(map[string]bool, len(refs)+len(said))
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			groups = append(groups, name)
		}
	}
	for _, g := range refs {
		if g.IDP == "" || g.IDP == s.IDP {
			add(g.DisplayName)
		}
	}
	for _, name := range said {
		add(name)
	}
	return groups, nil
}

// Claimed are those of Session.Groups that count. The names of local groups
// belong to the house: who is in such a group is said here, by nobody's
// assertion.
func (m *Manager) Claimed(ctx context.Context, s *Session) ([]string, error) {
	said := s.Groups()
	if len(said) == 0 {
		return nil, nil
	}
	local, err := m.users.LocalNames(ctx, said...)
	if err != nil {
		return nil, fmt.Errorf("find the local groups that session %s names: %w", s.ID, err)
	}
	return slices.DeleteFunc(said, func(name string) bool { return local[name] }), nil
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
