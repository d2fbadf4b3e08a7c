package saml

// Namespaces of metadata.
const (
	nsMetadata = "urn:oasis:names:tc:SAML:2.0:metadata"
	nsUI       = "urn:oasis:names:tc:SAML:metadata:ui"
)
