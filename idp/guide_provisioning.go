package idp

// What the steps of provisioning have in common.
const (
	tokenText    = "The access token: made on this connection's page Provisioning, or by sallyport scim token create, and shown once."
	userNameText = "Must give the very value that is sent as NameID: it is how a sign-in finds the person."
)

func entraProvisioning() []Step {
	return []Step{
		do("In the same enterprise application: Manage › Provisioning › Get started, or New configuration. Provisioning Mode: Automatic."),
		fill("Admin Credentials › Tenant URL", ValueSCIMURL, "Entra's own correction of its older ways is switched on by ?aadOptscim062020 behind it; both are understood."),
		choose("Admin Credentials › Secret Token", tokenText),
		do("Test Connection: Entra says that the supplied credentials are authorized to enable provisioning. Save."),
		choose("Mappings › Provision Microsoft Entra ID Users › userName", userNameText+" Where the Name ID is user.mail, change userPrincipalName to mail. Matching precedence 1."),
		choose("Mappings › Provision Microsoft Entra ID Users › externalId", "objectId instead of mailNickname, which several people can have."),
		choose("Settings › Scope", "Sync only assigned users and groups."),
		do("Users and groups: assign each group that shall arrive. Groups within groups are not expanded by Entra: people in them don't arrive unless that group is assigned too."),
		do("Provision on demand tries one person. Then Provisioning Status: On. A cycle takes 40 minutes; who leaves the scope is deactivated here, who is deleted for good is removed 30 days later."),
	}
}

func oneLoginProvisioning() []Step {
	return []Step{
		do("SAML Custom Connector (Advanced) provisions nobody. Applications › Add App: search for SCIM Provisioner with SAML (SCIM v2 Enterprise) and use that one instead. It signs people in as well: SAML Audience URL and SAML Consumer URL take our entity ID and ACS URL."),
		fill("Configuration › SCIM Base URL", ValueSCIMURL, "Without a slash at the end."),
		choose("Configuration › SCIM Bearer Token", tokenText),
		choose("Configuration › SCIM JSON Template", "Leave it as it is; the userName in it is filled from Parameters › scimusername."),
		choose("Configuration › API Connection", "Enable. Save."),
		choose("Parameters › scimusername", userNameText+" Value: Email."),
		choose("Provisioning › Workflow", "Enable provisioning. When users are deleted in OneLogin, or the user's app access is removed: Suspend keeps the person here, deactivated; Delete removes them. Save."),
		choose("Parameters › Groups", "Tick Include in User Provisioning. Then Provisioning › Entitlements › Refresh."),
		choose("Rules › Add Rule › Actions", "Set Groups in the application, from OneLogin's roles or groups. Groups do not arrive without a rule."),
		do("Users › Provisioning: approve what waits, where approval is asked for."),
	}
}

func oktaProvisioning() []Step {
	return []Step{
		choose("General › App Settings › Edit › Provisioning", "SCIM. Save. A tab Provisioning appears; its fields stand under Integration › Edit."),
		fill("SCIM connector base URL", ValueSCIMURL, "Without a slash at the end."),
		set("Unique identifier field for users", "userName", ""),
		choose("Supported provisioning actions", "Push New Users, Push Profile Updates, Push Groups."),
		choose("Authentication Mode", "HTTP Header."),
		choose("HTTP Header › Authorization", tokenText+" Without the word Bearer: Okta puts it before."),
		do("Test Connector Configuration, Save."),
		choose("Provisioning › To App › Edit", "Enable Create Users, Update User Attributes and Deactivate Users. Save."),
		choose("Sign On › Application username format", userNameText+" Email, as in the SAML settings."),
		do("Assignments › Assign: whoever shall arrive. Who is taken away is deactivated here: Okta removes nobody."),
		do("Push Groups › Find groups by name: groups arrive only from there. Take other groups than those by which the application is assigned, as Okta advises."),
	}
}

func googleProvisioning() []Step {
	return []Step{
		do("A custom SAML app cannot provision: Google does it for apps of its own catalogue alone. Without it, people arrive at their first sign-in; keep groups as local groups in this console."),
		do("The catalogue's app for AWS IAM Identity Center provisions people, and no groups, to the address that it is given: Apps › Web and mobile apps › the app › Autoprovisioning › Configure autoprovisioning. Make its token in AWS's ways: Compatibility on the page Provisioning, or sallyport scim token create --aws."),
		choose("Access token", tokenText),
		fill("Endpoint URL", ValueSCIMURL, ""),
		choose("Attribute mapping › userName", userNameText+" Primary email. First name, last name and display name are needed too."),
		choose("Deprovisioning", "After how long a person who lost the app is suspended, and then deleted: within 24 hours, or after 1, 7 or 30 days."),
	}
}

func jumpCloudProvisioning() []Step {
	return []Step{
		do("SSO Applications › the application › Identity Management. In Application Information, Export users to this app (Identity Management) must be chosen."),
		choose("Configuration Settings › API Type", "SCIM API. SCIM Version: SCIM 2.0."),
		fill("Base URL", ValueSCIMURL, "Without a slash at the end."),
		choose("Token Key", tokenText),
		choose("Test User Email", "An address that no person here has: JumpCloud creates that person, changes it and deletes it."),
		choose("Attribute Mapping › userName", userNameText+" email."),
		choose("Group Management", "Enable management of User Groups and Group Membership in this application."),
		do("Test Connection, Activate, Save. User Groups: tick those that shall arrive; the people in them come with them."),
	}
}

func pingOneProvisioning() []Step {
	return []Step{
		do("PingOne admin console: Integrations › Provisioning › + › New Connection › Identity Store › SCIM Outbound."),
		fill("SCIM Base URL", ValueSCIMURL, "Without a slash at the end. Users Resource: /Users; Groups Resource: /Groups; SCIM Version: 2.0."),
		choose("Authentication Method", "OAuth 2 Bearer Token. Auth Type Header: Bearer."),
		choose("OAuth Access Token", tokenText+" Test Connection."),
		set("User Filter Expression", `userName eq "%s"`, ""),
		choose("User Identifier", "userName."),
		choose("Remove Action", "Disable keeps the person here, deactivated; Delete removes them. Save and switch the connection on."),
		do("Integrations › Provisioning › + › New Rule: from PingOne to this connection, with a User Filter for whoever shall arrive, and Group Provisioning for the groups."),
		choose("Attribute Mapping › userName", userNameText+" Email Address. PingOne does not clear here what was emptied there."),
	}
}

func otherProvisioning() []Step {
	return []Step{
		do("Anything that speaks SCIM 2.0 can keep people and groups here."),
		fill("SCIM base URL", ValueSCIMURL, "Also called endpoint, or tenant URL. With and without a slash at the end."),
		choose("Bearer token", tokenText+" Sent as Authorization: Bearer TOKEN."),
		choose("userName", userNameText),
		choose("When somebody leaves", "active = false deactivates, deleting removes. Both end the person's sessions at once."),
	}
}
