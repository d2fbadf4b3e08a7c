package idp

func pingFederateGuide() Guide {
	return Guide{
		Vendor: "pingfederate",
		Name:   "PingFederate",
		Source: fromDocumentation,
		Steps: []Step{
			do("Administrative console: Applications › Integration › SP Connections › Create Connection › Do not use a template for this connection. Connection Type: Browser SSO Profiles, Protocol SAML 2.0. Connection Options: Browser SSO."),
			fill("Import Metadata › File", ValueMetadataFile, "It fills in the next two fields by itself; compare them."),
			fill("General Info › Partner's Entity ID (Connection ID)", ValueEntityID, ""),
			choose("Browser SSO › Configure Browser SSO › SAML Profiles", "IdP-Initiated SSO and SP-Initiated SSO; and both of the SLO profiles, where signing out on one side shall end the session on the other too. The SLO Service URLs come from our metadata."),
			choose("Assertion Creation › Identity Mapping", "Standard."),
			set("Assertion Creation › Attribute Contract › SAML_SUBJECT › Subject Name Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "Extend the Contract by the other claims below."),
			do("Assertion Creation › Authentication Source Mapping: map your adapter or authentication policy contract, and fulfil SAML_SUBJECT and the others under Attribute Contract Fulfillment."),
			fill("Protocol Settings › Assertion Consumer Service URL › Endpoint URL", ValueACSURL, "Binding POST, Default ticked, Index 0."),
			choose("Protocol Settings › Allowable SAML Bindings", "POST and Redirect."),
			choose("Protocol Settings › Signature Policy", "Always Sign Assertion ticked, and Sign Response As Required. Require AuthN Requests to be Signed When Received Via the POST or Redirect Bindings not ticked, unless the connection here signs its requests."),
			choose("Protocol Settings › Encryption Policy", "None, or see the check DecryptionFailed."),
			choose("Credentials › Digital Signature Settings", "Your signing certificate, Include the Certificate in the Signature <KeyInfo> Element, Signing Algorithm RSA SHA256."),
			do("Activation & Summary: switch the connection on, Save."),
		},
		Claims: []Claim{
			{Needed: true, Name: "SAML_SUBJECT", Source: "mail", Note: "Attribute Contract Fulfillment › SAML_SUBJECT: Adapter or your data store, mail. Subject Name Format: emailAddress, as above. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "department", Note: "Attribute Contract › Extend the Contract: the whole name, Attribute Name Format urn:oasis:names:tc:SAML:2.0:attrname-format:uri; then its fulfilment. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "employeeNumber", Note: otherTag},
			{Name: groupsName, Source: "memberOf", Note: groupsNote + " Directories give distinguished names (CN=...,OU=...); name them so here, or cut them with an OGNL expression."},
		},
		RelayState:    "PingFederate has no field for it. It stands in the address that starts a sign-in there: https://HOST:9031/idp/startSSO.ping?PartnerSpId=OUR-ENTITY-ID&TargetResource=...: " + relayStateText,
		TheirMetadata: "Applications › Integration › SP Connections › Select Action › Export Metadata, with the signing certificate of this connection. Or the address https://HOST:9031/pf/federation_metadata.ping?PartnerSpId=OUR-ENTITY-ID, our entity ID percent-encoded: it is kept fresh here.",
		Checks: []Check{
			{"WrongNameIDFormat", "Assertion Creation › Attribute Contract › SAML_SUBJECT › Subject Name Format."},
			{"InvalidNameID", "Assertion Creation › Attribute Contract Fulfillment › SAML_SUBJECT: mail, rather than the user name."},
			{"StatusNotSuccess", "server.log and audit.log of PingFederate. Often: AuthN requests must be signed (Signature Policy), or the ACS URL is not listed."},
			{"UntrustedCertificate", "Credentials › Digital Signature Settings: another certificate is used than the metadata named. Export the metadata with the certificate of this connection."},
			{"WeakAlgorithm", "Credentials › Signing Algorithm: RSA SHA256."},
			{"WrongAudience", "General Info › Partner's Entity ID (Connection ID), and Virtual Server IDs."},
			{"WrongIssuer", "System › Server › Protocol Settings › Federation Info › SAML 2.0 Entity ID, or a Virtual Server ID of the connection."},
			{"DecryptionFailed", "Encryption Policy works with AES-256 GCM, RSA-OAEP and the encryption certificate of our metadata. With CBC, sign the response too."},
			{"The relay state is lost", "Applications use /idp/startSSO.ping with the parameter TargetResource, in exactly that case; its value must be percent-encoded."},
		},
	}
}

func pingOneGuide() Guide {
	return Guide{
		Vendor: "pingone",
		Name:   "PingOne",
		Source: fromDocumentation,
		Steps: []Step{
			do("PingOne admin console: Applications › Applications › +. Give it a name, choose SAML Application, Configure."),
			fill("Import From URL", ValueMetadataURL, "Or Import Metadata with the file, or Manually Enter with the next two fields."),
			fill("ACS URLs", ValueACSURL, ""),
			fill("Entity ID", ValueEntityID, "Save. The next fields stand under Configuration › Edit."),
			choose("Configuration › Sign", "Sign Assertion & Response, or Sign Assertion. Signing Algorithm: RSA_SHA256."),
			set("Configuration › Subject NameID Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", ""),
			choose("Configuration › Assertion Validity Duration (in seconds)", "300."),
			choose("Configuration › Enforce Signed AuthnRequest", "Not ticked, unless the connection here signs its requests."),
			fill("Configuration › SLO Endpoint", ValueSLOURL, "SLO Binding: HTTP POST or HTTP Redirect. Leave SLO Response Endpoint empty: it is the same."),
			choose("Attribute Mappings › saml_subject", "Email Address."),
			do("Access: the groups that may sign in. Then switch the application on, at the top right."),
		},
		Claims: []Claim{
			{Needed: true, Name: "saml_subject", Source: "Email Address", Note: "Attribute Mappings › saml_subject › PingOne mapping: Email Address, Required. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "a user attribute, such as Department", Note: "Attribute Mappings › + Add: the whole name. Attributes that PingOne does not have are made under Directory › User Attributes. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "a user attribute", Note: otherTag},
			{Name: groupsName, Source: "Group Names", Note: groupsNote},
		},
		RelayState:    "Configuration › Target Application URL: the address of the page to land on. Or in the Initiate Single Sign-On URL, as the parameter applicationUrl: " + relayStateText + " PingOne for Enterprise calls the parameter TargetResource.",
		TheirMetadata: "Configuration › IDP Metadata URL (copy it: it is kept fresh here), or Download Metadata.",
		Checks: []Check{
			{"WrongNameIDFormat", "Configuration › Subject NameID Format."},
			{"InvalidNameID", "Attribute Mappings › saml_subject: Email Address. The default is User ID."},
			{"WrongAudience", "Configuration › Entity ID."},
			{"WrongRecipient", "Configuration › ACS URLs: the first one is used where none is asked for."},
			{"UntrustedCertificate", "Configuration › Signing Key: another one was chosen. Give us the metadata again."},
			{"StatusNotSuccess", "Monitoring › Audit. Often the application is switched off, or Access names none of the person's groups."},
			{"A tag does not arrive", "The person has no value for the attribute, or the mapping is not saved."},
		},
		Provisioning: pingOneProvisioning(),
	}
}
