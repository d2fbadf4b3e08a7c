package access

import (
	"fmt"
	"strings"
)

// iamOperator is a condition operator with what stands before and behind it.
type iamOperator struct {
	name     string // as the document says it
	test     iamTest
	negated  bool
	fold     bool   // ignores case
	like     bool   // knows wildcards
	compare  string // of dates: "==", "<", "<=", ">", ">="
	set      iamSet
	ifExists bool
}

type iamTest int

const (
	testText iamTest = iota
	testBool
	testNull
	testDate
	testNetwork
)

type iamSet int

const (
	setNone iamSet = iota
	setAny         // ForAnyValue:
	setAll         // ForAllValues:
)

const (
	forAnyValue  = "ForAnyValue:"
	forAllValues = "ForAllValues:"
	ifExists     = "IfExists"
)

func parseOperator(name string) (iamOperator, error) {
	base, set := name, setNone
	if rest, ok := strings.CutPrefix(base, forAnyValue); ok {
		base, set = rest, setAny
	} else if rest, ok := strings.CutPrefix(base, forAllValues); ok {
		base, set = rest, setAll
	}
	base, exists := strings.CutSuffix(base, ifExists)
	o, ok := baseOperator(base)
	if !ok {
		return o, fmt.Errorf("the condition operator %q is not evaluated here", name)
	}
	if o.test == testNull && base != name {
		return o, fmt.Errorf("the condition operator %q is not evaluated here; Null stands alone", name)
	}
	if set == setAny && exists {
		return o, fmt.Errorf("the condition operator %q is not evaluated here; ForAnyValue and IfExists contradict each other where the key is missing", name)
	}
	o.name, o.set, o.ifExists = name, set, exists
	return o, nil
}

func baseOperator(base string) (o iamOperator, ok bool) {
	switch base {
	case "StringEquals":
		return iamOperator{}, true
	case "StringNotEquals":
		return iamOperator{negated: true}, true
	case "StringEqualsIgnoreCase":
		return iamOperator{fold: true}, true
	case "StringNotEqualsIgnoreCase":
		return iamOperator{fold: true, negated: true}, true
	case "StringLike":
		return iamOperator{like: true}, true
	case "StringNotLike":
		return iamOperator{like: true, negated: true}, true
	case "Bool":
		return iamOperator{test: testBool}, true
	case "Null":
		return iamOperator{test: testNull}, true
	case "DateEquals":
		return iamOperator{test: testDate, compare: "=="}, true
	case "DateNotEquals":
		return iamOperator{test: testDate, compare: "==", negated: true}, true
	case "DateLessThan":
		return iamOperator{test: testDate, compare: "<"}, true
	case "DateLessThanEquals":
		return iamOperator{test: testDate, compare: "<="}, true
	case "DateGreaterThan":
		return iamOperator{test: testDate, compare: ">"}, true
	case "DateGreaterThanEquals":
		return iamOperator{test: testDate, compare: ">="}, true
	case "IpAddress":
		return iamOperator{test: testNetwork}, true
	case "NotIpAddress":
		return iamOperator{test: testNetwork, negated: true}, true
	}
	return iamOperator{}, false
}
