package testidp

import "strings"

const evilNameID = "admin@example.com"

// wrapping is one of the eight permutations of signature wrapping (Somorovsky
// et al., "On Breaking SAML", 2012): what was signed is still there and still
// verifies, and beside it stands what an attacker wants to be read.
type wrapping struct {
	response  func(evil, original element, signature string) string
	assertion func(evil, original element, signature string) (extensions, after string)
}

var wrappings = map[string]*wrapping{
	"xsw-1": {response: func(evil, original element, signature string) string {
		return evil.signed(inside(signature, original.plain()), SignatureAfterIssuer)
	}},
	"xsw-2": {response: func(evil, original element, signature string) string {
		return evil.signed(original.plain()+signature, SignatureAfterIssuer)
	}},
	"xsw-3": {assertion: func(evil, original element, signature string) (string, string) {
		return "", evil.plain() + original.signed(signature, SignatureAfterIssuer)
	}},
	"xsw-4": {assertion: func(evil, original element, signature string) (string, string) {
		evil.rest += original.signed(signature, SignatureAfterIssuer)
		return "", evil.plain()
	}},
	"xsw-5": {assertion: func(evil, original element, signature string) (string, string) {
		return "", evil.signed(signature, SignatureAfterIssuer) + original.plain()
	}},
	"xsw-6": {assertion: func(evil, original element, signature string) (string, string) {
		return "", evil.signed(inside(signature, original.plain()), SignatureAfterIssuer)
	}},
	"xsw-7": {assertion: func(evil, original element, signature string) (string, string) {
		return evil.plain(), original.signed(signature, SignatureAfterIssuer)
	}},
	"xsw-8": {assertion: func(evil, original element, signature string) (string, string) {
		return "", evil.signed(inside(signature, `<ds:Object>`+original.plain()+`</ds:Object>`), SignatureAfterIssuer)
	}},
}

// inside puts content into a Signature, as its last child.
func inside(signature, content string) string {
	const end = `</ds:Signature>`
	return strings.TrimSuffix(signature, end) + content + end
}

// wrapResponse places the Response's Signature, or wraps it.
func (p *plan) wrapResponse(original element, signature string) (string, error) {
	if p.wrap == nil || p.wrap.response == nil {
		return original.signed(signature, p.SignaturePosition), nil
	}
	evil := p.response(newID(), "", p.assertion(newID(), evilNameID).plain())
	return p.wrap.response(evil, original, signature), nil
}

// wrapped makes the plan of one permutation.
func wrapped(name string) func(*IDP, *plan) error {
	return func(_ *IDP, p *plan) error {
		p.wrap = wrappings[name]
		p.SignResponse = p.wrap.response != nil
		p.SignAssertion = p.wrap.assertion != nil
		p.Encrypt = ""
		return nil
	}
}
