package idp

func duoGuide() Guide {
	return Guide{
		Vendor: "duo",
		Name:   "Duo Single Sign-On",
		Source: fromDocumentation,
		Steps: []Step{
			do("Duo Admin Panel: Applications › Protect an Application (or Application Catalog). Search for Generic SAML Service Provider, with single sign-on hosted by Duo, and Protect (or Add). An authentication source must be there: Single Sign-On › Configured Authentication Sources."),
			choose("User access", "Those who shall sign in. New applications admit nobody."),
			choose("Service Provider › Metadata Discovery", "None (manual input)."),
			fill("Service Provider › Entity ID", ValueEntityID, ""),
			fill("Service Provider › Assertion Consumer Service (ACS) URL", ValueACSURL, ""),
			fill("Service Provider › Single Logout URL", ValueSLOURL, "Optional."),
			choose("Service Provider › Service Provider Login URL", "Leave it empty: the tile of Duo Central then sends people straight here, with the Default Relay State."),
			set("SAML Response › NameID format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", ""),
			set("SAML Response › NameID attribute", "<Email Address>", ""),
			choose("SAML Response › Signature algorithm", "SHA256."),
			choose("SAML Response › Signing options", "Sign response and Sign assertion, both ticked."),
			choose("SAML Response › Assertion encryption", "Leave it off, or see the check DecryptionFailed."),
			do("Save."),
		},
		Claims: []Claim{
			{Needed: true, Name: "NameID attribute", Source: "<Email Address>", Note: "SAML Response, as above. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "department", Note: "SAML Response › Map attributes. IdP Attribute: the attribute of your authentication source, such as department; SAML Response Attribute: the whole name. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "employeeID", Note: otherTag + " A value that is the same for everybody goes under Create attributes."},
			{Name: groupsName, Source: "Role attributes", Note: groupsNote + " SAML Response › Role attributes. Attribute name: groups; then for each one the Service Provider's Role, which is the name here, and the Duo groups that have it."},
		},
		RelayState:    "Service Provider › Default Relay State: " + relayStateText,
		TheirMetadata: "Metadata › Metadata URL › Copy (it is kept fresh here), or Downloads › SAML Metadata › Download XML.",
		Checks: []Check{
			{"WrongNameIDFormat", "SAML Response › NameID format."},
			{"InvalidNameID", "SAML Response › NameID attribute: <Email Address>. It takes its value from your authentication source."},
			{"WrongAudience", "Service Provider › Entity ID."},
			{"WrongDestination", "Service Provider › Assertion Consumer Service (ACS) URL."},
			{"UserUnknown", "Duo knows the person, this service does not: the settings of the connection say that first sign-ins create nobody."},
			{"DecryptionFailed", "Assertion encryption works with AES256-GCM, or with Sign response ticked; and with the encryption certificate of our metadata."},
			{"A person gets no further than Duo", "User access of the application, or a policy: Reports › Single Sign-On Log and Authentication Log."},
			{"A tag does not arrive", "The attribute must be one that the authentication source delivers. With Active Directory, Duo fetches those that Map attributes names; with a SAML source, only what arrives."},
		},
	}
}
