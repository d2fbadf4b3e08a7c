package saml

// logoutParts are where the parts of a logout message stand; -1 where there
// is none.
type logoutParts struct {
	issuer, signature, status int32
	sessions                  []int32
}

// guardLogout looks at a whole logout message, signed or not, and refuses
// every form in which two readers could see two different things: another
// root, an assertion anywhere, a signature anywhere but directly in the root,
// elements that SAML does not put there.
func guardLogout(t *tree, kind string) (logoutParts, *Error) {
	p := logoutParts{-1, -1, -1, nil}
	if !t.is(root, nsProtocol, kind) {
		return p, &Error{Reason: NotAResponse, Want: "a SAML 2.0 " + kind, Got: clip(t.local(root)) + " in namespace " + clip(t.space(root))}
	}
	if err := t.censusLogout(); err != nil {
		return p, err
	}
	if !t.blank(root) {
		return p, malformed("elements alone in a "+kind, "text between them")
	}
	request := kind == logoutRequest
	extensions, subject := int32(-1), int32(-1)
	for c := range t.elements(root) {
		var seat *int32
		switch {
		case t.is(c, nsAssertion, "Issuer"):
			seat = &p.issuer
		case t.is(c, nsDSig, "Signature"):
			seat = &p.signature
		case t.is(c, nsProtocol, "Extensions"):
			seat = &extensions
		case !request && t.is(c, nsProtocol, "Status"):
			seat = &p.status
		case request && (t.is(c, nsAssertion, "NameID") || t.is(c, nsAssertion, "EncryptedID") || t.is(c, nsAssertion, "BaseID")):
			seat = &subject
		case request && t.is(c, nsProtocol, "SessionIndex"):
			p.sessions = append(p.sessions, c)
			continue
		default:
			return p, malformed("the elements of a "+kind, clip(t.local(c)))
		}
		if *seat >= 0 {
			return p, malformed("each part of a "+kind+" once", clip(t.local(c))+" twice")
		}
		*seat = c
	}
	return p, nil
}

// censusLogout looks at every element: what was signed for another purpose
// must not hide in a logout message, nor a message in another (SAML Core
// section 3.2.1 keeps SAML's own elements out of Extensions).
func (t *tree) censusLogout() *Error {
	for i := range t.nodes {
		i := int32(i)
		n := &t.nodes[i]
		if n.kind != elementNode || i == root {
			continue
		}
		switch space := t.spaces[n.ns]; {
		case space == nsDSig && t.local(i) == "Signature" && n.parent != root:
			return badShape("a signature directly in the message", "one elsewhere")
		case n.parent != root && (space == nsAssertion || space == nsProtocol && !t.partOfStatus(i)):
			return malformed("SAML's elements directly in the message", clip(t.local(i))+" elsewhere")
		}
	}
	return nil
}

// partOfStatus reports whether i is a StatusCode, StatusMessage or StatusDetail
// of the message's own Status.
func (t *tree) partOfStatus(i int32) bool {
	switch t.local(i) {
	case "StatusCode", "StatusMessage", "StatusDetail":
	default:
		return false
	}
	at := t.nodes[i].parent
	for t.is(at, nsProtocol, "StatusCode") {
		at = t.nodes[at].parent
	}
	return t.is(at, nsProtocol, "Status") && t.nodes[at].parent == root
}
