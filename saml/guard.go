package saml

import "strings"

// shape is where the parts of a Response stand; -1 where there is none.
type shape struct {
	issuer    int32
	signature int32
	status    int32
	assertion int32 // Assertion or EncryptedAssertion
	encrypted bool
}

// guardResponse looks at a whole Response, signed or not, and refuses every
// form in which two readers could see two different things: a second
// assertion anywhere, a signature anywhere but directly in the element it
// signs, elements that SAML does not put there.
func guardResponse(t *tree) (shape, *Error) {
	sh := shape{-1, -1, -1, -1, false}
	if !t.is(root, nsProtocol, "Response") {
		return sh, &Error{Reason: NotAResponse, Want: "a SAML 2.0 Response", Got: clip(t.local(root)) + " in namespace " + clip(t.space(root))}
	}
	if err := t.census(root); err != nil {
		return sh, err
	}
	if !t.blank(root) {
		return sh, malformed("elements alone in a Response", "text between them")
	}
	var extensions int32 = -1
	for c := range t.elements(root) {
		var seat *int32
		switch {
		case t.is(c, nsAssertion, "Issuer"):
			seat = &sh.issuer
		case t.is(c, nsDSig, "Signature"):
			seat = &sh.signature
		case t.is(c, nsProtocol, "Extensions"):
			seat = &extensions
		case t.is(c, nsProtocol, "Status"):
			seat = &sh.status
		case t.is(c, nsAssertion, "Assertion"):
			seat = &sh.assertion
		case t.is(c, nsAssertion, "EncryptedAssertion"):
			seat = &sh.assertion
			sh.encrypted = true
		default:
			return sh, malformed("the elements of a Response", clip(t.local(c)))
		}
		if *seat >= 0 {
			return sh, malformed("each part of a Response once", clip(t.local(c))+" twice")
		}
		*seat = c
	}
	if sh.status < 0 {
		return sh, malformed("a Response with a Status", "one without")
	}
	if sh.assertion < 0 {
		// An answer such as "no such user" has no assertion: say what it says.
		if err := checkStatus(t, sh.status); err != nil {
			return sh, err
		}
		return sh, &Error{Reason: NoAssertion, Want: "one Assertion", Got: "none"}
	}
	return sh, nil
}

// census counts assertions and signatures in the whole document under top.
func (t *tree) census(top int32) *Error {
	assertions, signatures := 0, 0
	for i := top; i < t.nodes[top].next; i++ {
		n := &t.nodes[i]
		if n.kind != elementNode {
			continue
		}
		switch local := t.src[n.colon:n.nameEnd]; local {
		case "Assertion", "EncryptedAssertion":
			if t.spaces[n.ns] != nsAssertion {
				continue
			}
			if assertions++; assertions > 1 {
				return &Error{Reason: SeveralAssertions, Want: "one Assertion", Got: "more than one"}
			}
			if i != top && n.parent != top {
				return malformed("an Assertion directly in the Response", "one inside another element")
			}
		case "Signature":
			if t.spaces[n.ns] != nsDSig {
				continue
			}
			if signatures++; signatures > 2 {
				return badShape("at most two signatures", "more")
			}
			if !t.signs(n.parent, top) {
				return badShape("signatures directly in the element they sign", "one elsewhere")
			}
		}
	}
	return nil
}

// signs reports whether parent may carry a Signature: the Response, or an
// Assertion that is the top or directly in it.
func (t *tree) signs(parent, top int32) bool {
	switch {
	case parent < 0:
		return false
	case t.is(parent, nsAssertion, "Assertion"):
		return parent == top || t.nodes[parent].parent == top
	}
	return parent == top
}

// parts are where the parts of an Assertion stand; -1 where there is none.
type parts struct {
	issuer, signature, subject, conditions int32
	statements                             []int32 // AuthnStatement and AttributeStatement
}

// guardAssertion does for an Assertion what guardResponse does for a Response.
func guardAssertion(t *tree, at int32) (parts, *Error) {
	p := parts{-1, -1, -1, -1, nil}
	if !t.is(at, nsAssertion, "Assertion") {
		return p, malformed("an Assertion", clip(t.local(at)))
	}
	if !t.blank(at) {
		return p, malformed("elements alone in an Assertion", "text between them")
	}
	var advice int32 = -1
	for c := range t.elements(at) {
		var seat *int32
		switch {
		case t.is(c, nsAssertion, "Issuer"):
			seat = &p.issuer
		case t.is(c, nsDSig, "Signature"):
			seat = &p.signature
		case t.is(c, nsAssertion, "Subject"):
			seat = &p.subject
		case t.is(c, nsAssertion, "Conditions"):
			seat = &p.conditions
		case t.is(c, nsAssertion, "Advice"):
			seat = &advice
		case t.is(c, nsAssertion, "AuthnStatement"), t.is(c, nsAssertion, "AttributeStatement"):
			p.statements = append(p.statements, c)
			continue
		case t.is(c, nsAssertion, "AuthzDecisionStatement"):
			continue // says nothing that a sign-in needs
		default:
			return p, malformed("the elements of an Assertion", clip(t.local(c)))
		}
		if *seat >= 0 {
			return p, malformed("each part of an Assertion once", clip(t.local(c))+" twice")
		}
		*seat = c
	}
	return p, nil
}

// checkStatus wants the top-level status Success (SAML Core section 3.2.2).
func checkStatus(t *tree, status int32) *Error {
	code := t.child(status, nsProtocol, "StatusCode")
	if code < 0 {
		return malformed("a Status with one StatusCode", "another Status")
	}
	value, _ := t.attr(code, "Value")
	if value == statusSuccess {
		return nil
	}
	got := clip(value)
	if inner := t.child(code, nsProtocol, "StatusCode"); inner >= 0 {
		second, _ := t.attr(inner, "Value")
		got += ", " + clip(second)
	}
	if message := t.child(status, nsProtocol, "StatusMessage"); message >= 0 {
		text, _ := t.text(message)
		got += ": " + clip(strings.TrimSpace(text))
	}
	return &Error{Reason: StatusNotSuccess, Want: statusSuccess, Got: got}
}
