package idp

func jumpCloudGuide() Guide {
	return Guide{
		Vendor: "jumpcloud",
		Name:   "JumpCloud",
		Source: fromDocumentation,
		Steps: []Step{
			do("JumpCloud Admin Portal: SSO Applications › Add New Application › Custom Application › Next. Choose Manage Single Sign-On (SSO) and Configure SSO with SAML, Next. Give it a Display Label, Save Application, Configure Application. The next fields stand under SSO."),
			fill("Service Provider Metadata › Upload Metadata", ValueMetadataFile, "It fills in the next two fields by itself; compare them."),
			fill("SP Entity ID", ValueEntityID, ""),
			fill("ACS URLs › Default URL", ValueACSURL, "ACS URL in older portals."),
			choose("IdP Entity ID", "Any name of yours that no other application has, such as https://sso.jumpcloud.com/saml2/sallyport."),
			choose("IDP URL", "Choose its end well, such as sallyport: it can't be changed later."),
			choose("SAMLSubject NameID", "email."),
			set("SAMLSubject NameID Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", ""),
			choose("Signature Algorithm", "RSA-SHA256."),
			choose("Sign", "Assertion and Response, or Assertion. Older portals: Sign Assertion ticked."),
			choose("Default RelayState", "See the relay state below."),
			choose("Login URL", "Leave it empty: the tile then sends people straight here, with the Default RelayState."),
			choose("Declare Redirect Endpoint", "Ticked."),
			do("User Groups: tick those that shall sign in. Save."),
		},
		Claims: []Claim{
			{Needed: true, Name: "SAMLSubject NameID", Source: "email", Note: "Format: emailAddress, as above. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "department", Note: "SSO › Attributes › User Attribute Mapping › add attribute. Service Provider Attribute Name: the whole name; JumpCloud Attribute Name: department. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "costCenter, or Custom User or Group Attribute", Note: otherTag + " A value that is the same for everybody goes under Constant Attributes."},
			{Name: groupsName, Source: "Group Attributes", Note: groupsNote + " Tick include group attribute; Groups Attribute Name: groups."},
		},
		RelayState:    "SSO › Default RelayState: " + relayStateText,
		TheirMetadata: "SSO › JumpCloud Metadata › Copy Metadata URL (it is kept fresh here), or Export Metadata. It is there after the first Save.",
		Checks: []Check{
			{"WrongNameIDFormat", "SSO › SAMLSubject NameID Format."},
			{"InvalidNameID", "SSO › SAMLSubject NameID: email."},
			{"WrongAudience", "SSO › SP Entity ID: letter by letter."},
			{"WrongDestination", "SSO › ACS URLs › Default URL."},
			{"Unsigned", "SSO › Sign: Assertion and Response; older portals: Sign Assertion."},
			{"WrongIssuer", "SSO › IdP Entity ID was changed after the metadata was exported. Give it to us again."},
			{"UntrustedCertificate", "The IDP certificate was renewed. Give us the metadata again."},
			{"You do not have access to this application", "User Groups of the application, or the person in none of them."},
			{"A tag does not arrive", "The person has no value for the attribute: Users › the person › Details."},
		},
		Provisioning: jumpCloudProvisioning(),
	}
}
