package saml

import (
	"strconv"
	"strings"
)

// Bounds of the attributes of one assertion; a value's is the scanner's.
const (
	maxAttributes = 500
	maxValues     = 5000
	maxValue      = 16 << 10
)

// attributes reads the AttributeStatements (SAML Core section 2.7.3).
func (v *verifier) attributes(a *Assertion, t *tree, statements []int32) {
	values := 0
	for _, s := range statements {
		if !t.is(s, nsAssertion, "AttributeStatement") {
			continue
		}
		for c := t.first(s); c >= 0; c = t.after(c) {
			if t.nodes[c].kind != elementNode {
				continue
			}
			if !t.is(c, nsAssertion, "Attribute") {
				v.fail(checkAttributes, malformed("Attribute elements", t.local(c)))
				return
			}
			if len(a.attributes) >= maxAttributes {
				v.fail(checkAttributes, &Error{Reason: TooLarge, Want: "at most " + strconv.Itoa(maxAttributes) + " attributes", Got: "more"})
				return
			}
			if err := v.attribute(a, t, c, &values); err != nil {
				v.fail(checkAttributes, err)
				return
			}
		}
	}
	v.pass(checkAttributes, "", "")
}

func (v *verifier) attribute(a *Assertion, t *tree, at int32, values *int) *Error {
	name, _ := t.attr(at, "Name")
	format, _ := t.attr(at, "NameFormat")
	friendly, _ := t.attr(at, "FriendlyName")
	if name == "" {
		return malformed("an Attribute with a Name", "one without")
	}
	into := -1
	for i := range a.attributes {
		if a.attributes[i].Name == name && a.attributes[i].NameFormat == format {
			into = i
		}
	}
	if into >= 0 && !v.opts.Trust.MergeDuplicateAttributes {
		return &Error{Reason: DuplicateAttribute, Want: "each attribute once", Got: clip(name) + " twice"}
	}
	if into < 0 {
		into = len(a.attributes)
		a.attributes = append(a.attributes, Attribute{Name: strings.Clone(name), NameFormat: knownFormat(format), FriendlyName: strings.Clone(friendly)})
	} else {
		a.attributes[into].Repeated = true
	}
	return readValues(&a.attributes[into], t, at, values)
}

func readValues(to *Attribute, t *tree, at int32, values *int) *Error {
	if to.Values == nil {
		n := 0
		for c := t.first(at); c >= 0; c = t.after(c) {
			n++
		}
		to.Values = make([]string, 0, min(n, maxValues))
	}
	for c := t.first(at); c >= 0; c = t.after(c) {
		if t.nodes[c].kind != elementNode {
			continue
		}
		if !t.is(c, nsAssertion, "AttributeValue") {
			return malformed("AttributeValue elements", t.local(c))
		}
		if *values++; *values > maxValues {
			return &Error{Reason: TooLarge, Want: "at most " + strconv.Itoa(maxValues) + " attribute values", Got: "more"}
		}
		if isNil, _ := t.attrNS(c, nsXSI, "nil"); isNil == "true" || isNil == "1" {
			continue
		}
		text, ok := t.text(c)
		if !ok {
			to.Structured = true
			continue
		}
		if len(text) > maxValue {
			return &Error{Reason: TooLarge, Want: "attribute values of at most " + strconv.Itoa(maxValue) + " bytes", Got: strconv.Itoa(len(text))}
		}
		to.Values = append(to.Values, strings.Clone(text))
	}
	return nil
}

// knownFormat shares one copy of the formats that everybody sends.
func knownFormat(format string) string {
	switch format {
	case "urn:oasis:names:tc:SAML:2.0:attrname-format:basic":
		return "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
	case "urn:oasis:names:tc:SAML:2.0:attrname-format:uri":
		return "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
	case "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified":
		return "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
	}
	return strings.Clone(format)
}
