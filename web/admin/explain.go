package admin

import (
	"sallyport/saml"
	"sallyport/web/ui"
)

// fixers says who must act.
var fixers = map[saml.Fixer]string{
	saml.FixIDP:     "The identity provider's administrator",
	saml.FixService: "You, in this console",
	saml.FixClock:   "Whoever keeps the clocks of both machines",
	saml.FixPerson:  "The person: start again",
	saml.FixAttack:  "Nobody sends this by mistake: find out who did",
}

// vendors are those whose consoles we know, in the order of the columns of places.
var vendors = [4]struct{ id, name string }{
	{"entra", "Microsoft Entra ID"},
	{"onelogin", "OneLogin"},
	{"okta", "Okta"},
	{"adfs", "AD FS"},
}

// place is the name of one field in each vendor's console; "" where it has none.
type place [4]string

var (
	audience = place{
		"Single sign-on › Basic SAML Configuration › Identifier (Entity ID)",
		"Configuration › Audience (EntityID)",
		"General › SAML Settings › Audience URI (SP Entity ID)",
		"Relying party trust › Properties › Identifiers",
	}
	acsURL = place{
		"Single sign-on › Basic SAML Configuration › Reply URL (Assertion Consumer Service URL)",
		"Configuration › ACS (Consumer) URL, Recipient and ACS (Consumer) URL Validator",
		"General › SAML Settings › Single sign-on URL, also used for Recipient URL and Destination URL",
		"Relying party trust › Properties › Endpoints › SAML Assertion Consumer Endpoints",
	}
	signing = place{
		"Single sign-on › SAML Certificates › Signing Option: Sign SAML response and assertion",
		"Configuration › SAML signature element: Both",
		"General › SAML Settings › Advanced › Response and Assertion Signature: Signed",
		"PowerShell: Set-AdfsRelyingPartyTrust -SamlResponseSignature MessageAndAssertion",
	}
	algorithm = place{
		"Single sign-on › SAML Certificates › Signing Algorithm: SHA-256",
		"SSO › SAML Signature Algorithm: SHA-256",
		"General › SAML Settings › Advanced › Signature and Digest Algorithm: SHA256",
		"Relying party trust › Properties › Advanced › Secure hash algorithm: SHA-256",
	}
	theirMetadata = place{
		"Single sign-on › SAML Certificates › Federation Metadata XML",
		"More Actions › SAML Metadata",
		"Sign On › SAML Signing Certificates › View IdP metadata",
		"https://HOST/FederationMetadata/2007-06/FederationMetadata.xml",
	}
	issuer = place{
		"Single sign-on › Set up › Microsoft Entra Identifier",
		"SSO › Issuer URL",
		"Sign On › View SAML setup instructions › Identity Provider Issuer",
		"AD FS › Edit Federation Service Properties › Federation Service identifier",
	}
	encryption = place{
		"Security › Token encryption › Import certificate, then Activate",
		"Configuration › SAML encryption method, and the public key under Encrypt assertion",
		"General › SAML Settings › Advanced › Assertion Encryption and Encryption Certificate",
		"Relying party trust › Properties › Encryption",
	}
	nameID = place{
		"Single sign-on › Attributes & Claims › Unique User Identifier (Name ID)",
		"Parameters › NameID value, and Configuration › SAML nameID format",
		"General › SAML Settings › Name ID format and Application username",
		"Claim Issuance Policy › Transform an Incoming Claim › Outgoing name ID format",
	}
	attributes = place{
		"Single sign-on › Attributes & Claims › Additional claims",
		"Parameters › the field, with Include in SAML assertion",
		"General › SAML Settings › Attribute Statements",
		"Claim Issuance Policy › Send LDAP Attributes as Claims",
	}
	groups = place{
		"Single sign-on › Attributes & Claims › Groups claim: Groups assigned to the application",
		"Parameters › Groups › a filter on the value",
		"General › SAML Settings › Group Attribute Statements › Filter",
		"Claim Issuance Policy › the rule that sends group membership",
	}
	assignment = place{
		"Users and groups › Add user/group; Monitoring › Sign-in logs",
		"Users › the person › Applications; Activity › Events",
		"Assignments; Reports › System Log",
		"Relying party trust › Edit Access Control Policy; Event Viewer › AD FS › Admin",
	}
	lifetime = place{
		"",
		"Configuration › SAML notValidBefore and SAML notValidOnOrAfter",
		"",
		"PowerShell: Set-AdfsRelyingPartyTrust -NotBeforeSkew 2",
	}
	method = place{
		"Conditional Access › the policies of this application",
		"Settings › Access › Policy",
		"Sign On › Authentication policy; Advanced › Honor Force Authentication: Yes",
		"Relying party trust › Edit Access Control Policy",
	}
)

// places says where each reason is mended at the identity provider.
var places = map[saml.Reason]place{
	saml.TooLarge:             groups,
	saml.NotAResponse:         acsURL,
	saml.Unsigned:             signing,
	saml.BadSignature:         theirMetadata,
	saml.UntrustedCertificate: theirMetadata,
	saml.ExpiredCertificate:   theirMetadata,
	saml.WeakAlgorithm:        algorithm,
	saml.DecryptionFailed:     encryption,
	saml.NoDecryptionKey:      encryption,
	saml.StatusNotSuccess:     assignment,
	saml.WrongIssuer:          issuer,
	saml.WrongDestination:     acsURL,
	saml.WrongRecipient:       acsURL,
	saml.NoBearerConfirmation: acsURL,
	saml.WrongAudience:        audience,
	saml.WrongSPNameQualifier: audience,
	saml.NotYetValid:          lifetime,
	saml.Expired:              lifetime,
	saml.WrongAuthnContext:    method,
	saml.StaleAuthentication:  method,
	saml.WrongNameIDFormat:    nameID,
	saml.InvalidNameID:        nameID,
	saml.UserNameCase:         nameID,
	saml.DomainNotAllowed:     nameID,
	saml.UserUnknown:          assignment,
	saml.DuplicateAttribute:   attributes,
	saml.InvalidTag:           attributes,
}

// fieldsFor names the field in each console, the connection's own vendor first.
func fieldsFor(reason saml.Reason, vendor string) []ui.VendorField {
	var own, others []ui.VendorField
	for i, where := range places[reason] {
		field := ui.VendorField{Vendor: vendors[i].name, Where: where, Mine: vendors[i].id == vendor}
		switch {
		case where == "":
		case field.Mine:
			own = append(own, field)
		default:
			others = append(others, field)
		}
	}
	return append(own, others...)
}
