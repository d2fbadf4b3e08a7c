package idp

func entraGuide() Guide {
	return Guide{
		Vendor: "entra",
		Name:   "Microsoft Entra ID",
		Source: fromDocumentation,
		Steps: []Step{
			do("Microsoft Entra admin center › Identity › Applications › Enterprise applications › New application › Create your own application. Give it a name, choose \"Integrate any other application you don't find in the gallery (Non-gallery)\", Create."),
			do("In the new application: Single sign-on › SAML."),
			fill("Upload metadata file", ValueMetadataFile, "It fills in Identifier and Reply URL by itself; compare them with the next two fields, then Save."),
			fill("Basic SAML Configuration › Identifier (Entity ID)", ValueEntityID, "Make it the default where there is another one."),
			fill("Basic SAML Configuration › Reply URL (Assertion Consumer Service URL)", ValueACSURL, ""),
			choose("Basic SAML Configuration › Sign on URL (Optional)", "Leave it empty: the tile then sends people straight here, with the Relay State. With the address of the sign-in here (ending in /login) the tile starts from here instead, and the Relay State is not used."),
			fill("Basic SAML Configuration › Logout Url (Optional)", ValueSLOURL, "Signing out at Microsoft then ends the session here too. It must be https."),
			choose("SAML Certificates › Token signing certificate › Edit › Signing Option", "Sign SAML assertion, which is the default, or Sign SAML response and assertion. The latter is needed with Token encryption."),
			choose("SAML Certificates › Token signing certificate › Edit › Signing Algorithm", "SHA-256."),
			do("Users and groups › Add user/group: whoever shall sign in. Nobody else gets through, unless Properties › Assignment required? says No."),
			do("Give us the metadata (see below), wait until we have activated it, then press Test."),
		},
		Claims: []Claim{
			{Needed: true, Name: "Unique User Identifier (Name ID)", Source: "user.mail", Note: "Single sign-on › Attributes & Claims › Unique User Identifier (Name ID). Name identifier format: Email address. Source: Attribute. Source attribute: user.mail, or user.userprincipalname where that is the e-mail address. " + nameIDNote},
			{Name: tagName, Namespace: tagNamespace, Source: "user.department", Note: "Add new claim, with the name and the namespace in fields of their own. Leave Choose name format as it is. " + tagNote + " An attribute that is empty for a person is not sent."},
			{Name: principalName, Namespace: tagNamespace, Source: "user.extensionattribute1", Note: otherTag + " Take the attribute that holds the cost centre in your directory."},
			{Name: groupsName, Namespace: "http://schemas.microsoft.com/ws/2008/06/identity/claims", Source: "Groups assigned to the application", Note: groupsNote + " Add a group claim › Groups assigned to the application. Its name is this one by itself, so leave Customize the name of the group claim unticked. Source attribute: sAMAccountName, or Cloud-only group display names; otherwise Entra sends object IDs. Of a person in more than 150 groups Entra sends none, which is why only assigned ones serve."},
		},
		RelayState:    "Single sign-on › Basic SAML Configuration › Relay State (Optional): " + relayStateText + " It applies to the tile of My Apps, and to the User access URL of Properties.",
		TheirMetadata: "Single sign-on › SAML Certificates › App Federation Metadata Url (copy it; it must hold ?appid=, or the application's own certificate is missing), or Federation Metadata XML › Download. The address is kept fresh here, so that a new certificate is known before it is used.",
		Checks: []Check{
			{"AADSTS50105", "The person is not assigned: Users and groups. Entra shows it by itself, or it arrives here as StatusNotSuccess."},
			{"AADSTS700016", "Entra does not know the Identifier (Entity ID) that we ask with. Compare it, letter by letter, and look whether it is the right tenant."},
			{"AADSTS50011", "The Reply URL that we ask with is not registered. Compare it, letter by letter."},
			{"AADSTS75011", "We asked for a way of signing in that the person did not use. Empty the authentication contexts in the settings of the connection here."},
			{"UntrustedCertificate", "The certificate was renewed, or we were given metadata from an address without ?appid=. Give us the App Federation Metadata Url."},
			{"WrongNameIDFormat", "Attributes & Claims › Unique User Identifier (Name ID) › Name identifier format: Email address. Entra's default is another one."},
			{"InvalidNameID", "The source attribute of the Name ID is empty for the person, or no e-mail address, as with guests: user.mail instead of user.userprincipalname."},
			{"WrongIssuer", "The Microsoft Entra Identifier is https://sts.windows.net/TENANT-ID/, with the slash at its end."},
			{"DuplicateAttribute", "Two claims with the same name and namespace: Attributes & Claims."},
			{"TooLarge", "Too many groups: send those assigned to the application only."},
		},
		Provisioning: entraProvisioning(),
	}
}
