package admin

// vendors are those whose consoles we know, in the order of a place's fields.
var vendors = [...]struct{ id, name string }{
	{"entra", "Microsoft Entra ID"},
	{"onelogin", "OneLogin"},
	{"okta", "Okta"},
	{"adfs", "AD FS"},
	{"pingfederate", "PingFederate"},
	{"pingone", "PingOne"},
	{"duo", "Duo"},
	{"google", "Google Workspace"},
	{"keycloak", "Keycloak"},
	{"jumpcloud", "JumpCloud"},
	{other, "Another identity provider"},
}

// other is whatever vendor we have no names of fields for.
const other = "other"

// place is one setting, by what each vendor's console calls it.
type place struct {
	fields [len(vendors)]string // "" where the vendor has no such field
	none   string               // why such a vendor has none; said behind its name
}

var (
	audience = &place{fields: [...]string{
		"Single sign-on › Basic SAML Configuration › Identifier (Entity ID)",
		"Configuration › Audience (EntityID)",
		"General › SAML Settings › Audience URI (SP Entity ID)",
		"Relying party trust › Properties › Identifiers › Relying party identifier",
		"SP Connection › General Info › Partner's Entity ID (Connection ID)",
		"Applications › the application › Configuration › Entity ID",
		"Applications › the application › Service Provider › Entity ID",
		"Apps › Web and mobile apps › the app › Service provider details › Entity ID",
		"Clients › the client › Settings › Client ID",
		"SSO Applications › the application › SSO › SP Entity ID",
		"The application's audience, also called SP entity ID or identifier",
	}}
	acsURL = &place{fields: [...]string{
		"Single sign-on › Basic SAML Configuration › Reply URL (Assertion Consumer Service URL)",
		"Configuration › ACS (Consumer) URL, Recipient and ACS (Consumer) URL Validator",
		"General › SAML Settings › Single sign-on URL, also used for Recipient URL and Destination URL",
		"Relying party trust › Properties › Endpoints › SAML Assertion Consumer Endpoints",
		"SP Connection › Browser SSO › Protocol Settings › Assertion Consumer Service URL › Endpoint URL",
		"Applications › the application › Configuration › ACS URLs, of which the first is the default",
		"Applications › the application › Service Provider › Assertion Consumer Service (ACS) URL",
		"Apps › Web and mobile apps › the app › Service provider details › ACS URL",
		"Clients › the client › Advanced › Assertion Consumer Service POST Binding URL, and Settings › Valid redirect URIs",
		"SSO Applications › the application › SSO › ACS URLs",
		"The application's ACS URL, also called reply URL, recipient or destination",
	}}
	signing = &place{fields: [...]string{
		"Single sign-on › SAML Certificates › Signing Option: Sign SAML response and assertion",
		"Configuration › SAML signature element: Both",
		"General › SAML Settings › Advanced › Response and Assertion Signature: Signed",
		"PowerShell: Set-AdfsRelyingPartyTrust -SamlResponseSignature MessageAndAssertion",
		"SP Connection › Browser SSO › Protocol Settings › Signature Policy: always sign the assertion",
		"Applications › the application › Configuration › Signing key › Sign Assertion & Response",
		"Applications › the application › SAML Response › Signing options: Sign response and Sign assertion",
		"Apps › Web and mobile apps › the app › Service provider details › Signed response",
		"Clients › the client › Settings › Signature and Encryption › Sign documents and Sign assertions: On",
		"SSO Applications › the application › SSO › Sign Assertion",
		"The signing option of the application: assertion, response or both",
	}}
	algorithm = &place{fields: [...]string{
		"Single sign-on › SAML Certificates › Signing Algorithm: SHA-256",
		"SSO › SAML Signature Algorithm: SHA-256",
		"General › SAML Settings › Advanced › Signature and Digest Algorithm: SHA256",
		"Relying party trust › Properties › Advanced › Secure hash algorithm: SHA-256",
		"SP Connection › Credentials › Digital Signature Settings › Signing Algorithm: RSA SHA256",
		"Applications › the application › Configuration › Signing key › Signing algorithm: RSA_SHA256",
		"Applications › the application › SAML Response › Signature algorithm: SHA256",
		"",
		"Clients › the client › Settings › Signature and Encryption › Signature algorithm: RSA_SHA256",
		"SSO Applications › the application › SSO › Signature Algorithm: RSA-SHA256",
		"The application's signature and digest algorithm: SHA-256",
	}, none: "signs with SHA-256 and lets nobody choose: find out what else has sent this."}
	theirMetadata = &place{fields: [...]string{
		"Single sign-on › SAML Certificates › Federation Metadata XML",
		"More Actions › SAML Metadata",
		"Sign On › SAML Signing Certificates › View IdP metadata",
		"https://HOST/FederationMetadata/2007-06/FederationMetadata.xml",
		"SP Connection › Select Action › Export Metadata",
		"Applications › the application › Configuration › Connection Details › Download Metadata",
		"Applications › the application › Downloads › SAML Metadata",
		"Apps › Web and mobile apps › the app › Download metadata",
		"Realm settings › General › Endpoints › SAML 2.0 Identity Provider Metadata",
		"SSO Applications › the application › SSO › JumpCloud Metadata › Export Metadata",
		"Its metadata for this application, with the certificates it signs with now",
	}}
	issuer = &place{fields: [...]string{
		"Single sign-on › Set up › Microsoft Entra Identifier",
		"SSO › Issuer URL",
		"Sign On › View SAML setup instructions › Identity Provider Issuer",
		"AD FS › Edit Federation Service Properties › Federation Service identifier",
		"System › Server › Protocol Settings › Federation Info › SAML 2.0 Entity ID",
		"Applications › the application › Configuration › Connection Details › Issuer ID",
		"Applications › the application › Metadata › Entity ID",
		"Apps › Web and mobile apps › the app › Download metadata › Entity ID",
		"Realm settings › General › Endpoints: the entityID is https://HOST/realms/REALM",
		"SSO Applications › the application › SSO › IdP Entity ID",
		"Its entity ID, also called issuer",
	}}
	encryption = &place{fields: [...]string{
		"Security › Token encryption › Import Certificate, then Activate token encryption",
		"Configuration › Encrypt assertion, SAML encryption method, and the public key of SAML Encryption",
		"General › SAML Settings › Advanced › Assertion Encryption and Encryption Certificate",
		"Relying party trust › Properties › Encryption",
		"SP Connection › Browser SSO › Protocol Settings › Encryption Policy, and Credentials › Select XML Encryption Certificate",
		"Applications › the application › Configuration › Encryption",
		"Applications › the application › SAML Response › Assertion encryption",
		"",
		"Clients › the client › Keys › Encrypt assertions",
		"",
		"The application's assertion encryption and its certificate",
	}, none: "does not encrypt assertions by itself: whatever did stands between it and us."}
	nameID = &place{fields: [...]string{
		"Single sign-on › Attributes & Claims › Unique User Identifier (Name ID)",
		"Parameters › NameID value, and Configuration › SAML nameID format",
		"General › SAML Settings › Name ID format and Application username",
		"Claim Issuance Policy › Transform an Incoming Claim › Outgoing name ID format",
		"SP Connection › Browser SSO › Assertion Creation › Attribute Contract › SAML_SUBJECT and its format",
		"Applications › the application › Attribute Mappings › saml_subject, and Configuration › Subject NameID Format",
		"Applications › the application › SAML Response › NameID format and NameID attribute",
		"Apps › Web and mobile apps › the app › Service provider details › Name ID format and Name ID",
		"Clients › the client › Settings › SAML capabilities › Name ID format, and Force name ID format: On",
		"SSO Applications › the application › SSO › SAMLSubject NameID and SAMLSubject NameID Format",
		"The application's NameID (subject), its format and the attribute it is filled from",
	}}
)
