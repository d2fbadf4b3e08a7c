package idp

func oktaGuide() Guide {
	return Guide{
		Vendor: "okta",
		Name:   "Okta",
		Source: fromDocumentation,
		Steps: []Step{
			do("Okta Admin Console: Applications › Applications › Create App Integration › SAML 2.0 › Next. Give it an App name, Next. The next fields stand under Configure SAML; later, under General › SAML Settings › Edit."),
			fill("Single sign-on URL", ValueACSURL, "Keep \"Use this for Recipient URL and Destination URL\" ticked."),
			fill("Audience URI (SP Entity ID)", ValueEntityID, ""),
			choose("Name ID format", "EmailAddress. Unspecified, which is the default, is refused."),
			choose("Application username", "Email, or Okta username where that is the e-mail address."),
			choose("Show Advanced Settings › Response", "Signed."),
			choose("Show Advanced Settings › Assertion Signature", "Signed."),
			choose("Show Advanced Settings › Signature Algorithm", "RSA-SHA256."),
			choose("Show Advanced Settings › Digest Algorithm", "SHA256."),
			choose("Show Advanced Settings › Assertion Encryption", "Unencrypted, or see the check DecryptionFailed."),
			choose("Show Advanced Settings › Enable Single Logout", "Allow application to initiate Single Logout, where signing out here shall end the Okta session too; otherwise leave it off. It wants our signing certificate under Signature Certificate."),
			fill("Show Advanced Settings › Single Logout URL", ValueSLOURL, "Where single logout is on."),
			fill("Show Advanced Settings › SP Issuer", ValueEntityID, "Where single logout is on."),
			do("Next, \"This is an internal app that we have created\", Finish."),
			do("Assignments › Assign: people or groups that shall sign in."),
		},
		Claims: []Claim{
			{Needed: true, Name: "Name ID", Source: "Email", Note: "Name ID format: EmailAddress. Application username: Email. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "user.department", Note: "Attribute Statements › Name: the whole name; Name format: URI Reference; Value: user.department. Newer organisations have them under Sign On › Attribute statements, as an expression such as user.profile.department. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "user.costCenter", Note: otherTag + " Name format: URI Reference."},
			{Name: groupsName, Source: "Filter: Matches regex, Starts with, ...", Note: "Group Attribute Statements › Name: groups; Name format: Unspecified. " + groupsNote + " A filter of .* sends all of them, which may be too many."},
		},
		RelayState:    "General › SAML Settings › Default RelayState: " + relayStateText,
		TheirMetadata: "Sign On › Metadata details › Metadata URL › Copy: it is kept fresh here. Or open that address and save the page as a file.",
		Checks: []Check{
			{"WrongNameIDFormat", "General › SAML Settings › Name ID format: EmailAddress."},
			{"InvalidNameID", "General › SAML Settings › Application username, and Assignments › the person › User Name: a user name that was typed at the assignment wins."},
			{"WrongAudience", "General › SAML Settings › Audience URI (SP Entity ID)."},
			{"WrongRecipient", "General › SAML Settings › \"Use this for Recipient URL and Destination URL\" is not ticked, and another one stands there."},
			{"UntrustedCertificate", "Sign On › SAML Signing Certificates: another one was made Active. Give us the metadata again."},
			{"WrongIssuer", "Every application of Okta has an issuer of its own, http://www.okta.com/exk...: the metadata is that of another application. That it begins with http is no fault."},
			{"WrongAuthnContext", "We asked for a way of signing in that Okta does not name. Empty the authentication contexts in the settings of the connection here."},
			{"DuplicateAttribute", "General › SAML Settings: two Attribute Statements of the same name."},
			{"DecryptionFailed", "Assertion Encryption works with AES256-GCM, RSA-OAEP and the encryption certificate of our metadata. With a CBC algorithm the Response must be Signed."},
			{"User is not assigned to this application", "Assignments."},
		},
		Provisioning: oktaProvisioning(),
	}
}
