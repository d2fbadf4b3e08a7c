package testidp

import (
	"encoding/base64"
	"strings"
)

// Metadata is the EntityDescriptor of this provider.
func (p *IDP) Metadata() []byte {
	var b strings.Builder
	b.WriteString(`<md:EntityDescriptor xmlns:md="` + nsMetadata + `"` + attr("entityID", p.EntityID()) + `>` +
		`<md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="` + nsProtocol + `">`)
	for _, c := range p.Certificates() {
		b.WriteString(`<md:KeyDescriptor use="signing">` + keyInfo(c.Raw) + `</md:KeyDescriptor>`)
	}
	if p.options.SingleLogout {
		b.WriteString(`<md:SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"` + attr("Location", p.options.BaseURL+logoutPath) + `></md:SingleLogoutService>`)
	}
	for _, format := range []string{formatEmail, formatPersistent} {
		b.WriteString(`<md:NameIDFormat>` + format + `</md:NameIDFormat>`)
	}
	b.WriteString(`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"` + attr("Location", p.redirectURL()) + `></md:SingleSignOnService>` +
		`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"` + attr("Location", p.postURL()) + `></md:SingleSignOnService>` +
		`</md:IDPSSODescriptor></md:EntityDescriptor>`)
	return []byte(b.String())
}

func keyInfo(certificate []byte) string {
	return `<ds:KeyInfo xmlns:ds="` + nsSignature + `">` + x509Data(certificate) + `</ds:KeyInfo>`
}

func x509Data(certificate []byte) string {
	return `<ds:X509Data><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(certificate) + `</ds:X509Certificate></ds:X509Data>`
}
