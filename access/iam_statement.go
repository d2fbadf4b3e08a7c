package access

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	sidForm    = regexp.MustCompile(`^[0-9A-Za-z]*$`)
	actionForm = regexp.MustCompile(`^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$`)
)

func (p *iamParser) statement(index int, n *jsonNode) error {
	members, ok := n.value.([]jsonMember)
	if !ok {
		return n.at("a statement is an object, and this is %s", n.wording)
	}
	s := &iamStatement{name: fmt.Sprintf("Statement %d of %s", index+1, p.document.name)}
	has := map[string]bool{}
	for _, m := range members {
		has[m.key] = true
		if err := p.element(s, index, m); err != nil {
			return err
		}
	}
	for _, needed := range p.needed() {
		if !has[needed] {
			return n.at("%s is missing", needed)
		}
	}
	p.document.statements = append(p.document.statements, s)
	return nil
}

// needed are the elements without which a statement would mean something
// wider than what was written.
func (p *iamParser) needed() []string {
	if p.trust() {
		return []string{"Effect", "Principal", "Action"}
	}
	return []string{"Effect", "Action", "Resource"}
}

func (p *iamParser) element(s *iamStatement, index int, m jsonMember) error {
	switch {
	case m.key == "Sid":
		return p.sid(s, index, m.node)
	case m.key == "Effect":
		return s.effect(m.node)
	case m.key == "Action":
		return p.actions(s, m.node)
	case m.key == "Condition":
		return p.conditions(s, m.node)
	case m.key == "Principal" && p.trust():
		return p.principal(s, m.node)
	case m.key == "Resource" && !p.trust():
		return p.resources(s, m.node)
	case p.trust():
		return m.refused("Sid, Effect, Principal, Action and Condition of a trust policy's statement")
	default:
		return m.refused("Sid, Effect, Action, Resource and Condition of an inline policy's statement")
	}
}

func (p *iamParser) sid(s *iamStatement, index int, n *jsonNode) error {
	sid, err := n.text()
	switch {
	case err != nil:
		return err
	case !sidForm.MatchString(sid):
		return n.at("Sid %q has other characters than letters and digits", sid)
	case sid == "":
		return nil
	case p.sids[sid]:
		return n.at("Sid %q is here twice", sid)
	}
	p.sids[sid] = true
	s.name = fmt.Sprintf("Statement %d (%q) of %s", index+1, sid, p.document.name)
	return nil
}

func (s *iamStatement) effect(n *jsonNode) error {
	effect, err := n.text()
	if err != nil {
		return err
	}
	if effect != "Allow" && effect != "Deny" {
		return n.at("Effect is %q; it must be \"Allow\" or \"Deny\"", effect)
	}
	s.deny = effect == "Deny"
	return nil
}

func (p *iamParser) principal(s *iamStatement, n *jsonNode) error {
	members, ok := n.value.([]jsonMember)
	if !ok {
		return n.at("Principal must be {\"Federated\": the ARN of a SAML provider}; %s is not evaluated here", n.shown())
	}
	if len(members) == 0 {
		return n.at("Principal is empty; it must be {\"Federated\": the ARN of a SAML provider}")
	}
	for _, m := range members {
		if m.key != "Federated" {
			return m.refused("principals of the kind \"Federated\"")
		}
		values, err := p.texts(m.node)
		if err != nil {
			return err
		}
		for _, v := range values {
			arn := v.value.(string)
			if _, ok := parseProviderARN(arn); !ok {
				return v.at("%q is not the ARN of a SAML provider, such as arn:aws:iam::123456789012:saml-provider/Example", arn)
			}
			s.principals = append(s.principals, arn)
		}
	}
	return nil
}

// shown is a string's text, or what the node is.
func (n *jsonNode) shown() string {
	if s, ok := n.value.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return n.wording
}

func (p *iamParser) actions(s *iamStatement, n *jsonNode) error {
	values, err := p.texts(n)
	if err != nil {
		return err
	}
	for _, v := range values {
		action := v.value.(string)
		if !actionForm.MatchString(action) {
			return v.at("%q is not an action, such as \"workspaces:Stream\", \"workspaces:*\" or \"*\"", action)
		}
		if p.trust() && !strings.HasPrefix(strings.ToLower(action), "sts:") {
			return v.at("the action %q is not evaluated in a trust policy; only actions of sts: are", action)
		}
		s.actions = append(s.actions, globPattern(iamFold(action)))
	}
	return nil
}

func (p *iamParser) resources(s *iamStatement, n *jsonNode) error {
	values, err := p.texts(n)
	if err != nil {
		return err
	}
	for _, v := range values {
		resource := v.value.(string)
		if resource != "*" && !strings.HasPrefix(resource, "arn:") {
			return v.at("%q is neither \"*\" nor an ARN", resource)
		}
		pattern, err := p.pattern(v, resource, true)
		if err != nil {
			return err
		}
		s.resources = append(s.resources, pattern)
	}
	return nil
}

// pattern reads a text that may hold policy variables, and wildcards where
// wild.
func (p *iamParser) pattern(n *jsonNode, text string, wild bool) (iamPattern, error) {
	if strings.Contains(text, "${") && !p.variables {
		return nil, n.at("policy variables (%q) need \"Version\": %q", text, iamVersion)
	}
	pattern, err := parsePattern(text, wild, p.keys)
	if err != nil {
		return nil, n.at("%s", err)
	}
	return pattern, nil
}
