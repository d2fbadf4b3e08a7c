package idp

func keycloakGuide() Guide {
	return Guide{
		Vendor: "keycloak",
		Name:   "Keycloak",
		Source: fromDocumentation,
		Steps: []Step{
			do("Keycloak admin console, in the realm of your people: Clients › Import client."),
			fill("Resource file", ValueMetadataFile, "It fills in the next fields by itself; compare them. Or Clients › Create client, Client type SAML, and fill them in. Save."),
			fill("Settings › Client ID", ValueEntityID, ""),
			fill("Settings › Valid redirect URIs", ValueACSURL, ""),
			fill("Settings › Master SAML Processing URL", ValueACSURL, ""),
			fill("Advanced › Fine Grain SAML Endpoint Configuration › Assertion Consumer Service POST Binding URL", ValueACSURL, ""),
			set("Settings › IDP-Initiated SSO URL name", "sallyport", "Only for tiles and links that start at Keycloak. Their address is then https://HOST/realms/REALM/protocol/saml/clients/sallyport."),
			choose("Settings › Name ID format", "email."),
			choose("Settings › Force name ID format", "On."),
			choose("Settings › Force POST binding", "On."),
			choose("Settings › Include AuthnStatement", "On. Without it a response is refused."),
			choose("Settings › Sign documents", "On."),
			choose("Settings › Sign assertions", "On. Signature algorithm: RSA_SHA256."),
			choose("Keys › Client signature required", "Off, unless the connection here signs its requests. Import client switches it On as soon as our metadata holds a signing certificate, and Keycloak then answers \"Invalid requester\"."),
			choose("Keys › Encrypt assertions", "Import client switches it On, as our metadata holds an encryption certificate. That works while Sign documents is On. Off serves as well."),
			choose("Client scopes › role_list", "Remove it; or: Client scopes (of the realm) › role_list › Mappers › role list › Single Role Attribute: On. Otherwise Keycloak sends one attribute called Role for each role, and attributes of the same name are refused."),
			choose("Settings › Front channel logout", "Off: single logout is not supported."),
		},
		Claims: []Claim{
			{Needed: true, Name: "Name ID", Source: "the e-mail address of the user", Note: "Name ID format: email, forced, as above. Users › the person › Email must be filled in. " + nameIDNote},
			{Name: tagNamespace + "/" + tagName, Source: "User Attribute: department", Note: "Client scopes › the scope that ends in -dedicated › Add mapper (Configure a new mapper) › User Attribute. Name: any; User Attribute: department; SAML Attribute Name: the whole name; SAML Attribute NameFormat: URI Reference; Aggregate attribute values: Off. " + tagNote},
			{Name: tagNamespace + "/" + principalName, Source: "User Attribute, or Hardcoded attribute", Note: otherTag},
			{Name: groupsName, Source: "Group list", Note: groupsNote + " Add mapper › Group list. Group attribute name: groups; Single Group Attribute: On, or groups of the same name are refused; Full group path: Off, or the names begin with a slash."},
		},
		RelayState:    "Settings › IDP Initiated SSO Relay State: " + relayStateText + " A RelayState in the address of the sign-in wins.",
		TheirMetadata: "Realm settings › General › Endpoints › SAML 2.0 Identity Provider Metadata: https://HOST/realms/REALM/protocol/saml/descriptor. It is kept fresh here.",
		Checks: []Check{
			{"DuplicateAttribute", "Client scopes › role_list › Single Role Attribute, or Group list › Single Group Attribute: On."},
			{"NoAuthnStatement", "Settings › Include AuthnStatement: On."},
			{"Invalid requester", "Keys › Client signature required: Off; or let the connection here sign its requests. Events of the realm say SIGNATURE or invalid_signature."},
			{"Invalid redirect uri", "Settings › Valid redirect URIs."},
			{"Client not found", "Settings › Client ID must be our entity ID, letter by letter."},
			{"WrongNameIDFormat", "Settings › Name ID format: email, and Force name ID format: On."},
			{"InvalidNameID", "Users › the person › Email is empty."},
			{"Unsigned", "Settings › Sign documents and Sign assertions: On."},
			{"UntrustedCertificate", "Realm settings › Keys: the realm's keys were rotated. Give us the metadata again, or its address."},
			{"WrongIssuer", "The issuer is https://HOST/realms/REALM, as people's browsers see it: the host name settings of Keycloak (KC_HOSTNAME)."},
			{"DecryptionFailed", "Keys › Encrypt assertions works with Sign documents On, or with AES-GCM; with RSA-OAEP; and with the encryption certificate of our present metadata."},
		},
	}
}
