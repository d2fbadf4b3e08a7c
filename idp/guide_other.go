package idp

func otherGuide() Guide {
	return Guide{
		Vendor: "other",
		Name:   "Another identity provider",
		Source: "Written from the SAML 2.0 specifications. Field names differ: the usual ones are given.",
		Steps: []Step{
			do("In the console of the identity provider, make a new application, service provider, relying party or client of the kind SAML 2.0."),
			fill("Service provider metadata", ValueMetadataFile, "Where the console takes metadata, it fills in the rest."),
			fill("Service provider metadata URL", ValueMetadataURL, "Where the console fetches metadata by itself."),
			fill("Entity ID (Audience, Identifier, SP issuer, Client ID)", ValueEntityID, ""),
			fill("ACS URL (Assertion Consumer Service, Reply URL, Consumer URL, Recipient, Destination)", ValueACSURL, "Binding: HTTP-POST."),
			fill("Login URL (Start URL of the service provider, Sign on URL)", ValueLoginURL, "Only where the identity provider shall send people here to begin."),
			fill("Single logout URL", ValueSLOURL, "Optional. By HTTP-Redirect or HTTP-POST; every logout message must be signed, in both directions."),
			set("NameID format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "persistent is taken too, where the value is the e-mail address."),
			choose("Signature", "Assertion or response signed, or both, with RSA-SHA256 or better. SHA-1 is refused."),
			choose("Signed requests", "Not demanded, unless the connection here signs them."),
			choose("Encryption", "Not needed. Where it is wanted: AES-GCM with RSA-OAEP and the encryption certificate of our metadata. With AES-CBC the response must be signed."),
			choose("AuthnStatement", "Sent. Without it a response is refused."),
			do("Give the application to those who shall sign in."),
		},
		Claims: []Claim{
			{Needed: true, Name: "NameID", Source: "the e-mail address", Note: nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "the department", Note: "Attribute name format: URI Reference. " + tagNote + " Each name once."},
			{Name: tagNamespace + "/" + principalName, Source: "the cost centre", Note: otherTag},
			{Name: groupsName, Source: "the groups", Note: groupsNote + " One attribute with several values. memberOf is taken too."},
		},
		RelayState:    "Default relay state, target or start URL: " + relayStateText,
		TheirMetadata: "Metadata of the identity provider, as an address (it is kept fresh here) or a file. Where there is neither: its entity ID (issuer), the address of its single sign-on service, and its signing certificate.",
		Checks: []Check{
			{"WrongAudience", "The entity ID there is not ours, letter by letter."},
			{"WrongRecipient", "The ACS URL there is not ours, letter by letter."},
			{"WrongNameIDFormat", "The NameID format is another one, or unspecified."},
			{"InvalidNameID", "The NameID is no e-mail address."},
			{"UntrustedCertificate", "The signing certificate was changed. Give us the metadata again."},
			{"WrongIssuer", "The metadata is that of another application, realm or tenant."},
			{"NotYetValid", "The clocks of both sides differ by more than a minute."},
			{"DuplicateAttribute", "Several attributes of the same name, where one with several values is meant."},
		},
		Provisioning: otherProvisioning(),
	}
}
