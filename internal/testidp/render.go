package testidp

import (
	"fmt"
	"strings"
)

// element is a signable element in canonical form, cut where a Signature may go.
type element struct {
	id    string
	open  string
	first string // Issuer
	rest  string
	close string
}

func (e element) plain() string { return e.open + e.first + e.rest + e.close }

// signed splices a Signature in.
func (e element) signed(signature, position string) string {
	switch position {
	case SignatureFirst:
		return e.open + signature + e.first + e.rest + e.close
	case SignatureLast:
		return e.open + e.first + e.rest + signature + e.close
	}
	return e.open + e.first + signature + e.rest + e.close
}

// render writes the whole response.
func (p *plan) render() ([]byte, error) {
	extensions, assertions, err := p.assertions()
	if err != nil {
		return nil, err
	}
	response := p.response(p.responseID, extensions, assertions)
	out := response.plain()
	if p.SignResponse {
		signature, err := p.signing.element(response.id, out)
		if err != nil {
			return nil, err
		}
		if out, err = p.wrapResponse(response, signature); err != nil {
			return nil, err
		}
	}
	if p.spoil != nil && !(p.spoilInside && p.Encrypt != "") {
		out = p.spoil(p, out)
	}
	return []byte(out), nil
}

// assertions gives what stands in Extensions and what stands after Status.
func (p *plan) assertions() (extensions, after string, err error) {
	if p.noAssertion {
		return "", "", nil
	}
	one := func(id string) (string, error) {
		assertion := p.assertion(id, p.NameID)
		if !p.SignAssertion {
			return assertion.plain(), nil
		}
		signature, err := p.signing.element(id, assertion.plain())
		if err != nil {
			return "", err
		}
		if p.wrap != nil && p.wrap.assertion != nil {
			evil := p.assertion(newID(), evilNameID)
			extensions, after = p.wrap.assertion(evil, assertion, signature)
			return after, nil
		}
		return assertion.signed(signature, p.SignaturePosition), nil
	}
	if after, err = one(p.assertionID); err != nil {
		return "", "", err
	}
	if p.twice {
		second, err := one(newID())
		if err != nil {
			return "", "", err
		}
		after += second
	}
	if p.Encrypt != "" {
		if p.spoilInside {
			after = p.spoil(p, after)
		}
		if after, err = p.encrypt(after); err != nil {
			return "", "", fmt.Errorf("encrypt assertion: %w", err)
		}
	}
	return extensions, after, nil
}

func (p *plan) response(id, extensions, assertions string) element {
	status := `<samlp:StatusCode Value="` + statusPrefix + p.status + `">`
	if p.subStatus != "" {
		status += `<samlp:StatusCode Value="` + statusPrefix + p.subStatus + `"></samlp:StatusCode>`
	}
	status += `</samlp:StatusCode>`
	if extensions != "" {
		extensions = `<samlp:Extensions>` + extensions + `</samlp:Extensions>`
	}
	return element{
		id: id,
		open: `<samlp:` + p.root + ` xmlns:samlp="` + nsProtocol + `"` + attr("Destination", p.destination) + attr("ID", id) +
			attr("InResponseTo", p.InResponseTo) + attr("IssueInstant", timestamp(p.issueInstant)) + attr("Version", p.version) + `>`,
		first: `<saml:Issuer xmlns:saml="` + nsAssertion + `">` + text(p.responseIssuer) + `</saml:Issuer>`,
		rest:  extensions + `<samlp:Status>` + status + `</samlp:Status>` + assertions,
		close: `</samlp:` + p.root + `>`,
	}
}

func (p *plan) assertion(id, nameID string) element {
	return element{
		id: id,
		open: `<saml:Assertion xmlns:saml="` + nsAssertion + `"` + attr("ID", id) +
			attr("IssueInstant", timestamp(p.issueInstant)) + attr("Version", p.version) + `>`,
		first: `<saml:Issuer>` + text(p.assertionIssuer) + `</saml:Issuer>`,
		rest:  p.subject(nameID) + p.conditions() + p.authnStatement() + p.attributeStatement(),
		close: `</saml:Assertion>`,
	}
}

func (p *plan) subject(nameID string) string {
	s := `<saml:Subject><saml:NameID` + attr("Format", p.Format) + attr("SPNameQualifier", p.spQualifier) + `>` + text(nameID) + `</saml:NameID>`
	if p.confirmation != "" {
		s += `<saml:SubjectConfirmation` + attr("Method", p.confirmation) + `><saml:SubjectConfirmationData` + attr("InResponseTo", p.InResponseTo) +
			attr("NotOnOrAfter", timestamp(p.confirmedUntil)) + attr("Recipient", p.recipient) + `></saml:SubjectConfirmationData></saml:SubjectConfirmation>`
	}
	return s + `</saml:Subject>`
}

func (p *plan) conditions() string {
	s := `<saml:Conditions` + attr("NotBefore", timestamp(p.notBefore)) + attr("NotOnOrAfter", timestamp(p.notOnOrAfter)) + `>`
	if p.audience != "" {
		s += `<saml:AudienceRestriction><saml:Audience>` + text(p.audience) + `</saml:Audience></saml:AudienceRestriction>`
	}
	return s + p.condition + `</saml:Conditions>`
}

func (p *plan) authnStatement() string {
	if p.authnInstant.IsZero() {
		return ""
	}
	return `<saml:AuthnStatement` + attr("AuthnInstant", timestamp(p.authnInstant)) + attr("SessionIndex", "session"+p.assertionID) +
		attr("SessionNotOnOrAfter", timestamp(p.SessionUntil)) + `><saml:AuthnContext><saml:AuthnContextClassRef>` + text(p.AuthnContext) +
		`</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`
}

func (p *plan) attributeStatement() string {
	if len(p.attributes) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<saml:AttributeStatement>`)
	for _, a := range p.attributes {
		format := a.Format
		if format == "" {
			format = nameFormatURI
		}
		b.WriteString(`<saml:Attribute` + attr("Name", a.Name) + attr("NameFormat", format) + `>`)
		for _, v := range a.Values {
			if p.Typed {
				b.WriteString(`<saml:AttributeValue xmlns:xs="` + nsSchema + `" xmlns:xsi="` + nsInstance + `" xsi:type="xs:string">`)
			} else {
				b.WriteString(`<saml:AttributeValue>`)
			}
			b.WriteString(text(v) + `</saml:AttributeValue>`)
		}
		b.WriteString(`</saml:Attribute>`)
	}
	b.WriteString(`</saml:AttributeStatement>`)
	return b.String()
}
