package access

import (
	"fmt"
)

// iamDocument is an IAM policy that was read whole: what this house does not
// evaluate never gets this far.
type iamDocument struct {
	name       string // "the trust policy", "the inline policy Stream"
	statements []*iamStatement
}

type iamStatement struct {
	name       string // `Statement 2 ("Stream") of the trust policy`
	deny       bool
	principals []string     // ARNs of SAML providers; of a trust policy
	actions    []iamPattern // folded
	resources  []iamPattern // of an inline policy
	conditions []iamCondition
}

// Versions of the policy language. A document without one is of the older.
const (
	iamVersion    = "2012-10-17"
	iamOldVersion = "2008-10-17"
)

// parseTrust reads a trust policy, parseInline an inline policy named name.
// Their errors are sentences that name what is refused, and where.
func parseTrust(text string) (*iamDocument, error) {
	return parseIAM(text, "the trust policy", trustKeys)
}

func parseInline(name, text string) (*iamDocument, error) {
	return parseIAM(text, "the inline policy "+name, inlineKeys)
}

func parseIAM(text, name string, keys *iamKeys) (*iamDocument, error) {
	root, err := parseTree(text)
	if err == nil {
		p := &iamParser{document: &iamDocument{name: name}, keys: keys, sids: map[string]bool{}}
		if err = p.root(root); err == nil {
			return p.document, nil
		}
	}
	return nil, fmt.Errorf("in %s: %w", name, err)
}

// iamParser turns the tree of one document into statements.
type iamParser struct {
	document  *iamDocument
	keys      *iamKeys
	variables bool // the version knows policy variables
	sids      map[string]bool
	values    int // so far
}

func (p *iamParser) trust() bool { return p.keys == trustKeys }

func (p *iamParser) root(n *jsonNode) error {
	members, ok := n.value.([]jsonMember)
	if !ok {
		return n.at("a policy is an object, and this is %s", n.wording)
	}
	var statement *jsonNode
	for _, m := range members {
		switch m.key {
		case "Version":
			version, err := m.node.text()
			if err != nil {
				return err
			}
			if version != iamVersion && version != iamOldVersion {
				return m.node.at("Version is %q; it must be %q or %q", version, iamVersion, iamOldVersion)
			}
			p.variables = version == iamVersion
		case "Id":
			if _, err := m.node.text(); err != nil {
				return err
			}
		case "Statement":
			statement = m.node
		default:
			return m.refused("Version, Id and Statement")
		}
	}
	if statement == nil {
		return n.at("Statement is missing")
	}
	// Statements come last: whether they may hold variables hangs on Version.
	list, ok := statement.value.([]*jsonNode)
	if !ok {
		list = []*jsonNode{statement}
	}
	if len(list) == 0 {
		return statement.at("Statement is empty")
	}
	for i, one := range list {
		if err := p.statement(i, one); err != nil {
			return err
		}
	}
	return nil
}

// text is the node's string.
func (n *jsonNode) text() (string, error) {
	s, ok := n.value.(string)
	if !ok {
		return "", n.at("this must be a string, and is %s", n.wording)
	}
	return s, nil
}

// texts is one string, or a list of them that is not empty.
func (p *iamParser) texts(n *jsonNode) ([]*jsonNode, error) {
	list, ok := n.value.([]*jsonNode)
	if !ok {
		list = []*jsonNode{n}
	}
	if len(list) == 0 {
		return nil, n.at("the list is empty")
	}
	if err := p.counted(n, len(list)); err != nil {
		return nil, err
	}
	for _, one := range list {
		if _, err := one.text(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// refused complains of a key that is not one of known.
func (m jsonMember) refused(known string) error {
	return jsonComplaint(m.line, m.node.path, "%q is not evaluated here; only %s are", m.key, known)
}
