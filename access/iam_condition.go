package access

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"time"
)

const (
	maxConditionValues = 200  // under one key of one operator
	maxDocumentValues  = 1000 // in all lists of a document
)

// iamCondition is one condition key under one operator.
type iamCondition struct {
	operator iamOperator
	name     string // the key as the document spells it
	key      string // as it is looked up
	wants    []iamWant
}

// iamWant is one value that a condition names; which field counts hangs on the
// operator.
type iamWant struct {
	text    string     // as the document says it
	pattern iamPattern // String*
	is      bool       // Bool, Null
	instant time.Time  // Date*
	network netip.Prefix
}

func (p *iamParser) conditions(s *iamStatement, n *jsonNode) error {
	blocks, ok := n.value.([]jsonMember)
	if !ok {
		return n.at("Condition must be an object, and is %s", n.wording)
	}
	for _, block := range blocks {
		operator, err := parseOperator(block.key)
		if err != nil {
			return jsonComplaint(block.line, block.node.path, "%s", err)
		}
		if err := p.block(s, operator, block.node); err != nil {
			return err
		}
	}
	return nil
}

// block reads the keys under one operator.
func (p *iamParser) block(s *iamStatement, operator iamOperator, n *jsonNode) error {
	keys, ok := n.value.([]jsonMember)
	if !ok {
		return n.at("%s must be an object, and is %s", operator.name, n.wording)
	}
	if len(keys) == 0 {
		return n.at("%s names no condition key", operator.name)
	}
	seen := map[string]bool{}
	for _, m := range keys {
		key, several, known := p.keys.condition(m.key)
		switch {
		case !isASCII(m.key):
			return jsonComplaint(m.line, m.node.path, "the condition key %q has a character outside ASCII, and is not evaluated here", m.key)
		case !known:
			return m.refused("the condition keys " + p.keys.conditions())
		case seen[key]:
			return jsonComplaint(m.line, m.node.path, "%q is here twice; condition keys are the same in capitals and small letters", m.key)
		case several && operator.set == setNone && operator.test != testNull:
			return jsonComplaint(m.line, m.node.path, "%s has several values; say ForAnyValue:%s or ForAllValues:%[2]s", m.key, operator.name)
		}
		seen[key] = true
		wants, err := p.wants(operator, m.node)
		if err != nil {
			return err
		}
		s.conditions = append(s.conditions, iamCondition{operator: operator, name: m.key, key: key, wants: wants})
	}
	return nil
}

func (p *iamParser) wants(operator iamOperator, n *jsonNode) ([]iamWant, error) {
	list, ok := n.value.([]*jsonNode)
	if !ok {
		list = []*jsonNode{n}
	}
	if len(list) == 0 {
		return nil, n.at("the list is empty")
	}
	if len(list) > maxConditionValues {
		return nil, n.at("a condition takes up to %d values, and this one has %d", maxConditionValues, len(list))
	}
	if err := p.counted(n, len(list)); err != nil {
		return nil, err
	}
	if operator.test == testNull && len(list) > 1 {
		return nil, n.at("Null takes one value, true or false")
	}
	wants := make([]iamWant, 0, len(list))
	for _, one := range list {
		w, err := p.want(operator, one)
		if err != nil {
			return nil, err
		}
		wants = append(wants, w)
	}
	return wants, nil
}

func (p *iamParser) want(operator iamOperator, n *jsonNode) (iamWant, error) {
	w := iamWant{}
	switch value := n.value.(type) {
	case string:
		w.text = value
	case bool:
		w.text = fmt.Sprint(value)
	case json.Number:
		w.text = value.String()
	default:
		return w, n.at("a condition's value must be a string, and is %s", n.wording)
	}
	if operator.test != testText && strings.Contains(w.text, "${") {
		return w, n.at("policy variables (%q) are evaluated only in String operators and in Resource", w.text)
	}
	var ok bool
	var err error
	switch operator.test {
	case testText:
		w.pattern, err = p.pattern(n, w.text, operator.like)
		return w, err
	case testBool, testNull:
		if w.is, ok = parseIAMBool(w.text); !ok {
			return w, n.at("%s takes true or false, and %q is neither", operator.name, w.text)
		}
	case testDate:
		if w.instant, ok = parseIAMTime(w.text); !ok {
			return w, n.at("%q is not a time such as 2026-01-31T08:00:00Z, nor seconds since 1970", w.text)
		}
	case testNetwork:
		if w.network, ok = parseIAMNetwork(w.text); !ok {
			return w, n.at("%q is not an address range such as 203.0.113.0/24", w.text)
		}
	}
	return w, nil
}

// counted adds to the values of the document, which cost something each time
// it is asked.
func (p *iamParser) counted(n *jsonNode, values int) error {
	p.values += values
	if p.values > maxDocumentValues {
		return n.at("a document takes up to %d values in all of its conditions, actions, resources and principals", maxDocumentValues)
	}
	return nil
}
