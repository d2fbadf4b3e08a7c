package idp

func oneLoginGuide() Guide {
	return Guide{
		Vendor: "onelogin",
		Name:   "OneLogin",
		Source: fromDocumentation,
		Steps: []Step{
			do("OneLogin administration: Applications › Applications › Add App. Search for SAML Custom Connector (Advanced), give it a display name, Save. The next fields stand under Configuration."),
			fill("Audience (EntityID)", ValueEntityID, ""),
			fill("Recipient", ValueACSURL, ""),
			fill("ACS (Consumer) URL Validator", ValueACSPattern, "A regular expression; take it as it is."),
			fill("ACS (Consumer) URL", ValueACSURL, ""),
			fill("Single Logout URL", ValueSLOURL, "Signing out at OneLogin then ends the session here too."),
			choose("SAML initiator", "OneLogin: the tile then sends people straight here, with the RelayState. With Service Provider, the Login URL below is needed, and the RelayState is not used."),
			fill("Login URL", ValueLoginURL, "Only where the SAML initiator is Service Provider."),
			choose("SAML nameID format", "Email."),
			choose("SAML signature element", "Both, or Assertion."),
			choose("Encrypt assertion", "Leave it off, or see the check DecryptionFailed."),
			choose("SSO › SAML Signature Algorithm", "SHA-256. Older connectors say SHA-1, which is refused."),
			do("Users, or Users › Roles: give the application to whoever shall sign in. Save."),
		},
		Claims: []Claim{
			{Needed: true, Name: "NameID value", Source: "Email", Note: "Parameters › NameID value › Value: Email. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "Department", Note: "Parameters › + › Field name: the whole name. Tick Include in SAML assertion, Save, then choose the Value. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "Custom Attributes, or Macro", Note: otherTag + " Tick Include in SAML assertion here too."},
			{Name: groupsName, Source: "User Roles", Note: groupsNote + " Tick Include in SAML assertion and Multi-value parameter; Value: User Roles, or MemberOf."},
		},
		RelayState:    "Configuration › RelayState: " + relayStateText,
		TheirMetadata: "More Actions › SAML Metadata downloads the file. Or copy SSO › Issuer URL, such as https://app.onelogin.com/saml/metadata/ID: metadata is at that address, and is kept fresh here.",
		Checks: []Check{
			{"WeakAlgorithm", "SSO › SAML Signature Algorithm: SHA-256."},
			{"WrongAudience", "Configuration › Audience (EntityID) is empty or another one."},
			{"WrongRecipient", "Configuration › Recipient is empty or another one: it takes the same address as ACS (Consumer) URL."},
			{"WrongDestination", "Configuration › ACS (Consumer) URL."},
			{"WrongNameIDFormat", "Configuration › SAML nameID format: Email."},
			{"InvalidNameID", "Parameters › NameID value: Email; and the person's e-mail address under Users."},
			{"UntrustedCertificate", "SSO › X.509 Certificate was changed. Give us the metadata again."},
			{"A tag does not arrive", "Parameters › the field: Include in SAML assertion is not ticked, or the person has no value."},
			{"DecryptionFailed", "Encrypt assertion works with AES-256-GCM, or with SAML signature element Both; and with the encryption certificate of our metadata, in PEM."},
			{"You do not have access to this application", "Nobody gave it to the person: Users › the person › Applications, or a role."},
		},
		Provisioning: oneLoginProvisioning(),
	}
}
