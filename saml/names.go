package saml

// Namespaces.
const (
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsDSig      = "http://www.w3.org/2000/09/xmldsig#"
	nsXMLEnc    = "http://www.w3.org/2001/04/xmlenc#"
	nsXMLEnc11  = "http://www.w3.org/2009/xmlenc11#"
	nsXSI       = "http://www.w3.org/2001/XMLSchema-instance"
	nsExcC14N   = "http://www.w3.org/2001/10/xml-exc-c14n#"
)

// Algorithms and identifiers.
const (
	transformEnveloped  = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	statusSuccess       = "urn:oasis:names:tc:SAML:2.0:status:Success"
	statusPartialLogout = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
	methodBearer        = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	formatEntity        = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
)
