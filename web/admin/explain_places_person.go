package admin

var (
	attributes = &place{fields: [...]string{
		"Single sign-on › Attributes & Claims › Additional claims",
		"Parameters › the field, with Include in SAML assertion",
		"General › SAML Settings › Attribute Statements",
		"Claim Issuance Policy › Send LDAP Attributes as Claims",
		"SP Connection › Browser SSO › Assertion Creation › Attribute Contract, and its Attribute Contract Fulfillment",
		"Applications › the application › Attribute Mappings",
		"Applications › the application › SAML Response › Map attributes and Create attributes",
		"Apps › Web and mobile apps › the app › SAML attribute mapping",
		"Clients › the client › Client scopes › the dedicated scope › Mappers",
		"SSO Applications › the application › SSO › User Attribute Mapping and Constant Attributes",
		"The attributes (claims) that the application is sent",
	}}
	groups = &place{fields: [...]string{
		"Single sign-on › Attributes & Claims › Groups claim: Groups assigned to the application",
		"Parameters › Groups › a filter on the value",
		"General › SAML Settings › Group Attribute Statements › Filter",
		"Claim Issuance Policy › the rule that sends group membership",
		"SP Connection › Browser SSO › Assertion Creation › Attribute Contract Fulfillment of the attribute with groups",
		"Applications › the application › Attribute Mappings › the mapping to Group Names",
		"Applications › the application › SAML Response › Role attributes",
		"Apps › Web and mobile apps › the app › SAML attribute mapping › Group membership",
		"Clients › the client › Client scopes › the dedicated scope › Mappers › Group list",
		"SSO Applications › the application › SSO › Group Attributes",
		"The attribute that carries groups: send those alone that this service needs",
	}}
	assignment = &place{fields: [...]string{
		"Users and groups › Add user/group; the reason is in Monitoring › Sign-in logs",
		"Users › the person › Applications; the reason is in Activity › Events",
		"Assignments; the reason is in Reports › System Log",
		"Relying party trust › Edit Access Control Policy; the reason is in Event Viewer › AD FS › Admin",
		"SP Connection › Assertion Creation › Issuance Criteria; the reason is in server.log and audit.log",
		"Applications › the application › Access; the reason is in Monitoring › Audit",
		"Applications › the application › User access; the reason is in Reports › Authentication Log",
		"Apps › Web and mobile apps › the app › User access; the reason is in Reporting › SAML log events",
		"Users › the person › Enabled and Required user actions; the reason is in Events › User events",
		"SSO Applications › the application › User Groups; the reason is in Insights › Directory Insights",
		"Who is assigned to the application; the reason is in its own sign-in log",
	}}
	lifetime = &place{fields: [...]string{
		"",
		"Configuration › SAML notValidBefore and SAML notValidOnOrAfter",
		"",
		"PowerShell: Set-AdfsRelyingPartyTrust -NotBeforeSkew 2; the server's own clock by w32tm",
		"SP Connection › Browser SSO › Assertion Lifetime › Minutes Before and Minutes After; the server's own clock",
		"Applications › the application › Configuration › Assertion Validity Duration",
		"",
		"",
		"Clients › the client › Advanced › Assertion Lifespan; the server's own clock",
		"",
		"How long its assertions are valid; the clock of the machine it runs on",
	}, none: "has no field for it and keeps good time: look at the clock of this machine first."}
	method = &place{fields: [...]string{
		"Conditional Access › the policies of this application",
		"Settings › Access › Policy",
		"Sign On › Authentication policy; Advanced › Honor Force Authentication: Yes",
		"Relying party trust › Edit Access Control Policy",
		"Authentication › Policies, and SP Connection › Assertion Creation › Authentication Source Mapping",
		"Applications › the application › Policies",
		"Applications › the application › Policy",
		"Security › Authentication › 2-Step Verification",
		"Authentication › Flows, and Clients › the client › Advanced › Authentication flow overrides",
		"Security Management › Conditional Policies",
		"How people must sign in to this application: its policy, and whether it honours ForceAuthn",
	}}
	statement = &place{fields: [...]string{
		8:  "Clients › the client › Settings › SAML capabilities › Include AuthnStatement: On",
		10: "Whether its assertions carry an AuthnStatement",
	}, none: "has no field for it: it sends the statement by itself. Look for what stands between it and us."}
)
